"""Pages of frames, and reading aids beside characters."""

import pytest

from docmill.extract.html import read_html, read_page
from docmill.stage import Extracted, Refusal
from schemas.document import Reason


def test_a_page_of_frames_says_what_it_says_without_them() -> None:
    """The frames' documents are others; nested deeply it is bounded like any page."""
    frames = (
        "<html><head><title>Quay</title></head><frameset cols=20,80><frame src=a><NOFRAMES>{}</noframes></frameset>"
    )
    found = read_html(frames.format(f"<body><p>See <a href=/main>the quay</a>.</p>{'<div>' * 3000}deep").encode())
    assert isinstance(found, Extracted), found
    assert found.page is not None
    assert found.page.block_text == ["See the quay.", "deep"]
    assert found.metadata.title == "Quay"
    nothing = read_html(frames.format("").encode())
    assert isinstance(nothing, Refusal)
    assert nothing.reason is Reason.NO_TEXT


@pytest.mark.parametrize(
    ("ruby", "text"),
    [
        ("<ruby>漢<rt>kan</rt>字<rt>ji</ruby>", "漢(kan)字(ji)"),
        ("<ruby>漢<rp>（</rp><rt>kan</rt><rp>）</rp></ruby>", "漢（kan）"),
    ],
)
def test_reading_aids_of_pages_stand_in_brackets(ruby: str, text: str) -> None:
    """Unless the page has some of its own for them."""
    assert read_page(f"<p>{ruby}</p>")[0].block_text == [text]
