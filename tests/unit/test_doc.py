"""Word before 2007: what the same document says as DOCX; pieces, marks and damage that only the old format has."""

import struct
from functools import partial

import pytest
from documents import compound_file, msg, old_office
from reading import read_binary, result_of
from word_97 import word_6, word_97

from docmill.detect import detect
from docmill.extract.doc.sprms import sprms
from docmill.extract.doc.text import pieces, stretches
from docmill.stage import Refusal
from schemas.document import Reason, RemovalReason

IN_TABLE = struct.pack("<HB", 0x2416, 1)
ENDS_ROW = struct.pack("<HB", 0x2417, 1)
HIDDEN, DELETED = struct.pack("<HB", 0x083C, 1), struct.pack("<HB", 0x0800, 1)


_result, _read = partial(result_of, key="a.doc"), partial(read_binary, key="a.doc")


def _told(data: bytes) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in _read(data).blocks]


def _cells(edges: list[int]) -> bytes:
    said = bytes((len(edges) - 1,)) + struct.pack(f"<{len(edges)}h", *edges)
    return struct.pack("<HH", 0xD608, len(said) + 1) + said


def _of_paragraphs(paragraphs: list[tuple[str, bytes]]) -> bytes:
    """A document of paragraphs, each with its mark and its settings."""
    said, end = {}, 0
    for text, settings in paragraphs:
        end += len(text)
        said[end - 1] = bytes(2) + settings
    return word_97([("".join(text for text, _ in paragraphs), 0)], paragraphs=said)


def test_a_document_is_read_as_its_docx_would_be() -> None:
    """Kinds, levels and numbers, tables, scripts, symbols, boxes, notes at the end, in a file that a program wrote."""
    found = _read(old_office("doc"))
    assert [(b.kind.value, b.level, b.text) for b in found.blocks] == [
        ("heading", 1, "Harbour plan"),
        ("heading", 1, "1 Depth"),
        ("heading", 2, "1.1 Soundings"),
        ("paragraph", None, "The depth is 10^2 m; see the chart. new text"),
        ("paragraph", None, "Commented.α"),
        ("list_item", 1, "first"),
        ("list_item", 1, "second"),
        ("list_item", 2, "inner"),
        ("list_item", 1, "third"),
        ("list_item", 1, "dot"),
        ("list_item", 1, "listed"),
        ("table", None, "Port | Depth, m | Tide"),
        ("table", None, "Brest | | 6"),
        ("table", None, "both | | 7"),
        ("table", None, "a n1 n2 z | b | c"),
        ("paragraph", None, "Ганза и порт: каждый четверг приходят корабли."),
        ("paragraph", None, "港口计划：每星期四有船到港。𠀀"),
        ("paragraph", None, "خطة الميناء"),
        ("paragraph", None, "Around it"),
        ("paragraph", None, "In the box"),
        ("caption", None, "Figure 1: a buoy"),
        ("quote", None, "To be or not"),
        ("code", None, "if x:\n    y()"),
        ("paragraph", None, "line one\nline two tabbed-x"),
        ("paragraph", None, "After the page"),
        ("paragraph", None, "2026 was it"),
        ("note", None, "A footnote"),
        ("note", None, "An endnote"),
        ("note", None, "A comment"),
    ]
    assert [b.number for b in found.blocks if b.kind.value == "list_item"] == [1, 2, 1, 3, None, None]
    assert [(r.reason, r.text) for r in found.removed] == [
        (RemovalReason.UNREADABLE, "gone text"),
        (RemovalReason.UNREADABLE, "secret text"),
        (RemovalReason.PAGE_HEADER, "Harbour office"),
        (RemovalReason.PAGE_FOOTER, "Page footer"),
    ]
    assert [(link.url, link.text) for link in found.links] == [("https://example.org/chart", "see the chart")]
    assert (found.metadata.title, found.metadata.authors) == ("Häfen, größer", ("Ida Lund", "Per Holm"))
    assert (found.metadata.published, found.metadata.modified) == ("2003-03-04T05:06:07Z", "2004-01-02T03:04:05Z")


def test_pieces_are_put_together_in_their_order() -> None:
    """After a fast save pieces lie anywhere in the file, some a byte and some two bytes a character."""
    data = word_97([("First, ", 2), ("второе ", 0), ("and last.\r", 1)])
    assert _told(data) == [("paragraph", "First, второе and last.")]


def test_what_is_hidden_or_taken_out_is_logged() -> None:
    """Hidden text and text that a tracked change takes out stand in the removal log, with its reason."""
    data = word_97([("Shown hidden or gone end\r", 0)], characters={6: HIDDEN, 12: b"", 16: DELETED, 20: b""})
    found = _read(data)
    assert [block.text for block in found.blocks] == ["Shown or end"]
    assert [(r.reason, r.text) for r in found.removed] == [
        (RemovalReason.UNREADABLE, "hidden"),
        (RemovalReason.UNREADABLE, "gone"),
    ]


def test_fields_show_their_results() -> None:
    """Codes are no text, not even of fields within a code; a mark of a field that has no end hides nothing."""
    link = '\x13 HYPERLINK "http://a.example/x" \x14c\x15'
    data = word_97([(f"a \x13 IF \x13 PAGE \x14 7 \x15 > 1 \x14yes\x15 b {link}\r\x13d\r", 0)])
    found = _read(data)
    assert [block.text for block in found.blocks] == ["a yes b c", "d"]
    assert [(link.url, link.text) for link in found.links] == [("http://a.example/x", "c")]


def test_columns_are_told_by_the_cells_edges() -> None:
    """A cell over two columns is followed by an empty one; a table that is cut off is read."""
    cell, row = IN_TABLE, IN_TABLE + ENDS_ROW
    data = _of_paragraphs(
        [
            *(("a\x07", cell), ("b\x07", cell), ("c\x07", cell), ("\x07", row + _cells([0, 1000, 2000, 3000]))),
            *(("d\x07", cell), ("e\x07", cell), ("\x07", row + _cells([0, 2010, 3000])), ("\r", b""), ("f\x07", cell)),
        ]
    )
    assert _told(data) == [("table", "a | b | c"), ("table", "d | | e"), ("table", "f")]
    assert [block.number for block in _read(data).blocks] == [1, 2, 1]


def test_tables_right_below_each_other_are_two() -> None:
    """Rows that have none of the columns of those above are of another table."""
    cell, row = IN_TABLE, IN_TABLE + ENDS_ROW
    data = _of_paragraphs(
        [
            *(("a\x07", cell), ("b\x07", cell), ("\x07", row + _cells([0, 1000, 3000]))),
            *(("c\x07", cell), ("d\x07", cell), ("\x07", row + _cells([0, 2000, 3000]))),
            *(("e\x07", cell), ("f\x07", cell), ("\x07", row + _cells([0, 2000, 3000]))),
        ]
    )
    assert [(b.text, b.number) for b in _read(data).blocks] == [("a | b", 1), ("c | d", 1), ("e | f", 2)]


def test_a_frame_around_paragraphs_is_no_table() -> None:
    """The only cell of a row, with several paragraphs in it, gives them as they are."""
    frame = [("one\r", IN_TABLE), ("two\x07", IN_TABLE), ("\x07", IN_TABLE + ENDS_ROW + _cells([0, 100]))]
    assert _told(_of_paragraphs(frame)) == [("paragraph", "one"), ("paragraph", "two")]


def test_documents_of_word_6_are_read() -> None:
    """Headings, tables, hidden text and fields, in the code page of the program's language."""
    text = "Порт\rПаром скрыто ушёл\rа\x07б\x07\x07\rсм. \x13 PAGE \x147\x15\r".encode("cp1251")
    edges = struct.pack("<B3h", 2, 0, 1000, 2000)
    ends = bytes(2) + b"\x18\1\x19\1\xbe" + struct.pack("<H", len(edges) + 1) + edges
    data = word_6(
        text,
        paragraphs={4: b"\1\0", 22: bytes(2), 24: bytes(2) + b"\x18\1", 26: bytes(2) + b"\x18\1", 27: ends},
        characters={11: b"\x5c\1", 17: b"\x55\1"},
        styles=[(0, "Normal"), (1, "heading 1")],
        language=0x419,
    )
    found = _read(data)
    assert [(b.kind.value, b.level, b.text) for b in found.blocks] == [
        ("heading", 1, "Порт"),
        ("paragraph", None, "Паром ушёл"),
        ("table", None, "а | б"),
        ("paragraph", None, "см. 7"),
    ]
    assert [r.text for r in found.removed] == ["скрыто"]


def test_settings_too_long_for_their_page_are_passed_over_whole() -> None:
    """A setting's value, however long it says it is, is not taken for further settings."""
    tabs = struct.pack("<HBB", 0xC615, 255, 1) + bytes(4) + b"\x02" + bytes(6)
    assert [code for code, _ in sprms(tabs + _cells([0, 100]) + IN_TABLE)] == [0xC615, 0xD608, 0x2416]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (word_97([("a\r", 0)], flags=0x100), Reason.ENCRYPTED),
        (word_97([("a\r", 0)], version=0x2D), Reason.UNSUPPORTED_MEDIA_TYPE),
        (word_97([]), Reason.CORRUPT),
        (word_97([("\r", 0)]), Reason.EMPTY),
        (old_office("doc")[:9000], Reason.TRUNCATED),
        (compound_file([("WordDocument", -1, b"")]), Reason.CORRUPT),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, reason: Reason) -> None:
    """Locked, too old, broken, empty and cut-off documents have their reasons."""
    result = _result(data)
    assert isinstance(result, Refusal)
    assert result.reason is reason


def test_text_that_is_missing_is_told() -> None:
    """A document whose text ends before it should is read as far as it goes, with a warning."""
    found = _read(word_97([("There\r", 0)], counts=[600]))
    assert [block.text for block in found.blocks] == ["There"]
    assert found.warnings == ("partly_read: the text ends before what the file announces; it may have been cut off",)


def test_pieces_that_repeat_the_file_do_not_multiply_it() -> None:
    """However often pieces name the same bytes, no more text is read than the file has bytes."""
    ends = struct.pack("<1001I", *range(0, 100_100, 100))
    plc = ends + struct.pack("<HIH", 0, 1 << 30, 0) * 1000
    found = pieces(b"\x02" + struct.pack("<I", len(plc)) + plc, 250)
    assert [len(piece.span) for piece in found] == [100, 100, 50]


def test_parts_of_a_story_do_not_overlap() -> None:
    """However a list of boxes or headers says where they begin: no text is read twice."""
    plc = struct.pack("<6I", 0, 50, 0, 90, 10, 4000)
    assert [[*span] for span in stretches(plc, 5, range(100, 200))] == [
        [*range(100, 150)], [], [*range(150, 190)], [], [*range(190, 200)]
    ]  # fmt: skip


def test_compound_files_are_told_apart_by_their_outermost_streams() -> None:
    """A mail with a document in it is a mail; a document with a workbook in it, a document; the name says nothing."""
    word = [("WordDocument", -1, b"x"), ("ObjectPool", -1, b""), ("Workbook", 1, b"x")]
    assert detect(compound_file(word), "a.xls").media_type == "application/msword"
    assert detect(compound_file([("WORKBOOK", -1, b"x")]), "a.doc").media_type == "application/vnd.ms-excel"
    mail = msg({"0037001F": b"s\0"}, {"37010102": "WordDocument".encode("utf-16-le")})
    assert detect(mail, "a.doc").media_type == "application/vnd.ms-outlook"
    assert detect(compound_file([("VisioDocument", -1, b"x")]), "a.doc").media_type == "application/x-ole-storage"
