"""The cleaning rules' phrases and numbers, compiled from patterns.toml."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

import re2

__all__ = ["MENU_WORDS", "NUMBERS", "PHRASES", "Numbers", "Phrases"]

# Only where the phrase ends in a letter of a script written with spaces may no letter stand beside it.
_SPACED = re.compile(r"[a-zà-ÿа-яё\u0621-\u064a]")
# What is no letter or digit: the automaton of all Unicode's would be a hundred times slower.
_APART = r"[\x00-/:-@\[-`{-\x{bf}\x{2000}-\x{206f}\x{3000}-\x{303f}\x{ff00}-\x{ff0f}]"
_START, _END = f"(?:^|{_APART})", f"(?:{_APART}|$)"
_MEMORY = 64 << 20  # bytes the automaton may take; it uses some MB


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


class Phrases:
    """All reasons' phrases in one automaton, which reads a line once, in linear time."""

    def __init__(self, phrases: dict[str, list[str]]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        self._reasons: list[str] = []
        for reason, patterns in phrases.items():
            for pattern in patterns:
                self._set.Add(_bounded(pattern))
                self._reasons.append(reason)
        self._set.Compile()

    def found(self, text: str) -> Counter[str]:
        """How many phrases of each reason stand in a text, which is given in lower case."""
        return Counter(self._reasons[index] for index in self._set.Match(text.encode("utf-8", "replace")) or ())


def _bounded(phrase: str) -> str:
    start = _START if _SPACED.match(phrase) else ""
    end = _END if _SPACED.match(phrase[-1]) else ""
    return f"{start}(?:{phrase}){end}"


_SOURCE = (files("docmill.clean") / "patterns.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
NUMBERS = Numbers(**_DATA["numbers"])
PHRASES = Phrases(_DATA["phrases"])
MENU_WORDS = frozenset(_DATA["words"]["menu"])
