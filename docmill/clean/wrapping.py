"""Find the hard-wrapped paragraphs of a plain text: lines broken at a column, which only together are sentences."""

import re
from collections.abc import Iterator, Sequence

from schemas.document import Block, BlockKind

__all__ = ["SENTENCE_END", "wrapped_lines"]

SENTENCE_END = re.compile(r"[.!?…。！？؟۔;；:：][\"'”’»)\]）」』]*\s*(?:\[\d+\]\s*)*$")
_COLUMNS = range(50, 100)  # where people and programs wrap, in characters
_FULL = 0.75  # of the longest line: what a wrapped line but the last fills at least


def wrapped_lines(blocks: Sequence[Block]) -> frozenset[int]:
    """Indices of the blocks that are lines of a wrapped paragraph which reads as running text."""
    return frozenset(index for group in _groups(blocks) if _is_paragraph([blocks[n] for n in group]) for index in group)


def _groups(blocks: Sequence[Block]) -> Iterator[list[int]]:
    """Runs of lines without a blank line between; a list item opens a run of its own."""
    group: list[int] = []
    for index, block in enumerate(blocks):
        if block.kind not in {BlockKind.LINE, BlockKind.LIST_ITEM} or block.start_line is None:
            continue
        follows = group and block.start_line == (blocks[group[-1]].end_line or 0) + 1
        if group and (not follows or block.kind is BlockKind.LIST_ITEM):
            yield group
            group = []
        group.append(index)
    yield group


def _is_paragraph(lines: list[Block]) -> bool:
    if len(lines) < 2:  # noqa: PLR2004  a single line is not wrapped
        return False
    width = max(len(line.text) for line in lines)
    full = all(len(line.text) >= _FULL * width for line in lines[:-1])
    return full and width in _COLUMNS and any(SENTENCE_END.search(line.text) for line in lines)
