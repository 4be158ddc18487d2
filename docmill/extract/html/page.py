"""A page as a flat list of text blocks and the elements they stand in.

A block is a run of inline content between two block-level boundaries. Elements are kept as parallel lists (parent,
signature) so that later stages can aggregate over subtrees with array operations instead of walking again. Numbers of a
long page are kept as such: as objects those of one of 20 MB would take 60 MB.
"""

from array import array
from collections.abc import MutableSequence
from dataclasses import dataclass, field
from functools import partial

__all__ = ["Page", "Signature"]

Signature = tuple[str, str, str, str]
"""Tag, class, id and role (with a heading's level, visibility, property and first number) of an element, as written."""
Numbers = MutableSequence[int]
_numbers = partial(array, "i")


@dataclass(slots=True)
class Page:
    """Blocks, elements and links of a page. Lists named `block_*` have one entry a block, and so on."""

    block_text: list[str] = field(default_factory=list)
    block_leaf: Numbers = field(default_factory=_numbers)  # element of most of the block's text: its longest run
    block_box: Numbers = field(default_factory=_numbers)  # nearest block-level element
    block_link_characters: list[int] = field(default_factory=list)
    element_parent: Numbers = field(default_factory=_numbers)  # -1 for the root; parents come first
    element_signature: Numbers = field(default_factory=_numbers)  # index into signatures
    element_start: Numbers = field(default_factory=_numbers)  # first of the blocks inside it
    element_end: Numbers = field(default_factory=_numbers)  # one after the last of them
    link_block: Numbers = field(default_factory=_numbers)  # the block each link stands in
    link_target: list[str] = field(default_factory=list)
    link_text: list[str] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)  # of cells that span several columns, or rows
    title: str = ""  # of the head
    base: str = ""  # address that those in the page are relative to, as its head declares it
    types: frozenset[str] = frozenset()  # what the page declares itself to be: schema.org types and og:type, lower case

    def add(self, *numbers: list[int]) -> None:
        """Take parents, signatures, starts, ends of more elements, leaves and boxes of blocks; empties the lists."""
        own = (
            self.element_parent, self.element_signature, self.element_start, self.element_end, self.block_leaf,
            self.block_box,
        )  # fmt: skip
        for known, more in zip(own, numbers, strict=True):
            known.extend(more)
            more.clear()
