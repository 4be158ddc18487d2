"""The table of token embeddings, four bits a number: 33 MB instead of 66.

A chunk's numbers lie within 16 of one another but for three in a thousand, which are kept apart.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Arrays
from docmill.sparse import fill_in

__all__ = ["Table", "pack"]

_BITS = 4
_RANGE = 1 << _BITS
_SAMPLE = 256  # rows of a chunk that tell where most of its numbers lie


class Table:
    """Rows of small numbers; that of number `t` comes from chunk `t % chunks`, as its row `t // chunks`."""

    def __init__(self, arrays: Arrays) -> None:
        """Take what `pack` made."""
        self._low, self._packed, self._ends = arrays["low"], arrays["packed"], arrays["ends"]
        self._columns, self._values = arrays["columns"], arrays["values"]

    def __len__(self) -> int:
        return len(self._packed)

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Some rows, unpacked."""
        packed = self._packed.take(numbers, axis=0)
        found = np.concatenate((packed & (_RANGE - 1), packed >> _BITS), axis=1)
        found += self._low[numbers % len(self._low), None]
        fill_in(found, numbers, self._ends, self._columns, self._values)
        return found


def pack(chunks: Iterable[NDArray[np.uint8]], count: int) -> Arrays:
    """Pack so many chunks, all of one shape; each is let go before the next."""
    low = np.zeros(count, np.uint8)
    apart: list[NDArray[np.int64]] = []
    values: list[NDArray[np.uint8]] = []
    for n, chunk in enumerate(chunks):
        rows, width = chunk.shape
        if not n:
            packed = np.empty((rows * count, width // 2), np.uint8)
        low[n] = _lowest(chunk[:_SAMPLE])
        above = chunk - low[n]  # what lies below wraps around
        far = np.flatnonzero(above >= _RANGE)
        above.reshape(-1)[far] = 0
        packed[n::count] = above[:, : width // 2] | above[:, width // 2 :] << _BITS
        apart.append((far // width * count + n) * width + far % width)
        values.append(chunk.reshape(-1)[far])
    places = np.concatenate(apart)
    order = np.argsort(places)
    return {
        "low": low,
        "packed": packed,
        "ends": np.searchsorted(places[order], np.arange(len(packed) + 1) * width).astype(np.int32),
        "columns": (places[order] % width).astype(np.uint16),
        "values": np.concatenate(values)[order],
    }


def _lowest(numbers: NDArray[np.uint8]) -> int:
    """Where the range begins in which most of them lie."""
    held = np.convolve(np.bincount(numbers.ravel()), np.ones(_RANGE, np.int64))
    return max(int(held.argmax()) - _RANGE + 1, 0)
