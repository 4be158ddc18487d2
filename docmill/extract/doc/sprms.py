"""Settings of characters, paragraphs and rows as Word writes them, one after the other ([MS-DOC] 2.6)."""

from collections.abc import Iterator

from docmill.extract.binary import number

__all__ = ["Sprm", "sprms"]

_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)  # bytes of the value, by the code's upper bits; 0 where it says itself
_TABS, _MOST_TABS = 0xC615, 255


class Sprm:
    """Codes of the settings that are read."""

    STYLE = 0x4600
    LEVEL, LIST = 0x260A, 0x460B
    OUTLINE = 0x2640
    IN_TABLE, ENDS_ROW = 0x2416, 0x2417
    DEPTH = 0x6649
    ENDS_INNER_CELL, ENDS_INNER_ROW = 0x244B, 0x244C
    CELLS = 0xD608
    ELSEWHERE = frozenset({0x6645, 0x6646})  # settings that are too long, kept in the data stream
    DELETED = 0x0800
    HIDDEN = 0x083C
    RAISED = 0x2A48
    SYMBOL, FONT = 0x6A09, 0x4A4F
    PLAIN = 0x2A33


def sprms(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each setting's code and value; of values that say how long they are also the bytes that do."""
    at = 0
    while at + 2 < len(data):
        code = number(data, at, 2)
        at += 2
        size = _SIZES[code >> 13] or _own_size(code, data, at)
        yield code, data[at : at + size]
        at += size


def _own_size(code: int, data: bytes, at: int) -> int:
    if code == Sprm.CELLS:
        return number(data, at, 2) + 1
    if code == _TABS and data[at] == _MOST_TABS:
        removed = number(data, at + 1, 1)
        return 3 + 4 * removed + 3 * number(data, at + 2 + 4 * removed, 1)
    return data[at] + 1
