"""What an element inherits from those around it.

Elements are numbered so that parents come before children; `parent` holds each one's parent, and 0 for the root, 0.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["ancestors_at", "common_depths", "depths", "least_above", "levels", "sums_above", "tags_around"]

Array = NDArray[np.float32]
Index = NDArray[np.intp]


def depths(parents: Index) -> Index:
    """Levels below the root."""
    found = (parents >= 0).astype(np.intp)
    above = np.maximum(parents, 0)
    while above.any():  # each round looks twice as far up
        found += found[above]
        above = above[above]
    return found


def levels(depth: Index) -> list[Index]:
    """The elements of each depth below the root's."""
    order = np.argsort(depth, kind="stable")
    ends = np.cumsum(np.bincount(depth))
    return np.split(order, ends[:-1])[1:]


def sums_above(own: Array, parent: Index, by_depth: list[Index]) -> Array:
    """Each element's value and those of all its ancestors, summed."""
    sums = own.copy()
    for elements in by_depth:
        sums[elements] += sums[parent[elements]]
    return sums


def least_above(own: Array, parent: Index, by_depth: list[Index]) -> Array:
    """The least among each element's value and those of its ancestors."""
    least = own.copy()
    for elements in by_depth:
        least[elements] = np.minimum(least[elements], least[parent[elements]])
    return least


def tags_around(own: Index, parent: Index, by_depth: list[Index]) -> Index:
    """The bits of each element and of all its ancestors."""
    bits = own.copy()
    for elements in by_depth:
        bits[elements] |= bits[parent[elements]]
    return bits


def common_depths(anchor: int, elements: Index, depth: Index) -> Index:
    """For each of some elements, the depth of the innermost element that holds both it and the anchor.

    In document order that is the least depth on the way from one to the other, less one.
    """
    common = np.empty_like(depth)
    common[anchor] = depth[anchor]
    common[anchor + 1 :] = np.minimum.accumulate(depth[anchor + 1 :] - 1)
    common[:anchor] = np.minimum.accumulate(depth[anchor:0:-1] - 1)[::-1]
    found: Index = np.minimum(np.minimum(common, depth), depth[anchor])[elements]
    return np.maximum(found, 0)


def ancestors_at(level: int, elements: Index, depth: Index) -> Index:
    """Each one's ancestor at a depth, or itself where it is not as deep: the last element of that depth before it."""
    last = np.maximum.accumulate(np.where(depth == level, np.arange(len(depth)), 0))
    return np.where(depth[elements] > level, last[elements], elements)
