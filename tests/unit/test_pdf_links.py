"""Where the pages of a PDF lead."""

from documents import Text, pdf
from reading import extracted

from docmill.stage import Extracted

LINK = "<</Type/Annot/Subtype/Link/Rect[{} {} {} {}]/A<</S/URI/URI({})>>>>"


def _read(texts: list[Text], extra: str = "") -> Extracted:
    return extracted(pdf([texts], extra=extra))


def test_links_have_the_text_below_them() -> None:
    """One over two lines is one link."""
    texts: list[Text] = [
        (40, 700, 11, "Read of"),
        (90, 700, 11, "the outer"),
        (40, 686, 11, "pier"),
        (90, 686, 11, "here"),
    ]
    links = LINK.format(89, 698, 140, 709, "https://pier.example.org/") + LINK.format(
        39, 684, 62, 695, "https://pier.example.org/"
    )
    found = _read(texts, f"/Annots[{links}{LINK.format(89, 684, 120, 695, 'https://b.example.org/')}]")
    assert [(link.url, link.text) for link in found.links] == [
        ("https://pier.example.org/", "the outer pier"),
        ("https://b.example.org/", "here"),
    ]


def test_a_paragraph_below_a_short_item_is_none_of_it() -> None:
    """An item goes on in lines that follow a full one."""
    texts: list[Text] = [
        (40, 730, 11, "The council met on Tuesday and voted for what the harbour needs in the winter of this year:"),
        (50, 710, 11, "\\225 salt for the steps and for the road that leads down to the harbour and the pier, all"),
        (58, 696, 11, "Norwegian"), (50, 682, 11, "\\225 rope"), (40, 668, 11, "All is bought in May."),
    ]  # fmt: skip
    assert [(block.kind.value, block.text[-10:]) for block in _read(texts).blocks[1:]] == [
        ("list_item", " Norwegian"), ("list_item", "\u2022 rope"), ("paragraph", "ht in May."),
    ]  # fmt: skip
