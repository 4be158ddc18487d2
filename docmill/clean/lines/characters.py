"""Characters by class and words by hash, for many lines at once.

Everything here works on one array of code points, so that a page costs some dozens of array operations instead of
thousands of calls a line. A word's hash is the difference of two prefix sums of a polynomial over its code points
(Karp and Rabin 1987), modulo 2**64.
"""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_CHARACTERS", "CharClass", "Characters", "Words", "hash_words", "read_characters", "read_words"]

MOST_CHARACTERS = 1 << 17  # read at once, line breaks included
_BMP = 0x10000
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse modulo 2**64
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))
_MIX = np.uint64(0xD6E8FEB86659FD93)
_PAIR = np.uint64(0xA0761D6478BD642F)


class CharClass(IntEnum):
    """What a character is, as far as furniture and prose differ in it."""

    SPACE = 0
    LOWER = 1  # also letters of scripts without case
    UPPER = 2
    UNSPACED = 3  # Chinese, Japanese and Thai letters
    DIGIT = 4
    STOP = 5  # ends a sentence
    PAUSE = 6  # comma, semicolon
    COLON = 7
    BAR = 8  # separates the parts of menus and breadcrumbs
    BULLET = 9
    QUOTE = 10
    BRACKET = 11
    DASH = 12
    OTHER = 13


_SIGNS = {
    CharClass.STOP: ".!?…。！？؟۔।",
    CharClass.PAUSE: ",;、，；،؛",
    CharClass.COLON: ":：",
    CharClass.BAR: "|/\\>»›→<«‹←_=~^",
    CharClass.BULLET: "•·●▪‣*■□►▶★☆+#",
    CharClass.QUOTE: "\"'“”‘’„`「」『』《》",
    CharClass.BRACKET: "()[]{}（）【】〔〕",
    CharClass.DASH: "-–—―‐‑",
}


_UNSPACED = ((0x0E00, 0x0EFF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """Class and lower-case form of each code point of the basic plane."""
    letters = list(map(chr, range(_BMP)))
    kinds = np.array([unicodedata.category(letter) for letter in letters])
    major = kinds.astype("U1")
    capital = (kinds == "Lu") | (kinds == "Lt")
    lower = np.arange(_BMP, dtype=np.uint16)
    for code in np.flatnonzero(capital).tolist():
        small = letters[code].lower()
        if len(small) == 1:
            lower[code] = ord(small)
    classes = np.full(_BMP, CharClass.OTHER, np.uint8)
    classes[(major == "L") | (major == "M")] = CharClass.LOWER
    classes[major == "N"] = CharClass.DIGIT
    classes[(major == "Z") | (major == "C")] = CharClass.SPACE
    for first, last in _UNSPACED:
        span = slice(first, last + 1)
        classes[span][classes[span] == CharClass.LOWER] = CharClass.UNSPACED
    classes[capital] = CharClass.UPPER
    for name, signs in _SIGNS.items():
        classes[[ord(sign) for sign in signs]] = name
    return classes, lower


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of all lines, one array, a line break after each line."""

    codes: NDArray[np.uint16]  # lower-cased
    classes: NDArray[np.uint8]
    starts: NDArray[np.int64]  # of each line
    ends: NDArray[np.int64]
    line: NDArray[np.int32]  # of each character

    def counts(self) -> NDArray[np.float32]:
        """Characters of each class, shape (lines, classes); line breaks are spaces."""
        width = len(CharClass)
        counts = np.bincount(self.line * width + self.classes, minlength=len(self.starts) * width)
        return counts.reshape(-1, width).astype(np.float32)


def read_characters(lines: list[str]) -> Characters:
    """At most `MOST_CHARACTERS` of lines to arrays; characters beyond the basic plane become one symbol."""
    raw = ("\n".join(lines) + "\n").encode("utf-32-le", "surrogatepass")
    wide = np.frombuffer(raw, np.uint32)
    codes = np.minimum(wide, 0xFFFD).astype(np.uint16)
    classes, lower = _tables()
    lengths = np.fromiter(map(len, lines), np.int64, len(lines)) + 1
    ends = np.cumsum(lengths)
    return Characters(
        codes=lower[codes],
        classes=classes[codes],
        starts=ends - lengths,
        ends=ends - 1,
        line=np.repeat(np.arange(len(lines), dtype=np.int32), lengths),
    )


@dataclass(frozen=True, slots=True)
class Words:
    """The words of all lines; a letter of an unspaced script is a word."""

    hashes: NDArray[np.uint64]
    pairs: NDArray[np.uint64]  # of each word with the next one of its line; 0 where it is the last
    lengths: NDArray[np.int64]  # characters
    line: NDArray[np.int32]
    place: NDArray[np.int64]  # within its line, from 0
    capital: NDArray[np.bool_]
    unspaced: NDArray[np.bool_]


def read_words(characters: Characters) -> Words:
    """Find words and hash them."""
    classes = characters.classes
    unspaced = classes == CharClass.UNSPACED
    inside = ((classes >= CharClass.LOWER) & (classes <= CharClass.DIGIT)).view(np.uint8)
    first = inside.copy()
    first[1:] &= (~inside[:-1] & 1) | unspaced[1:] | unspaced[:-1]
    last = inside.copy()
    last[:-1] &= (~inside[1:] & 1) | unspaced[1:] | unspaced[:-1]
    begin = np.flatnonzero(first)
    end = np.flatnonzero(last) + 1
    hashes = _hash(characters.codes, begin, end)
    line = characters.line[begin]
    counts = np.bincount(line, minlength=len(characters.starts))
    place = np.arange(len(begin)) - np.repeat(np.cumsum(counts) - counts, counts)
    pairs = np.zeros_like(hashes)
    if len(hashes) > 1:
        pairs[:-1] = np.where(line[1:] == line[:-1], _pair(hashes[:-1], hashes[1:]), 0)
    return Words(
        hashes=hashes,
        pairs=pairs,
        lengths=end - begin,
        line=line,
        place=place,
        capital=classes[begin] == CharClass.UPPER,
        unspaced=unspaced[begin],
    )


def hash_words(text: str) -> list[int]:
    """The hashes of a text's words, and of its neighbouring pairs if it is two words: what `read_words` gives."""
    found = read_words(read_characters([text]))
    return [int(h) for h in (found.pairs[:1] if len(found.hashes) == 2 else found.hashes)]  # noqa: PLR2004


def _pair(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (first * _PAIR) ^ (second >> np.uint64(7)) ^ second
    return mixed * _MIX


@cache
def _powers() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Powers of the base and of its inverse, modulo 2**64."""
    with np.errstate(over="ignore"):
        return tuple(
            np.cumprod(np.concatenate([[np.uint64(1)], np.full(MOST_CHARACTERS, base)]), dtype=np.uint64)
            for base in (_BASE, _INVERSE)
        )  # type: ignore[return-value]


def _hash(codes: NDArray[np.uint16], begin: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Of each span of characters, in time linear in the text."""
    powers, inverses = _powers()
    prefix = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=prefix[1:])
    hashes = (prefix[end] - prefix[begin]) * inverses[begin]
    hashes ^= hashes >> np.uint64(32)
    hashes *= _MIX
    hashes ^= hashes >> np.uint64(29)
    return hashes
