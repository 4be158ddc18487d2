"""The records of a workbook (XLS, BIFF) and the texts in them ([MS-XLS] 2.1.4, 2.5.293)."""

from collections.abc import Iterator
from typing import NamedTuple

from docmill.extract.binary import number

__all__ = ["Code", "Record", "Segments", "plain_text", "records"]

_HEADER = 4  # bytes: code and size
_WIDE, _ASIAN, _RICH = 1, 4, 8  # flags of a text


class Code:
    """Codes of the records that are read."""

    BEGIN, END = 0x809, 0x0A
    CODE_PAGE, LOCKED, DATES_FROM_1904 = 0x42, 0x2F, 0x22
    SHEET, FORMAT, STYLE, STRINGS, CONTINUE = 0x85, 0x41E, 0xE0, 0xFC, 0x3C
    SIZE, ROW, COLUMNS, FILTERED = 0x200, 0x208, 0x7D, 0x9B
    SHARED, LABEL, RICH_LABEL = 0xFD, 0x204, 0xD6
    NUMBER, RK, RKS, BOOLEAN, FORMULA, RESULT = 0x203, 0x27E, 0xBD, 0x205, 0x06, 0x207
    LINK, NOTE, OBJECT, OBJECT_TEXT = 0x1B8, 0x1C, 0x5D, 0x1B6
    HEADER, FOOTER = 0x14, 0x15


class Record(NamedTuple):
    """A record, and where it begins."""

    code: int
    data: bytes
    at: int


def records(stream: bytes, at: int, end: int) -> Iterator[Record]:
    """The records of a part of the stream, as far as they are whole."""
    while at + _HEADER <= end:
        size = number(stream, at + 2, 2)
        yield Record(number(stream, at, 2), stream[at + _HEADER : at + _HEADER + size], at)
        at += _HEADER + size


def plain_text(data: bytes, at: int, size: int, charset: str | None) -> str:
    """A text that is preceded by its length, a number of so many bytes.

    Args:
        data: A record's.
        at: Where it begins.
        size: Bytes of its length.
        charset: Of texts before BIFF8; None for those of it, which say themselves how they are kept.
    """
    length, at = number(data, at, size), at + size
    if charset is not None:
        return data[at : at + length].decode(charset, "replace")
    return Segments([data], at).text(length)


class Segments:
    """The data of a record and of those that continue it, where texts may be cut in two."""

    def __init__(self, parts: list[bytes], at: int = 0) -> None:
        self._parts = parts
        self._part = 0
        self._at = at

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self._part >= len(self._parts) - 1 and self._at >= len(self._parts[-1])

    def skip(self, size: int) -> None:
        """Pass over so many bytes."""
        self._at += size
        while self._part + 1 < len(self._parts) and self._at > len(self._parts[self._part]):
            self._at -= len(self._parts[self._part])
            self._part += 1

    def number(self, size: int) -> int:
        """A number, which is never cut in two."""
        if self._at >= len(self._parts[self._part]) and self._part + 1 < len(self._parts):
            self._part, self._at = self._part + 1, 0
        found = number(self._parts[self._part], self._at, size)
        self._at += size
        return found

    def shared(self) -> str:
        """A text of the table of strings, without its formatting and how it is pronounced."""
        length, flags = self.number(2), self.number(1)
        runs = self.number(2) if flags & _RICH else 0
        extra = self.number(4) if flags & _ASIAN else 0
        found = self._characters(length, flags)
        self.skip(4 * runs + extra)
        return found

    def text(self, length: int) -> str:
        """A text of so many characters."""
        return self._characters(length, self.number(1))

    def _characters(self, length: int, flags: int) -> str:
        found: list[str] = []
        while True:
            width = 2 if flags & _WIDE else 1
            part = self._parts[self._part]
            raw = part[self._at : self._at + min(length, max(len(part) - self._at, 0) // width) * width]
            found.append(raw.decode("utf-16-le", "surrogatepass") if width > 1 else raw.decode("latin-1"))
            self._at += len(raw)
            length -= len(raw) // width
            if not length or self._part + 1 >= len(self._parts):
                return "".join(found).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            self._part, self._at = self._part + 1, 1
            flags = number(self._parts[self._part], 0, 1)
