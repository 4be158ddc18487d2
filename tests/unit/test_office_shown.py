"""What Office and OpenDocument files hide is logged, and no text; where their texts lead stands among the links."""

from documents import A, R, W, docx, more, odf, paragraph, pptx, shape, xlsx
from reading import extracted

from docmill.stage import Extracted
from schemas.document import RemovalReason

HIDDEN = RemovalReason.UNREADABLE
LINKED = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="l1"'
    ' Type="http://x/hyperlink" Target="https://pier.example.org/a" TargetMode="External"/></Relationships>'
)


def _texts(found: Extracted) -> list[str]:
    return [block.text for block in found.blocks]


def _hidden(found: Extracted) -> list[str]:
    return [removal.text for removal in found.removed if removal.reason is HIDDEN]


def _links(found: Extracted) -> list[tuple[str, str]]:
    return [(link.url, link.text) for link in found.links]


def _worksheet(inner: str) -> str:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" {R}>{inner}</worksheet>'


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="str"><v>{text}</v></c>'


def test_hidden_sheets_rows_and_columns_are_logged() -> None:
    """A hidden column takes no place in the rows; what is only folded up or filtered out stays."""
    rows = (
        f'<cols><col min="2" max="2" hidden="1"/><col min="3" max="3" hidden="1" outlineLevel="1"/></cols><sheetData>'
        f"<row>{_cell('A1', 'Item')}{_cell('B1', 'secret')}{_cell('C1', 'folded')}{_cell('D1', 'Cost')}</row>"
        f'<row hidden="1">{_cell("A2", "hidden row")}</row>'
        f'<row hidden="1" outlineLevel="1">{_cell("A3", "detail")}</row></sheetData>'
    )
    filtered = f'<sheetPr filterMode="1"/><sheetData><row hidden="1">{_cell("A1", "filtered")}</row></sheetData>'
    data = xlsx({"Costs": "", "Old": f"<row>{_cell('A1', 'of a hidden sheet')}</row>", "Ships": ""})
    book = (
        f'<workbook xmlns="m" {R}><sheets><sheet name="Costs" r:id="s0"/>'
        '<sheet name="Old" state="veryHidden" r:id="s1"/><sheet name="Ships" r:id="s2"/></sheets></workbook>'
    )
    parts = {"xl/workbook.xml": book, "xl/sheets/0.xml": _worksheet(rows), "xl/sheets/2.xml": _worksheet(filtered)}
    found = extracted(more(data, parts))
    assert _texts(found) == ["Costs", "Item | folded | Cost", "detail", "Ships", "filtered"]
    assert _hidden(found) == ["secret", "hidden row", "Old", "of a hidden sheet"]


def test_hidden_parts_of_open_document_spreadsheets_are_logged() -> None:
    """As those of Excel; comments stand behind the table, which they do not divide."""
    styles = '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/>'

    def row(*cells: str, said: str = "") -> str:
        inner = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
        return f"<table:table-row {said}>{inner}</table:table-row>"

    sheet = (
        '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
        + row("<text:p>Item</text:p>", "<text:p>secret</text:p>", "<text:p>Cost</text:p>")
        + row("<text:p>Salt</text:p><office:annotation><text:p>dear</text:p></office:annotation>")
        + row("<text:p>hidden row</text:p>", said='table:visibility="collapse"')
        + row("<text:p>filtered</text:p>", said='table:visibility="filter"')
        + f'<table:table-row-group table:display="false">'
        f'{row("<text:p>detail</text:p>", said="""table:visibility="collapse" """)}</table:table-row-group>'
    )
    content = (
        f'<table:table table:name="Costs">{sheet}</table:table><table:table table:name="Old" table:style-name="off">'
        f"{row('<text:p>of a hidden sheet</text:p>')}</table:table>"
    )
    found = extracted(odf("spreadsheet", content, styles=f"{styles}</style:style>"))
    assert _texts(found) == ["Costs", "Item | Cost", "Salt", "filtered", "detail", "dear"]
    assert [block.number for block in found.blocks] == [None, 1, 2, 3, 4, None]
    assert _hidden(found) == ["secret", "hidden row", "Old", "of a hidden sheet"]


def test_hidden_slides_and_shapes_are_logged() -> None:
    """With their notes; slides keep their numbers."""
    data = pptx(["", shape("Second", "title")], notes="spoken")
    hidden = f'<p:sld xmlns:p="p" {A} show="0"><p:cSld><p:spTree>{shape("First", "title")}</p:spTree></p:cSld></p:sld>'
    unseen = shape("aside").replace("<p:sp>", '<p:sp><p:nvSpPr><p:cNvPr id="1" hidden="1"/></p:nvSpPr>')
    shown = f'<p:sld xmlns:p="p" {A}><p:cSld><p:spTree>{shape("Second", "title")}{unseen}</p:spTree></p:cSld></p:sld>'
    found = extracted(more(data, {"ppt/slides/slide2.xml": hidden, "ppt/slides/slide1.xml": shown}))
    assert [(block.page, block.text) for block in found.blocks] == [(2, "Second")]
    assert _hidden(found) == ["First", "spoken", "aside"]
    styles = (
        '<style:style style:name="off" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>'
    )
    slides = (
        '<draw:page draw:style-name="off"><text:p>First</text:p></draw:page><draw:page><text:p>2nd</text:p></draw:page>'
    )
    found = extracted(odf("presentation", slides, styles=styles))
    assert [(block.page, block.text) for block in found.blocks] == [(2, "2nd")]
    assert _hidden(found) == ["First"]


def test_hidden_text_of_open_document_is_logged() -> None:
    """Spans, paragraphs and sections that are not shown; what a picture is called is no text."""
    styles = "".join(
        f'<style:style style:name="off{family[0]}" style:family="{family}"><style:text-properties text:display="none"/>'
        "</style:style>"
        for family in ("text", "paragraph")
    )
    svg = "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
    content = (
        f'<text:p>See<text:span text:style-name="offt">unseen</text:span> this <draw:frame>'
        f'<svg:title xmlns:svg="{svg}">Map</svg:title></draw:frame>map.</text:p>'
        '<text:p text:style-name="offp">a paragraph</text:p>'
        '<text:section text:display="none"><text:p>a section</text:p></text:section>'
    )
    found = extracted(odf("text", content, styles=styles))
    assert _texts(found) == ["See this map."]
    assert _hidden(found) == ["unseen", "a paragraph", "a section"]


def test_a_document_that_shows_nothing_is_what_it_hides() -> None:
    """Rather the hidden text than none."""
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>only this</w:t></w:r></w:p>"
    assert _texts(extracted(docx(hidden))) == ["only this"]


def test_links_of_word() -> None:
    """By relation and by field, simple ones too; those of a header are not the document's."""

    def field(text: str) -> str:
        marks = [f'<w:r><w:fldChar w:fldCharType="{mark}"/></w:r>' for mark in ("begin", "separate", "end")]
        code = '<w:r><w:instrText> HYPERLINK "https://b.example.org/" </w:instrText></w:r>'
        return f"{marks[0]}{code}{marks[1]}<w:r><w:t>{text}</w:t></w:r>{marks[2]}"

    simple = "<w:fldSimple w:instr='HYPERLINK \"https://c.example.org/\"'><w:r><w:t>c</w:t></w:r></w:fldSimple>"
    related = f'<w:hyperlink {R} r:id="l1"><w:r><w:t>the pier</w:t></w:r></w:hyperlink>'
    body = f"<w:p><w:r><w:t>To </w:t></w:r>{related}</w:p><w:p>{field('bee')}{simple}</w:p>"
    data = more(docx(body), {"word/_rels/document.xml.rels": LINKED})
    found = extracted(data)
    assert _texts(found) == ["To the pier", "beec"]
    assert _links(found) == [
        ("https://pier.example.org/a", "the pier"), ("https://b.example.org/", "bee"), ("https://c.example.org/", "c"),
    ]  # fmt: skip
    assert _links(extracted(docx(paragraph("Body"), header=f"<w:hdr {W}><w:p>{field('b')}</w:p></w:hdr>"))) == []


def test_links_of_slides_and_sheets() -> None:
    """Of runs and of whole shapes; of cells, by the sheet's list or a formula."""
    run = f'<a:r><a:rPr><a:hlinkClick {R} r:id="l1"/></a:rPr><a:t>the pier</a:t></a:r>'
    whole = f'<p:sp><p:nvSpPr><p:cNvPr id="1"><a:hlinkClick {R} r:id="l1"/></p:cNvPr></p:nvSpPr>'
    shapes = f"<p:sp><p:txBody><a:p><a:r><a:t>To </a:t></a:r>{run}</a:p></p:txBody></p:sp>"
    shapes += shape("All of it").replace("<p:sp>", whole)
    data = more(pptx([shapes]), {"ppt/slides/_rels/slide1.xml.rels": LINKED})
    assert _links(extracted(data)) == [
        ("https://pier.example.org/a", "the pier"), ("https://pier.example.org/a", "All of it"),
    ]  # fmt: skip
    formula = '<c r="B1" t="str"><f>HYPERLINK("https://b.example.org/","bee")</f><v>bee</v></c>'
    sheet = _worksheet(
        f"<sheetData><row>{_cell('A1', 'pier')}{formula}</row></sheetData>"
        '<hyperlinks><hyperlink ref="A1" r:id="l1"/></hyperlinks>'
    )
    data = more(xlsx({"Ships": ""}), {"xl/sheets/0.xml": sheet, "xl/sheets/_rels/0.xml.rels": LINKED})
    assert _links(extracted(data)) == [("https://pier.example.org/a", "pier"), ("https://b.example.org/", "bee")]


def test_links_of_open_document() -> None:
    """In paragraphs and in cells."""
    link = '<text:p>To <text:a xmlns:xlink="x" xlink:href="https://pier.example.org/">the pier</text:a></text:p>'
    cell = f"<table:table><table:table-row><table:table-cell>{link}</table:table-cell></table:table-row></table:table>"
    assert _links(extracted(odf("text", link))) == [("https://pier.example.org/", "the pier")]
    assert _links(extracted(odf("spreadsheet", cell))) == [("https://pier.example.org/", "the pier")]


def test_lines_of_code_are_one_block() -> None:
    """Paragraphs of a style for code right below each other, with their indents and blank lines."""
    styles = f'<w:styles {W}><w:style w:styleId="C"><w:name w:val="HTML Preformatted"/></w:style></w:styles>'
    lines = [paragraph(text, "C") for text in ("def ring():", "", "    bell()")]
    found = extracted(docx("".join(lines) + paragraph("After"), styles=styles))
    assert [(block.kind.value, block.text) for block in found.blocks] == [
        ("code", "def ring():\n\n    bell()"),
        ("paragraph", "After"),
    ]
    code = '<text:p text:style-name="Preformatted_20_Text">def ring():</text:p>'
    assert _texts(extracted(odf("text", code + code))) == ["def ring():\ndef ring():"]


def test_shapes_with_text_stand_apart() -> None:
    """What a shape or box of OpenDocument holds is no part of the paragraph around; lists in it are lists."""
    shape_ = "<draw:custom-shape><text:p>In a shape</text:p></draw:custom-shape>"
    box = "<draw:frame><draw:text-box><text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"
    found = extracted(odf("text", f"<text:p>Before {shape_}after.{box}</draw:text-box></draw:frame></text:p>"))
    assert [(block.kind.value, block.text) for block in found.blocks] == [
        ("paragraph", "Before after."), ("paragraph", "In a shape"), ("list_item", "item"),
    ]  # fmt: skip
