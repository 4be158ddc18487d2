"""What can be told of all texts at once: how many words each has, and which rules could apply to it.

Everything here works on one array of code points, so that a document costs some dozens of array operations instead
of several searches a line.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SAMPLE", "UNSPACED_CHARS_A_WORD", "Glance", "Hint", "glance"]

SAMPLE = 800  # characters looked at of each text; a longer one's words are estimated from them
UNSPACED_CHARS_A_WORD = 1.7  # Chinese text has about so many characters where English has a word
_BMP = 0x10000
_PIECE = 1 << 18  # characters read at once
_BARS = 3
_GLUED = 2  # small letters before capitals in one text
_CASELESS = 6


class Hint:
    """Bits of what a rule needs to find in a text before it is worth a closer look; no enum, which is slow to ask."""

    DATED: Final = 1  # a year, time or slashed date may stand in it
    SEPARATED: Final = 2  # what stands between the parts of a breadcrumb
    BARRED: Final = 4  # several bars or dots, as in menus
    GLUED: Final = 8  # capitals within words
    CASELESS: Final = 16  # several letters of scripts that have no capitals


# Bits of what a character is: letters and digits but those of unspaced scripts; what joins two to one word; ...
_WORD, _UNSPACED, _JOINER, _DIGIT, _SEPARATOR, _BAR, _UPPER, _LOWER, _CASELESS_LETTER = (
    np.uint16(1 << bit) for bit in range(9)
)
_MEMBERS = ((_JOINER, "'’.-"), (_SEPARATOR, ">»›→❯|/:&"), (_BAR, "|·•"))
_RANGES = (
    (_UNSPACED, (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\u0e00", "\u0eff"))),
    (_UPPER, (("A", "Z"), ("À", "Þ"), ("А", "Я"))),  # of words run together
    (_LOWER, (("a", "z"), ("ß", "ÿ"), ("а", "я"))),
)


@dataclass(frozen=True, slots=True)
class Glance:
    """Of each text."""

    words: list[float]  # unspaced scripts converted
    hints: list[int]  # as `Hint` has them


@cache
def _table() -> NDArray[np.uint16]:
    """The signs of each code point of the basic plane."""
    letters = list(map(chr, range(_BMP)))
    table = np.zeros(_BMP, np.uint16)
    table[[letter.isalnum() for letter in letters]] = _WORD
    table[[letter.isdecimal() for letter in letters]] |= _DIGIT
    table[[letter.isalpha() and letter.lower() == letter.upper() for letter in letters]] |= _CASELESS_LETTER
    for sign, members in _MEMBERS:
        table[[ord(member) for member in members]] |= sign
    for sign, ranges in _RANGES:
        for first, last in ranges:
            table[ord(first) : ord(last) + 1] |= sign
    table[table & _UNSPACED > 0] &= ~_WORD
    return table


def glance(texts: Sequence[str]) -> Glance:
    """Words and hints of texts; none of it looks beyond a text's first `SAMPLE` characters."""
    words: list[float] = []
    hints: list[int] = []
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    seen = np.minimum(sizes, SAMPLE)
    for first, last in _pieces(seen):
        part = [text[:SAMPLE] for text in texts[first:last]]
        _read(part, seen[first:last] + 1, words, hints)
    for index in np.flatnonzero(sizes > SAMPLE).tolist():
        words[index] *= len(texts[index]) / SAMPLE
    return Glance(words, hints)


def _pieces(sizes: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of texts of about `_PIECE` characters."""
    number = np.cumsum(sizes) // _PIECE
    cuts = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(sizes)]
    return [(first, last) for first, last in itertools.pairwise(cuts) if last > first]


def _read(texts: list[str], lengths: NDArray[np.int64], words: list[float], hints: list[int]) -> None:
    wide = np.frombuffer(("\n".join(texts) + "\n\n\n\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.minimum(wide, _BMP - 1)  # beyond the basic plane all are symbols
    signs = _table()[codes]
    line = np.repeat(np.arange(len(texts)), lengths)
    n = len(texts)

    def count(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(line[np.flatnonzero(where[: len(line)])], minlength=n)

    found = np.bitwise_or.reduceat(signs[: len(line)], np.concatenate([[0], np.cumsum(lengths)[:-1]]))
    hint = np.where(found & _SEPARATOR, Hint.SEPARATED, 0)
    word = (signs & _WORD).astype(bool)
    begins = word.copy()
    begins[1:] &= ~word[:-1]
    begins[2:] &= ~(word[:-2] & (signs[1:-1] & _JOINER > 0))
    total = count(begins).astype(np.float64)
    if (found & _UNSPACED).any():
        total += count(signs & _UNSPACED > 0) / UNSPACED_CHARS_A_WORD
    if (found & _BAR).any():
        hint |= np.where(count(signs & _BAR > 0) >= _BARS, Hint.BARRED, 0)
    if (found & _CASELESS_LETTER).any():
        hint |= np.where(count(signs & _CASELESS_LETTER > 0) >= _CASELESS, Hint.CASELESS, 0)
    glued = np.zeros(len(signs), bool)
    glued[1:] = (signs[1:] & _UPPER > 0) & (signs[:-1] & _LOWER > 0)
    hint |= np.where(count(glued) >= _GLUED, Hint.GLUED, 0)
    hint[line[_dates(codes, signs, len(line))]] |= Hint.DATED
    words += total.tolist()
    hints += hint.tolist()


def _dates(codes: NDArray[np.uint32], signs: NDArray[np.uint16], end: int) -> NDArray[np.intp]:
    """Where a year of 1900 to 2099, a time with two digits of minutes, or a slash and four digits begin."""
    digit = signs & _DIGIT > 0
    at = np.flatnonzero(digit[:end])
    pairs = at[digit[at + 1]]  # of two digits
    fours = pairs[digit[pairs + 2] & digit[pairs + 3]]
    century = codes[fours] * np.uint32(256) + codes[fours + 1]
    years = fours[(century == ord("1") * 256 + ord("9")) | (century == ord("2") * 256 + ord("0"))]
    slashed = fours[(codes[np.maximum(fours - 1, 0)] == ord("/")) & (fours > 0)]
    times = at[(codes[at + 1] == ord(":")) & digit[at + 2] & digit[at + 3]]
    return np.concatenate([years, slashed, times])
