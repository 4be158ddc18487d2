"""The cleaning rules' phrases and numbers, compiled from patterns.toml."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["MENU_WORDS", "NUMBERS", "PHRASES", "SCRIPTS", "SOURCE", "Numbers", "Phrases", "scripts_of"]

# A boundary is asked only where the phrase ends in a letter of a script written with spaces.
_SPACED = re.compile(r"[a-zà-ÿа-яё\u0621-\u064a]")
# A phrase is tried only on text that holds its script; those of none of these go with the Latin ones.
SCRIPTS = {
    "han": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "arabic": re.compile(r"[\u0600-\u06ff]"),
}
_LATIN = "latin"
_ASCII = frozenset({_LATIN})


@dataclass(frozen=True, slots=True)
class Numbers:
    """Thresholds of the rules; patterns.toml says what each means."""

    prose_words: int
    long_words: int
    short_words: int
    notice_words: int
    name_words: int
    title_words: int
    fold_after: float
    repeats: int


def _bounded(phrase: str) -> str:
    start = r"\b" if _SPACED.match(phrase) else ""
    end = r"\b" if _SPACED.match(phrase[-1]) and not phrase.endswith("\\w") else ""
    return f"{start}(?:{phrase}){end}"


class Phrases:
    """One reason's phrases, a regular expression a script. Text is given in lower case, with its scripts."""

    def __init__(self, phrases: list[str]) -> None:
        groups: dict[str, list[str]] = {}
        for phrase in phrases:
            groups.setdefault(next(iter(scripts_of(phrase) - {_LATIN}), _LATIN), []).append(_bounded(phrase))
        patterns = {script: re.compile("|".join(group)) for script, group in groups.items()}
        self._latin = patterns.pop(_LATIN)
        self._others = tuple(patterns.items())

    def found(self, text: str, scripts: frozenset[str]) -> bool:
        """Whether one of the phrases stands in the text."""
        if self._latin.search(text):
            return True
        if len(scripts) > 1:
            return any(pattern.search(text) for script, pattern in self._others if script in scripts)
        return False

    def count(self, text: str) -> int:
        """How many of them do."""
        return len(self._latin.findall(text)) + sum(len(pattern.findall(text)) for _, pattern in self._others)


def scripts_of(text: str) -> frozenset[str]:
    """The scripts of which phrases might match a text."""
    if text.isascii():
        return _ASCII
    return frozenset({_LATIN, *(script for script, letter in SCRIPTS.items() if letter.search(text))})


SOURCE = (files("docmill.clean") / "patterns.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(SOURCE)
NUMBERS = Numbers(**_DATA["numbers"])
PHRASES = {name: Phrases(phrases) for name, phrases in _DATA["phrases"].items()}
MENU_WORDS = frozenset(_DATA["words"]["menu"])
