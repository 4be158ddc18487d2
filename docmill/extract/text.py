"""Plain text: every non-blank line is a block."""

import re

from docmill.stage import Extracted
from schemas.document import Block, BlockKind

__all__ = ["LINE_END", "read_lines"]

LINE_END = re.compile(r"\r\n|\n|\r")
_LIST_ITEM = re.compile(
    r"\s*(?:[-*•·●▪‣–]\s+|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)、]\s*(?=\S)|[（(]?[一二三四五六七八九十]{1,3}[、）)])"
)


def read_lines(text: str) -> Extracted:
    """One block a non-blank line, numbered from 1 as an editor would."""
    return Extracted(
        blocks=tuple(
            Block.model_construct(kind=_kind(line), text=stripped, start_line=number, end_line=number)
            for number, line in enumerate(LINE_END.split(text), start=1)
            if (stripped := line.strip())
        )
    )


def _kind(line: str) -> BlockKind:
    return BlockKind.LIST_ITEM if _LIST_ITEM.match(line) else BlockKind.LINE
