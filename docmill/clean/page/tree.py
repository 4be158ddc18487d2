"""What an element inherits from those around it.

Elements are numbered so that parents come before children; `parent` holds each one's parent, and 0 for the root, 0.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Floats, Index

__all__ = ["Inherited", "ancestors_at", "common_depths", "inherited"]

Small = NDArray[np.int32]


class Inherited(NamedTuple):
    """Of each element, with all its ancestors."""

    depth: Small  # levels below the root
    sums: Floats
    least: Floats
    bits: Small


def inherited(parents: Index, values: Floats, bits: Small) -> Inherited:
    """The depth of each element, the sum and the least of its value and its ancestors', and all their bits.

    Args:
        parents: Of each element, -1 for a root.
        values: Of each element.
        bits: Of each element.
    """
    is_root = parents < 0
    above = np.where(is_root, np.arange(len(parents)), parents)
    depth = (~is_root).astype(np.int32)
    sums = np.where(is_root, 0, values.astype(float))
    least, bits = values.copy(), bits.copy()
    while True:  # each round looks twice as far up
        depth += depth[above]
        sums += sums[above]
        np.minimum(least, least[above], out=least)
        bits |= bits[above]
        further = above[above]
        if np.array_equal(further, above):
            return Inherited(depth, (sums + values[above]).astype(np.float32), least, bits)
        above = further


def common_depths(anchor: int, elements: Index, depth: Small) -> Small:
    """For each of some elements, the depth of the innermost element that holds both it and the anchor.

    In document order that is the least depth on the way from one to the other, less one.
    """
    common = np.empty_like(depth)
    common[anchor] = depth[anchor]
    common[anchor + 1 :] = np.minimum.accumulate(depth[anchor + 1 :] - 1)
    common[:anchor] = np.minimum.accumulate(depth[anchor:0:-1] - 1)[::-1]
    found: Small = np.minimum(np.minimum(common, depth), depth[anchor])[elements]
    return np.maximum(found, 0)


def ancestors_at(levels: Index, elements: Index, depth: Small) -> Small:
    """Each one's ancestor at some depths, or itself where it is not as deep: the last element so deep before it.

    Returns:
        Shape (levels, elements).
    """
    levels = levels[:, None]
    places = np.arange(len(depth), dtype=np.int32)
    last = np.maximum.accumulate(np.where(depth == levels, places, np.int32(0)), axis=1)
    return np.where(depth[elements] > levels, last[:, elements], elements.astype(np.int32))
