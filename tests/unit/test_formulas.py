"""Formulas of pages, Office files, OpenDocument and books: on one line, with powers, indexes and fractions."""

import pytest
from documents import docx, epub, more, odf, paragraph
from lxml import etree

from docmill.detect import detect
from docmill.extract import extract
from docmill.extract.formula import read_formula
from docmill.extract.html import read_page
from docmill.stage import Binary, Extracted

MATHML = "<math xmlns='http://www.w3.org/1998/Math/MathML'>{}</math>"
POWER = "<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mn>1</mn>"


def _texts(data: bytes, media_type: str = "") -> list[str]:
    found = extract(Binary(data, media_type or detect(data).media_type))
    assert isinstance(found, Extracted), found
    return [block.text for block in found.blocks]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (POWER, "x^2+1"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a+b)/2"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup><msqrt><mi>y</mi></msqrt>", "x_1^2\u221ay"),
        (f"<semantics><mrow>{POWER}</mrow><annotation encoding='application/x-tex'>x^{{2}}+1</annotation></semantics>",
         "x^{2}+1"),
        (f"<semantics><mrow>{POWER}</mrow><annotation encoding='StarMath 5.0'>x^2 + 1</annotation></semantics>",
         "x^2+1"),
        ("<sSub><e><r><t>x</t></r></e><sub><r><t>i</t></r></sub></sSub>", "x_i"),
        ("<f><fPr/><num><r><t>1</t></r></num><den><r><t>n+1</t></r></den></f>", "1/(n+1)"),
        ("<nary><naryPr><chr val='\u2211'/></naryPr><sub><t>i=1</t></sub><sup><t>n</t></sup><e><t>i</t></e></nary>",
         "\u2211_(i=1)^n i"),
        ("<d><dPr><begChr val='['/><endChr val=']'/></dPr><e><r><t>a</t></r></e><e><r><t>b</t></r></e></d>", "[a, b]"),
        ("<semantics><mi>x</mi><annotation encoding='TeX'>{\\displaystyle x^2}</annotation></semantics>", "x^2"),
        ("<msup><mi>x</mi></msup>", "x"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_formula_is_one_line(inner: str, text: str) -> None:
    """TeX where the document has it."""
    assert read_formula(etree.fromstring(MATHML.format(inner))) == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (f"<math>{POWER}</math>", "x^2+1"),
        ("<math><mfrac><mi>\u00e9</mi><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></mfrac></math>", "\u00e9/(a<b)"),
        (f"<math><semantics><mrow>{POWER}</mrow><annotation encoding='StarMath 5.0'>y</annotation></math>", "x^2+1"),
        (f"<math alttext='x^{{2}}+1'>{POWER}</math>", "x^{2}+1"),
        ("<math> y = 2 </math>", "y = 2"),
        ("<math>" + "<mrow>" * 1000 + "<mi>x</mi></math>", "x"),
        (f"<span class=katex-mathml><math>{POWER}</math></span>y", "y"),
    ],
)  # fmt: skip
def test_a_formula_of_a_page_reads_as_one_of_a_document(formula: str, text: str) -> None:
    """A power is none of the digits before it, nor is a fraction's one number; what only screen readers meet is not."""
    assert read_page(f"<p>So {formula} is.</p>")[0].block_text == [f"So {text} is."]


def test_formulas_stand_in_their_place() -> None:
    """In Word, in OpenDocument, where they are objects of their own, and in books, where they were there twice."""
    power = "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    body = f"<w:p><w:r><w:t>So </w:t></w:r><m:oMath xmlns:m='m'>{power}</m:oMath><w:r><w:t> is.</w:t></w:r></w:p>"
    assert _texts(docx(body)) == ["So x^2 is."]
    shown = '<text:p>So <draw:frame><draw:object xmlns:xlink="x" xlink:href="./Object 1"/></draw:frame> is.</text:p>'
    data = more(odf("text", shown), {"Object 1/content.xml": MATHML.format(POWER)})
    assert _texts(data, "application/vnd.oasis.opendocument.text") == ["So x^2+1 is."]
    said = f"<semantics><mrow>{POWER}</mrow><annotation encoding='application/x-tex'>x^2+1</annotation></semantics>"
    assert _texts(epub({"a": f"<p>So {MATHML.format(said)} is.</p>"})) == ["So x^2+1 is."]


def test_references_to_notes_stand_in_brackets() -> None:
    """Where a book says so, raised or not."""
    assert _texts(epub({"a": '<p>The pier<a href="#n" role="doc-noteref">1</a> is old.</p>'})) == [
        "The pier[1] is old."
    ]


def test_paragraphs_with_an_empty_marker_are_no_items() -> None:
    """They belong to the item before, whose list they are in."""
    numbering = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val=" "/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    body = paragraph("More.", extra='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    found = extract(Binary(docx(body, numbering=numbering), detect(docx(body)).media_type))
    assert isinstance(found, Extracted)
    assert [block.kind.value for block in found.blocks] == ["paragraph"]
