"""How many characters of each class a text has, for all texts of a page at once."""

from collections.abc import Callable

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
    size = len(units.lengths)
    rows = np.repeat(np.arange(size) * len(CLASSES), units.lengths)
    counted = np.bincount(rows + _TABLE[units.codes], minlength=size * len(CLASSES))
    return counted.reshape(size, len(CLASSES)).astype(np.float32)


def _table() -> NDArray[np.uint8]:
    """A class for each code point of the basic plane."""
    every = [chr(point) for point in range(0x10000)]
    ideographs = np.zeros(len(every), bool)
    for block in _IDEOGRAPHS:
        ideographs[block.start : block.stop] = True
    classes = {"upper": _which(str.isupper, every), "digit": _which(str.isdigit, every)}
    classes |= {"ideograph": ideographs, "lower": _which(str.isalpha, every)}
    numbers = [CLASSES.index(name) for name in classes]
    table = np.select(list(classes.values()), numbers, CLASSES.index("other")).astype(np.uint8)
    for name, members in _MEMBERS.items():
        table[[ord(character) for character in members]] = CLASSES.index(name)
    return table


def _which(is_one: Callable[[str], bool], characters: list[str]) -> NDArray[np.bool_]:
    return np.fromiter(map(is_one, characters), bool, len(characters))


_TABLE = _table()
