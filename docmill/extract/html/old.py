"""HTML, by trafilatura: main content as blocks, metadata from the page's head and markup."""

import re
import warnings
from collections.abc import Iterator

import trafilatura
from lxml.etree import _Element

from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import Block, BlockKind, Reason

__all__ = ["read_html"]

_SPACE = re.compile(r"[^\S\n]+")
# The extensive search takes any year on the page, a footer's included, for a date.
_DATES = {"extensive_search": False, "original_date": True}
_LEAVES = {
    "p": BlockKind.PARAGRAPH,
    "head": BlockKind.HEADING,
    "item": BlockKind.LIST_ITEM,
    "quote": BlockKind.QUOTE,
    "code": BlockKind.CODE,
    "row": BlockKind.TABLE,
}


def read_html(text: str) -> Extracted | Refusal:
    """The page's main content and metadata."""
    with warnings.catch_warnings():  # date parsers warn of time zones they do not know; only the date is taken
        warnings.simplefilter("ignore")
        found = trafilatura.bare_extraction(
            text, include_comments=False, with_metadata=True, date_extraction_params=_DATES
        )
    if found is None or isinstance(found, dict) or found.body is None:
        return Refusal("extract", Reason.NO_TEXT, "No main content was found in the page.")
    metadata = Metadata(
        title=_one_line(found.title),
        authors=tuple(name.strip() for name in (found.author or "").split(";") if name.strip()),
        published=found.date,
        site_name=_one_line(found.sitename),
        url=found.url,
    )
    return Extracted(blocks=tuple(_walk(found.body)), metadata=metadata)


def _one_line(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None


def _walk(element: _Element) -> Iterator[Block]:
    """Blocks of a tree in trafilatura's vocabulary: each leaf kind is one block, unless it holds others."""
    kind = _LEAVES.get(str(element.tag))
    if kind is BlockKind.TABLE:
        cells = [_text(cell) for cell in element]
        yield from _block(kind, " | ".join(cell.replace("\n", " ") for cell in cells if cell))
    elif kind is not None and not any(str(child.tag) in _LEAVES or child.tag == "list" for child in element):
        yield from _block(kind, _text(element))
    else:
        yield from _block(kind or BlockKind.PARAGRAPH, element.text)
        for child in element:
            yield from _walk(child)
            yield from _block(kind or BlockKind.PARAGRAPH, child.tail)


def _text(element: _Element) -> str:
    parts = [element.text or ""]
    for child in element:
        parts += ["\n" if child.tag == "lb" else _text(child), child.tail or ""]
    return "".join(parts)


def _block(kind: BlockKind, text: str | None) -> Iterator[Block]:
    if text and (tidy := _SPACE.sub(" ", text).strip()):
        yield Block.model_construct(kind=kind, text=tidy, start_line=None, end_line=None)
