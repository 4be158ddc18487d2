"""Gazetteer: a language's country names and demonyms in all their forms, as a trie over words."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from docmill.annotate.countries import inflect

__all__ = ["LANGUAGES", "NOT_COUNTRIES", "WORD", "Entry", "Node", "fold", "gazetteer", "table"]

LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")
_FOLDER = files("docmill.annotate.countries")
SOURCES = {code: (_FOLDER / f"{code}.toml").read_text(encoding="utf-8") for code in LANGUAGES}
# CLDR's regions that are no country or territory with people, and its pseudo-regions.
NOT_COUNTRIES = frozenset(
    [
        "AC",
        "AQ",
        "BV",
        "CP",
        "CQ",
        "DG",
        "EA",
        "EU",
        "EZ",
        "HM",
        "IC",
        "IO",
        "QO",
        "TA",
        "TF",
        "UM",
        "UN",
        "XA",
        "XB",
        "ZZ",
    ]
)
WORD = re.compile(r"[^\W_][\w\u0300-\u036f\u064b-\u065f\u0670\u0640]*")
_ARABIC_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640]")
_ARABIC_LETTERS = str.maketrans("أإآىة", "ااايه")
_PARENTHESES = re.compile(r"\s*[（(].*[)）]$")  # Virgin Islands (USA)
_ARTICLES = ("the ", "la ", "les ", "los ", "las ")
_SEPARATOR = re.compile(r"[\s'’.,‐-―·]+|-(?=.)")  # a hyphen at the end marks a stem
_Forms = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form means: a country's code by its name, acronym or demonym; or nothing of the kind (`hidden`)."""

    code: str
    kind: str  # name, acronym, demonym, combining, language, hidden


@dataclass(slots=True)
class Node:
    """A state of the trie: the words that may follow, and what it means to stop here."""

    follow: dict[str, "Node"] = field(default_factory=dict)
    entry: Entry | None = None


def fold(word: str, language: str) -> str:
    """A word as the trie holds it."""
    word = word.casefold()
    return _ARABIC_MARKS.sub("", word).translate(_ARABIC_LETTERS) if language == "ar" else word


@cache
def table(language: str) -> dict[str, Any]:
    """A language's data file; empty for a language without one."""
    return tomllib.loads(SOURCES[language]) if language in SOURCES else {}


@cache
def gazetteer(language: str) -> Node:
    """The trie of a language; names only, uninflected, where docmill has no demonyms; empty where CLDR has no names."""
    data, root = table(language), Node()
    for code, name in _names(language, data.get("names", {})):
        _add(root, language, name, Entry(code, "name"), inflect.NAME.get(language))
    for code, names in data.get("demonyms", {}).items():
        for name in _split(names):
            _add(root, language, name, Entry(code, "demonym"), inflect.DEMONYM[language])
    for code, names in data.get("combining", {}).items():
        for name in _split(names):
            _add(root, language, name, Entry(code, "combining"), None)
    for code, names in data.get("acronyms", {}).items():
        for name in _split(names):
            _add(root, language, name, Entry(code, "acronym"), None)
    for name in _split(data.get("languages", {}).get("others", "")):
        _add(root, language, name, Entry("", "language"), None)
    for name in _split(data.get("hidden", "")):
        _add(root, language, name, Entry("", "hidden"), inflect.NAME.get(language) if language == "ar" else None)
    return root


def _names(language: str, more: dict[str, str]) -> Iterator[tuple[str, str]]:
    from babel import Locale, UnknownLocaleError

    try:
        territories = dict(Locale.parse(language).territories)
    except (UnknownLocaleError, ValueError):
        territories = {}
    for code, name in territories.items():
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES:  # noqa: PLR2004  ISO 3166-1 alpha-2
            yield code, _PARENTHESES.sub("", name)
    for code, names in more.items():
        yield from ((code, name) for name in _split(names))


def _split(names: str) -> list[str]:
    return [" ".join(name.split()) for name in names.split(",") if name.strip()]


def _add(root: Node, language: str, name: str, entry: Entry, forms: _Forms | None) -> None:
    """Put a name in. Every word of it is inflected, but a demonym only in its last and an Arabic name in its first."""
    folded = fold(name, language)
    for article in _ARTICLES:
        folded = folded.removeprefix(article)
    words = [word for word in _SEPARATOR.split(folded) if word]
    inflected = range(len(words))
    if entry.kind == "demonym" and language != "ar":
        inflected = range(len(words) - 1, len(words))
    elif entry.kind == "name" and language == "ar":
        inflected = range(1)
    sets = [forms(word) if forms and i in inflected and len(word) > 1 else [word] for i, word in enumerate(words)]
    for sequence in product(*sets):
        node = root
        for word in sequence:
            node = node.follow.setdefault(word, Node())
        known = node.entry
        if known is None or (known.code, known.kind, entry.kind) == (entry.code, "name", "demonym"):
            node.entry = entry  # a form that is both, as Spanish India and india, may be in lower case
