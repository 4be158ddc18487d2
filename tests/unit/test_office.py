"""Office and OpenDocument files: all they say, in order and by kind; what frames their pages set apart."""

import pytest
from documents import A, W, docx, more, odf, paragraph, pptx, relations, shape, xlsx, zipped
from reading import extracted, extracted_or_not, told

from docmill.extract import Limits
from docmill.pipeline import Pipeline
from docmill.stage import Refusal
from schemas.document import BlockKind, EnrichedDocument, Reason, RemovalReason
from schemas.source import RawDocument

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
    assert told(extracted(docx(body, styles=STYLES))) == [
        ("heading", "Plan"),
        ("heading", "Depth"),
        ("list_item", "first"),
        ("table", "Brest | | 6 m"),
        ("caption", "A buoy"),
        ("paragraph", "Around it"),
        ("paragraph", "In the box"),
        ("paragraph", "new"),
    ]


def test_word_notes_follow_and_headers_are_set_apart() -> None:
    """Footnotes and comments are notes after the body; headers and footers go to the removal log with their reason."""
    found = extracted(
        docx(
            paragraph("Body"),
            footnotes=f"<w:footnotes {W}><w:footnote>{paragraph('A footnote')}</w:footnote></w:footnotes>",
            comments=f"<w:comments {W}><w:comment>{paragraph('A comment')}</w:comment></w:comments>",
            header=f"<w:hdr {W}>{paragraph('Harbour office')}</w:hdr>",
            footer=f"<w:ftr {W}>{paragraph('Page')}</w:ftr>",
        )
    )
    assert told(found) == [("paragraph", "Body"), ("note", "A footnote"), ("note", "A comment")]
    assert [(r.reason, r.text) for r in found.removed] == [
        (RemovalReason.PAGE_HEADER, "Harbour office"),
        (RemovalReason.PAGE_FOOTER, "Page"),
    ]


def test_office_metadata_comes_from_its_properties() -> None:
    """Title, authors, dates and language are those of the core properties."""
    metadata = extracted(docx(paragraph("Body"))).metadata
    assert (metadata.title, metadata.authors, metadata.language) == ("Harbour plan", ("Ida Lund", "Per Holm"), "en-GB")
    assert (metadata.published, metadata.modified) == ("2021-03-04T05:06:07Z", "2022-01-02T03:04:05Z")


def test_when_a_librarys_template_was_made_is_no_publication() -> None:
    """What is made of it bears the template's days unless told otherwise; nor is `[no title]` a title."""
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        "<dc:title>[no title]</dc:title><dc:creator>python-docx</dc:creator>"
        "<dcterms:created>2013-12-23T23:15:00Z</dcterms:created><dcterms:modified>2013-12-23T23:15:00Z</dcterms:modified>"
        "</cp:coreProperties>"
    )
    metadata = extracted(more(docx(paragraph("Body")), {"docProps/core.xml": core})).metadata
    assert (metadata.title, metadata.authors, metadata.published, metadata.modified) == (None, (), None, None)


def test_slides_come_in_the_presentations_order_as_pages() -> None:
    """Slides are ordered as listed, not by their parts' names; titles, bullets, tables, notes; footers set apart."""
    cells = "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{t}</a:t></a:r></a:p></a:txBody></a:tc>" for t in ("a", "b"))
    table = f"<p:graphicFrame><a:graphic><a:tbl><a:tr>{cells}</a:tr></a:tbl></a:graphic></p:graphicFrame>"
    first = shape("Tides", "title") + shape("spring\nneap", "body") + shape("Harbour office", "ftr")
    found = extracted(pptx([first, shape("Ebb") + table], notes="Say it slowly"))
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
    found = extracted(docx(paragraph("Body"), chart=chart))
    assert told(found)[1:] == [("caption", "Arrivals"), ("table", "| May"), ("table", "Boats | 7")]


def test_cells_read_as_a_person_sees_them() -> None:
    """Shared and inline strings, booleans, whole numbers without a point, dates and times in ISO 8601."""
    styles = '<numFmts><numFmt numFmtId="164" formatCode="dd\\-mmm"/></numFmts><cellXfs><xf numFmtId="0"/>'
    styles += '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/></cellXfs>'
    row = (
        '<c t="s"><v>1</v></c><c t="inlineStr"><is><t>inline</t></is></c><c t="b"><v>1</v></c><c><v>12.0</v></c>'
        '<c><v>0.5</v></c><c s="1"><v>44319</v></c><c s="2"><v>44319.75</v></c><c s="3"><v>0.25</v></c>'
        '<c t="s"><v>9</v></c>'
    )
    found = extracted(xlsx({"Depths": f"<row>{row}</row>"}, shared=("no", "Brest"), styles=styles))
    cells = "Brest | inline | TRUE | 12 | 0.5 | 2021-05-03 | 2021-05-03 18:00:00 | 06:00:00"
    assert told(found) == [("heading", "Depths"), ("table", cells)]


def test_empty_cells_keep_their_places() -> None:
    """Cells that are empty, left out by the file or spanned by others do not shift those after them."""
    table = (
        '<w:tbl><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>'
        f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("Depth")}</w:tc><w:tc>{paragraph("Tide")}</w:tc>'
        f"</w:tr><w:tr><w:tc>{paragraph('')}</w:tc><w:tc>{paragraph('6 m')}</w:tc></w:tr></w:tbl>"
    )
    assert [text for _, text in told(extracted(docx(table)))] == ["| Depth | | Tide", "| 6 m"]
    rows = (
        '<row><c r="B2"><v>1</v></c><c r="D2"><v>3</v></c></row>'
        '<row><c r="C3"/><c r="D3"><v>4.4000000000000004</v></c></row>'
    )
    sheet = told(extracted(xlsx({"Depths": rows})))
    assert [text for _, text in sheet[1:]] == ["| 1 | | 3", "| | | 4.4"]
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    row = f"<table:table-row>{cell.format('a')}{gap}{cell.format('b')}{gap}</table:table-row>"
    assert [text for _, text in told(extracted(odf("spreadsheet", f"<table:table>{row}</table:table>")))] == [
        "a | | | b"
    ]


def test_what_word_does_not_show_is_logged() -> None:
    """Hidden text and deletions; symbols are shown as characters, readings of Chinese letters in brackets."""
    body = (
        "<w:p><w:r><w:t>5 </w:t></w:r><w:r><w:sym w:font='Symbol' w:char='F06D'/></w:r><w:r><w:t>m</w:t></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Draft</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t> deep</w:t></w:r></w:p>"
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>うみ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>海</w:t></w:r></w:rubyBase></w:ruby>"
        "</w:r></w:p>" + CHANGED
    )
    found = extracted(docx(body))
    assert [text for _, text in told(found)] == ["5 μm deep", "海(うみ)", "new"]
    assert [(r.reason, r.text) for r in found.removed] == [
        (RemovalReason.UNREADABLE, "Draft"), (RemovalReason.UNREADABLE, "gone")
    ]  # fmt: skip


def test_what_is_only_a_sign_of_a_symbol_font_is_logged() -> None:
    """A paragraph of one has nothing to be read in it."""
    result = Pipeline().refine(RawDocument(data=docx(paragraph("\uf082") + paragraph("Body")), key="a.docx"))
    assert isinstance(result, EnrichedDocument)
    assert [block.text for block in result.blocks] == ["Body"]
    assert [removal.reason for removal in result.removed] == [RemovalReason.UNREADABLE]


def test_word_lists_are_nested_and_counted() -> None:
    """As Word shows them, though the text has neither: lists of a kind count on, unless one says where it begins."""

    def item(text: str, number: int, level: int) -> str:
        return paragraph(text, extra=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')

    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="7">'
        '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>'
    )
    body = item("a", 1, 0) + item("b", 1, 1) + item("c", 1, 0) + paragraph("Then") + item("d", 2, 0) + item("e", 2, 0)
    found = extracted(docx(body, numbering=numbering)).blocks
    assert [(b.level, b.number, b.text) for b in found] == [
        (1, 3, "a"), (2, None, "b"), (1, 4, "c"), (None, None, "Then"), (1, 1, "d"), (1, 2, "e")
    ]  # fmt: skip


def test_a_frame_around_paragraphs_is_no_row() -> None:
    """A table of one cell that holds several: they are read as such, in the order and of the kind they are."""
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('x')}</w:tc><w:tc>{paragraph('y')}</w:tc></w:tr></w:tbl>"
    frame = f"<w:tbl><w:tr><w:tc>{paragraph('Plan', 'Ttl')}{paragraph('Text.')}{inner}</w:tc></w:tr></w:tbl>"
    assert told(extracted(docx(frame, styles=STYLES))) == [
        ("heading", "Plan"),
        ("paragraph", "Text."),
        ("table", "x | y"),
    ]
    cell = "<table:table-cell><text:h>Plan</text:h><text:p>Text.</text:p></table:table-cell>"
    framed = extracted(odf("text", f"<table:table><table:table-row>{cell}</table:table-row></table:table>"))
    assert told(framed) == [("heading", "Plan"), ("paragraph", "Text.")]


def test_items_of_slides_are_nested_and_counted() -> None:
    """By their levels and automatic numbers; a bullet between them begins the count anew."""
    settings = ("<a:buAutoNum/>", "<a:buAutoNum/>", "<a:buChar/>", '<a:buAutoNum startAt="5"/>')
    lines = "".join(
        f'<a:p><a:pPr lvl="{n // 3}">{setting}</a:pPr><a:r><a:t>{n}</a:t></a:r></a:p>'
        for n, setting in enumerate(settings)
    )
    found = extracted(pptx([f"<p:sp><p:txBody>{lines}</p:txBody></p:sp>"])).blocks
    assert [(b.level, b.number, b.text) for b in found] == [(1, 1, "0"), (1, 2, "1"), (1, None, "2"), (2, 5, "3")]


def test_open_document_lists_headings_and_styles() -> None:
    """Items are nested and counted, headings have their level, titles and quotes are told by their style."""
    styles = (
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
        '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Quotations"/>'
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1"/>'
        '<text:list-level-style-bullet text:level="2"/></text:list-style>'
    )
    content = (
        '<text:p text:style-name="P1">Plan</text:p><text:h text:outline-level="3">Depth</text:h>'
        '<text:p text:style-name="P2">Said.</text:p><text:p>Brest, <text:date>3 May</text:date></text:p>'
        '<text:list text:style-name="L"><text:list-item><text:p>a</text:p><text:p>more</text:p><text:list>'
        "<text:list-item><text:p>b</text:p></text:list-item></text:list></text:list-item>"
        "<text:list-item><text:p>c</text:p></text:list-item></text:list>"
    )
    found = extracted(odf("text", content, styles=styles)).blocks
    assert [(b.kind.value, b.level, b.number, b.text) for b in found] == [
        ("heading", 1, None, "Plan"), ("heading", 3, None, "Depth"), ("quote", None, None, "Said."),
        ("paragraph", None, None, "Brest, 3 May"), ("list_item", 1, 1, "a"), ("paragraph", None, None, "more"),
        ("list_item", 2, None, "b"), ("list_item", 1, 2, "c"),
    ]  # fmt: skip


def test_what_stands_in_for_newer_parts_is_logged() -> None:
    """Shapes and comments for programs that do not know the real ones, which are read."""
    real, old = shape("Equation"), shape("Picture of an equation")
    either = f"<mc:Choice>{real}</mc:Choice><mc:Fallback>{old}</mc:Fallback>"
    found = extracted(pptx([f'<mc:AlternateContent xmlns:mc="m">{either}</mc:AlternateContent>']))
    assert told(found) == [("paragraph", "Equation")]
    assert [(r.reason, r.text) for r in found.removed] == [(RemovalReason.BOILERPLATE, "Picture of an equation")]
    data = xlsx({"Depths": "<row><c><v>1</v></c></row>"})
    legacy = "<comments><comment><text><t>[Threaded comment] Your version of Excel</t></text></comment></comments>"
    threaded = "<ThreadedComments><threadedComment><text>Too deep?</text></threadedComment></ThreadedComments>"
    found = extracted(
        more(
            data,
            {
                "xl/sheets/_rels/0.xml.rels": relations(c=("comments", "../c.xml"), t=("threadedComment", "../t.xml")),
                "xl/c.xml": legacy,
                "xl/t.xml": threaded,
            },
        )
    )
    assert told(found)[2:] == [("note", "Too deep?")]
    assert [r.reason for r in found.removed] == [RemovalReason.DUPLICATE]


def test_percentages_are_shown_as_such() -> None:
    """With the decimals of their format, those at the end apart that are none."""
    styles = '<numFmts><numFmt numFmtId="90" formatCode="0.0%;[Red]-0.0%"/></numFmts><cellXfs><xf numFmtId="0"/>'
    styles += '<xf numFmtId="9"/><xf numFmtId="90"/></cellXfs>'
    row = '<c><v>0.25</v></c><c s="1"><v>0.25</v></c><c s="2"><v>-0.12345</v></c><c s="2"><v>1</v></c>'
    assert told(extracted(xlsx({"Depths": f"<row>{row}</row>"}, styles=styles)))[1:] == [
        ("table", "0.25 | 25% | -12.3% | 100%")
    ]


def test_powers_and_prompts_of_word() -> None:
    """A digit raised behind a digit is its power; a field that still asks for text has none."""

    def run(text: str, settings: str = "") -> str:
        return f"<w:r><w:rPr>{settings}</w:rPr><w:t>{text}</w:t></w:r>"

    raised = '<w:vertAlign w:val="superscript"/>'
    body = f"<w:p>{run('10')}{run('-6', raised)}{run(' of it')}{run('1', raised)}</w:p>"
    body += f"<w:p>{run('Name: ')}<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Click here')}"
    body += "</w:sdtContent></w:sdt></w:p>"
    found = extracted(docx(body))
    assert [text for _, text in told(found)] == ["10^-6 of it1", "Name:"]
    assert [(r.reason, r.text) for r in found.removed] == [(RemovalReason.UNREADABLE, "Click here")]


def test_time_that_has_passed_is_no_time_of_day() -> None:
    """Hours of a timesheet go on beyond a day; a letter that only makes room is no sign of a date."""
    formats = {90: "[h]:mm", 91: "#,##0 _D_M", 92: "h:mm"}
    listed = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in formats.items())
    used = "".join(f'<xf numFmtId="{number}"/>' for number in (*formats, 46))
    styles = f"<numFmts>{listed}</numFmts><cellXfs>{used}</cellXfs>"
    cells = "".join(f'<c s="{n}"><v>{value}</v></c>' for n, value in enumerate((1.5, 45356, 0.25, 2.125)))
    assert told(extracted(xlsx({"Hours": f"<row>{cells}</row>"}, styles=styles)))[1:] == [
        ("table", "36:00:00 | 45356 | 06:00:00 | 51:00:00")
    ]


def test_cells_written_once_for_several_are_several() -> None:
    """Equal neighbours are kept, cells and rows; what fills a sheet stands once."""
    cell = '<table:table-cell table:number-columns-repeated="{}"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'
        for times, cells in ((2, cell.format(3, "0") + cell.format(1, "1")), (1, cell.format(16384, "x")))
    )
    found = told(extracted(odf("spreadsheet", f'<table:table table:name="S">{rows}</table:table>')))
    assert found[1:] == [("table", "0 | 0 | 0 | 1"), ("table", "0 | 0 | 0 | 1"), ("table", "x")]


def test_headings_of_word_have_levels() -> None:
    """By their style's name, that of its base, or the outline."""
    outline = '<w:outlineLvl w:val="{}"/>'
    styles = f"""<w:styles {W}><w:style w:styleId="H3"><w:name w:val="heading 3"/></w:style>
      <w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="H3"/></w:style>
      <w:style w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>"""
    body = [paragraph("a", "T"), paragraph("b", "H3"), paragraph("c", "Mine"), paragraph("d", extra=outline.format(1)),
            paragraph("e", extra=outline.format(9)), paragraph("f", extra=outline.format(8))]  # fmt: skip
    assert [(block.kind.value, block.level) for block in extracted(docx("".join(body), styles=styles)).blocks] == [
        ("heading", 1), ("heading", 3), ("heading", 3), ("heading", 2), ("paragraph", None), ("heading", 6)
    ]  # fmt: skip


def test_a_paragraph_may_be_taken_out_of_its_list() -> None:
    """Number 0 is none."""
    without = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    assert told(extracted(docx(paragraph("a", extra=NUMBERED) + paragraph("b", extra=without)))) == [
        ("list_item", "a"),
        ("paragraph", "b"),
    ]


def test_sheets_are_pages() -> None:
    """Each sheet is a page headed by its name; a name like Sheet1 is no heading."""
    row = '<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    found = extracted(xlsx({"Depths": row, "Sheet2": row}))
    assert [(block.page, block.kind) for block in found.blocks] == [
        (1, BlockKind.HEADING), (1, BlockKind.TABLE), (2, BlockKind.CAPTION), (2, BlockKind.TABLE)
    ]  # fmt: skip


def test_cells_far_apart_cost_nothing() -> None:
    """A sheet with a cell in its first and one in its last place is two cells."""
    row = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert [text for _, text in told(extracted(xlsx({"Depths": row})))] == ["Depths", "1", "2"]


def test_repeated_shared_strings_are_bounded() -> None:
    """A workbook whose cells repeat one long string over and over is too large."""
    rows = "<row>" + '<c t="s"><v>0</v></c>' * 3000 + "</row>"
    result = extracted_or_not(xlsx({"S": rows}, shared=("x" * 50_000,)))
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
    found = extracted(odf("text", content, styles=styles))
    assert told(found) == [
        ("heading", "Plan"),
        ("paragraph", "one two end"),
        ("note", "A note"),
        ("list_item", "first"),
        ("table", "Brest | 6 m"),
    ]
    assert {(r.text, r.reason) for r in found.removed} == {
        ("Harbour office", RemovalReason.PAGE_HEADER), ("gone", RemovalReason.UNREADABLE)
    }  # fmt: skip
    assert (found.metadata.title, found.metadata.authors) == ("Harbour plan", ("Ida Lund",))
    assert (found.metadata.published, found.metadata.modified) == ("2021-03-04T05:06:07", "2022-01-02T03:04:05")


def test_open_document_pages() -> None:
    """Slides and sheets of OpenDocument are pages; a sheet opens with its name."""
    box = "<draw:text-box><text:p>Tides</text:p></draw:text-box>"
    slide = f'<draw:page><draw:frame presentation:class="title">{box}</draw:frame></draw:page>'
    found = extracted(odf("presentation", slide + slide.replace("Tides", "Ebb")))
    assert [(b.page, b.kind.value, b.text) for b in found.blocks] == [(1, "heading", "Tides"), (2, "heading", "Ebb")]
    cell = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    found = extracted(odf("spreadsheet", f'<table:table table:name="Depths">{cell}</table:table>'))
    assert [(b.page, b.kind.value, b.text) for b in found.blocks] == [(1, "heading", "Depths"), (1, "table", "x")]


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
    result = extracted_or_not(data)
    assert isinstance(result, Refusal)
    assert result.reason is reason


def test_entities_in_office_files_are_refused() -> None:
    """A part that declares entities is refused before they are expanded."""
    entities = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    laughing = f"{entities}<w:document {W}><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:document>"
    data = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": laughing})
    result = extracted_or_not(data)
    assert isinstance(result, Refusal)
    assert result.reason is Reason.CORRUPT


def test_documents_that_unpack_to_too_much_are_refused() -> None:
    """The bound is on what all parts read unpack to, by the directory's word or as it turns out."""
    result = extracted_or_not(docx(paragraph("x" * 200_000)), Limits(unpacked_bytes=100_000))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.TOO_LARGE


def test_a_broken_part_is_read_as_far_as_it_goes() -> None:
    """XML that breaks off gives what came before, and the document says so."""
    data = zipped({"[Content_Types].xml": "<T/>", "word/document.xml": f"<w:d {W}>{paragraph('First')}<w:p><w:oops"})
    found = extracted(data)
    assert told(found) == [("paragraph", "First")]
    assert found.warnings[0].startswith("partly_read:")


def test_more_blocks_than_allowed_are_counted_out_loud() -> None:
    """Reading stops at the bound on blocks, with a warning."""
    found = extracted(docx(paragraph("x") * 30), Limits(blocks=10))
    assert len(found.blocks) == 10
    assert found.warnings == ("partly_read: the first 10 blocks of text were read",)


def test_headings_of_word_have_the_numbers_it_shows() -> None:
    """They are counted, as no text has them; of other lists only the items are."""
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{label}"/></w:lvl>'
        for n, (form, label) in enumerate((("upperRoman", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)")))
    )
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )

    def heading(text: str, level: int) -> str:
        place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
        return paragraph(text, extra=f'{place}<w:outlineLvl w:val="{level}"/>')

    body = heading("Tides", 0) + heading("Springs", 1) + heading("Neaps", 1) + heading("Moon", 2) + heading("Ebb", 0)
    found = extracted(docx(body, numbering=numbering)).blocks
    assert [(b.level, b.text) for b in found] == [
        (1, "I. Tides"), (2, "I.1 Springs"), (2, "I.2 Neaps"), (3, "(a) Moon"), (1, "II. Ebb")
    ]  # fmt: skip


def test_styles_of_nested_lists_nest_their_items() -> None:
    """`List Bullet 2` stands further in than `List Bullet`, though it is a list of its own."""
    styles = f"<w:styles {W}>" + "".join(
        f'<w:style w:styleId="L{n}"><w:name w:val="List Bullet{tail}"/></w:style>' for n, tail in ((1, ""), (2, " 2"))
    )
    found = extracted(docx(paragraph("a", "L1") + paragraph("b", "L2"), styles=f"{styles}</w:styles>")).blocks
    assert [(b.kind.value, b.level) for b in found] == [("list_item", 1), ("list_item", 2)]


def test_tables_side_by_side_are_two() -> None:
    """Rows count from 1 in each table, so that `markdown` and `text` can part them."""
    table = "<w:tbl>" + 2 * f"<w:tr><w:tc>{paragraph('x')}</w:tc><w:tc>{paragraph('y')}</w:tc></w:tr>" + "</w:tbl>"
    assert [block.number for block in extracted(docx(table + table)).blocks] == [1, 2, 1, 2]
    rows = 2 * "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    tables = 2 * f"<table:table>{rows}</table:table>"
    assert [block.number for block in extracted(odf("text", tables)).blocks] == [1, 2, 1, 2]


def test_breaks_blanks_and_raised_figures_of_opendocument_are_read() -> None:
    """A line's break, a tab and a number of blanks are elements there; a power is set as a style says."""
    spaced = "<text:p>one<text:line-break/>two<text:tab/>three<text:s/>four</text:p>"
    how = '<style:text-properties style:text-position="super 58%"/>'
    raised = f'<style:style style:name="T1" style:family="text">{how}</style:style>'
    power = '<text:p>10<text:span text:style-name="T1">2</text:span> m</text:p>'
    found = told(extracted(odf("text", raised + spaced + power)))
    assert [text for _, text in found] == ["one\ntwo three four", "10^2 m"]


def test_a_table_within_a_cell_is_read_in_its_place() -> None:
    """Of OpenDocument, as of Word."""
    within = "<table:table><table:table-row><table:table-cell>{}</table:table-cell></table:table-row></table:table>"
    table = within.format("<text:p>a</text:p>" + within.format("<text:p>in</text:p>"))
    assert told(extracted(odf("spreadsheet", table))) == [("table", "a in")]
