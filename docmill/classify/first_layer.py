"""The part of the sentence encoder that depends on a token alone, kept for the tokens met last.

It is six tenths of the work, and few tokens make up most texts. It is computed on integers of 8 bits, whose sums are
exact: what comes out does not depend on what was kept, nor on what else was made with it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Floats
from docmill.classify.product import CoarseProduct, largest
from docmill.classify.room import Room
from docmill.classify.table import Table

__all__ = ["CHUNKS", "NONE", "FirstLayer", "Ids", "Products", "by_place"]

Ids = NDArray[np.int64]

CHUNKS = 17  # blocks of the embedding table, each with a scale of its own
_SIZE = 512
_WIDTH = 256
_LARGEST = np.iinfo(np.int8).max
NONE = -1  # no token,
_VACANT = -2  # nor this, which no text has
_KEPT = 8192  # tokens, at 3.9 KB each
_LOOKS = 8  # for places to be used anew, until all have been


class Products(NamedTuple):
    """Rows of small numbers, and what to multiply each of their parts by."""

    numbers: NDArray[np.int8]
    steps: Floats  # shape (rows, parts)
    room: Room

    def part(self, first: int, last: int, start: int) -> Floats:
        """A part of some rows: one at a time, since all as floats would not stay in the processor's cache."""
        numbers, part = self.numbers[first:last, start : start + _WIDTH], start // _WIDTH
        out = self.room.floats("part", last - first, _WIDTH)
        return np.multiply(numbers, self.steps[first:last, part : part + 1], out=out)


class FirstLayer:
    """Embeddings of tokens, inputs to the convolutions, and their products with every place of the first layers."""

    def __init__(self, table: Table, weights: Mapping[str, Floats], orders: Sequence[int]) -> None:
        """Take the embeddings and what else is needed of the weights; `orders` are the tokens of each convolution."""
        self._table, w = table, weights
        self._scale, self._low, self._epsilon = w["scale"], w["lo"], float(w["eps"])
        self._projection = CoarseProduct(np.concatenate([w[f"proj{n}"] for n in orders], axis=1))
        self._shift = np.concatenate([w[f"proj_b{n}"] for n in orders])
        self._gain = np.concatenate([w[f"ln_g{n}"] for n in orders])
        self._offset = np.concatenate([w[f"ln_b{n}"] for n in orders])
        self._first = [CoarseProduct(by_place(w[f"w1_{n}"], n)) for n in orders]
        self.width = (len(orders) + sum(orders)) * _WIDTH
        self._room = Room()
        # The last place is that of no token: all zero.
        self._products = np.zeros((_KEPT + 1, self.width), np.int8)
        self._steps = np.zeros((_KEPT + 1, self.width // _WIDTH), np.float32)
        self._embedded = np.zeros((_KEPT + 1, _SIZE), np.uint8)
        self._place = np.full(len(self._table) + 2, -1)  # of each token
        self._place[NONE] = _KEPT
        self._token = np.full(_KEPT, _VACANT)  # at each place
        self._met = np.zeros(_KEPT + 1, np.int64)  # when last
        self._now = self._looked = 0
        self._oldest = np.arange(0)  # places met longest ago when last looked

    def embeddings(self, tokens: Ids, out: Floats) -> None:
        """Their rows of the embedding table; of tokens whose products were asked for."""
        chunk = tokens % CHUNKS
        found = self._room.bytes("table", len(tokens), _SIZE)
        self._embedded.take(self._place[tokens], axis=0, out=found, mode="clip")
        np.multiply(found, self._scale[chunk, None], out=out)
        out += self._low[chunk, None]

    def products(self, tokens: Ids) -> Products:
        """A row a token; those of none are zero."""
        places = self._places(tokens)
        found = self._room.signed("products", len(tokens), self.width)
        self._products.take(places, axis=0, out=found, mode="clip")
        return Products(found, self._steps[places], self._room)

    def _places(self, tokens: Ids) -> Ids:
        """Where each token's products are kept; those of new tokens take the places of those met longest ago."""
        self._now += 1
        places = self._place[tokens]
        self._met[places[places >= 0]] = self._now
        new = np.unique(tokens[places < 0])
        if len(new):
            free = self._free(len(new))
            self._place[self._token[free]] = -1
            self._place[new], self._token[free], self._met[free] = free, new, self._now
            self._make(new, free)
            places = self._place[tokens]
        return places

    def _free(self, count: int) -> Ids:
        """So many places met longest ago, about: those are looked for many at a time."""
        self._oldest = self._oldest[self._met[self._oldest] <= self._looked]
        if len(self._oldest) < count:
            some = max(count, _KEPT // _LOOKS)
            oldest = np.argpartition(self._met[:_KEPT], some - 1)[:some]
            self._oldest, self._looked = oldest[np.argsort(self._met[oldest], kind="stable")], self._now
        free, self._oldest = self._oldest[:count], self._oldest[count:]
        return free

    def _make(self, tokens: Ids, places: Ids) -> None:
        """Each token's inputs to the convolutions, then their products, as integers and what to multiply them by."""
        self._embedded[places] = self._table.rows(tokens)
        rows = self._room.floats("made", len(tokens), self.width)
        self._inputs(tokens, rows[:, : len(self._gain)])
        start = len(self._gain)
        for n, matrix in enumerate(self._first):
            found = matrix(rows[:, n * _WIDTH : (n + 1) * _WIDTH])
            rows[:, start : start + found.shape[1]] = found
            start += found.shape[1]
        parts = rows.reshape(len(tokens), -1, _WIDTH)
        steps = largest(parts) / _LARGEST
        parts /= steps
        self._products[places], self._steps[places] = np.rint(rows, out=rows), steps[..., 0]

    def _inputs(self, tokens: Ids, out: Floats) -> None:
        """Tokens' embeddings, projected, at mean 0 and variance 1, then gain and offset."""
        embedded = self._room.floats("embedded", len(tokens), _SIZE)
        self.embeddings(tokens, embedded)
        np.add(self._projection(embedded), self._shift, out=out)
        out -= out.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", out, out) / out.shape[1]
        out *= (1 / np.sqrt(variance + self._epsilon))[:, None]
        out *= self._gain
        out += self._offset


def by_place(weights: Floats, order: int) -> Floats:
    """A convolution's weights, side by side for each of its places instead of below one another."""
    return np.concatenate(np.split(weights, order), axis=1)
