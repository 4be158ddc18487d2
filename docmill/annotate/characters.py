"""Characters by their kind, counted in bulk: a table of kinds, looked up for all of a text's code points at once."""

import re
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["CJK", "Characters", "Kind"]

CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_SYMBOL = re.compile(
    r"[^\w\s.,;:!?'\"’‘“”«»„()\[\]（）【】《》。，、；：！？「」…\-‐–—/%&·،؛؟٪\u0300-\u036f\u064b-\u0652\u0900-\u0dff\u0e00-\u0eff]|[#*_|~^\\]"
)
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_KNOWN = 0x20000  # the first two planes; what is beyond are ideographs,
_BEYOND = 0x10000  # counted as this letter is


class Kind(IntEnum):
    """What a character is; it may be several."""

    CAPITAL = 1
    CJK = 2
    DIGIT = 4
    SYMBOL = 8  # neither letter, digit nor common punctuation
    SPACE = 16
    UNSPACED = 32  # of a script that writes no spaces between words


_WITH = np.arange(2 * max(Kind))  # every set of kinds


@cache
def _kinds() -> NDArray[np.uint8]:
    every = "".join(map(chr, range(_KNOWN)))
    kinds = np.fromiter(map(str.isupper, every), np.uint8, _KNOWN) * np.uint8(Kind.CAPITAL)
    kinds |= np.fromiter(map(str.isspace, every), np.uint8, _KNOWN) * np.uint8(Kind.SPACE)
    for kind, pattern in (
        (Kind.CJK, re.compile(f"[{CJK}]")),
        (Kind.DIGIT, re.compile(r"\d")),
        (Kind.SYMBOL, _SYMBOL),
        (Kind.UNSPACED, _UNSPACED),
    ):
        at = np.fromiter((match.start() for match in pattern.finditer(every)), np.int64)
        kinds[at] |= np.uint8(kind)
    return kinds


class Characters:
    """A text's characters."""

    def __init__(self, text: str) -> None:
        self.codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        known = self.codes if len(self.codes) == 0 or self.codes.max() < _KNOWN else self._known()
        self.kinds = _kinds()[known]
        self._counts = np.bincount(self.kinds, minlength=len(_WITH))

    def _known(self) -> NDArray[np.uint32]:
        return np.where(self.codes < _KNOWN, self.codes, np.uint32(_BEYOND))

    def count(self, kind: Kind) -> int:
        """How many are of a kind."""
        return int(self._counts[_WITH & kind > 0].sum())

    def of(self, kind: Kind) -> NDArray[np.uint32]:
        """The code points of a kind, in order."""
        return self.codes[(self.kinds & kind) > 0]
