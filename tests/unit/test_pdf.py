"""PDF: text in the order a person reads it, page by page, and a reason where there is none to be had."""

import textwrap

import pytest
from documents import Text, pdf
from hypothesis import given
from hypothesis import strategies as st
from reading import extracted, extracted_or_not

from docmill.extract import Limits
from docmill.extract.pdf.page import HYPHEN
from docmill.extract.pdf.paragraphs import dehyphenated, joined
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, Reason, RemovalReason

WORDS = (
    *("the", "pilot", "boat", "left", "the", "inner", "harbour", "before", "dawn"),
    *("and", "met", "the", "ferry", "off", "the", "breakwater", "in", "a", "rising", "swell"),
)


def _prose(start: int, lines: int) -> list[str]:
    """Lines of about 40 characters, each different, none ending a sentence."""
    return [f"{start + n} " + " ".join(WORDS[(start + n) % 12 :][:7]) for n in range(lines)]


def _column(x: float, lines: list[str], top: float = 700) -> list[Text]:
    return [(x, top - 14 * n, 10, line) for n, line in enumerate(lines)]


def test_columns_are_read_one_after_the_other() -> None:
    """Where the file draws a two-column page line by line across both, the left column still comes first."""
    left, right = _prose(10, 12), _prose(50, 12)
    across = [text for pair in zip(_column(50, left), _column(320, right), strict=True) for text in pair]
    text = " ".join(
        block.text for block in extracted(pdf([[(50, 740, 10, "Notice to all mariners of the coast"), *across]])).blocks
    )
    assert text.split() == " ".join(["Notice to all mariners of the coast", *left, *right]).split()


def test_rows_of_a_table_stay_together() -> None:
    """Short cells that stand under each other are a table, a block a row."""
    rows = [("Port", "Depth", "Berths"), ("Brest", "6 m", "12"), ("Vigo", "9 m", "30")]
    texts = [(60 + 150 * c, 700 - 16 * r, 10, cell) for r, row in enumerate(rows) for c, cell in enumerate(row)]
    blocks = extracted(pdf([texts])).blocks
    assert [(b.kind, b.text) for b in blocks] == [(BlockKind.TABLE, " | ".join(row)) for row in rows]


def test_running_headers_and_page_numbers_are_removed_with_their_reason() -> None:
    """What stands at the same place on every page, its number aside, is no text; each page's own lines stay."""
    pages = [
        [(50, 770, 9, "Harbour Office Bulletin"), *_column(50, _prose(10 * n, 5)), (290, 30, 9, f"Page {n} of 4")]
        for n in range(1, 5)
    ]
    found = extracted(pdf(pages))
    text = " ".join(block.text for block in found.blocks)
    assert "Bulletin" not in text
    assert "Page" not in text
    assert all(f"{10 * n} " in text for n in range(1, 5))
    reasons = {(r.text, r.reason) for r in found.removed}
    assert ("Harbour Office Bulletin", RemovalReason.PAGE_HEADER) in reasons
    assert ("Page 3 of 4", RemovalReason.PAGE_FOOTER) in reasons


def test_one_pages_edges_are_its_text() -> None:
    """Nothing repeats on a single page: its first and last lines stay."""
    found = extracted(pdf([[(50, 770, 10, "To the harbour master"), (50, 30, 10, "Yours Ida Lund")]]))
    assert [b.text for b in found.blocks] == ["To the harbour master", "Yours Ida Lund"]
    assert not found.removed


def test_blocks_know_their_page_and_kind() -> None:
    """Blocks carry their page; larger type is a heading, bullets are list items, `Figure 2` a caption."""
    first = [(50, 740, 18, "Dredging the basin"), *_column(50, _prose(10, 3)), (50, 600, 10, "- first item of it")]
    second = [*_column(50, _prose(40, 3)), (50, 500, 10, "Figure 2. The basin from the east")]
    blocks = extracted(pdf([first, second])).blocks
    assert [(b.page, b.kind.value) for b in blocks] == [
        (1, "heading"), (1, "paragraph"), (1, "list_item"), (2, "paragraph"), (2, "caption")
    ]  # fmt: skip


def test_a_paragraph_goes_on_over_the_page() -> None:
    """A sentence that a page break cuts is one paragraph, on the page it starts on."""
    found = extracted(pdf([[(50, 100, 10, "The pilot boat had left before")], [(50, 700, 10, "anyone was awake.")]]))
    assert [(b.text, b.page) for b in found.blocks] == [("The pilot boat had left before anyone was awake.", 1)]


def test_words_broken_at_line_ends_are_whole() -> None:
    """A hyphen at a line's end goes, unless the document elsewhere writes the word with it."""
    texts = _column(
        50, ["The well-known pilot went over the break-", "water and met the well-", "known harbour master."]
    )
    [block] = extracted(pdf([texts])).blocks
    assert block.text == "The well-known pilot went over the breakwater and met the well-known harbour master."


@given(st.lists(st.text(alphabet="abcde -" + HYPHEN, min_size=1, max_size=12), min_size=1, max_size=5))
def test_joining_lines_loses_nothing(lines: list[str]) -> None:
    """However lines break, every letter is still there in its order, and no mark of PDFium's is left."""
    [text] = dehyphenated([joined(lines)])
    assert [c for c in text if c.isalpha()] == [c for line in lines for c in line if c.isalpha()]
    assert HYPHEN not in text


def test_hyphens_that_break_no_word_stay() -> None:
    """Before digits, capitals, and what joins two words that share their end."""
    lines = ["The boats that were built from 2019-", "2020 for Anglo-", "Saxon ports have ramps for loading and un-"]
    lines += ["loading, berths for pre-", "and post-war ferries, as in Ein-", "und Ausgang, and COVID-", "19 rules."]
    text = extracted(pdf([_column(50, lines)])).blocks[0].text
    assert text == (
        "The boats that were built from 2019-2020 for Anglo-Saxon ports have ramps for loading and unloading, berths "
        "for pre- and post-war ferries, as in Ein- und Ausgang, and COVID-19 rules."
    )


def test_headings_have_levels_by_their_type() -> None:
    """The largest is of the first."""
    texts = [(50, 740, 20, "Tides"), (50, 700, 14, "Ebb"), *_column(50, _prose(10, 5), 680), (50, 590, 14, "Flood")]
    found = extracted(pdf([[*texts, *_column(50, _prose(30, 5), 570)]])).blocks
    assert [(b.text, b.level) for b in found if b.kind is BlockKind.HEADING] == [("Tides", 1), ("Ebb", 2), ("Flood", 2)]


def test_a_word_in_other_type_makes_no_line_a_heading() -> None:
    """Nor parts it from its paragraph."""
    lines: list[Text] = _column(50, _prose(10, 6))
    x, y, _, text = lines[3]
    lines[3] = (x, y, 16, f"Big) Tj /F 10 Tf ( {text}")
    assert [block.kind for block in extracted(pdf([lines])).blocks] == [BlockKind.PARAGRAPH]


def _upwards(x: float, y: float, size: float, text: str) -> Text:
    """A line that is read with the head to the left, its beginning at a place."""
    return (0, 0, size, f") Tj ET BT /F {size} Tf 0 1 -1 0 {x} {y} Tm ({text}")


@pytest.mark.parametrize("extra", ["/Rotate 90", ""])
def test_pages_are_read_as_they_are_held(extra: str) -> None:
    """Text along a page's long side is text like other: paragraphs, and lines that run on each page."""
    pages = [
        [
            _upwards(40, 50, 10, "Harbour Office"),
            *(_upwards(150 + 14 * n, 50, 10, line) for n, line in enumerate(_prose(20 * page, 8))),
        ]
        for page in range(2)
    ]
    found = extracted(pdf(pages, extra=extra))
    assert [(block.kind, block.page) for block in found.blocks] == [(BlockKind.PARAGRAPH, 1), (BlockKind.PARAGRAPH, 2)]
    assert [(r.text, r.reason) for r in found.removed] == [("Harbour Office", RemovalReason.PAGE_HEADER)]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("matrix", "x", "y", "step"),
    [("1 0 0 1", 50, 700, (0, -14)), ("0 1 -1 0", 150, 50, (14, 0)), ("-1 0 0 -1", 500, 100, (0, 14)),
     ("0 -1 1 0", 450, 750, (-14, 0))],
    ids=["level", "upwards", "upside down", "downwards"],
)  # fmt: skip
def test_lines_are_in_order_however_page_and_text_are_turned(
    matrix: str, x: int, y: int, step: tuple[int, int], rotation: int
) -> None:
    """Programs turn scans and tables, or the pages that these are on, and not always so that the text is upright."""
    lines = _prose(10, 5)
    drawn: list[Text] = [
        (0, 0, 10, f") Tj ET BT /F 10 Tf {matrix} {x + n * step[0]} {y + n * step[1]} Tm ({line}")
        for n, line in enumerate(lines)
    ]
    found = extracted(pdf([drawn], extra=f"/Rotate {rotation}"))
    assert [block.text.splitlines() for block in found.blocks] == [lines]


def test_what_runs_up_the_margin_is_apart() -> None:
    """As the stamp of an archive does."""
    blocks = extracted(pdf([[_upwards(20, 200, 20, "arXiv 2101.00001"), *_column(60, _prose(10, 6))]])).blocks
    assert [(block.kind, block.text[:5]) for block in blocks] == [
        (BlockKind.PARAGRAPH, "arXiv"), (BlockKind.PARAGRAPH, "10 me")
    ]  # fmt: skip


def test_a_large_initial_belongs_to_its_word() -> None:
    """It is no heading; a letter that is a word is one."""
    first, second = _column(90, ["he pilot boat left the inner harbour", "before dawn, in a swell."])
    assert extracted(pdf([[(50, 672, 40, "T"), first, second]])).blocks[0].text == (
        "The pilot boat left the inner harbour before dawn, in a swell."
    )
    first, second = _column(90, ["pilot boat left the inner harbour", "before dawn, in a swell."])
    assert extracted(pdf([[(50, 672, 40, "A"), first, second]])).blocks[0].text.startswith("A pilot boat")


def test_a_table_of_contents_is_a_block_a_line() -> None:
    """Without the dots that lead to its numbers."""
    lines = ["2.1 Ebb . . . . . . . . . . 13", "2.2 Flood............ 14"]
    assert [block.text for block in extracted(pdf([_column(50, lines)])).blocks] == ["2.1 Ebb … 13", "2.2 Flood … 14"]


def test_what_stands_beside_a_page_number_runs() -> None:
    """The chapter's name, though it is on few pages."""
    pages = [
        [
            (50, 780, 10, f"{'Ebb' if n < 2 else 'Flood'} of the sea"),
            (500, 780, 10, str(n + 1)),
            *_column(50, _prose(20 * n, 9)),
        ]
        for n in range(8)
    ]
    found = extracted(pdf([list(page) for page in pages]))
    assert not any("of the sea" in block.text for block in found.blocks)
    assert {r.text for r in found.removed} >= {"Ebb of the sea", "Flood of the sea"}


def test_metadata_comes_from_the_information_dictionary() -> None:
    """Title, author and dates with their zones; a file name is no title."""
    page = [[(50, 700, 10, "Some text on a page")]]
    info = "/Title(Harbour plan)/Author(Ida Lund; Per Holm)/CreationDate(D:20210304050607+01'00')/ModDate(D:20220102)"
    metadata = extracted(pdf(page, info=info)).metadata
    assert (metadata.title, metadata.authors) == ("Harbour plan", ("Ida Lund", "Per Holm"))
    assert (metadata.published, metadata.modified) == ("2021-03-04T05:06:07+01:00", "2022-01-02")
    assert extracted(pdf(page, info="/Title(Microsoft Word - plan_final.doc)")).metadata.title is None


def test_days_and_hours_that_are_none_are_not_told() -> None:
    """What a broken program wrote as a date is left out, as far as it is none."""
    page = [[(50, 700, 10, "Some text on a page")]]
    metadata = extracted(pdf(page, info="/CreationDate(D:20240230120000Z)/ModDate(D:20240305256099Z)")).metadata
    assert (metadata.published, metadata.modified) == (None, "2024-03-05")


def test_notes_and_filled_fields_are_notes() -> None:
    """Readers' comments and what a form is filled with are kept, as notes on their page."""
    annotations = (
        "/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(Check the depth)>>"
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(Berth)/V(North 4)/Rect[0 0 9 9]>>]"
    )
    blocks = extracted(pdf([[(50, 700, 10, "Some text")]], extra=annotations)).blocks
    assert [(b.kind.value, b.text, b.page) for b in blocks[1:]] == [
        ("note", "Check the depth", 1), ("note", "Berth: North 4", 1)
    ]  # fmt: skip


def test_scans_need_ocr() -> None:
    """Pages that hold a picture and no text are refused as needing OCR."""
    result = extracted_or_not(pdf([[], []], image=True))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.NEEDS_OCR


def test_scanned_pages_among_others_are_named() -> None:
    """Where only some pages are pictures, the rest is read and the document says which are not."""
    found = extracted(pdf([[(50, 700, 10, "A page with text on it")], []], image=True))
    assert found.warnings == ("needs_ocr: page 2 are pictures without text",)


def test_empty_pages_are_empty() -> None:
    """Pages with nothing on them are an empty document, not a scan."""
    result = extracted_or_not(pdf([[]]))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.EMPTY


def test_a_file_cut_off_says_so() -> None:
    """What can be recovered of a truncated file is read with a warning; if nothing can, it is refused as truncated."""
    whole = pdf([[(50, 700, 10, "A page with text on it")]])
    found = extracted(whole[: whole.index(b"xref")])
    assert found.warnings[0].startswith("truncated:")
    result = extracted_or_not(whole[:60])
    assert isinstance(result, Refusal)
    assert result.reason is Reason.TRUNCATED


def test_a_broken_file_is_corrupt() -> None:
    """A file that ends as it should and holds no pages is corrupt."""
    result = extracted_or_not(b"%PDF-1.4\nnonsense\n%%EOF\n")
    assert isinstance(result, Refusal)
    assert result.reason is Reason.CORRUPT


def test_more_pages_than_allowed_are_counted_out_loud() -> None:
    """Reading stops at the bound on pages, with a warning."""
    found = extracted(pdf([[(50, 700, 10, f"Page text {n}.")] for n in range(4)]), Limits(pages=2))
    assert "partly_read: pages 1 to 2 of 4 were read" in found.warnings
    assert {block.page for block in found.blocks} <= {1, 2}


@pytest.mark.parametrize("damage", [b"/Type/Page/", b"/Contents", b"stream\n"])
def test_damage_is_answered(damage: bytes) -> None:
    """A page that is damaged is read or refused, never raised."""
    data = pdf([[(50, 700, 10, "A page with text on it")]]).replace(damage, b"x" * len(damage))
    assert isinstance(extracted_or_not(data), Extracted | Refusal)


def test_streams_that_unpack_to_too_much_are_refused() -> None:
    """A page's content that unpacks beyond the bound is refused before it is unpacked whole."""
    data = pdf([[(50, 700, 10, "x"), *[(50, 600, 10, " " * 100_000)] * 20]])
    result = extracted_or_not(data, Limits(unpacked_bytes=1_000_000))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.TOO_LARGE
    assert isinstance(extracted_or_not(data, Limits(unpacked_bytes=4_000_000)), Extracted)


def _told(texts: list[Text]) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in extracted(pdf([texts])).blocks]


def test_columns_of_figures_are_told_by_narrow_gaps_too() -> None:
    """Of a table set tightly, where another row has the column clearly; amounts are no numbers of sections."""
    rows = [
        ("Item", "Quantity", "Price"),
        ("Sailcloth", "3", "80.00"),
        ("Anchor", "12", "80.00"),
        ("Rope", "7", "1.50"),
    ]
    places = (60, 130, 181)
    texts = [(places[c], 700 - 16 * r, 10, cell) for r, row in enumerate(rows) for c, cell in enumerate(row)]
    assert _told(texts) == [("table", " | ".join(row)) for row in rows]
    bill = [("Labour", "80.00", "800.00"), ("Paint", "31.50", "63.00")]
    texts = [(60 + 100 * c, 700 - 16 * r, 10, cell) for r, row in enumerate(bill) for c, cell in enumerate(row)]
    assert _told(texts) == [("table", " | ".join(row)) for row in bill]


def test_tables_far_apart_are_two() -> None:
    """Rows count from 1 in each."""
    rows = [(60 + 150 * c, 700 - 16 * r - 60 * (r > 1), 10, f"cell {r}{c}") for r in range(4) for c in range(2)]
    assert [block.number for block in extracted(pdf([rows])).blocks] == [1, 2, 1, 2]


def test_lines_of_an_address_stay_apart() -> None:
    """Where a line ended with room for the next one's word; lines of running text are joined as ever."""
    address = ["Harbour Office", "12 Old Quay Street", "Tel: 0123 456789"]
    prose = textwrap.wrap(" ".join(WORDS * 4), 80)
    found = _told([*_column(50, address), *_column(50, prose, 600)])
    assert found == [("paragraph", "\n".join(address)), ("paragraph", " ".join(prose))]


def test_headings_set_otherwise_are_two() -> None:
    """A centred title and the heading below it at the left margin, in type of the same size."""
    titles = [(230, 740, 18, "Harbour Report"), (50, 714, 18, "Introduction")]
    found = _told([*titles, *_column(50, _prose(10, 6), 680)])
    assert found[:2] == [("heading", "Harbour Report"), ("heading", "Introduction")]


def test_a_bullet_in_larger_type_makes_no_heading() -> None:
    """It is an item, however large its bullet."""
    items = [(50, 700, 14, "\u2022"), (62, 700, 10, "the boat left the harbour")]
    found = _told([*items, *_column(50, _prose(10, 6), 640)])
    assert found[0] == ("list_item", "\u2022 the boat left the harbour")


def test_code_keeps_its_lines_and_indents() -> None:
    """Lines in type of fixed width, in a document whose text is in another."""
    code = [(50, 700, 10, "def moor\\(\\):", "C"), (74, 688, 10, "return True", "C")]
    found = _told([*_column(50, _prose(10, 4), 780), *code, *_column(50, _prose(20, 4), 660)])
    assert found[1] == ("code", "def moor():\n    return True")


def test_nobodys_name_is_no_author() -> None:
    """What programs write where they know no author; several persons are several."""
    data = pdf([[(50, 700, 10, "A text of some length")]], info="/Author(anonymous)")
    assert extracted(data).metadata.authors == ()
    data = pdf([[(50, 700, 10, "A text of some length")]], info="/Author(Lund, Ida; Vik, Ole)")
    assert extracted(data).metadata.authors == ("Ida Lund", "Ole Vik")


def test_rows_of_a_price_list_have_all_their_cells() -> None:
    """Also where gaps are narrow in all rows: figures below figures are a column in lines with others."""
    rows = [
        (str(n), f"Item {n} of some length", str(3 * n), f"{n * 11.25:.2f}", f"{n * 33.75:.2f}") for n in range(8, 14)
    ]
    places = (60, 83, 200, 223, 290)
    texts = [(places[c], 700 - 14 * r, 10, cell) for r, row in enumerate(rows) for c, cell in enumerate(row)]
    assert _told(texts) == [("table", " | ".join(row)) for row in rows]


def test_verses_are_lines() -> None:
    """Lines that all begin with capitals: of an address in a narrow column, or several of any width."""
    verses = [
        "The tide rises, the tide falls,", "The twilight darkens, the curlew calls;", "Along the sea-sands, brown,",
        "The traveller hastens toward the town,", "And the tide rises, the tide falls",
    ]  # fmt: skip
    assert _told(_column(50, verses)) == [("paragraph", "\n".join(verses))]
    address, prose = ["Old Harbour 12", "5001 Bergen", "Norway"], textwrap.wrap(" ".join(WORDS * 4), 80)
    assert _told([*_column(50, address), *_column(50, prose, 600)])[0] == ("paragraph", "\n".join(address))
