"""A page's elements and blocks as arrays, made once for all who look at them."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Index
from docmill.extract.html.page import Page

__all__ = ["Shape"]

_LEVEL = re.compile(r"heading level-([1-6])(?!\S)")
_START = re.compile(r" start-(\d{1,6})(?!\S)")


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the elements and blocks of a page stand."""

    tags: list[str]  # of each signature
    first: list[int]  # of each signature: the number of an ordered list's first item
    parent: Index  # of each element; -1 for the root
    signature: Index  # of each element
    start: Index  # of the blocks inside each element
    end: Index
    leaf: Index  # of each block: the element that holds its longest run of text
    box: Index  # of each block: the nearest block-level element
    level: list[int]  # of each signature: that of a heading which only its role tells; else 0

    @classmethod
    def of(cls, page: Page) -> "Shape":
        """That of a page as it is now."""
        lists = (
            page.element_parent, page.element_signature, page.element_start, page.element_end, page.block_leaf,
            page.block_box,
        )  # fmt: skip
        first = [int(found[1]) if role and (found := _START.search(role)) else 1 for *_, role in page.signatures]
        level = [int(found[1]) if role and (found := _LEVEL.match(role)) else 0 for *_, role in page.signatures]
        parent, signature, start, end, leaf, box = (np.array(numbers, np.intp) for numbers in lists)
        tags = [tag for tag, *_ in page.signatures]
        return cls(tags, first, parent, signature, start, end, leaf, box, level)

    def innermost(self, wanted: NDArray[np.bool_]) -> Index:
        """Each element that is wanted, and for the others the nearest wanted one above; the root, where there is none.

        Args:
            wanted: Shape (elements,).
        """
        found = np.where(wanted | (self.parent < 0), np.arange(len(self.parent)), self.parent)
        while True:  # each round looks twice as far up
            further = found[found]
            if np.array_equal(further, found):
                return found
            found = further
