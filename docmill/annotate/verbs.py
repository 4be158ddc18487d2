"""Verbs by their endings, in languages whose endings tell: they make no key terms."""

import re
import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["is_verb", "tells_verbs"]

_SOURCE = (files("docmill.annotate") / "verbs.toml").read_text(encoding="utf-8")


@cache
def _known() -> dict[str, tuple[re.Pattern[str], frozenset[str], frozenset[str]]]:
    """Of each language how verbs end, verbs that no ending tells, and other words that end so."""
    return {
        language: (
            re.compile(rf"\w*(?:{'|'.join(data['endings'])})"),
            frozenset(data["words"].split()),
            frozenset(data["others"].split()),
        )
        for language, data in tomllib.loads(_SOURCE).items()
    }


def tells_verbs(language: str) -> bool:
    """Whether verbs are told in a language."""
    return language in _known()


def is_verb(word: str, language: str) -> bool:
    """Whether a word seems to be a form of a verb; one with a capital is taken for a name."""
    if language not in _known() or not word[0].islower():
        return False
    endings, words, others = _known()[language]
    return word in words or (word not in others and endings.fullmatch(word) is not None)
