"""Find the hard-wrapped paragraphs of a plain text: lines broken at a column, which only together are sentences."""

import re
from collections.abc import Iterator, Sequence

from schemas.document import BlockKind

__all__ = ["SENTENCE_END", "wrapped_lines"]

SENTENCE_END = re.compile(r"[.!?…。！？؟۔;；:：][\"'”’»)\]）」』]*\s*(?:\[\d+\]\s*)*$")
_NARROWEST, _WIDEST = 50, 99  # where people and programs wrap, in characters
_FULL = 0.75  # of the longest line: what a wrapped line but the last fills at least


def wrapped_lines(texts: Sequence[str], kinds: Sequence[BlockKind], gaps: Sequence[bool]) -> frozenset[int]:
    """Indices of the blocks that are lines of a wrapped paragraph which reads as running text.

    Args:
        texts: Of all blocks.
        kinds: Of each.
        gaps: Whether each stands apart from the one before.
    """
    return frozenset(
        index
        for first, last in _full_groups(texts, kinds, gaps)
        if any(SENTENCE_END.search(texts[n]) for n in range(first, last))
        for index in range(first, last)
    )


def _full_groups(texts: Sequence[str], kinds: Sequence[BlockKind], gaps: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Runs of two or more lines without a blank line between, all but the last of which fill the width of the longest.

    A list item opens a run of its own; a block that is no line ends one.
    """
    sizes: list[int] = []
    for index, (text, kind, gap) in enumerate(zip(texts, kinds, gaps, strict=True)):
        if gap or kind is not BlockKind.LINE:
            if len(sizes) > 1 and _is_full(sizes):
                yield index - len(sizes), index
            sizes = []
        if sizes or kind is BlockKind.LINE or kind is BlockKind.LIST_ITEM:
            sizes.append(len(text))
    if len(sizes) > 1 and _is_full(sizes):
        yield len(texts) - len(sizes), len(texts)


def _is_full(sizes: list[int]) -> bool:
    widest = max(sizes)
    return _NARROWEST <= widest <= _WIDEST and min(sizes[:-1]) >= _FULL * widest
