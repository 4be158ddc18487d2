"""What a workbook (XLS) says of all its sheets: their names and places, shared strings, styles, calendar."""

from itertools import pairwise
from typing import NamedTuple

from docmill.extract.binary import number
from docmill.extract.number_formats import EPOCH, EPOCH_1904, NumberFormats
from docmill.extract.sheet_rows import Repeated
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xls.records import Code, Record, Segments, plain_text, records
from schemas.document import Reason

__all__ = ["LockedError", "Sheet", "Workbook"]

_BIFF_8, _BIFF_5 = 0x600, 0x500
_MODULE = 6  # kind of sheet that holds a program
_MAC = frozenset({10_000, 0x8000})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


class LockedError(Exception):
    """The workbook is encrypted. Stays within this package."""


class Sheet(NamedTuple):
    """A sheet, and the part of the stream it is in."""

    name: str
    begins: int
    ends: int
    is_shown: bool


class Workbook:
    """Reads cells by a workbook's shared strings, styles and calendar."""

    def __init__(self, stream: bytes) -> None:
        """Read the part of the stream that is about all sheets.

        Raises:
            LockedError: It is encrypted.
            UnreadableError: It does not begin as a workbook, or is of a version before Excel 5.
        """
        version = number(stream, 4, 2)
        if number(stream, 0, 2) != Code.BEGIN or version not in {_BIFF_8, _BIFF_5}:
            raise UnreadableError(Reason.CORRUPT, "The workbook does not begin as one of Excel 5 or later.")
        self.stream = stream
        self.charset: str | None = None if version == _BIFF_8 else "cp1252"  # of texts that do not say it themselves
        self.sheets: list[Sheet] = []
        self._epoch = EPOCH
        self._formats = NumberFormats()
        self._styles: list[int] = []  # formats
        self._strings: list[str] = []
        self._repeated = Repeated()
        shared: list[bytes] = []
        is_continued = False
        for record in records(stream, 0, len(stream)):
            if record.code == Code.END:
                break
            if record.code == Code.STRINGS or (is_continued and record.code == Code.CONTINUE):
                shared.append(record.data)
            is_continued = record.code in {Code.STRINGS, Code.CONTINUE} and bool(shared)
            self._note(record)
        self._take_strings(shared)
        self._end_sheets()

    def text(self, text: str) -> str:
        """A text of a cell, counted.

        Raises:
            UnreadableError: The cells repeat a long shared string too often.
        """
        return self._repeated.note(text)

    def shared(self, index: int) -> str:
        """A shared string as a cell's text."""
        return self.text(self._strings[index] if index < len(self._strings) else "")

    def number(self, value: float, style: int) -> str:
        """A number as a style shows it."""
        kind = self._styles[style] if style < len(self._styles) else None
        return self.text(self._formats.text(repr(value).removesuffix(".0"), kind, self._epoch))

    @staticmethod
    def boolean(value: int, *, is_error: int) -> str:
        """A truth value, or what could not be computed."""
        return _ERRORS.get(value, "") if is_error else "TRUE" if value else "FALSE"

    def _note(self, record: Record) -> None:
        data = record.data
        match record.code:
            case Code.LOCKED:
                raise LockedError
            case Code.CODE_PAGE if self.charset is not None:
                self.charset = _charset(number(data, 0, 2))
            case Code.DATES_FROM_1904:
                self._epoch = EPOCH_1904 if number(data, 0, 2) else EPOCH
            case Code.FORMAT:
                self._formats.note(number(data, 0, 2), plain_text(data, 2, 1 if self.charset else 2, self.charset))
            case Code.STYLE:
                self._styles.append(number(data, 2, 2))
            case Code.SHEET if number(data, 5, 1) != _MODULE:
                name = plain_text(data, 6, 1, self.charset)
                self.sheets.append(Sheet(name, number(data, 0, 4), len(self.stream), not number(data, 4, 1) & 3))

    def _take_strings(self, shared: list[bytes]) -> None:
        if not shared:
            return
        segments = Segments(shared, 8)
        for _ in range(number(shared[0], 4, 4)):
            if segments.is_at_end:
                break
            self._strings.append(segments.shared())

    def _end_sheets(self) -> None:
        """Have each sheet end where the next one in the stream begins: none is read twice."""
        begins = sorted({sheet.begins for sheet in self.sheets})
        ends = dict(pairwise([*begins, len(self.stream)]))
        for index, sheet in enumerate(self.sheets):
            self.sheets[index] = sheet._replace(ends=ends.pop(sheet.begins, sheet.begins))


def _charset(code_page: int) -> str:
    name = "mac-roman" if code_page in _MAC else f"cp{code_page}"
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name
