"""Hebrew and Arabic among other text of a PDF: its words in the order they are read in."""

import pytest
from documents import Text, pdf
from reading import extracted, told

from docmill.extract import extract
from docmill.extract.pdf.turned_round import in_logical_order
from docmill.stage import Binary, Extracted

HEBREW = "".join(f"/afii{57664 + n}" for n in range(5))  # from alef on
PROSE = "The council met on Tuesday and voted for the budget, and all went home in the evening of that day."


def test_words_by_the_eye_are_turned_round() -> None:
    """Letters and words, also where the content goes on to the left; what stands around them stays."""
    shown: list[Text] = [
        (40, 700, 11, PROSE), (40, 680, 11, "They say"), (100, 680, 11, "BA", "C"), (120, 680, 11, "DC", "C"),
        (140, 680, 11, "as ever."), (300, 640, 11, "BA", "C"), (280, 640, 11, "DC", "C"),
    ]  # fmt: skip
    found = extract(Binary(pdf([shown], glyphs=HEBREW), "application/pdf"))
    assert isinstance(found, Extracted), found
    assert [block.text for block in found.blocks] == [
        f"{PROSE} They say \u05d2\u05d3 \u05d0\u05d1 as ever.",
        "\u05d0\u05d1 \u05d2\u05d3",
    ]


@pytest.mark.parametrize(
    ("text", "places", "logical"),
    [
        ("a אב b", [0, 1, 3, 2, 4, 5], "a אב b"),
        ("a בא b", [0, 1, 2, 3, 4, 5], "a אב b"),
        ("בא 12 דג", [0, 1, 1, 3, 4, 4, 6, 7], "גד 12 אב"),
        ("ab", [0, 1], "ab"),
    ],
)
def test_letters_are_put_from_right_to_left(text: str, places: list[float], logical: str) -> None:
    """Numbers within run the other way; what is in order stays."""
    assert in_logical_order(text, 0, len(text), places.__getitem__) == logical


def test_a_page_mostly_in_hebrew_reads_from_right_to_left() -> None:
    """Though its content has the letters by the eye; lines go on until a sentence ends."""
    lines: list[Text] = [(40, 700, 11, "ABC AB", "C"), (40, 680, 11, ".BA", "C"), (40, 660, 11, "CC", "C")]
    found = told(extracted(pdf([lines], glyphs=HEBREW)))
    assert found == [("paragraph", "\u05d1\u05d0 \u05d2\u05d1\u05d0 \u05d0\u05d1."), ("paragraph", "\u05d2\u05d2")]
