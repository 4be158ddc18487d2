"""Names in German, whose nouns have capitals as well: where a name ends, and what it is in the nominative."""

from collections.abc import Mapping

from docmill.annotate.lexicon import Lexicon, raw
from docmill.annotate.runs import Run
from docmill.annotate.tokens import Tokens
from docmill.persons import PARTICLES

__all__ = ["before_noun", "is_described", "without_genitives"]

_NOUN_ENDINGS = tuple(raw("de")["noun_endings"].split())
_NOUNS = frozenset(raw("de")["nouns"].split())
_DESCRIBING = ("lichen", "schen", "licher", "scher", "liches", "sches")
_NAME_AND_NOUN = 3  # words
_GENITIVE = 4  # letters of a surname with its ending, at least


def before_noun(tokens: Tokens, first: int, end: int, words: Lexicon) -> int:
    """Where a name ends that a noun is written on to: `Franz Kafka Lesung`, `Rudolf Augsteins Motto`."""
    last, folded = end - 1, tokens.folded
    if end - first < _NAME_AND_NOUN or folded[first] not in words.given or set(tokens.gaps[first + 1 : end]) != {" "}:
        return end
    surname, noun = folded[last - 1], folded[last]
    if surname in words.given or surname in PARTICLES or noun in words.things:
        return end
    if noun in _NOUNS or noun.endswith(_NOUN_ENDINGS):
        return last
    return last if surname.endswith("s") and len(surname) >= _GENITIVE and noun not in words.given else end


def is_described(word: str) -> bool:
    """Whether a word is an adjective that begins a body's name: des Bischöflichen Jugendamts."""
    return word.endswith(_DESCRIBING)


def without_genitives(tokens: Tokens, names: Mapping[Run, str]) -> dict[Run, str]:
    """The names in the nominative: of `Rudolf Augsteins`, where the text has `Augstein` too."""
    known = set(tokens.words)
    return {
        (start, end): name[:-1] if name.endswith("s") and tokens.words[end - 1][:-1] in known else name
        for (start, end), name in names.items()
    }
