"""Places: cities and regions of the world by their CLDR names, and names with `Province`, `Lake`, `city of`."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from docmill.annotate.countries.gazetteer import WORD
from docmill.annotate.tokens import Mention, Token

__all__ = ["find_places"]

_KIND = {
    "en": r"(?:City|Province|County|State|River|Island|Islands|Valley|Mountains|Bay|Peninsula|District|Prefecture|Desert|Strait)",
}
_AFTER = re.compile(rf"(?:[A-Z]\w+[ -]){{1,2}}{_KIND['en']}\b")
_BEFORE = re.compile(r"\b(?:[Cc]ity|[Tt]own|[Vv]illage|[Pp]rovince|[Ii]sland|[Pp]ort) of ((?:[A-Z]\w+[ -]?){1,2}\b)|\b((?:Lake|Mount|Cape) [A-Z]\w+)")
_REGION = range(3, 4)  # CLDR's codes of regions are three digits
_TOO_COMMON = frozenset("world center nome".split())


@cache
def _gazetteer(language: str) -> dict[tuple[str, ...], str]:
    """Folded words of a name to its English name: time zones' cities, capitals among them, and continents."""
    from babel import Locale, UnknownLocaleError

    try:
        locale, english = Locale.parse(language), Locale("en")
    except (UnknownLocaleError, ValueError):
        return {}
    names: dict[tuple[str, ...], str] = {}
    for zone, data in locale.time_zones.items():
        english_city = english.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        for city in {data.get("city", english_city), english_city if language in ("en", "fr", "es", "de") else ""}:
            names.setdefault(_folded(city), english_city)
    for code, name in locale.territories.items():
        if code.isdigit() and len(code) in _REGION and code != "001":
            names.setdefault(_folded(name), english.territories[code])
    names.pop((), None)
    return {words: name for words, name in names.items() if not (len(words) == 1 and words[0] in _TOO_COMMON)}


def _folded(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in WORD.findall(name))


@cache
def _first(language: str) -> dict[str, int]:
    longest: dict[str, int] = {}
    for words in _gazetteer(language):
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


def find_places(text: str, tokens: Sequence[Token], language: str, taken: set[int]) -> list[Mention]:
    """Places; `taken` holds tokens that are part of another name."""
    return [*_known(tokens, language, taken), *(_by_kind(text, tokens, taken) if language == "en" else ())]


def _known(tokens: Sequence[Token], language: str, taken: set[int]) -> Iterator[Mention]:
    gazetteer, first = _gazetteer(language), _first(language)
    for i, token in enumerate(tokens):
        if token.folded not in first or i in taken or not token.capital:
            continue
        for length in range(min(first[token.folded], len(tokens) - i), 0, -1):
            words = tokens[i : i + length]
            name = gazetteer.get(tuple(word.folded for word in words))
            if name and all(word.gap in (" ", "-", "’", "'", ". ") for word in words[1:]):
                yield Mention(token.start, words[-1].end, "place", name)
                break


def _by_kind(text: str, tokens: Sequence[Token], taken: set[int]) -> Iterator[Mention]:
    spans = {(tokens[i].start, tokens[i].end) for i in taken}
    for pattern in (_AFTER, _BEFORE):
        for match in pattern.finditer(text):
            start, end = match.span(match.lastindex or 0)
            if not any(start <= a < end for a, _ in spans):
                yield Mention(start, end, "place")
