"""Excel before 2007: what the same workbook says as XLSX; records, older versions and damage of the old format."""

import struct
from functools import partial

import pytest
from documents import compound_file, old_office
from reading import read_binary, result_of

from docmill.stage import Refusal
from schemas.document import Reason, RemovalReason

BEGIN = 0x809


_result, _read = partial(result_of, key="a.xls"), partial(read_binary, key="a.xls")


def _told(data: bytes) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in _read(data).blocks]


def _record(code: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", code, len(data)) + data


def _workbook(shared: bytes, cells: bytes, *, version: int = 0x600, stream: str = "Workbook", name: str = "S") -> bytes:
    """A workbook of one sheet: records about all sheets, and those of its cells."""
    named = bytes((len(name),)) + (b"\0" + name.encode("latin-1") if version == 0x600 else name.encode("cp1251"))
    head = _record(BEGIN, struct.pack("<HH", version, 5))
    listed = len(head) + len(shared)
    after = listed + 4 + 6 + len(named) + 4
    sheet = _record(0x85, struct.pack("<IH", after, 0) + named)
    body = _record(BEGIN, struct.pack("<HH", version, 0x10)) + cells + _record(0x0A)
    return compound_file([(stream, -1, head + shared + sheet + _record(0x0A) + body)])


def test_a_workbook_is_read_as_its_xlsx_would_be() -> None:
    """Sheets as pages, numbers as they are shown, links, comments and boxes; what is hidden is in the removal log."""
    found = _read(old_office("xls"))
    assert [(b.page, b.kind.value, b.text) for b in found.blocks] == [
        (1, "heading", "Depths"),
        (1, "table", "Port | Depth | Day | Share"),
        (1, "table", "Brest | 6.5 | 2021-05-03 | 12.5%"),
        (1, "table", "Гавань 港口 | 12 | 2021-05-03 18:30:00 | -3"),
        (1, "table", "the chart | | 0.333333333333333 | ab | 1 | #DIV/0!"),
        (1, "table", "noted | 1234567890123450 | 0.1"),
        (1, "note", "A comment"),
        (1, "paragraph", "In the box"),
        (3, "caption", "Sheet3"),
        (3, "table", "a|b"),
        (3, "table", "c"),
    ]
    assert {(r.reason, r.text, r.page) for r in found.removed} == {
        (RemovalReason.UNREADABLE, "secret", 1),
        (RemovalReason.UNREADABLE, "1", 1),
        (RemovalReason.UNREADABLE, "unseen row | 99", 1),
        (RemovalReason.PAGE_FOOTER, "Page", 1),
        (RemovalReason.UNREADABLE, "Hidden one", 2),
        (RemovalReason.UNREADABLE, "not shown", 2),
    }
    assert [(link.url, link.text) for link in found.links] == [("https://example.org/chart", "the chart")]
    assert (found.metadata.title, found.metadata.authors) == ("Depths, größer", ("Ida Lund",))
    assert found.metadata.published == "2003-03-04T05:06:07Z"


def test_shared_strings_are_whole_where_a_record_ends_in_them() -> None:
    """A text may be cut in two anywhere, and go on with another width; its formatting may be cut, too."""
    strings = _record(0xFC, struct.pack("<IIHBH", 3, 3, 8, 8, 1) + b"Harb")
    strings += _record(0x3C, b"\1" + "our港".encode("utf-16-le") + b"\0\0")
    strings += _record(0x3C, b"\0\0" + struct.pack("<HBI", 3, 4, 6) + b"twolon")
    strings += _record(0x3C, b"ger" + struct.pack("<HB", 5, 0) + b"three")
    cells = b"".join(_record(0xFD, struct.pack("<HHHI", 0, column, 0, column)) for column in range(4))
    assert _told(_workbook(strings, cells)) == [("heading", "S"), ("table", "Harbour港 | two | three")]


def test_numbers_in_all_their_forms() -> None:
    """Numbers in four bytes, whole, halved or in hundredths, several to a record; formulas' results; errors."""
    rk = [(5 << 2) | 2, (1234 << 2) | 3, 0x3FE00000, (-7 << 2 & 0xFFFFFFFF) | 2]
    cells = (
        _record(0xBD, struct.pack("<HH", 0, 0) + b"".join(struct.pack("<HI", 0, one) for one in rk) + b"\3\0")
        + _record(0x06, struct.pack("<HHH", 0, 4, 0) + b"\0\0\0\0\0\0\xff\xff")
        + _record(0x4BC)
        + _record(0x207, struct.pack("<HB", 2, 0) + b"ok")
        + _record(0x205, struct.pack("<HHHBB", 0, 5, 0, 0x2A, 1))
        + _record(0x06, struct.pack("<HHH", 0, 6, 0) + b"\1\0\1\0\0\0\xff\xff")
        + _record(0x27E, struct.pack("<HHHI", 1, 0, 0, rk[0]))
    )
    assert [text for _, text in _told(_workbook(b"", cells))] == ["S", "5 | 12.34 | 0.5 | -7 | ok | #N/A | TRUE", "5"]


def test_dates_may_count_from_1904() -> None:
    """As workbooks of old Macintosh programs say."""
    shared = _record(0x22, b"\1\0") + _record(0xE0, struct.pack("<HH", 0, 14))
    cells = _record(0x203, struct.pack("<HHHd", 0, 0, 0, 1.0))
    assert _told(_workbook(shared, cells))[1:] == [("table", "1904-01-02")]


def test_workbooks_of_excel_5_are_read() -> None:
    """Their texts are in the code page they name, their notes with the cells."""
    cells = _record(0x204, struct.pack("<HHHH", 0, 0, 0, 5) + "Порт!".encode("cp1251"))
    cells += _record(0x1C, struct.pack("<HHH", 0, 0, 4) + "Река".encode("cp1251"))
    cells += _record(0x1C, struct.pack("<HHH", 0xFFFF, 0, 4) + " Эльба".encode("cp1251"))
    data = _workbook(_record(0x42, struct.pack("<H", 1251)), cells, version=0x500, stream="Book", name="Глубь")
    assert [text for _, text in _told(data)] == ["Глубь", "Порт!", "Река Эльба"]


def test_rows_that_a_filter_hides_stay() -> None:
    """A filter is a view of the data, as are rows folded up in an outline; hidden ones are logged."""
    label = _record(0x204, struct.pack("<HHHHB", 3, 0, 0, 4, 0) + b"deep")
    hidden = _record(0x208, struct.pack("<HHHHHHH", 3, 0, 1, 0, 0, 0, 0x20) + bytes(2))
    folded = _record(0x208, struct.pack("<HHHHHHH", 3, 0, 1, 0, 0, 0, 0x21) + bytes(2))
    assert _told(_workbook(b"", _record(0x9B) + hidden + label)) == [("heading", "S"), ("table", "deep")]
    assert _told(_workbook(b"", folded + label)) == [("heading", "S"), ("table", "deep")]
    assert [block.text for block in _read(_workbook(b"", hidden + label)).blocks] == ["S"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_workbook(_record(0x2F, bytes(54)), b""), Reason.ENCRYPTED),
        (_workbook(b"", b"", version=0x400), Reason.CORRUPT),
        (compound_file([("Workbook", -1, b"no records")]), Reason.CORRUPT),
        (old_office("xls")[:3000], Reason.TRUNCATED),
        (_workbook(b"", b"", name=" "), Reason.EMPTY),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, reason: Reason) -> None:
    """Locked, too old, broken, empty and cut-off workbooks have their reasons."""
    result = _result(data)
    assert isinstance(result, Refusal)
    assert result.reason is reason


def test_a_sheet_is_read_once() -> None:
    """However many names lead to the same part of the file."""
    cell = _record(0x204, struct.pack("<HHHHB", 0, 0, 0, 4, 0) + b"deep")
    twice = _record(0x85, struct.pack("<IHB", 0, 0, 1) + b"\0T")
    data = bytearray(_workbook(twice, cell))
    at = data.find(struct.pack("<HH", 0x85, 9))
    later = data.find(struct.pack("<HH", 0x85, 9), at + 4)
    data[at + 4 : at + 8] = data[later + 4 : later + 8]
    found = _read(bytes(data))
    assert [block.text for block in found.blocks] == ["T", "deep"]
    assert found.warnings == ("partly_read: sheet 2 was not read",)


def test_programs_in_a_workbook_are_no_sheets() -> None:
    """Workbooks of Excel 5 list the modules of their programs with their sheets."""
    module = _record(0x85, struct.pack("<IHB", 0, 0x600, 6) + b"Module")
    assert _told(_workbook(module, b"", version=0x500, stream="Book", name="Depths")) == [("heading", "Depths")]
