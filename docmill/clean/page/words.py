"""The words at the beginning of every text of a page, as numbers, by array operations instead of a search a text.

A word's number is a hash of its lower-case letters; `word_numbers` gives those of single words. Words are runs of
letters, pairs of characters in scripts without spaces, runs of digits by their length alone, and some signs: what
`vocabulary.word_tokens` finds, but for characters beyond the basic plane, which are nothing here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Index

__all__ = [
    "SIGNS",
    "TEXT_CHARACTERS",
    "UNSPACED",
    "Units",
    "Words",
    "read_units",
    "read_words",
    "word_numbers",
]

Hashes = NDArray[np.uint64]

TEXT_CHARACTERS = 160  # of each text, in which words are looked for
SIGNS = "©|@#$€£%›»•·→"
UNSPACED = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_NOTHING, _LETTER, _DIGIT, _PAIRED, _SIGN = range(5)
_LONGEST_NUMBER = 5
_BASE = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Units:
    """The UTF-16 code units of all texts, one after the other."""

    codes: NDArray[np.uint16]
    lengths: Index  # of each text
    starts: Index


@dataclass(frozen=True, slots=True)
class Words:
    """Words of all texts, in order."""

    number: Hashes
    text: Index  # which text each is of


def read_units(texts: list[str]) -> Units:
    """The code units of some texts."""
    joined = "".join(texts)
    codes = np.frombuffer(joined.encode("utf-16-le", "replace"), np.uint16)
    if len(codes) == len(joined):
        lengths = np.fromiter(map(len, texts), np.intp, len(texts))
    else:
        sizes = [len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2 for text in texts]
        lengths = np.array(sizes, np.intp)
    return Units(codes, lengths, np.cumsum(lengths) - lengths)


def read_words(units: Units) -> Words:
    """The words at the beginning of each text; of very many texts they take much more memory than the texts."""
    kept = np.minimum(units.lengths, TEXT_CHARACTERS)
    first = np.cumsum(kept) - kept
    text = np.repeat(np.arange(len(kept)), kept)
    size = len(text)
    if not size:
        return Words(np.empty(0, np.uint64), np.empty(0, np.intp))
    place = np.arange(size)
    codes = units.codes[place + np.repeat(units.starts - first, kept)]
    kind = _KIND[codes]
    begins = kind == _SIGN
    begins[1:] |= kind[1:] != kind[:-1]
    begins[first[kept > 0]] = True
    paired = kind == _PAIRED
    if paired.any():
        run = np.maximum.accumulate(np.where(begins, place, 0))
        begins |= paired & ((place - run) % 2 == 0)
    every = np.flatnonzero(begins)
    lengths = np.diff(every, append=size)
    weighed = _FOLDED[codes]
    weighed *= _POWERS[place - np.repeat(every, lengths)]
    real = np.flatnonzero(kind[every] != _NOTHING)
    number = np.add.reduceat(weighed, every)[real]
    starts, lengths = every[real], lengths[real]
    sort = kind[starts]
    number = np.where(sort == _DIGIT, _NUMBERS[np.minimum(lengths, _LONGEST_NUMBER)], number)
    whole = (sort != _PAIRED) | (lengths > 1)
    return Words(number[whole], text[starts[whole]])


def word_numbers(words: list[str]) -> Hashes:
    """The numbers of some words, none of them empty, given as `vocabulary.word_tokens` writes them."""
    if not words:
        return np.empty(0, np.uint64)
    units = read_units([word[:TEXT_CHARACTERS] for word in words])
    place = np.arange(len(units.codes)) - np.repeat(units.starts, units.lengths)
    weighed = _FOLDED[units.codes] * _POWERS.take(place, mode="clip")  # characters beyond the basic plane are two
    numbers: Hashes = np.add.reduceat(weighed, units.starts)
    return numbers


def _kinds(every: list[str]) -> NDArray[np.uint8]:
    """What each code unit is."""
    paired, signs = np.zeros(len(every), bool), np.zeros(len(every), bool)
    for first, last in UNSPACED:
        paired[first : last + 1] = True
    signs[[ord(sign) for sign in SIGNS]] = True
    digits = np.fromiter(map(str.isdecimal, every), bool, len(every))
    letters = np.fromiter(map(str.isalnum, every), bool, len(every))
    kinds = np.select([paired, digits, signs, letters], [_PAIRED, _DIGIT, _SIGN, _LETTER], _NOTHING)
    return kinds.astype(np.uint8)


def _folded(every: list[str]) -> NDArray[np.uint64]:
    """A number for the lower-case form of each code unit, spread over 64 bits."""
    lower = (ord(low) if len(low := unit.lower()) == 1 else ord(unit) for unit in every)
    return np.fromiter(lower, np.uint64, len(every)) * np.uint64(0xD6E8FEB86659FD93)


def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Both, of the basic plane."""
    every = [chr(point) for point in range(0x10000)]
    return _kinds(every), _folded(every)


_KIND, _FOLDED = _tables()
_POWERS = np.array([pow(_BASE, place + 1, 1 << 64) for place in range(TEXT_CHARACTERS)], np.uint64)
_NUMBERS = np.append(np.uint64(0), word_numbers(["0" * (length + 1) for length in range(_LONGEST_NUMBER)]))
