"""Find the hard-wrapped paragraphs of a plain text: lines broken at a column, which only together are sentences."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from schemas.document import Block, BlockKind

__all__ = ["SENTENCE_END", "wrapped_lines"]

SENTENCE_END = re.compile(r"[.!?…。！？؟۔;；:：][\"'”’»)\]）」』]*\s*(?:\[\d+\]\s*)*$")
_NARROWEST, _WIDEST = 50, 99  # where people and programs wrap, in characters
_FULL = 0.75  # of the longest line: what a wrapped line but the last fills at least


def wrapped_lines(blocks: Sequence[Block]) -> frozenset[int]:
    """Indices of the blocks that are lines of a wrapped paragraph which reads as running text."""
    return frozenset(
        index
        for first, last in _full_groups(blocks)
        if any(SENTENCE_END.search(blocks[n].text) for n in range(first, last))
        for index in range(first, last)
    )


def _full_groups(blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Runs of two or more lines without a blank line between, all but the last of which fill the width of the longest.

    A list item opens a run of its own; a block that is no line ends one.
    """
    n = len(blocks)
    if n < 2:  # noqa: PLR2004  a single line is not wrapped
        return
    sizes = np.array([len(block.text) for block in blocks])
    kinds = [block.kind for block in blocks]
    is_item = np.array([kind is BlockKind.LIST_ITEM for kind in kinds])
    is_line = np.array([kind is BlockKind.LINE for kind in kinds]) | is_item
    starts = np.array([block.start_line or -2 for block in blocks])
    ends = np.array([block.end_line or 0 for block in blocks])
    is_line &= starts > 0
    opens = np.ones(n, bool)
    opens[1:] = is_item[1:] | ~is_line[1:] | ~is_line[:-1] | (starts[1:] != ends[:-1] + 1)
    first = np.flatnonzero(opens)
    last = np.append(first[1:], n)
    widths = np.maximum.reduceat(sizes, first)
    fills = sizes >= _FULL * widths[np.cumsum(opens) - 1]
    fills[last - 1] = True
    full = np.logical_and.reduceat(fills, first)
    wrapped = full & is_line[first] & (last - first > 1) & (widths >= _NARROWEST) & (widths <= _WIDEST)
    yield from zip(first[wrapped].tolist(), last[wrapped].tolist(), strict=True)
