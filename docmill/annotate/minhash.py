"""MinHash (Broder 1997) of the text's shingles, to find near-duplicates by.

Written out rather than imported: a signature is part of the output contract, and the libraries at hand change theirs
between releases. The permutations are those of datasketch 2.0's default scheme (affine32, seed 1), which reads the
signature as `MinHash(num_perm=128, scheme="affine32", hashvalues=values)` with
`values = numpy.frombuffer(bytes.fromhex(signature), ">u4").astype("u4")`.
"""

import re
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from docmill.annotate.characters import MARKS, Characters, Kind

__all__ = ["PERMUTATIONS", "SHINGLE_CHARACTERS", "SHINGLE_WORDS", "minhash"]

PERMUTATIONS = 128
SHINGLE_WORDS = 3
SHINGLE_CHARACTERS = 5  # where a script writes no spaces
SEED = 1
_MOST = 20_000  # shingles
_MARKED = re.compile(f"[{MARKS}]+")  # marks part words here, as they did when signatures were first made
_AT_ONCE = 512  # hashes, so that their permutations stay in the cache


@cache
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors and summands of `a * hash + b` modulo 2^32, which permutes where `a` is odd."""
    generator = np.random.RandomState(SEED)
    a = generator.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = generator.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    return a[:, None], b[:, None]


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """MurmurHash3's finalizer, which spreads similar hashes."""
    hashes ^= hashes >> np.uint32(16)
    hashes *= np.uint32(0x85EBCA6B)
    hashes ^= hashes >> np.uint32(13)
    hashes *= np.uint32(0xC2B2AE35)
    hashes ^= hashes >> np.uint32(16)
    return hashes


def minhash(words: Sequence[str]) -> str | None:
    """The signature of a text by its words in lower case; None where there is not one word.

    It is 128 values of 32 bits, each 8 hexadecimal digits. Shingles are 3 words, or 5 characters where most of the text
    is in a script without spaces, hashed by CRC-32. The share of the 128 places in which two signatures agree estimates
    the Jaccard similarity of the texts' shingles, with a standard error of at most 0.045.
    """
    if not words:
        return None
    joined = "".join(words)
    characters = None if joined.isascii() else Characters.of(joined)
    if characters and characters.count(Kind.INNER) and _MARKED.search(joined):
        words = [part for word in words for part in _MARKED.split(word) if part]
        joined = "".join(words)
        characters = Characters.of(joined)
    parts: Sequence[str]
    if characters and 2 * characters.count(Kind.UNSPACED) > len(joined):
        parts, size, space = joined, SHINGLE_CHARACTERS, ""
    else:
        parts, size, space = words, SHINGLE_WORDS, " "
    runs = zip(*(parts[i : _MOST + i] for i in range(size)), strict=False) if len(parts) >= size else [parts]
    shingles = "\n".join(map(space.join, runs)).encode("utf-8", "surrogatepass").split(b"\n")
    hashes = _mixed(np.fromiter(map(zlib.crc32, shingles), np.uint32, len(shingles)))
    a, b = _permutations()
    signature: NDArray[np.uint32] = np.full(PERMUTATIONS, 0xFFFFFFFF, np.uint32)
    space_for = np.empty((PERMUTATIONS, min(_AT_ONCE, len(hashes))), np.uint32)
    for start in range(0, len(hashes), _AT_ONCE):
        some = hashes[start : start + _AT_ONCE]
        permuted = np.multiply(a, some, out=space_for[:, : len(some)])
        permuted += b
        np.minimum(signature, permuted.min(axis=1), out=signature)
    return signature.astype(">u4").tobytes().hex()
