"""HTML: all of a page's text as blocks, and the metadata its markup declares. Which blocks matter, clean decides."""

import re

from selectolax.lexbor import LexborHTMLParser

from docmill.collector import paused
from docmill.extract.html.frames import instead_of_frames, open_frames, with_ended_frames
from docmill.extract.html.metadata import read_declared
from docmill.extract.html.metadata.landmarks import Landmarks, find_landmarks, notable
from docmill.extract.html.page import Page
from docmill.extract.html.streamed import put_parts_in_place
from docmill.extract.html.structured_text import add_structured_text
from docmill.extract.html.walk import walk
from docmill.stage import Extracted, Refusal
from schemas.document import Reason

__all__ = ["read_html", "read_page"]

_TEMPLATE = re.compile(rb"<template(?=[\s>])([^>]*)>|</template\s*>", re.IGNORECASE)


def read_page(markup: str | bytes) -> tuple[Page, LexborHTMLParser, Landmarks]:
    """The page's text as blocks, its tree, and the elements of it that may declare something of the page."""
    markup = with_ended_frames(_with_shadows(markup.encode() if isinstance(markup, str) else markup))
    parser = LexborHTMLParser(markup)
    open_frames(parser)
    if b'id="S:' in markup:
        put_parts_in_place(parser)
    page, noted = walk(parser, notable)
    landmarks = find_landmarks(parser, noted)
    page.base = landmarks.base
    add_structured_text(page, landmarks)
    return page, parser, landmarks


@paused()
def read_html(markup: bytes) -> Extracted | Refusal:
    """The page, for clean to take its blocks from, and its metadata.

    Args:
        markup: In UTF-8, its nesting depth and attributes bounded (see docmill.extract.guard): lexbor's time grows with
            the square of both.
    """
    page, parser, landmarks = read_page(markup)
    if not page.block_text and (said := instead_of_frames(markup)):
        page, _, _ = read_page(said)
    if not page.block_text:
        return Refusal("extract", Reason.NO_TEXT, "The page has no text.")
    return Extracted(blocks=(), metadata=read_declared(parser, landmarks, page.block_text), page=page)


def _with_shadows(markup: bytes) -> bytes:
    """The markup with shadow trees, which browsers show and parsers hide, as elements of their own."""
    if b"shadowrootmode" not in markup:
        return markup
    shown: list[bool] = []  # of each open template

    def plain(tag: re.Match[bytes]) -> bytes:
        if tag[1] is None:
            return b"</div>" if shown and shown.pop() else tag[0]
        shown.append(b"shadowrootmode" in tag[1])
        return b"<div>" if shown[-1] else tag[0]

    return _TEMPLATE.sub(plain, markup)
