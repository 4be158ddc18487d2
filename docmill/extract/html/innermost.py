"""The innermost element of some sort around every element of a page."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["innermost"]

Index = NDArray[np.intp]


def innermost(wanted: NDArray[np.bool_], parent: Index) -> Index:
    """Each element that is wanted, and for the others the nearest wanted one above; the root, where there is none.

    Args:
        wanted: Shape (elements,).
        parent: Each one's; -1 for a root.
    """
    found = np.where(wanted | (parent < 0), np.arange(len(parent)), parent)
    while True:  # each round looks twice as far up
        further = found[found]
        if np.array_equal(further, found):
            return found
        found = further
