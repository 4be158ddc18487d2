"""Plain text: its lines, of which those that are not blank are kept, with their numbers."""

import re

from docmill.stage import Extracted, Lines

__all__ = ["read_lines", "split_lines"]

_LIST_ITEM = re.compile(
    r"[-*•·●▪‣–]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)、]\s*\S|[（(]?[一二三四五六七八九十]{1,3}[、）)]"
)


def read_lines(text: str) -> Extracted:
    """Every non-blank line, numbered from 1 as an editor would."""
    texts = [line.strip() for line in split_lines(text)]
    numbers = [number for number, line in enumerate(texts, start=1) if line]
    texts = [line for line in texts if line]
    is_item = _LIST_ITEM.match
    return Extracted(blocks=(), lines=Lines(texts, numbers, [is_item(line) is not None for line in texts]))


def split_lines(text: str) -> list[str]:
    """The lines of a text as an editor would number them; form feeds and the like end none."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")
