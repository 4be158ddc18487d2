"""MinHash (Broder 1997) of the text's shingles, to find near-duplicates by.

Written out rather than imported: a signature is part of the output contract, and the libraries at hand change theirs
between releases. Permutations are those of datasketch's `legacy` scheme with seed 1, so that
`datasketch.MinHash(num_perm=128, hashvalues=…, scheme="legacy")` reads the signature.
"""

import re
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["PERMUTATIONS", "SHINGLE_CHARACTERS", "SHINGLE_WORDS", "minhash"]

PERMUTATIONS = 128
SHINGLE_WORDS = 3
SHINGLE_CHARACTERS = 5  # where a script writes no spaces
SEED = 1
_PRIME = np.uint64((1 << 61) - 1)
_MASK = np.uint64((1 << 32) - 1)
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_MOST = 20_000  # shingles


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    generator = np.random.RandomState(SEED)
    pairs = [
        (generator.randint(1, _PRIME, dtype=np.uint64), generator.randint(0, _PRIME, dtype=np.uint64))
        for _ in range(PERMUTATIONS)
    ]
    a, b = np.array(pairs, dtype=np.uint64).T
    return a[:, None], b[:, None]


def minhash(text: str) -> str | None:
    """The signature: 128 values of 32 bits, each 8 hexadecimal digits; None where there is not one shingle.

    Shingles are 3 words in lower case, or 5 characters where most of the text is in a script without spaces, hashed by
    CRC-32. The share of the 128 places in which two signatures agree estimates the Jaccard similarity of the texts'
    shingles, with a standard error of at most 0.045.
    """
    words = _WORD.findall(text.casefold())
    if not words:
        return None
    joined = "".join(words)
    if 2 * len(_UNSPACED.findall(joined)) > len(joined):
        parts, size, space = list(joined), SHINGLE_CHARACTERS, ""
    else:
        parts, size, space = words, SHINGLE_WORDS, " "
    shingles = {space.join(parts[i : i + size]) for i in range(min(_MOST, max(1, len(parts) - size + 1)))}
    hashes = np.fromiter((zlib.crc32(shingle.encode("utf-8", "surrogatepass")) for shingle in shingles), np.uint64, len(shingles))
    a, b = _permutations()
    with np.errstate(over="ignore"):
        values = (((a * hashes + b) % _PRIME) & _MASK).min(axis=1)
    return "".join(f"{value:08x}" for value in values.tolist())
