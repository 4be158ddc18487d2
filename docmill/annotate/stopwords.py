"""Function words and the commonest verbs and adverbs of a language, which say nothing of a text's matter."""

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["stopwords"]

_SOURCE = (files("docmill.annotate") / "stopwords.toml").read_text(encoding="utf-8")


@cache
def stopwords(language: str) -> frozenset[str] | None:
    """In lower case, as `fold` spells them; None of a language whose are not known."""
    return _known().get(language)


@cache
def _known() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.casefold().split()) for language, words in tomllib.loads(_SOURCE).items()}
