"""How many characters of each class a text has, for all texts of a page at once."""

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.words import Units

__all__ = ["CLASSES", "count_characters"]

CLASSES = (
    "upper", "lower", "digit", "space", "stop", "comma", "ideograph", "currency", "separator", "question", "other",
    "line",
)  # fmt: skip
_MEMBERS = {
    "space": " \t\u00a0", "line": "\n", "stop": ".!。！…।؟", "question": "?？", "comma": ",;:，、；：،؛",
    "currency": "$€£¥₹₽¢฿₩", "separator": "|›»→•·/>‹«<←▸►",
}  # fmt: skip
_IDEOGRAPHS = (range(0x2E80, 0xA000), range(0xF900, 0xFB00))  # Han, kana and their radicals


def count_characters(units: Units) -> NDArray[np.float32]:
    """Shape (texts, classes). Characters beyond the basic plane count as two, of class other."""
    rows = np.repeat(np.arange(len(units.lengths), dtype=np.int32) * len(CLASSES), units.lengths)
    counted = np.bincount(rows + _TABLE[units.codes], minlength=len(units.lengths) * len(CLASSES))
    return counted.reshape(-1, len(CLASSES)).astype(np.float32)


def _class_of(point: int) -> str:
    character = chr(point)
    if character.isupper():
        return "upper"
    if character.isdigit():
        return "digit"
    if any(point in block for block in _IDEOGRAPHS):
        return "ideograph"
    return "lower" if character.isalpha() else "other"


def _table() -> NDArray[np.uint8]:
    """A class for each code point of the basic plane."""
    named = {ord(character): name for name, members in _MEMBERS.items() for character in members}
    return np.array([CLASSES.index(named.get(point) or _class_of(point)) for point in range(0x10000)], np.uint8)


_TABLE = _table()
