"""The cleaning rules' phrases and numbers, compiled from patterns.toml."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
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
    """All reasons' phrases in one automaton, which reads a text once, in linear time."""

    def __init__(self, phrases: dict[str, list[str]]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        bounded = [(reason, _bounded(pattern)) for reason, patterns in phrases.items() for pattern in patterns]
        self._reasons = [reason for reason, _ in bounded]
        self._any = re2.compile("(?m)" + "|".join(pattern for _, pattern in bounded), options)
        self._set = re2.Set.SearchSet(options)
        for _, pattern in bounded:
            self._set.Add(pattern)
        self._set.Compile()

    def found(self, texts: Sequence[str]) -> dict[int, Counter[str]]:
        """How many phrases of each reason stand in each of the texts, given in lower case, that holds any.

        One search over all texts finds where any phrase stands; which they are is asked of these texts only.
        """
        joined = "\n".join(texts)
        if joined.count("\n") >= len(texts):
            joined = "\n".join(text.replace("\n", " ") for text in texts)
        data = joined.encode("utf-8", "replace")
        touched: dict[int, None] = {}
        number = at = 0
        for match in self._any.finditer(data):
            start, end = match.span()
            number += data.count(b"\n", at, start)
            at = start
            touched.update(dict.fromkeys(range(number, number + data.count(b"\n", start, end) + 1)))
        return {number: found for number in touched if (found := self.found_in(texts[number]))}

    def found_in(self, text: str) -> Counter[str]:
        """The same of one text."""
        return Counter([self._reasons[index] for index in self._set.Match(text.encode("utf-8", "replace")) or ()])


def _bounded(phrase: str) -> str:
    start = _START if _SPACED.match(phrase) else ""
    end = _END if _SPACED.match(phrase[-1]) else ""
    return f"{start}(?:{phrase}){end}"


_SOURCE = (files("docmill.clean") / "patterns.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
NUMBERS = Numbers(**_DATA["numbers"])
PHRASES = Phrases(_DATA["phrases"])
MENU_WORDS = frozenset(_DATA["words"]["menu"])
