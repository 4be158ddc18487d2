"""What a piece of HTML marks small: numbers that lead to notes, and reading aids."""

from lxml.etree import _Element as Element

__all__ = ["is_note", "is_reference", "lacks_brackets"]


def lacks_brackets(reading: Element) -> bool:
    """Whether a reading aid (ruby) would stand in the text as if it were of it."""
    before = reading.getprevious()
    return before is None or before.tag != "rp"


def is_note(raised: Element) -> bool:
    """Whether a raised number leads to a note: set against the word before, it would look like part of it."""
    around = raised.getparent()
    link = raised if around is None or around.tag != "a" else around
    link = link if link.tag == "a" else next((child for child in raised if child.tag == "a"), raised)
    return "#" in (link.get("href") or "") and "".join(raised.itertext()).strip().isdecimal()


def is_reference(link: Element) -> bool:
    """Whether a link says that it leads to a note, and is not raised, which would tell it."""
    said = link.get("epub:type") == "noteref" or link.get("role") == "doc-noteref"
    around = link.getparent()
    is_raised = around is not None and around.tag == "sup"
    return said and not is_raised and "".join(link.itertext()).strip().isdecimal()
