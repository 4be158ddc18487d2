"""The word lists that names.toml holds for a language, ready to look up."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = [
    "CASED",
    "Lexicon",
    "acronym_context",
    "given_names",
    "is_pinyin_name",
    "is_russian_given",
    "lexicon",
    "raw",
]

_SOURCE = (files("docmill.annotate") / "names.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
_CASE_ENDING = 3  # letters after a Russian given name's stem, at most
CASED = ("de", "en", "es", "fr", "ru")
_SYLLABLE = (
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu"
    "|ou|ua|ue|ui|un|uo|a|e|i|o|u|ü))"
)
_PINYIN_GIVEN = re.compile(f"{_SYLLABLE}-?{_SYLLABLE}?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's lists, in lower case."""

    heads: frozenset[str]
    weak: frozenset[str]  # heads and suffixes that alone make no name
    openers: frozenset[str]  # first words of headings and sentences that are no part of a name
    quoting: frozenset[str]  # verbs before a speaker's name
    head_endings: tuple[str, ...]
    suffixes: frozenset[str]
    titles: frozenset[str]
    title_endings: tuple[str, ...]
    title_names: frozenset[str]  # titles that are surnames too
    roles: frozenset[str]  # titles of which one word in a heading tells nobody
    modifiers: frozenset[str]
    offices: frozenset[str]  # titles and modifiers
    verbs: frozenset[str]
    joins: frozenset[str]
    family: frozenset[str]  # after `and` in a firm's name
    articles: frozenset[str]
    given: frozenset[str]
    things: frozenset[str]  # last words of what is called after somebody
    namesakes: Mapping[tuple[str, ...], str]  # places that read like somebody's name, by their words
    adjective: re.Pattern[str] | None
    prenominal: frozenset[str]
    patronymic: re.Pattern[str] | None
    unnamed: frozenset[str]  # what only sounds like an organisation
    named_after: frozenset[str]  # what is called after somebody, before the name
    plural_endings: tuple[str, ...]  # of nouns that name nobody in particular
    plurals: frozenset[str]
    listing: re.Pattern[str]  # `companies such as `


@cache
def raw(language: str) -> dict[str, str]:
    """The lists as they stand in the file."""
    data: dict[str, str] = _DATA.get(language, {})
    return data


@cache
def lexicon(language: str) -> Lexicon:
    """The lists of one of `CASED`."""
    data = raw(language)

    def words(key: str) -> frozenset[str]:
        return frozenset(data.get(key, "").casefold().split())  # as tokens are: of `straße` too

    return Lexicon(
        heads=words("heads"),
        weak=words("weak"),
        openers=words("openers"),
        quoting=words("quoting") or words("verbs"),
        head_endings=tuple(data.get("head_endings", "").split()),
        suffixes=words("suffixes"),
        titles=words("titles"),
        title_endings=tuple(data.get("title_endings", "").split()),
        title_names=words("title_names"),
        roles=words("roles"),
        modifiers=words("modifiers"),
        offices=words("titles") | words("modifiers"),
        verbs=words("verbs"),
        joins=words("joins"),
        family=words("family"),
        articles=words("articles"),
        given=given_names(language),
        things=words("things"),
        namesakes={tuple(re.findall(r"\w+", name.casefold())): name for name in _listed(data.get("namesakes", ""))},
        adjective=re.compile(rf"\w{{2,}}{data['adjectives']}") if "adjectives" in data else None,
        prenominal=words("prenominal"),
        patronymic=re.compile(rf"\w{{2,}}{data['patronymics']}") if "patronymics" in data else None,
        unnamed=frozenset(data.get("unnamed", "").split("|")),
        named_after=words("named_after"),
        plural_endings=tuple(data.get("plural_endings", "").split()),
        plurals=words("plurals"),
        listing=re.compile(
            rf"\b(?:{'|'.join(data['plurals'].split())})\s?,?\s?[(（]?(?:{data['lists']})\s", re.IGNORECASE
        ),
    )


def _listed(names: str) -> list[str]:
    return [tidy for name in names.split("|") if (tidy := name.strip())]


@cache
def given_names(language: str) -> frozenset[str]:
    """Given names in the language's script."""
    return frozenset(_DATA["given"]["cyrillic" if language == "ru" else "latin"].split())


@cache
def _given_stems() -> frozenset[str]:
    """Russian given names less their last letter, which case endings replace."""
    return frozenset(given[:-1] for given in given_names("ru"))


def is_russian_given(folded: str) -> bool:
    """Whether a word is a Russian given name in any case."""
    stems = _given_stems()
    return any(folded[:size] in stems for size in range(max(0, len(folded) - _CASE_ENDING), len(folded) + 1))


@cache
def _pinyin() -> frozenset[str]:
    return frozenset(_DATA["given"]["pinyin"].split())


def is_pinyin_name(first: str, last: str) -> bool:
    """Whether two capitalised words look like a Chinese name in pinyin, family name first."""
    return first.casefold() in _pinyin() and bool(_PINYIN_GIVEN.fullmatch(last)) and len(last) > 1


@cache
def acronym_context() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Acronyms that are no organisations, words that show one before them to be one, and those known to all."""
    acronyms = _DATA["acronyms"]
    return (
        frozenset(acronyms["others"].split()),
        frozenset(acronyms["after"].split()),
        frozenset(acronyms["known"].split()),
    )
