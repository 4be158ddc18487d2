"""A page as a flat list of text blocks and the elements they stand in.

A block is a run of inline content between two block-level boundaries. Elements are kept as parallel lists (parent,
signature) so that later stages can aggregate over subtrees with array operations instead of walking again.
"""

from dataclasses import dataclass, field

__all__ = ["Page", "Signature"]

Signature = tuple[str, str, str, str]
"""Tag, class, id and role (with visibility) of an element, as written."""


@dataclass(slots=True)
class Page:
    """Blocks and elements of a page. Lists named `block_*` have one entry a block, `element_*` one an element."""

    block_text: list[str] = field(default_factory=list)
    block_leaf: list[int] = field(default_factory=list)  # element that holds most of the block's text: its longest run
    block_box: list[int] = field(default_factory=list)  # nearest block-level element
    block_link_characters: list[int] = field(default_factory=list)
    block_links: list[list[tuple[str, str]] | None] = field(default_factory=list)  # (target, text)
    element_parent: list[int] = field(default_factory=list)  # -1 for the root; parents come before children
    element_signature: list[int] = field(default_factory=list)  # index into signatures
    element_start: list[int] = field(default_factory=list)  # first of the blocks inside it
    element_end: list[int] = field(default_factory=list)  # one after the last of them
    signatures: list[Signature] = field(default_factory=list)
    title: str = ""  # of the head
    types: frozenset[str] = frozenset()  # what the page declares itself to be: schema.org types and og:type, lower case
