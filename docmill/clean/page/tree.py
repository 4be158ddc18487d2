"""What an element inherits from those around it. Elements are in document order, parents before children."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Page

__all__ = ["ancestors_at", "common_depths", "depths", "least_above", "sums_above", "tags_around"]

Array = NDArray[np.float32]
Index = NDArray[np.intp]


def depths(parents: Sequence[int]) -> Index:
    """Levels below the root."""
    found: list[int] = []
    for parent in parents:
        found.append(found[parent] + 1 if parent >= 0 else 0)
    return np.array(found, np.intp)


def sums_above(own: Array, parents: Sequence[int]) -> Array:
    """Each element's value and those of all its ancestors, summed."""
    sums: list[float] = []
    for value, parent in zip(own.tolist(), parents, strict=True):
        sums.append(sums[parent] + value if parent >= 0 else value)
    return np.array(sums, np.float32)


def least_above(own: Array, parents: Sequence[int]) -> Array:
    """The least among each element's value and those of its ancestors."""
    least: list[float] = []
    for value, parent in zip(own.tolist(), parents, strict=True):
        least.append(min(least[parent], value) if parent >= 0 else value)
    return np.array(least, np.float32)


def tags_around(wanted: Sequence[str], tags: Sequence[str], page: Page) -> Index:
    """For each element, a bit for every wanted tag among it and its ancestors; `tags` are the signatures'."""
    bit = {tag: 1 << number for number, tag in enumerate(wanted)}
    own = [bit.get(tag, 0) for tag in tags]
    bits: list[int] = []
    for parent, signature in zip(page.element_parent, page.element_signature, strict=True):
        bits.append(own[signature] | bits[parent] if parent >= 0 else own[signature])
    return np.array(bits, np.intp)


def common_depths(anchor: int, parents: Sequence[int], depth: Index) -> Index:
    """For each element, the depth of the innermost element that holds both it and the anchor."""
    holders = {anchor}
    while (anchor := parents[anchor]) >= 0:
        holders.add(anchor)
    found: list[int] = []
    for element, (parent, own) in enumerate(zip(parents, depth.tolist(), strict=True)):
        found.append(own if element in holders or parent < 0 else found[parent])
    return np.array(found, np.intp)


def ancestors_at(level: int, elements: Index, parent: Index, depth: Index) -> Index:
    """Each one's ancestor at a depth, or itself where it is not as deep."""
    at = elements
    while (deeper := depth[at] > level).any():
        at = np.where(deeper, parent[at], at)
    return at
