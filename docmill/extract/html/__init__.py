"""HTML: all of a page's text as blocks, and the metadata its markup declares. Which blocks matter, clean decides."""

from docmill.extract.html.declared import read_declared
from docmill.extract.html.kinds import places
from docmill.extract.html.page import Page, walk
from docmill.extract.html.parse import parse
from docmill.extract.html.structured_text import add_structured_text
from docmill.stage import Extracted
from schemas.document import Block

__all__ = ["read_html", "read_page"]


def read_html(text: str) -> Extracted:
    """The page's blocks, in document order, and its metadata."""
    parser, warnings = parse(text)
    page = walk(parser)
    add_structured_text(page, parser)
    where = places(page)
    blocks = tuple(
        Block.model_construct(kind=where[box].kind, text=found, start_line=None, end_line=None, level=None, number=None)
        for box, found in zip(page.block_box, page.block_text, strict=True)
    )
    return Extracted(blocks=blocks, metadata=read_declared(parser), warnings=warnings, page=page)
