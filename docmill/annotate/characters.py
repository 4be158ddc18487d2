"""Characters by their kind, looked up in bulk: a table of kinds, for all of a text's code points at once."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property
from typing import Self
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from docmill.unpacked import character_tables

__all__ = ["CJK", "MARKS", "Characters", "Kind"]

CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_SYMBOL = (
    r"[^\w\s.,;:!?'\"’‘“”«»„()\[\]（）【】《》。，、；：！？「」…\-‐–—/%&·،؛؟٪"
    r"\u0300-\u036f\u055a-\u0589\u0591-\u05f4\u064b-\u065f\u0670\u06d4\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f"
    r"\u1360-\u1368\u1780-\u17ff\u200c\u200d]|[#*_|~^\\]"
)
_ARABIC = re.compile(r"[\u064b-\u065f\u0670]")
_UNSPACED = r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
# Vowel signs and other marks, from Hebrew's to Sinhala's, that belong to words and are no letters to Python.
MARKS = "".join(chr(c) for c in range(0x0591, 0x0E00) if category(chr(c))[0] == "M" and not _ARABIC.match(chr(c)))
_KNOWN = 0x20000  # the first two planes; what is beyond are
_IDEOGRAPH, _PRIVATE = 0x10000, 0xE0000  # ideographs, counted as this letter is, and from here on nothing,
_NOTHING = 0x1FFFF  # counted as this, which is no character


class Kind(IntEnum):
    """What a character is; it may be several."""

    CAPITAL = 1
    CJK = 2
    DIGIT = 4
    SYMBOL = 8  # neither letter, digit nor common punctuation
    SPACE = 16
    UNSPACED = 32  # of a script that writes no spaces between words
    WORD = 64  # a letter or figure
    INNER = 128  # goes on with a word, but begins none: an accent, a vowel sign, an underscore


_SETS = np.arange(2 * max(Kind))
_HELD = np.array([_SETS & kind > 0 for kind in Kind], np.int64)  # of every set of kinds, which it holds


@cache
def _kinds() -> NDArray[np.uint8]:
    return character_tables("annotate-characters", __file__, lambda: {"kinds": _table()})["kinds"]


def _table() -> NDArray[np.uint8]:
    every = "".join(map(chr, range(_KNOWN)))
    kinds = np.zeros(_KNOWN, np.uint8)
    for kind, test in ((Kind.CAPITAL, str.isupper), (Kind.SPACE, str.isspace), (Kind.WORD, str.isalnum)):
        kinds |= np.fromiter(map(test, every), np.uint8, _KNOWN) * np.uint8(kind)
    for kind, pattern in (
        (Kind.CJK, f"[{CJK}]"),
        (Kind.DIGIT, r"\d"),
        (Kind.SYMBOL, _SYMBOL),
        (Kind.UNSPACED, _UNSPACED),
        (Kind.INNER, rf"[_\u0300-\u036f{MARKS}]|{_ARABIC.pattern}"),
    ):
        for run in re.finditer(f"(?:{pattern})+", every):
            kinds[run.start() : run.end()] |= np.uint8(kind)
    kinds[_NOTHING] = 0
    return kinds


@dataclass(eq=False)
class Characters:
    """A text's characters: code points, and their kinds as bits."""

    codes: NDArray[np.uint32]
    kinds: NDArray[np.uint8]

    @classmethod
    def of(cls, text: str) -> Self:
        """Those of a text."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        known = codes
        if len(codes) and codes.max() >= _KNOWN:
            known = np.where(codes < _KNOWN, codes, np.where(codes < _PRIVATE, _IDEOGRAPH, _NOTHING))
        return cls(codes, _kinds()[known])

    def since(self, start: int) -> Self:
        """Those from a place on."""
        return type(self)(self.codes[start:], self.kinds[start:])

    @cached_property
    def _counts(self) -> dict[Kind, int]:
        counts = _HELD @ np.bincount(self.kinds, minlength=len(_SETS))
        return dict(zip(Kind, counts.tolist(), strict=True))

    def count(self, kind: Kind) -> int:
        """How many are of a kind."""
        return self._counts[kind]

    def among(self, kind: Kind) -> NDArray[np.uint32]:
        """The code points of a kind, in order."""
        return self.codes[(self.kinds & kind) > 0]
