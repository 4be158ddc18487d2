"""Places: cities and regions of the world by their CLDR names, and names with `Province`, `Lake`, `city of`."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from docmill.annotate.countries.gazetteer import WORD
from docmill.annotate.date_patterns import LANGUAGES, patterns
from docmill.annotate.lexicon import CASED, lexicon, raw
from docmill.annotate.runs import in_title
from docmill.annotate.tokens import Mention, Tokens

__all__ = ["find_places", "find_unions", "is_place"]

_KINDS = frozenset(
    [
        "city",
        "province",
        "county",
        "state",
        "river",
        "island",
        "islands",
        "valley",
        "mountains",
        "bay",
        "peninsula",
        "district",
        "prefecture",
        "desert",
        "strait",
    ]
)
_BEFORE = frozenset(["lake", "mount", "cape"])
_OF = frozenset(["city", "town", "village", "province", "island", "port"])
_REGION = range(3, 4)  # CLDR's codes of regions are three digits
_TOO_COMMON = frozenset(["world", "center", "nome", "canary", "stanley", "kanton"])
_SAME = frozenset(["city", "state"])  # after a place's name: New York City
_NO_STATE = frozenset(raw("en")["no_states"].split())  # before `State`
_PARTS = frozenset(  # of a place
    [
        *("north", "south", "east", "west", "northern", "southern", "eastern", "western", "northeast", "northwest"),
        *("southeast", "southwest", "central", "downtown", "greater", "upper", "lower", "inner", "midtown"),
    ]
)
_SHORT = 3  # letters of a state's code: Phoenix AZ


@cache
def _gazetteer(language: str) -> dict[tuple[str, ...], str]:
    """Folded words of a name to its English name: time zones' cities, capitals among them, and continents."""
    from babel import Locale, UnknownLocaleError

    try:
        locale, english = Locale.parse(language), Locale("en")
    except (UnknownLocaleError, ValueError):
        return {}
    names: dict[tuple[str, ...], str] = {}
    countries = {_folded(name) for own in (locale, english) for code, name in own.territories.items() if code.isalpha()}
    for zone in Locale("ru").time_zones:  # a locale lists only the cities it spells otherwise than the zone's code does
        english_city = english.time_zones.get(zone, {}).get("city") or str(zone).rpartition("/")[2].replace("_", " ")
        city = _folded(locale.time_zones.get(zone, {}).get("city", english_city))
        if city not in countries and not str(zone).startswith(
            "Antarctica/"
        ):  # Jersey, of New Jersey; Davis, of Davis Cup
            names.setdefault(city, english_city)
    for code, name in locale.territories.items():
        if code.isdigit() and len(code) in _REGION and code != "001":
            names.setdefault(_folded(name), english.territories[code])
    names.pop((), None)
    if language in CASED:
        names |= lexicon(language).namesakes
    return {words: name for words, name in names.items() if not (len(words) == 1 and words[0] in _TOO_COMMON)}


def is_place(name: str, language: str) -> bool:
    """Whether a name is that of a known city or region."""
    return _folded(name) in _gazetteer(language)


def _folded(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in WORD.findall(name))


@cache
def _first(language: str) -> dict[str, int]:
    longest: dict[str, int] = {}
    for words in _gazetteer(language):
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


def find_places(tokens: Tokens, language: str, taken: set[int]) -> list[Mention]:
    """Places; `taken` holds tokens that are part of another name."""
    known = [*_known(tokens, language, taken)]
    if language != "en":
        return known
    inside = {i for found in known for i in range(*(bisect_left(tokens.starts, at) for at in (found.start, found.end)))}
    return [*known, *_by_kind(tokens, taken | inside)]


def _known(tokens: Tokens, language: str, taken: set[int]) -> Iterator[Mention]:
    gazetteer, first, done = _gazetteer(language), _first(language), 0
    for i in tokens.capitals:
        word = tokens.folded[i]
        if word not in first or i in taken or i < done:
            continue
        for end in range(min(i + first[word], len(tokens)), i, -1):
            name = gazetteer.get(tuple(tokens.folded[i:end]))
            if name and all(gap in (" ", "-", "’", "'", ". ") for gap in tokens.gaps[i + 1 : end]):
                if language == "en" and _goes_on(tokens, end - 1) and tokens.folded[end] in _KINDS - _SAME:
                    yield Mention(tokens.starts[i], tokens.ends[end], "place")  # Los Angeles County
                elif not _in_longer(tokens, i, end, language, taken):
                    yield Mention(tokens.starts[i], tokens.ends[end - 1], "place", name)
                done = end
                break


def _in_longer(tokens: Tokens, start: int, end: int, language: str, taken: set[int]) -> bool:
    """Whether capitalised words beside a place make another name of it: Paris Agreement, Real Madrid.

    Not where they are a name of their own (`taken`), an office or a day, nor in a heading, where capitals say nothing.
    """
    before = start - 1
    follows = _goes_on(tokens, end - 1, tight=language != "de") and not _stands_alone(tokens, end, language, taken)
    if not follows and (
        language == "de"
        or start == 0
        or tokens.gaps[start] != " "
        or not tokens.capital[before]
        or tokens.initial(before)
        or tokens.folded[before] in _PARTS
        or _stands_alone(tokens, before, language, taken)
    ):
        return False
    heading = in_title(tokens, start, end) if language == "en" else all(map(str.isupper, tokens.words[start:end]))
    return not heading


def _stands_alone(tokens: Tokens, i: int, language: str, taken: set[int]) -> bool:
    """Whether a capitalised word beside a place is no part of one name with it."""
    word = tokens.folded[i]
    return (
        i in taken
        or word in _first(language)
        or word in _SAME
        or (len(word) <= _SHORT and tokens.words[i].isupper())
        or (language in LANGUAGES and word in patterns(language).weekday_words | patterns(language).month_words)
        or (language in CASED and word in lexicon(language).offices)
    )


def _by_kind(tokens: Tokens, taken: set[int]) -> Iterator[Mention]:
    """English names by their kind: `Dover Strait`, `Lake Como`, `the port of Lagos`; none inside longer ones."""
    for i in tokens.capitals:
        if i == 0 or tokens.gaps[i] != " " or i in taken or i - 1 in taken:
            continue
        word, before = tokens.folded[i], tokens.folded[i - 1]
        if (word in _KINDS and tokens.capital[i - 1] and not tokens.initial(i - 1) and not _no_state(before, word)) or (
            before in _BEFORE and tokens.capital[i - 1]
        ):
            begins = i == 1 or tokens.gaps[i - 1] != " " or not tokens.capital[i - 2] or tokens.initial(i - 2)
            first = i - 1
        elif i > 1 and before == "of" and word not in _KINDS:
            begins, first = _of_places(tokens.folded[max(0, i - 3) : i - 1]), i
        else:
            continue
        if begins and not _goes_on(tokens, i):
            yield Mention(tokens.starts[first], tokens.ends[i], "place")


def _no_state(before: str, word: str) -> bool:
    """Whether a name by its kind is none: `Islamic State`, the university `Ohio State`, `Southern District`."""
    return (word == "state" and before in _NO_STATE) or (word == "district" and before in _PARTS)


def _goes_on(tokens: Tokens, i: int, *, tight: bool = False) -> bool:
    """Whether another capitalised word follows; if `tight`, after a hyphen too."""
    return (
        i + 1 < len(tokens)
        and (tokens.gaps[i + 1] == " " or (tight and tokens.gaps[i + 1] == "-"))
        and bool(tokens.capital[i + 1])
    )


def _of_places(before: Sequence[str]) -> bool:
    """Whether `of` after these words names a place; ports of programs are none."""
    return before[-1] in _OF and (before[-1] != "port" or before[0] == "the")


@cache
def _unions(language: str) -> dict[tuple[str, ...], str]:
    """Folded names and codes of the two unions of states that CLDR names, to their names."""
    from babel import Locale

    territories = Locale.parse(language).territories
    names = {code: territories[code] for code in ("UN", "EU") if code in territories}
    return {
        _folded(form): name for code, name in names.items() for form in ((name, code) if language == "en" else (name,))
    }


def find_unions(tokens: Tokens, language: str) -> Iterator[Mention]:
    """Mentions of the United Nations and the European Union, those inside longer names too."""
    first = {name[0]: (name, canonical) for name, canonical in _unions(language).items()}
    for i in tokens.capitals:
        if tokens.folded[i] not in first:
            continue
        name, canonical = first[tokens.folded[i]]
        end = i + len(name)
        if tuple(tokens.folded[i:end]) == name and (len(name) > 1 or tokens.words[i].isupper()):
            yield Mention(tokens.starts[i], tokens.ends[end - 1], "organisation", canonical)
