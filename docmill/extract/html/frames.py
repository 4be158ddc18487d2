"""Inline frames: documents they carry with them, and ones left open, in which parsers lose the rest of a page."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from docmill.extract.guard import bounded_html

__all__ = ["MOST_FRAMES", "instead_of_frames", "open_frames", "with_ended_frames"]

MOST_FRAMES = 100  # opened; what such a page holds in more is no text
_TAGS = re.compile(
    rb"""<iframe(?=[\s/>])(?:[^>"']++|"[^"]*+"|'[^']*+'|["'])*+>?|</(?:iframe|noscript)(?=[\s/>])""", re.IGNORECASE
)
_END = b"</iframe>"
_NO_FRAMES = re.compile(rb"<noframes(?=[\s>])[^>]*+>((?:[^<]++|<(?!/noframes(?=[\s/>])))*+)", re.IGNORECASE)


def with_ended_frames(markup: bytes) -> bytes:
    """The markup with an end for every inline frame that has none before the next, the `noscript` or the page ends.

    All up to a frame's end tag is its text. Browsers do not read what stands in `noscript`, where most of those without
    an end are: `<noscript><iframe src="…" /></noscript>`.
    """
    if b"<iframe" not in markup and b"<IFRAME" not in markup:
        return markup
    ends = list(_missing_ends(markup))
    return _END.join(markup[start:end] for start, end in zip([0, *ends], [*ends, None], strict=True))


def _missing_ends(markup: bytes) -> Iterator[int]:
    """Where the tags of frames that do not end are over."""
    begun = 0  # where the last frame's tag is over; 0 once it has ended
    for tag in _TAGS.finditer(markup):
        ends = tag[0].lower() == _END[:-1]
        if begun and not ends:
            yield begun
        begun = 0 if tag[0].startswith(b"</") else tag.end()
    if begun:
        yield begun


def instead_of_frames(markup: bytes) -> bytes:
    """What a page of frames, which are documents of their own, says to who sees none."""
    found = _NO_FRAMES.search(markup)
    return bounded_html(found[1])[0] if found else b""


def open_frames(parser: LexborHTMLParser) -> None:
    """Put documents that inline frames carry with them in the frames' place."""
    for frame in parser.css("iframe[srcdoc]")[:MOST_FRAMES]:
        markup, _ = bounded_html((frame.attributes["srcdoc"] or "").encode("utf-8", "replace"))
        if document := LexborHTMLParser(b"<div>" + markup).css_first("div"):
            frame.replace_with(document)
