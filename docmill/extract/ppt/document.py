"""What a presentation (PPT) says of its slides elsewhere than on them: their order, outline, links, comments."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docmill.extract.binary import wide_text
from docmill.extract.ppt.records import Code, Record
from docmill.extract.ppt.text import Text, texts

__all__ = ["Place", "comments", "footers", "places", "targets"]

_TARGET, _FOOTERS, _COMMENT = 1, frozenset({1, 2}), 1  # kinds of plain texts; footers are headers, too


class Place(NamedTuple):
    """A slide in the order of the presentation."""

    number: int  # of the object that it is
    slide: int
    outline: list[Text]  # its texts in it


def places(slides: Record) -> Iterator[Place]:
    """The slides of a list, in order, each with the texts that follow it."""
    place: Record | None = None
    within: list[Record] = []
    for record in slides.within():
        if record.code != Code.SLIDE_PLACE:
            within.append(record)
            continue
        if place is not None:
            yield Place(place.number(0, 4), place.number(12, 4), list(texts(within)))
        place, within = record, []
    if place is not None:
        yield Place(place.number(0, 4), place.number(12, 4), list(texts(within)))


def targets(document: Iterable[Record]) -> Iterator[tuple[int, str]]:
    """The addresses of links, by their numbers."""
    for links in document:
        for link in links.within() if links.code == Code.LINKS else ():
            if link.code == Code.LINK:
                number = next((one.number(0, 4) for one in link.within() if one.code == Code.LINK_ATOM), 0)
                for one in link.within():
                    if one.code == Code.TEXT and one.kind == _TARGET:
                        yield number, wide_text(one.content)


def footers(page: Record) -> Iterator[str]:
    """What is shown above and below a slide."""
    for part in page.within():
        for text in part.within() if part.code == Code.HEADERS_FOOTERS else ():
            if text.code == Code.TEXT and text.kind in _FOOTERS:
                yield wide_text(text.content)


def comments(page: Record) -> Iterator[str]:
    """The comments on a slide, which newer versions keep where older ones do not look."""
    found: Iterable[Record] = (page,)
    for code in (Code.TAGS, Code.TAG, Code.TAG_DATA, Code.COMMENT):
        found = [one for record in found for one in record.within() if one.code == code]
    for comment in found:
        for one in comment.within():
            if one.code == Code.TEXT and one.kind == _COMMENT:
                yield wide_text(one.content)
