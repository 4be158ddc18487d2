"""The part of the sentence encoder that depends on a token alone, kept for the tokens met last.

It is six tenths of the work, and few tokens make up most texts. It is computed on integers that fit a float's 24 bits,
so that no order of summation changes it: what comes out does not depend on what was kept.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docmill.classify.room import Floats, Room

__all__ = ["CHUNKS", "FirstLayer", "Ids", "Products"]

Ids = NDArray[np.int64]

CHUNKS = 17  # blocks of the embedding table, each with a scale of its own
_SIZE = 512
_WIDTH = 256
_EXACT = 2**24  # integers below it are exact in float32
_MIDDLE = 32  # of the table's values
_LEVELS = 400  # of what is multiplied with the first layer, to either side
_LARGEST = np.iinfo(np.int16).max
_KEPT = 4096  # tokens, at 6.5 KB each


class _Rounded(NamedTuple):
    """A matrix as integers, and its columns' steps."""

    integers: Floats
    steps: Floats


class Products(NamedTuple):
    """Rows as integers, and what to multiply each by."""

    integers: NDArray[np.int16]
    steps: Floats

    def part(self, rows: slice, start: int, width: int, out: Floats) -> Floats:
        """So many columns of some rows: few at a time, since all as floats would not stay in the processor's cache."""
        return np.multiply(self.integers[rows, start : start + width], self.steps[rows], out=out)


class FirstLayer:
    """Embeddings of tokens, inputs to the convolutions, and their products with every place of the first layers."""

    def __init__(self, table: NDArray[np.uint8], weights: Mapping[str, Floats], orders: Sequence[int]) -> None:
        """Take the embeddings and what else is needed of the weights; `orders` are the tokens of each convolution."""
        self._table, w = table, weights
        self._scale, self._low, self._epsilon = w["scale"], w["lo"], float(w["eps"])
        joined = np.concatenate([w[f"proj{n}"] for n in orders], axis=1)
        self._projection = _rounded(joined, _MIDDLE)
        self._sums = joined.sum(axis=0)
        self._shift = np.concatenate([w[f"proj_b{n}"] for n in orders])
        self._gain = np.concatenate([w[f"ln_g{n}"] for n in orders])
        self._offset = np.concatenate([w[f"ln_b{n}"] for n in orders])
        self._first = [_rounded(_by_place(w[f"w1_{n}"], n), _LEVELS) for n in orders]
        self.width = (len(orders) + sum(orders)) * _WIDTH
        self._room = Room()
        # The last place is that of no token: all zero.
        self._products = np.zeros((_KEPT + 1, self.width), np.int16)
        self._steps = np.zeros((_KEPT + 1, 1), np.float32)
        self._place = np.full(len(self._table) + 1, -1)  # of each token; of the last, which is none, never
        self._token = np.full(_KEPT, -1)  # at each place
        self._met = np.zeros(_KEPT, np.int64)  # when last
        self._now = 0

    def embeddings(self, tokens: Ids, out: Floats) -> None:
        """Their rows of the embedding table."""
        chunk = tokens % CHUNKS
        found = self._room.bytes("table", len(tokens), _SIZE)
        self._table.take(tokens, axis=0, out=found, mode="clip")
        np.multiply(found, self._scale[chunk, None], out=out)
        out += self._low[chunk, None]

    def products(self, tokens: Ids, at: Ids, count: int) -> "Products":
        """Of so many rows those for tokens, each at its own place; the others are zero."""
        places = np.full(count, _KEPT)
        places[at] = self._places(tokens)
        found = self._room.shorts("products", count, self.width)
        self._products.take(places, axis=0, out=found, mode="clip")
        return Products(found, self._steps[places])

    def _places(self, tokens: Ids) -> Ids:
        """Where each token's products are kept; those of new tokens take the places of those met longest ago."""
        self._now += 1
        places = self._place[tokens]
        self._met[places[places >= 0]] = self._now
        new = np.unique(tokens[places < 0])
        if len(new):
            free = np.argpartition(self._met, len(new) - 1)[: len(new)]
            self._place[self._token[free]] = -1
            self._place[new], self._token[free], self._met[free] = free, new, self._now
            self._make(new, free)
            places = self._place[tokens]
        return places

    def _make(self, tokens: Ids, places: Ids) -> None:
        """Each token's inputs to the convolutions, then their products, as integers and what to multiply them by."""
        rows = self._room.floats("made", len(tokens), self.width)
        inputs = rows[:, : len(self._gain)]
        self._inputs(tokens, inputs)
        start = len(self._gain)
        for n, matrix in enumerate(self._first):
            part = self._room.floats("part", len(tokens), _WIDTH)
            part[:] = inputs[:, n * _WIDTH : (n + 1) * _WIDTH]
            step = _largest(part) / _LEVELS
            part /= step
            products = rows[:, start : start + len(matrix.steps)]
            np.matmul(np.rint(part, out=part), matrix.integers, out=products)
            products *= matrix.steps
            products *= step
            start += len(matrix.steps)
        steps = _largest(rows) / _LARGEST
        rows /= steps
        self._products[places], self._steps[places] = np.rint(rows, out=rows), steps

    def _inputs(self, tokens: Ids, out: Floats) -> None:
        """Tokens' embeddings, projected, at mean 0 and variance 1, then gain and offset."""
        scale, low = self._scale[tokens % CHUNKS, None], self._low[tokens % CHUNKS, None]
        np.matmul(self._table[tokens].astype(np.float32) - _MIDDLE, self._projection.integers, out=out)
        out *= self._projection.steps
        out *= scale
        out += self._sums * (low + _MIDDLE * scale)
        out += self._shift
        out -= out.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", out, out) / out.shape[1]
        out *= (1 / np.sqrt(variance + self._epsilon))[:, None]
        out *= self._gain
        out += self._offset


def _largest(rows: Floats) -> Floats:
    """Each row's largest number, either side of 0."""
    return np.asarray(np.maximum(rows.max(axis=1, keepdims=True), -rows.min(axis=1, keepdims=True)), np.float32)


def _rounded(matrix: Floats, largest: int) -> _Rounded:
    """As fine as products with integers up to the largest, either side, stay exact."""
    highest = np.abs(matrix).max(axis=0)
    levels = np.floor((_EXACT / largest - len(matrix) / 2) / (np.abs(matrix).sum(axis=0) / highest).max())
    steps = highest / levels
    return _Rounded(np.rint(matrix / steps), steps)


def _by_place(weights: Floats, order: int) -> Floats:
    """A convolution's weights, side by side for each of its places instead of below one another."""
    return np.concatenate(np.split(weights, order), axis=1)
