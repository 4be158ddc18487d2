"""A sheet of a workbook (XLS): its rows, what is not shown of them, links, comments and text boxes."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from docmill.extract.binary import number, signed, wide_text
from docmill.extract.collect import Collector
from docmill.extract.sheet_rows import Columns, printed
from docmill.extract.xls.records import Code, Record, Segments, plain_text, records
from docmill.extract.xls.workbook import Sheet, Workbook
from schemas.document import BlockKind, RemovalReason

__all__ = ["read_sheet"]

_HIDDEN_ROW, _ROW_LEVEL = 0x20, 0x07
_HIDDEN_COLUMN, _COLUMN_LEVEL = 0x01, 0x700
_LAST_COLUMN = 256
_NO_NUMBER = b"\xff\xff"  # ends a formula's result that is none
_COMMENT = 0x19  # kind of object
_HAS_ADDRESS, _HAS_TEXT, _HAS_FRAME = 0x01, 0x14, 0x80  # flags of a link
_URL = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
_LINK_AT = 32  # bytes before what it is made of
_LONGEST_NOTE = 65_535  # characters
_MOST_CELLS, _MOST_LINKS = 1000, 10_000  # that a link spans; cells of a sheet that lead somewhere


class _Cell(NamedTuple):
    row: int
    column: int
    text: str


def read_sheet(workbook: Workbook, sheet: Sheet, page: int, into: Collector) -> None:
    """The rows of a sheet, its comments and what is written in its drawings."""
    view = _View(workbook, sheet)
    into.begin_table()
    row: list[_Cell] = []
    for cell in _cells(workbook, sheet):
        if row and cell.row != row[-1].row:
            view.put(row, page, into)
            row = []
        row.append(cell)
    if row:
        view.put(row, page, into)
    for text in view.comments:
        into.add(BlockKind.NOTE, text, page)
    for text in view.boxes:
        into.add(BlockKind.PARAGRAPH, text, page)
    for reason, text in view.running:
        into.leave_out(reason, printed(text), page)


def _own(workbook: Workbook, sheet: Sheet) -> Iterator[Record]:
    """The records of a sheet, but not those of the charts in it."""
    depth = 0
    for record in records(workbook.stream, sheet.begins, sheet.ends):
        depth += {Code.BEGIN: 1, Code.END: -1}.get(record.code, 0)
        if not depth:
            return
        if depth == 1:
            yield record


class _View:
    """What a sheet says of its rows, columns and cells elsewhere than in them."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self._charset = workbook.charset
        self._columns = Columns()
        self._hidden: set[int] = set()  # rows
        self._links: dict[tuple[int, int], str] = {}
        self._is_filtered = False
        self.comments: list[str] = []
        self.boxes: list[str] = []
        self.running: list[tuple[RemovalReason, str]] = []
        text = _Text()
        kind = 0
        for record in _own(workbook, sheet):
            if record.code == Code.OBJECT:
                kind = number(record.data, 4, 2)
            elif record.code == Code.OBJECT_TEXT:
                text = _Text(self.comments if kind == _COMMENT else self.boxes, number(record.data, 10, 2))
            elif record.code == Code.CONTINUE:
                text.take(record.data)
                continue
            self._note(record)

    def put(self, row: list[_Cell], page: int, into: Collector) -> None:
        """Take a row; what its author hid is logged, not what a filter hides."""
        with into.shown(self._is_filtered or row[0].row not in self._hidden):
            self._columns.put([(cell.column, cell.text) for cell in row], page, into)
            for cell in row if self._links else ():
                if address := self._links.get((cell.row, cell.column)):
                    into.link(address, cell.text)

    def _note(self, record: Record) -> None:
        data = record.data
        match record.code:
            case Code.SIZE:
                self._columns.first = number(data, 4 if self._charset else 8, 2)
            case Code.ROW if number(data, 12, 2) & _HIDDEN_ROW and not number(data, 12, 2) & _ROW_LEVEL:
                self._hidden.add(number(data, 0, 2))
            case Code.COLUMNS if number(data, 8, 2) & _HIDDEN_COLUMN and not number(data, 8, 2) & _COLUMN_LEVEL:
                self._columns.hidden.update(range(number(data, 0, 2), min(number(data, 2, 2) + 1, _LAST_COLUMN)))
            case Code.FILTERED:
                self._is_filtered = True
            case Code.LINK:
                self._link(data)
            case Code.NOTE if self._charset:  # later ones name an object
                if number(data, 0, 2) == 0xFFFF and self.comments:  # noqa: PLR2004  goes on
                    self.comments[-1] = (self.comments[-1] + data[6:].decode(self._charset, "replace"))[:_LONGEST_NOTE]
                else:
                    self.comments.append(data[6:].decode(self._charset, "replace"))
            case Code.HEADER | Code.FOOTER if data:
                reason = RemovalReason.PAGE_HEADER if record.code == Code.HEADER else RemovalReason.PAGE_FOOTER
                self.running.append((reason, plain_text(data, 0, 1 if self._charset else 2, self._charset)))

    def _link(self, data: bytes) -> None:
        """Where a cell leads, or the cells of an area."""
        first, last, left, right = (number(data, at, 2) for at in (0, 2, 4, 6))
        flags, at = number(data, 28, 4), _LINK_AT
        for flag in (_HAS_TEXT, _HAS_FRAME):
            if flags & flag == flag:
                at += 4 + 2 * number(data, at, 4)
        if not flags & _HAS_ADDRESS or data[at : at + 16] != _URL:
            return
        address = wide_text(data[at + 20 : at + 20 + number(data, at + 16, 4)]).partition("\0")[0]
        if (last - first + 1) * (right - left + 1) <= _MOST_CELLS and len(self._links) < _MOST_LINKS:
            self._links |= {
                (row, column): address for row in range(first, last + 1) for column in range(left, right + 1)
            }


class _Text:
    """The text of an object, in the records that continue it."""

    def __init__(self, texts: list[str] | None = None, left: int = 0) -> None:
        self._texts = texts if texts is not None else []
        self._left = left
        if left:
            self._texts.append("")

    def take(self, data: bytes) -> None:
        """Take a record, if text is missing yet; its formatting follows."""
        if self._left:
            text = Segments([data]).text(self._left)
            self._texts[-1] += text
            self._left = max(self._left - len(text), 0) if text else 0


def _cells(workbook: Workbook, sheet: Sheet) -> Iterator[_Cell]:
    """The cells that say something, in the order of the file."""
    formula: tuple[int, int] | None = None  # whose result, a text, follows
    for record in _own(workbook, sheet):
        code, data, _ = record
        row, column = number(data, 0, 2), number(data, 2, 2)
        if code == Code.FORMULA and data[6:7] == b"\0" and data[12:14] == _NO_NUMBER:
            formula = (row, column)
        elif code == Code.RESULT and formula is not None:
            yield _Cell(*formula, workbook.text(plain_text(data, 0, 2, workbook.charset)))
            formula = None
        elif code == Code.RKS:
            for place in range((len(data) - 6) // 6):
                at = 4 + 6 * place
                value = workbook.number(_packed(data[at + 2 : at + 6]), number(data, at, 2))
                yield _Cell(row, column + place, value)
        elif text := _text_of(workbook, record):
            yield _Cell(row, column, text)


def _text_of(workbook: Workbook, record: Record) -> str:
    """What a cell says that has a record of its own; nothing of other records."""
    code, data, _ = record
    style, text = number(data, 4, 2), ""
    match code:
        case Code.SHARED:
            text = workbook.shared(number(data, 6, 4))
        case Code.LABEL | Code.RICH_LABEL:
            text = workbook.text(plain_text(data, 6, 2, workbook.charset))
        case Code.NUMBER:
            text = workbook.number(_double(data[6:14]), style)
        case Code.RK:
            text = workbook.number(_packed(data[6:10]), style)
        case Code.BOOLEAN:
            text = workbook.boolean(number(data, 6, 1), is_error=number(data, 7, 1))
        case Code.FORMULA if data[12:14] != _NO_NUMBER:
            text = workbook.number(_double(data[6:14]), style)
        case Code.FORMULA if number(data, 6, 1) in {1, 2}:
            text = workbook.boolean(number(data, 8, 1), is_error=number(data, 6, 1) - 1)
    return text


def _double(data: bytes) -> float:
    found: float = struct.unpack("<d", data.ljust(8, b"\0"))[0]
    return found


def _packed(data: bytes) -> float:
    """A number in four bytes: a whole one, or the upper half of one that is not; in hundredths if so said."""
    flags = number(data, 0, 1)
    value = signed(data, 0, 4) >> 2 if flags & 2 else _double(bytes((0, 0, 0, 0, flags & 0xFC)) + data[1:])
    return value / 100 if flags & 1 else float(value)
