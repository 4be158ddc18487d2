"""What Office files keep in parts of their own: drawings, charts, masters, notes; broken ones, and locked files."""

import io
import random
import zipfile

import pytest
from documents import A, P, R, W, docx, more, paragraph, pptx, relations, shape, xlsx, zipped
from msoffcrypto.format.ooxml import OOXMLFile
from reading import read_binary, result_of, told

from docmill.extract.locked import PASSWORD
from docmill.stage import Extracted, Refusal
from schemas.document import Reason, RemovalReason

_SERIES = (("tx", "Boats"), ("cat", "May"), ("val", "7"))
VALUES = "".join(f"<c:{part}><c:pt><c:v>{value}</c:v></c:pt></c:{part}>" for part, value in _SERIES)
CHART = f'<c:chart xmlns:c="c" {A}><a:p><a:r><a:t>Arrivals</a:t></a:r></a:p><c:ser>{VALUES}</c:ser></c:chart>'
ROW = "<row><c><v>1</v></c></row>"


def _spoilt(data: bytes, part: str, text: str) -> bytes:
    """The file with a text in a part overwritten, so that the part's checksum is wrong."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    whole = zipped(parts, stored=part)
    assert whole.count(text.encode()) == 1
    return whole.replace(text.encode(), b"?" * len(text.encode()))


def test_text_boxes_and_charts_of_a_sheet_follow_its_rows() -> None:
    """With their links; what stands in for a chart in programs that cannot draw it is none of the text."""
    box = '<a:p><a:r><a:rPr><a:hlinkClick r:id="l"/></a:rPr><a:t>{}</a:t></a:r></a:p>'
    old = f"<mc:Choice/><mc:Fallback>{box.format('No chart here')}</mc:Fallback>"
    instead = f'<mc:AlternateContent xmlns:mc="m">{old}</mc:AlternateContent>'
    leads = '<Relationship Id="l" Type="x/hyperlink" TargetMode="External" Target="https://example.org/tide"/>'
    data = more(
        xlsx({"Depths": ROW}),
        {
            "xl/sheets/_rels/0.xml.rels": relations(d=("drawing", "../drawings/d.xml")),
            "xl/drawings/d.xml": f"<d {A} {R}>{box.format('Mind the tide')}{instead}</d>",
            "xl/drawings/_rels/d.xml.rels": relations(c=("chart", "../charts/c.xml")).replace("</", f"{leads}</"),
            "xl/charts/c.xml": CHART,
        },
    )
    found = read_binary(data, "a.xlsx")
    assert told(found)[2:] == [
        ("paragraph", "Mind the tide"), ("caption", "Arrivals"), ("table", "| May"), ("table", "Boats | 7"),
    ]  # fmt: skip
    assert [(link.url, link.text) for link in found.links] == [("https://example.org/tide", "Mind the tide")]
    assert [(r.reason, r.text) for r in found.removed] == [(RemovalReason.BOILERPLATE, "No chart here")]


def test_what_is_printed_about_a_sheet_is_set_apart() -> None:
    """Without the codes of its formatting."""
    printed = "<oddHeader>&amp;CHarbour</oddHeader><oddFooter>&amp;P of 3</oddFooter>"
    data = xlsx({"Depths": f"{ROW}</sheetData><headerFooter>{printed}</headerFooter><sheetData>"})
    found = read_binary(data, "a.xlsx")
    assert [(r.reason, r.text) for r in found.removed] == [
        (RemovalReason.PAGE_HEADER, "Harbour"), (RemovalReason.PAGE_FOOTER, "of 3"),
    ]  # fmt: skip


def test_what_masters_and_layouts_show_on_every_slide_is_set_apart() -> None:
    """Their own texts and what is filled in at the foot; what they say of placeholders nobody sees."""
    shapes = shape("Ferry line") + shape("Click to edit", "title") + shape("Confidential", "ftr")
    data = more(
        pptx([shape("Tides", "title")]),
        {
            "ppt/slides/_rels/slide1.xml.rels": relations(
                y=("slideLayout", "../l.xml"), c=("chart", "../charts/c.xml")
            ),
            "ppt/l.xml": f"<p:sldLayout {P} {A}>{shape('Since 1904')}</p:sldLayout>",
            "ppt/_rels/l.xml.rels": relations(m=("slideMaster", "m.xml")),
            "ppt/m.xml": f"<p:sldMaster {P} {A}>{shapes}</p:sldMaster>",
            "ppt/charts/c.xml": CHART,
        },
    )
    found = read_binary(data, "a.pptx")
    assert told(found) == [("heading", "Tides"), ("caption", "Arrivals"), ("table", "| May"), ("table", "Boats | 7")]
    assert [(r.reason, r.text) for r in found.removed] == [
        (RemovalReason.PAGE_HEADER, "Since 1904"), (RemovalReason.PAGE_HEADER, "Ferry line"),
        (RemovalReason.PAGE_FOOTER, "Confidential"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "part", "text", "left"),
    [
        (docx(paragraph("Body"), footnotes=f"<w:footnotes {W}>{paragraph('Aside')}</w:footnotes>"), "a.docx",
         "word/footnotes.xml", "Aside", "Body"),
        (docx(paragraph("Body"), chart=CHART), "a.docx", "word/chart.xml", "Arrivals", "Body"),
        (docx(paragraph("Body"), header=f"<w:hdr {W}>{paragraph('Top')}</w:hdr>"), "a.docx",
         "word/header.xml", "Top", "Body"),
        (pptx([shape("Ebb"), shape("Flood")]), "a.pptx", "ppt/slides/slide1.xml", "Flood", "Ebb"),
        (xlsx({"Depths": ROW, "Heights": ROW.replace("1", "4711")}), "a.xlsx", "xl/sheets/1.xml", "4711", "Depths"),
    ],
)  # fmt: skip
def test_a_broken_part_costs_itself(data: bytes, name: str, part: str, text: str, left: str) -> None:
    """Notes, charts, headers, one of several slides or sheets: the rest is read, and a warning says so."""
    assert not read_binary(data, name).warnings
    found = read_binary(_spoilt(data, part, text), name)
    assert left in [block.text for block in found.blocks]
    assert text not in [block.text for block in found.blocks]
    (warning,) = found.warnings
    assert warning.startswith("partly_read: ")
    assert "is broken" in warning


def _locked(data: bytes, password: str) -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def test_a_file_that_programs_open_unasked_is_read() -> None:
    """Excel locks what is only protected against changes with a password of its own; another refuses the file."""
    picture = random.Random(1).randbytes(8000)  # noqa: S311  to be as large as the library can lock
    book = more(xlsx({"Depths": ROW}), {"xl/media/1.png": picture})
    found = result_of(_locked(book, PASSWORD), "a.xlsx")
    assert isinstance(found, Extracted)
    assert told(found) == [("heading", "Depths"), ("table", "1")]
    refused = result_of(_locked(book, "secret"), "a.xlsx")
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.ENCRYPTED
