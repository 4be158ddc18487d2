"""What a reading tells of which rules could apply to a text, so that few of them are searched."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from docmill.clean.characters import Sign
from docmill.clean.patterns import MENU_SHARE, MENU_WORDS
from docmill.clean.reading import Reading
from docmill.clean.words import hash_words

__all__ = ["Hint", "hints"]

_BARS = 3
_GLUED = 2  # small letters before capitals in one text
_CASELESS = 6
_MENU_BITS = 16


class Hint:
    """Bits of what a rule needs to find in a text before it is worth a closer look; no enum, which is slow to ask."""

    DATED: Final = 1  # a year, time or slashed date may stand in it
    SEPARATED: Final = 2  # what stands between the parts of a breadcrumb
    BARRED: Final = 4  # several bars or dots, as in menus
    GLUED: Final = 8  # capitals within words
    MENU: Final = 16  # mostly words of menus, or in scripts without capitals perhaps one


@cache
def _menu_table() -> NDArray[np.bool_]:
    """For the top bits of a hash, whether a menu's word has it, or in scripts without spaces its first two letters."""
    table = np.zeros(1 << _MENU_BITS, bool)
    words = [word[:2] if word[0] >= "\u3040" else word for word in MENU_WORDS]
    table[hash_words(words) >> np.uint64(64 - _MENU_BITS)] = True
    return table


def hints(reading: Reading) -> NDArray[np.int64]:
    """Of each text, as `Hint` has them."""
    counts = reading.counts
    unspaced = counts[:, Sign.UNSPACED]
    table, shift = _menu_table(), np.uint64(64 - _MENU_BITS)
    listed = table[reading.hashes >> shift] | table[reading.pairs >> shift]
    menu = np.bincount(reading.line, listed, len(counts))
    return (
        reading.dated * Hint.DATED
        | (counts[:, Sign.SEPARATOR] > 0) * Hint.SEPARATED
        | (counts[:, Sign.BAR] >= _BARS) * Hint.BARRED
        | (reading.glued >= _GLUED) * Hint.GLUED
        | (counts[:, Sign.CASELESS] - unspaced >= _CASELESS) * Hint.MENU
        | ((menu > 0) & ((menu >= MENU_SHARE * reading.words) | (unspaced > 0))) * Hint.MENU
    )
