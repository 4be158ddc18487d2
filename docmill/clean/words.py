"""The words of many texts at once, by hash.

A word's hash is the difference of two prefix sums of a polynomial over its code points (Karp and Rabin 1987), modulo
2**64.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from docmill.clean.characters import MOST_CHARACTERS, Characters, CharClass, Sign, kinds, read_characters

__all__ = ["Words", "hash_words", "read_words"]

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse modulo 2**64
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))
_MIX = np.uint64(0xD6E8FEB86659FD93)
_PAIR = np.uint64(0xA0761D6478BD642F)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of all texts; a letter of an unspaced script is a word."""

    hashes: NDArray[np.uint64]
    pairs: NDArray[np.uint64]  # of each word with the next one of its text; 0 where it is the last
    line: NDArray[np.int64]  # number of its text
    place: NDArray[np.int64]  # within its text, from 0
    capital: NDArray[np.bool_]
    unspaced: NDArray[np.bool_]
    joined: NDArray[np.bool_]  # to the word before, by nothing but an apostrophe, hyphen or dot


def read_words(characters: Characters) -> Words:
    """Find words and hash them."""
    table = kinds()
    unspaced = table.are(characters.kinds, CharClass.UNSPACED)
    inside = table.are(characters.kinds, CharClass.LOWER, CharClass.DIGIT)
    edge = inside[1:] != inside[:-1]
    if unspaced.any():
        edge |= unspaced[1:] | unspaced[:-1]
    edges = np.flatnonzero(edge) + 1
    begin = np.concatenate([[0], edges]) if inside[0] else edges
    begin = begin[inside[begin]]
    end = edges[inside[edges - 1]]  # a line break ends the last
    line = characters.line[begin]
    counts = np.bincount(line, minlength=len(characters.starts))
    hashes = _hash(table.lower[characters.codes], begin, end)
    first = characters.kinds[begin]
    single = table.are(first, CharClass.UNSPACED)
    pairs = np.zeros_like(hashes)
    joined = np.zeros(len(hashes), bool)
    if len(hashes) > 1:
        pairs[:-1] = np.where(line[1:] == line[:-1], _pair(hashes[:-1], hashes[1:]), 0)
        between = table.have(characters.kinds[end[:-1]], Sign.JOINER) & (begin[1:] - end[:-1] == 1)
        joined[1:] = between & ~single[1:] & ~single[:-1]
    return Words(
        hashes=hashes,
        pairs=pairs,
        line=line,
        place=np.arange(len(begin)) - (np.cumsum(counts) - counts)[line],
        capital=table.are(first, CharClass.UPPER),
        unspaced=single,
        joined=joined,
    )


def hash_words(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The hashes of all texts' words, of a text of two words that of the pair: what `read_words` gives."""
    found = read_words(read_characters(texts))
    paired = np.bincount(found.line, minlength=len(texts))[found.line] == 2  # noqa: PLR2004
    hashes: NDArray[np.uint64] = np.where(paired, found.pairs, found.hashes)[~paired | (found.place == 0)]
    return hashes


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
