"""The records of a presentation (PPT), many of which hold others ([MS-PPT] 2.3)."""

from collections.abc import Iterator
from typing import NamedTuple

from docmill.extract.binary import number

__all__ = ["Code", "Record", "record_at", "records"]

_HEADER = 8  # bytes


class Code:
    """Types of the records that are read."""

    EDIT, DIRECTORY = 0x0FF5, 0x1772
    SLIDE_SHOW, NOTES_ATOM = 0x03F9, 0x03F1
    SLIDES, SLIDE_PLACE = 0x0FF0, 0x03F3
    LINKS, LINK, LINK_ATOM, TEXT = 0x0409, 0x0FD7, 0x0FD3, 0x0FBA
    HEADERS_FOOTERS = 0x0FD9
    TAGS, TAG, TAG_DATA, COMMENT = 0x1388, 0x138A, 0x138B, 0x2EE0
    DRAWING, DRAWINGS, GROUP, SHAPE = 0x040C, 0xF002, 0xF003, 0xF004
    SHAPE_ATOM, PLACE, CLIENT_DATA, TEXT_BOX = 0xF00A, 0xF00F, 0xF011, 0xF00D
    PROPERTIES = frozenset({0xF00B, 0xF121, 0xF122})
    PLACEHOLDER, ACTION, ACTION_ATOM, ACTION_SPAN = 0x0BC3, 0x0FF2, 0x0FF3, 0x0FDF
    TEXT_HEADER, TEXT_REFERENCE, WIDE_TEXT, NARROW_TEXT, STYLES = 0x0F9F, 0x0F9E, 0x0FA0, 0x0FA8, 0x0FA1
    FIELDS = frozenset({0x0FD8, 0x0FF7, 0x0FF8, 0x0FF9, 0x0FFA})  # numbers of slides, dates, headers within a text


class Record(NamedTuple):
    """A record: its type, what kind of it, and where its content lies."""

    code: int
    kind: int
    data: bytes  # the whole stream
    begins: int
    ends: int

    @property
    def content(self) -> bytes:
        """Its content."""
        return self.data[self.begins : self.ends]

    def number(self, at: int, size: int) -> int:
        """A number in its content."""
        return number(self.data, self.begins + at, size) if self.begins + at + size <= self.ends else 0

    def within(self) -> Iterator["Record"]:
        """The records that it holds."""
        return records(self.data, self.begins, self.ends)


def record_at(data: bytes, at: int, end: int) -> Record:
    """The record that begins at a place, cut off at an end."""
    begins = at + _HEADER
    ends = min(begins + number(data, at + 4, 4), end)
    return Record(number(data, at + 2, 2), number(data, at, 2) >> 4, data, begins, max(ends, begins))


def records(data: bytes, at: int, end: int) -> Iterator[Record]:
    """The records of a part of the stream, one after the other."""
    while at + _HEADER <= end:
        found = record_at(data, at, end)
        yield found
        at = found.ends
