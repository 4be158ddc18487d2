"""The cleaning rules' phrases and numbers, compiled from patterns.toml."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["MENU_WORDS", "NUMBERS", "PHRASES", "SOURCE", "Numbers"]

# A boundary is asked only where the phrase ends in a letter of a script written with spaces.
_SPACED = re.compile(r"[a-zà-ÿа-яё\u0621-\u064a]", re.IGNORECASE)


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


SOURCE = (files("docmill.clean") / "patterns.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(SOURCE)
NUMBERS = Numbers(**_DATA["numbers"])
PHRASES = {
    name: re.compile("|".join(map(_bounded, phrases)), re.IGNORECASE) for name, phrases in _DATA["phrases"].items()
}
MENU_WORDS = frozenset(_DATA["words"]["menu"])
