"""Documents that are alike are mostly of one category: neighbours vote.

A document's scores are added to what its neighbours are taken for, and so on until all agree (mean field on a graph of
nearest neighbours, close to label propagation: Zhu and Ghahramani, 2002). It rests on no guess about how large
categories are. A document nobody knows a category for has no vote: else groups of texts that belong to none, or in a
language the embedder does not know, would make each other sure.
"""

import numpy as np
from numpy.typing import NDArray

from docmill.classify.embed import Vectors, unit
from docmill.classify.similarity import softmax

__all__ = ["NEIGHBOURS", "SPARE", "agreed", "nearest", "nearest_among"]

NEIGHBOURS = 10
SPARE = 3  # times as many are looked for as vote, so that enough are left where a fold is hidden
MAX_VOTERS = 4096  # documents that may be neighbours of others, evenly spread over the corpus
_STEPS = 10
_TOGETHER = 512  # documents compared at a time

Places = NDArray[np.int64]


def nearest(rows: Vectors, most: int | None = None) -> Places:
    """Where each row's nearest others are, the nearest first: shape (documents, at most NEIGHBOURS or so many)."""
    directions = unit(rows)
    voters = np.arange(0, len(rows), max(1, -(-len(rows) // MAX_VOTERS)))
    count = min(most or NEIGHBOURS, len(voters) - 1)
    found = np.empty((len(rows), count), np.int64)
    for start in range(0, len(rows), _TOGETHER):
        some = directions[start : start + _TOGETHER]
        likeness = some @ directions[voters].T
        likeness[np.arange(start, start + len(some))[:, None] == voters] = -np.inf
        found[start : start + len(some)] = voters[np.argsort(-likeness, axis=1, kind="stable")[:, :count]]
    return found


def nearest_among(kept: Places, rows: Vectors, near: Places) -> Places:
    """The same of some rows among themselves, given where more of the nearest of all rows are.

    Args:
        kept: Numbers of the rows, ascending.
        rows: All of them.
        near: As `nearest` gives it for all.
    """
    places = np.full(len(rows), -1)
    places[kept] = np.arange(len(kept))
    found = places[near[kept]]
    order = np.argsort(found < 0, axis=1, kind="stable")[:, :NEIGHBOURS]
    found = np.take_along_axis(found, order, axis=1)
    return nearest(rows[kept]) if found.shape[1] < NEIGHBOURS or (found < 0).any() else found


def agreed(scores: Vectors, near: Places, voters: NDArray[np.bool_], weight: float) -> Vectors:
    """Confidences, shape (documents, categories), from log-scores and the neighbours' votes, `weight` a full one."""
    asked = np.full(len(scores), near.shape[1]) + np.bincount(near.ravel(), minlength=len(scores))
    found = softmax(scores)
    for _ in range(_STEPS):
        votes = np.where(voters[:, None], found, 0)
        heard = votes[near].sum(axis=1)
        np.add.at(heard, near.ravel(), np.repeat(votes, near.shape[1], axis=0))  # being a neighbour goes both ways
        found = softmax(np.asarray(scores + weight * heard / np.maximum(asked, 1)[:, None], np.float32))
    return found
