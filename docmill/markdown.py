"""Blocks as Markdown: headings, lists, tables, quotes and code keep their shape."""

import re
from collections.abc import Iterable

from schemas.document import Block, BlockKind

__all__ = ["to_markdown"]

_MARKER = re.compile(r"^(\s*)([#>|]|[-+*](?=\s)|\d+[.)](?=\s)|```|~~~)", re.MULTILINE)
_FENCE = re.compile(r"`{3,}")
_TIGHT = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE})


def to_markdown(blocks: Iterable[Block]) -> str:
    """CommonMark with tables, one paragraph a block; text that would read as markup is escaped."""
    parts: list[str] = []
    previous: Block | None = None
    for block in blocks:
        together = previous is not None and block.kind is previous.kind and block.kind in _TIGHT
        if previous is not None:
            parts.append("\n" if together or _is_next_line(previous, block) else "\n\n")
        parts.append(_RENDERERS.get(block.kind, _paragraph)(block))
        if block.kind is BlockKind.TABLE and not together:
            parts.append("\n|" + " --- |" * (block.text.count(" | ") + 1))
        previous = block
    return "".join(parts)


def _is_next_line(previous: Block, block: Block) -> bool:
    """Whether a line of a text stood right below the one before."""
    return block.kind is BlockKind.LINE and block.start_line is not None and previous.end_line == block.start_line - 1


def _paragraph(block: Block) -> str:
    text = block.text
    if "\n" in text:
        return _MARKER.sub(r"\1\\\2", text)
    marker = _MARKER.match(text)
    return f"{marker[1]}\\{text[marker.end(1) :]}" if marker else text


def _heading(block: Block) -> str:
    return f"{'#' * (block.level or 2)} {' '.join(block.text.split())}"


def _item(block: Block) -> str:
    indent = "  " * ((block.level or 1) - 1)
    marker = f"{block.number}. " if block.number is not None else "- "
    return indent + marker + _paragraph(block).replace("\n", "\n" + indent + " " * len(marker))


def _row(block: Block) -> str:
    return f"| {_BAR.sub(r'\|', _inline(' '.join(block.text.split())))} |"


def _code(block: Block) -> str:
    longest = max((len(run) for run in _FENCE.findall(block.text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{block.text}\n{fence}"


def _quote(block: Block) -> str:
    return "> " + _paragraph(block).replace("\n", "\n> ")


_RENDERERS = {
    BlockKind.HEADING: _heading,
    BlockKind.LIST_ITEM: _item,
    BlockKind.TABLE: _row,
    BlockKind.CODE: _code,
    BlockKind.QUOTE: _quote,
}
