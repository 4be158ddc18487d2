"""The head of a Word document (DOC), its file information block: what it holds, and where ([MS-DOC] 2.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from docmill.extract.binary import number
from docmill.extract.unreadable import UnreadableError
from schemas.document import Reason

__all__ = ["Fib", "Part", "Stories"]

_WORD_97, _WORD_6 = 0xC1, 0x65
_MAGICS = frozenset({0xA5EC, 0xA5DC})
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_COUNTS, _OLD_COUNTS = 0x4C, 0x34  # of characters, by story
_PLACES, _OLD_PLACES = 0x9A, 0x58
_IN_PIECES = 0x0004


class Part:
    """The numbers of the parts of the table stream that are read."""

    STYLES = 1
    HEADERS = 11
    CHARACTERS, PARAGRAPHS = 12, 13
    FONTS = 15
    PIECES = 33
    SHAPES = 40
    BOXES = 56
    LISTS, LIST_OVERRIDES = 73, 74


class Stories(NamedTuple):
    """How many characters each story has, in the order of the text."""

    body: int
    footnotes: int
    headers: int
    macros: int
    comments: int
    endnotes: int
    boxes: int
    header_boxes: int

    def spans(self) -> Iterator[range]:
        """Where each is in the text."""
        begins = 0
        for count in self:
            yield range(begins, begins + count)
            begins += count


@dataclass(frozen=True, slots=True)
class Fib:
    """What the head of the file says."""

    data: bytes  # of the stream that it is the head of

    @classmethod
    def of(cls, stream: bytes) -> "Fib":
        """The head of a stream.

        Raises:
            UnreadableError: It is that of another program or of too old a version, or the text is encrypted.
        """
        magic, version, flags = (number(stream, at, 2) for at in (0, 2, 10))
        if len(stream) < _PLACES or not magic:
            raise UnreadableError(Reason.CORRUPT, "The document's head is cut off or empty.")
        if version < _WORD_6:
            message = "The document was written by a version of Word before Word 6, which docmill does not read."
            raise UnreadableError(Reason.UNSUPPORTED_MEDIA_TYPE, message)
        if magic not in _MAGICS:
            raise UnreadableError(Reason.CORRUPT, "The document's head is that of no Word document.")
        if flags & _ENCRYPTED:
            raise UnreadableError(Reason.ENCRYPTED, "The file is locked with a password.")
        return cls(stream)

    @property
    def is_old(self) -> bool:
        """Whether it is of Word 6 or 95."""
        return number(self.data, 2, 2) < _WORD_97

    @property
    def whole(self) -> int | None:
        """Where the text begins, if it lies in one piece."""
        return number(self.data, 0x18, 4) if self.is_old and not number(self.data, 10, 2) & _IN_PIECES else None

    @property
    def language(self) -> int:
        """Number of the language of the program."""
        return number(self.data, 6, 2)

    @property
    def table(self) -> str:
        """Name of the stream that tells how the text is put together."""
        if self.is_old:
            return "WordDocument"
        return "1Table" if number(self.data, 10, 2) & _TABLE_1 else "0Table"

    @property
    def stories(self) -> Stories:
        """The stories of the text."""
        counts = _OLD_COUNTS if self.is_old else _COUNTS
        return Stories(*(number(self.data, counts + 4 * place, 4) for place in range(8)))

    def place(self, part: int) -> tuple[int, int]:
        """Where a part begins in the table stream, and its bytes."""
        if self.is_old and part > Part.PIECES:
            return 0, 0
        at = (_OLD_PLACES if self.is_old else _PLACES) + 8 * part
        return number(self.data, at, 4), number(self.data, at + 4, 4)

    def part(self, table: bytes, part: int) -> bytes:
        """A part of the table stream."""
        begins, size = self.place(part)
        return table[begins : begins + size]
