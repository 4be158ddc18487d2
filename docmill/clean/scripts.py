"""How many letters of each script a text holds."""

from collections import Counter
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["foreign_letters", "script_counts"]

_RANGES = {
    "latin": (("A", "Z"), ("a", "z"), ("À", "ɏ")),
    "cyrillic": (("\u0400", "\u04ff"),),
    "greek": (("\u0370", "\u03ff"),),
    "arabic": (("\u0600", "\u06ff"),),
    "hebrew": (("\u0590", "\u05ff"),),
    "thai": (("\u0e00", "\u0e7f"),),
    "han": (("\u3040", "\u30ff"), ("\u3400", "\u9fff")),
    "hangul": (("\uac00", "\ud7af"),),
}
_FOREIGN_SHARE = 0.02  # a script with less than this share of the document's letters is foreign to it


@cache
def _table() -> NDArray[np.uint8]:
    """Of each code point of the basic plane: the number of its script, from 1."""
    table = np.zeros(0x10000, np.uint8)
    for number, ranges in enumerate(_RANGES.values(), start=1):
        for first, last in ranges:
            table[ord(first) : ord(last) + 1] = number
    return table


def script_counts(text: str) -> Counter[str]:
    """Letters a script."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    counts = np.bincount(_table()[np.minimum(codes, 0xFFFF)], minlength=len(_RANGES) + 1)[1:]
    return Counter(dict(zip(_RANGES, counts.tolist(), strict=True)))


def foreign_letters(part: Counter[str], whole: Counter[str]) -> int:
    """How many letters of a part are of scripts that the rest of the document hardly uses."""
    rest = whole.total() - part.total()
    return sum(n for script, n in part.items() if n and whole[script] - n <= _FOREIGN_SHARE * rest)
