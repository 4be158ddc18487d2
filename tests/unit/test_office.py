"""Office and OpenDocument files: all they say, in order and by kind; what frames their pages set apart."""

import pytest
from documents import A, W, docx, odf, paragraph, pptx, shape, xlsx, zipped

from docmill.detect import detect
from docmill.extract import Limits, extract
from docmill.stage import Binary, Extracted, Refusal
from schemas.document import BlockKind, Reason, RemovalReason


def _read(data: bytes, limits: Limits | None = None) -> Extracted:
    result = _result(data, limits)
    assert isinstance(result, Extracted), result
    return result


def _result(data: bytes, limits: Limits | None = None) -> Extracted | Refusal:
    return extract(Binary(data, detect(data).media_type), limits)


def _told(found: Extracted) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in found.blocks]


STYLES = f"""<w:styles {W}>
  <w:style w:styleId="Ttl"><w:name w:val="Title"/></w:style>
  <w:style w:styleId="H1x"><w:name w:val="heading 1"/></w:style>
  <w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="H1x"/></w:style>
  <w:style w:styleId="Cap"><w:name w:val="caption"/></w:style></w:styles>"""
NUMBERED = '<w:numPr><w:numId w:val="1"/></w:numPr>'
ROW = "<w:tbl><w:tr>{}</w:tr></w:tbl>".format(
    "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Brest", "", "6 m"))
)
BOXED = (
    '<w:p><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:txbxContent>'
    f"{paragraph('In the box')}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>{paragraph('In the box')}"
    "</w:txbxContent></mc:Fallback></mc:AlternateContent><w:t>Around it</w:t></w:r></w:p>"
)
CHANGED = "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"


def test_word_blocks_have_their_kinds() -> None:
    """Headings by style, inherited ones too; list items, captions, rows; text boxes once; deleted text not."""
    body = (
        paragraph("Plan", "Ttl") + paragraph("Depth", "Mine") + paragraph("first", extra=NUMBERED)
        + ROW + paragraph("A buoy", "Cap") + BOXED + CHANGED
    )  # fmt: skip
    assert _told(_read(docx(body, styles=STYLES))) == [
        ("heading", "Plan"),
        ("heading", "Depth"),
        ("list_item", "first"),
        ("table", "Brest | 6 m"),
        ("caption", "A buoy"),
        ("paragraph", "Around it"),
        ("paragraph", "In the box"),
        ("paragraph", "new"),
    ]


def test_word_notes_follow_and_headers_are_set_apart() -> None:
    """Footnotes and comments are notes after the body; headers and footers go to the removal log with their reason."""
    found = _read(
        docx(
            paragraph("Body"),
            footnotes=f"<w:footnotes {W}><w:footnote>{paragraph('A footnote')}</w:footnote></w:footnotes>",
            comments=f"<w:comments {W}><w:comment>{paragraph('A comment')}</w:comment></w:comments>",
            header=f"<w:hdr {W}>{paragraph('Harbour office')}</w:hdr>",
            footer=f"<w:ftr {W}>{paragraph('Page')}</w:ftr>",
        )
    )
    assert _told(found) == [("paragraph", "Body"), ("note", "A footnote"), ("note", "A comment")]
    assert [(r.reason, r.text) for r in found.removed] == [
        (RemovalReason.PAGE_HEADER, "Harbour office"),
        (RemovalReason.PAGE_FOOTER, "Page"),
    ]


def test_office_metadata_comes_from_its_properties() -> None:
    """Title, authors, dates and language are those of the core properties."""
    metadata = _read(docx(paragraph("Body"))).metadata
    assert (metadata.title, metadata.authors, metadata.language) == ("Harbour plan", ("Ida Lund", "Per Holm"), "en-GB")
    assert (metadata.published, metadata.modified) == ("2021-03-04T05:06:07Z", "2022-01-02T03:04:05Z")


def test_slides_come_in_the_presentations_order_as_pages() -> None:
    """Slides are ordered as listed, not by their parts' names; titles, bullets, tables, notes; footers set apart."""
    cells = "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{t}</a:t></a:r></a:p></a:txBody></a:tc>" for t in ("a", "b"))
    table = f"<p:graphicFrame><a:graphic><a:tbl><a:tr>{cells}</a:tr></a:tbl></a:graphic></p:graphicFrame>"
    first = shape("Tides", "title") + shape("spring\nneap", "body") + shape("Harbour office", "ftr")
    found = _read(pptx([first, shape("Ebb") + table], notes="Say it slowly"))
    assert [(block.page, block.kind.value, block.text) for block in found.blocks] == [
        (1, "heading", "Tides"),
        (1, "list_item", "spring"),
        (1, "list_item", "neap"),
        (1, "note", "Say it slowly"),
        (2, "paragraph", "Ebb"),
        (2, "table", "a | b"),
    ]
    assert [(r.reason, r.page) for r in found.removed] == [(RemovalReason.PAGE_FOOTER, 1)]


def test_charts_are_tables() -> None:
    """A chart gives its title as a caption, its categories and each series as a row."""
    values = "".join(
        f"<c:{t}><c:pt><c:v>{v}</c:v></c:pt></c:{t}>" for t, v in (("tx", "Boats"), ("cat", "May"), ("val", "7"))
    )
    chart = f'<c:chart xmlns:c="c" {A}><a:p><a:r><a:t>Arrivals</a:t></a:r></a:p><c:ser>{values}</c:ser></c:chart>'
    found = _read(docx(paragraph("Body"), chart=chart))
    assert _told(found)[1:] == [("caption", "Arrivals"), ("table", "May"), ("table", "Boats | 7")]


def test_cells_read_as_a_person_sees_them() -> None:
    """Shared and inline strings, booleans, whole numbers without a point, dates and times in ISO 8601."""
    styles = '<numFmts><numFmt numFmtId="164" formatCode="dd\\-mmm"/></numFmts><cellXfs><xf numFmtId="0"/>'
    styles += '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/></cellXfs>'
    row = (
        '<c t="s"><v>1</v></c><c t="inlineStr"><is><t>inline</t></is></c><c t="b"><v>1</v></c><c><v>12.0</v></c>'
        '<c><v>0.5</v></c><c s="1"><v>44319</v></c><c s="2"><v>44319.75</v></c><c s="3"><v>0.25</v></c>'
        '<c t="s"><v>9</v></c>'
    )
    found = _read(xlsx({"Depths": f"<row>{row}</row>"}, shared=("no", "Brest"), styles=styles))
    cells = "Brest | inline | TRUE | 12 | 0.5 | 2021-05-03 | 2021-05-03 18:00:00 | 06:00:00"
    assert _told(found) == [("heading", "Depths"), ("table", cells)]


def test_time_that_has_passed_is_no_time_of_day() -> None:
    """Hours of a timesheet go on beyond a day; a letter that only makes room is no sign of a date."""
    formats = {90: "[h]:mm", 91: "#,##0 _D_M", 92: "h:mm"}
    listed = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in formats.items())
    used = "".join(f'<xf numFmtId="{number}"/>' for number in (*formats, 46))
    styles = f"<numFmts>{listed}</numFmts><cellXfs>{used}</cellXfs>"
    cells = "".join(f'<c s="{n}"><v>{value}</v></c>' for n, value in enumerate((1.5, 45356, 0.25, 2.125)))
    assert _told(_read(xlsx({"Hours": f"<row>{cells}</row>"}, styles=styles)))[1:] == [
        ("table", "36:00:00 | 45356 | 06:00:00 | 51:00:00")
    ]


def test_cells_written_once_for_several_are_several() -> None:
    """Equal neighbours are kept, cells and rows; what fills a sheet stands once."""
    cell = '<table:table-cell table:number-columns-repeated="{}"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'
        for times, cells in ((2, cell.format(3, "0") + cell.format(1, "1")), (1, cell.format(16384, "x")))
    )
    found = _told(_read(odf("spreadsheet", f'<table:table table:name="S">{rows}</table:table>')))
    assert found[1:] == [("table", "0 | 0 | 0 | 1"), ("table", "0 | 0 | 0 | 1"), ("table", "x")]


def test_headings_of_word_have_levels() -> None:
    """By their style's name, that of its base, or the outline."""
    outline = '<w:outlineLvl w:val="{}"/>'
    styles = f"""<w:styles {W}><w:style w:styleId="H3"><w:name w:val="heading 3"/></w:style>
      <w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="H3"/></w:style>
      <w:style w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>"""
    body = [paragraph("a", "T"), paragraph("b", "H3"), paragraph("c", "Mine"), paragraph("d", extra=outline.format(1)),
            paragraph("e", extra=outline.format(9)), paragraph("f", extra=outline.format(8))]  # fmt: skip
    assert [(block.kind.value, block.level) for block in _read(docx("".join(body), styles=styles)).blocks] == [
        ("heading", 1), ("heading", 3), ("heading", 3), ("heading", 2), ("paragraph", None), ("heading", 6)
    ]  # fmt: skip


def test_a_paragraph_may_be_taken_out_of_its_list() -> None:
    """Number 0 is none."""
    without = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    assert _told(_read(docx(paragraph("a", extra=NUMBERED) + paragraph("b", extra=without)))) == [
        ("list_item", "a"),
        ("paragraph", "b"),
    ]


def test_sheets_are_pages() -> None:
    """Each sheet is a page headed by its name; a name like Sheet1 is no heading."""
    row = '<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    found = _read(xlsx({"Depths": row, "Sheet2": row}))
    assert [(block.page, block.kind) for block in found.blocks] == [
        (1, BlockKind.HEADING), (1, BlockKind.TABLE), (2, BlockKind.CAPTION), (2, BlockKind.TABLE)
    ]  # fmt: skip


def test_cells_far_apart_cost_nothing() -> None:
    """A sheet with a cell in its first and one in its last place is two cells."""
    row = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert [text for _, text in _told(_read(xlsx({"Depths": row})))] == ["Depths", "1", "2"]


def test_repeated_shared_strings_are_bounded() -> None:
    """A workbook whose cells repeat one long string over and over is too large."""
    rows = "<row>" + '<c t="s"><v>0</v></c>' * 3000 + "</row>"
    result = _result(xlsx({"S": rows}, shared=("x" * 50_000,)))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.TOO_LARGE


def test_open_document_text() -> None:
    """Headings, paragraphs with spaces and breaks, lists, rows and notes; changes not accepted stay out."""
    content = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        '<text:h>Plan</text:h><text:p>one<text:s text:c="2"/>two<text:note><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>A note</text:p></text:note-body></text:note> end</text:p>"
        "<text:list><text:list-item><text:p>first</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Brest</text:p></table:table-cell>"
        "<table:table-cell><text:p>6 m</text:p></table:table-cell></table:table-row></table:table>"
    )
    styles = "<style:header><text:p>Harbour office</text:p></style:header>"
    found = _read(odf("text", content, styles=styles))
    assert _told(found) == [
        ("heading", "Plan"),
        ("paragraph", "one two end"),
        ("note", "A note"),
        ("list_item", "first"),
        ("table", "Brest | 6 m"),
    ]
    assert [r.text for r in found.removed] == ["Harbour office"]
    assert (found.metadata.title, found.metadata.authors) == ("Harbour plan", ("Ida Lund",))
    assert (found.metadata.published, found.metadata.modified) == ("2021-03-04T05:06:07", "2022-01-02T03:04:05")


def test_open_document_pages() -> None:
    """Slides and sheets of OpenDocument are pages; a sheet opens with its name."""
    box = "<draw:text-box><text:p>Tides</text:p></draw:text-box>"
    slide = f'<draw:page><draw:frame presentation:class="title">{box}</draw:frame></draw:page>'
    found = _read(odf("presentation", slide + slide.replace("Tides", "Ebb")))
    assert [(b.page, b.kind.value, b.text) for b in found.blocks] == [(1, "heading", "Tides"), (2, "heading", "Ebb")]
    cell = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    found = _read(odf("spreadsheet", f'<table:table table:name="Depths">{cell}</table:table>'))
    assert [(b.page, b.kind.value, b.text) for b in found.blocks] == [(1, "caption", "Depths"), (1, "table", "x")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(paragraph("Body"))[:-40], Reason.TRUNCATED),
        (docx(paragraph(" ")), Reason.EMPTY),
        (odf("text", "<text:p>x</text:p>", manifest="<encryption-data/>"), Reason.ENCRYPTED),
        (zipped({"[Content_Types].xml": "<Types/>", "word/other.xml": "<x/>"}), Reason.CORRUPT),
    ],
)
def test_office_files_that_cannot_be_read_say_why(data: bytes, reason: Reason) -> None:
    """Cut off, empty, locked or lacking its main part: each is its own reason."""
    result = _result(data)
    assert isinstance(result, Refusal)
    assert result.reason is reason


def test_entities_in_office_files_are_refused() -> None:
    """A part that declares entities is refused before they are expanded."""
    entities = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    laughing = f"{entities}<w:document {W}><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:document>"
    data = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": laughing})
    result = _result(data)
    assert isinstance(result, Refusal)
    assert result.reason is Reason.CORRUPT


def test_documents_that_unpack_to_too_much_are_refused() -> None:
    """The bound is on what all parts read unpack to, by the directory's word or as it turns out."""
    result = _result(docx(paragraph("x" * 200_000)), Limits(unpacked_bytes=100_000))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.TOO_LARGE


def test_a_broken_part_is_read_as_far_as_it_goes() -> None:
    """XML that breaks off gives what came before, and the document says so."""
    data = zipped({"[Content_Types].xml": "<T/>", "word/document.xml": f"<w:d {W}>{paragraph('First')}<w:p><w:oops"})
    found = _read(data)
    assert _told(found) == [("paragraph", "First")]
    assert found.warnings[0].startswith("partly_read:")


def test_more_blocks_than_allowed_are_counted_out_loud() -> None:
    """Reading stops at the bound on blocks, with a warning."""
    found = _read(docx(paragraph("x") * 30), Limits(blocks=10))
    assert len(found.blocks) == 10
    assert found.warnings == ("partly_read: the first 10 blocks of text were read",)
