"""Multinomial logistic regression, small and deterministic.

The loss is smooth and strongly convex, so Nesterov's accelerated gradient from zero, with a step from the features'
spectral norm and a constant momentum, needs no line search and no random numbers ("Introductory Lectures on Convex
Optimization", 2004, section 2.2.1).
"""

import numpy as np
from numpy.typing import NDArray

from docmill.classify.embed import Vectors
from docmill.classify.similarity import softmax

__all__ = ["RIDGE", "fit"]

Places = NDArray[np.int64]

RIDGE = 1e-3
STEPS = 60
_POWER_STEPS = 10
_TOGETHER = 512  # documents looked at at a time, so that no second copy of all is made
_RARE = 0.1  # share of the documents that have a feature, up to which only they are stored


class _Rows:
    """Features of documents. Of a word, which few hold, only theirs are kept: most of them are zero."""

    def __init__(self, rows: Vectors) -> None:
        self.shape = rows.shape
        rare = np.count_nonzero(rows, axis=0) < _RARE * len(rows)
        self._rare, self._common = np.flatnonzero(rare), np.flatnonzero(~rare)
        self._dense = rows[:, self._common]
        parts = [self._words(rows, start) for start in range(0, len(rows), _TOGETHER)]
        self._document, self._word, self._value = map(np.concatenate, zip(*parts, strict=True))

    def _words(self, rows: Vectors, start: int) -> tuple[Places, Places, Vectors]:
        """Document, place among the rare features and value of what some documents hold of these."""
        some = rows[start : start + _TOGETHER, self._rare]
        document, word = np.nonzero(some)
        return document + start, word, some[document, word]

    def times(self, weights: Vectors) -> Vectors:
        """Their product with weights of shape (features, n): shape (documents, n)."""
        found: Vectors = self._dense @ weights[self._common]
        own = weights[self._rare]
        for n in range(weights.shape[1]):
            found[:, n] += np.bincount(self._document, self._value * own[self._word, n], len(found))
        return found

    def back(self, values: Vectors) -> Vectors:
        """The transposed product with values of shape (documents, n): shape (features, n)."""
        found = np.empty((self.shape[1], values.shape[1]), np.float32)
        found[self._common] = self._dense.T @ values
        for n in range(values.shape[1]):
            found[self._rare, n] = np.bincount(self._word, self._value * values[self._document, n], len(self._rare))
        return found


def fit(rows: Vectors, targets: Vectors, weights: Vectors, ridge: float = RIDGE) -> Vectors:
    """Weights of shape (features, categories).

    Args:
        rows: Features, shape (documents, features).
        targets: Each document's share in each category, shape (documents, categories), rows summing to 1.
        weights: What each document counts, shape (documents,).
        ridge: Of the squared weights, in the loss.
    """
    features = _Rows(rows)
    shares = (weights / weights.sum()).astype(np.float32)[:, None]
    curvature = 0.5 * _largest_eigenvalue(features, shares) + ridge
    slowness = np.sqrt(ridge / curvature)
    momentum = np.float32((1 - slowness) / (1 + slowness))
    found: Vectors = np.zeros((rows.shape[1], targets.shape[1]), np.float32)
    ahead = found
    for _ in range(STEPS):
        gradient = features.back((softmax(features.times(ahead)) - targets) * shares) + ridge * ahead
        stepped = np.asarray(ahead - gradient / curvature, np.float32)
        ahead = stepped + momentum * (stepped - found)
        found = stepped
    return found


def _largest_eigenvalue(rows: _Rows, shares: Vectors) -> float:
    """Of the weighted Gram matrix, by power iteration, rounded up."""
    vector = np.ones((rows.shape[1], 1), np.float32)
    length = 1.0
    for _ in range(_POWER_STEPS):
        vector = rows.back(rows.times(vector) * shares)
        length = float(np.linalg.norm(vector)) or 1.0
        vector = vector / length
    return 1.1 * length
