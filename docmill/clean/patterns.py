"""The cleaning rules' phrases and numbers, compiled from patterns.toml."""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import re2
from numpy.typing import ArrayLike

__all__ = ["MENU_SHARE", "MENU_WORDS", "NUMBERS", "PHRASES", "Numbers", "Phrases"]

# Only where the phrase ends in a letter of a script written with spaces may no letter stand beside it.
_SPACED = re.compile(r"[a-zà-\u024f\u0370-\u052f\u05d0-\u05ea\u0621-\u064a\u067e-\u06cc\u1e00-\u1eff]")
# What is no letter or digit: the automaton of all Unicode's would be a hundred times slower.
_APART = r"[\x00-\x09\x0b-/:-@\[-`{-\x{bf}\x{2000}-\x{206f}\x{3000}-\x{303f}\x{ff00}-\x{ff0f}]"
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
    """The phrases of each reason in one automaton, which reads texts once, in linear time.

    One automaton for all reasons would have so many states that building them costs more than reading with them.
    """

    def __init__(self, phrases: dict[str, list[str]], limits: dict[str, int]) -> None:
        """Compile.

        Args:
            phrases: Of each reason.
            limits: The most words of a text in which a reason's phrases are looked for, where that is limited.
        """
        options = re2.Options()
        options.max_mem = _MEMORY
        self._automata = {
            reason: re2.compile("(?m)(?:" + "|".join(map(_bounded, patterns)) + ")", options)
            for reason, patterns in phrases.items()
        }
        self._by_limit: dict[float, list[str]] = {}
        for reason in phrases:
            self._by_limit.setdefault(limits.get(reason, math.inf), []).append(reason)

    def found(self, texts: Sequence[str], words: ArrayLike) -> dict[int, Counter[str]]:
        """How often phrases of each reason stand in each of the texts that holds any.

        Args:
            texts: In lower case.
            words: How many each text has.
        """
        found: defaultdict[int, Counter[str]] = defaultdict(Counter)
        joined = "\n".join(texts)
        if joined.count("\n") >= len(texts):
            joined = "\n".join([text.replace("\n", " ") for text in texts])
        encoded = joined.encode("utf-8", "replace").split(b"\n")
        counts = np.asarray(words)
        for limit, reasons in self._by_limit.items():
            rows = np.flatnonzero(counts <= limit).tolist()
            data = b"\n".join([encoded[row] for row in rows])
            for reason in reasons:
                for row in self._rows(reason, data):
                    found[rows[row]][reason] += 1
        return found

    def _rows(self, reason: str, data: bytes) -> Iterator[int]:
        """The number of the row of each match; phrases that share the blank between them are two."""
        search = self._automata[reason].search
        number = at = counted = 0
        while match := search(data, at):
            start, end = match.span()
            number += data.count(b"\n", counted, start)
            counted = start
            yield number
            at = max(end - 1, start + 1)

    def holding(self, reason: str, texts: Sequence[str]) -> list[int]:
        """Which of some texts, in lower case, hold a phrase of one reason."""
        data = "\n".join([text.replace("\n", " ") for text in texts]).encode("utf-8", "replace")
        return sorted(set(self._rows(reason, data)))

    def holds(self, reason: str, text: str) -> bool:
        """Whether a phrase of one reason stands in a text, given in lower case."""
        return self._automata[reason].search(text.encode("utf-8", "replace")) is not None


# Greek capitals have no accents.
_GREEK = str.maketrans({vowel: f"[{vowel}{bare}]" for vowel, bare in zip("άέήίόύώ", "αεηιουω", strict=True)})


def _bounded(phrase: str) -> str:
    phrase = phrase.translate(_GREEK)
    start = _START if _SPACED.match(phrase) else ""
    end = _END if _SPACED.match(phrase.rstrip("]")[-1]) else ""
    return f"{start}(?:{phrase}){end}"


_SOURCE = (files("docmill.clean") / "patterns.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
NUMBERS = Numbers(**_DATA["numbers"])
PHRASES = Phrases(_DATA["phrases"], _DATA["longest"])
MENU_WORDS = frozenset(_DATA["words"]["menu"])
MENU_SHARE = 0.6  # of words of which a line must be made to be a menu
