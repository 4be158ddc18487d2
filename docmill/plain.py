"""Blocks as plain text."""

from collections.abc import Iterable

from schemas.document import Block, BlockKind

__all__ = ["to_text"]

_TIGHT = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE})  # such blocks stand line by line


def to_text(blocks: Iterable[Block]) -> str:
    """Blocks as one text: lines that stood together stay together, all else is set apart by a blank line."""
    parts: list[str] = []
    previous: Block | None = None
    for block in blocks:
        if previous is not None:
            parts.append("\n" if _stand_together(previous, block) else "\n\n")
        parts.append(block.text)
        previous = block
    return "".join(parts)


def _stand_together(previous: Block, block: Block) -> bool:
    if previous.kind is block.kind and block.kind in _TIGHT:
        return block.kind is not BlockKind.TABLE or block.number != 1  # the first row of another table
    return previous.end_line is not None and block.start_line == previous.end_line + 1
