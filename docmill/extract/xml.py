"""XML of any vocabulary: its text, in order; elements that only hold others are set apart."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from lxml import etree

from docmill.extract.cells import as_row
from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xml_entities import check_entities
from docmill.extract.xml_stream import bounded, checked
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason

__all__ = ["read_xml"]

_TITLE = re.compile(r"(?:(?!.*journal)[\w-]*title|h\d|head|heading|headline)", re.IGNORECASE)
_SET_APART = re.compile(r"[\w-]*list|table[\w-]*|[uod]l|lg", re.IGNORECASE)  # none of the words around them
_CELLS, _ROWS = frozenset({"td", "th", "entry"}), frozenset({"tr", "row"})
_ITEMS = frozenset({"li", "list-item", "listitem"})
_MANY = 256  # pieces an element may gather before it is taken for one that only holds others


def read_xml(data: bytes, limits: Limits) -> Extracted | Refusal:
    """A block for each element that has text of its own, inline markup within it included.

    Raises:
        UnreadableError: It is no XML, or its entities expand to too much.
    """
    has_entities = check_entities(data, limits)
    target = _Target(Collector(limits))
    parser = etree.XMLParser(
        target=target, recover=True, resolve_entities="internal" if has_entities else False,
        no_network=True, load_dtd=False, huge_tree=False,
    )  # fmt: skip
    with suppress(etree.XMLSyntaxError):  # recovering: the log tells
        for chunk in checked(bounded(data), limits, entities=True):
            parser.feed(chunk)
            if target.into.full:
                break
    with suppress(etree.XMLSyntaxError):
        parser.close()
    target.finish()
    if parser.feed_error_log and not target.into.full:
        first = parser.feed_error_log[0]
        if not target.into.blocks:
            raise UnreadableError(Reason.CORRUPT, f"The XML cannot be read: {first.message}.")
        target.into.warn(f"partly_read: broken XML at line {first.line}; what could be recovered was read")
    return target.into.extracted(Metadata(title=target.title, language=target.language))


class _Piece(NamedTuple):
    """A text in an element."""

    kind: BlockKind | None  # of a child's; None for the element's own
    text: str
    apart: bool = False  # whether it is a block wherever it stands
    begins: bool = False  # whether a table begins with it


@dataclass(slots=True)
class _Open:
    """An element being read: its text and that of its children, in order."""

    name: str
    pieces: list["_Piece"] = field(default_factory=list)
    has_text: bool = False


class _Target:
    """Receives a parser's events; keeps no tree."""

    def __init__(self, into: Collector) -> None:
        self.into = into
        self.title: str | None = None
        self.language: str | None = None
        self._open: list[_Open] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self.language = attributes.get("{http://www.w3.org/XML/1998/namespace}lang")
        self._open.append(_Open(tag.rpartition("}")[2]))

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].pieces.append(_Piece(None, text))
            self._open[-1].has_text = self._open[-1].has_text or not text.isspace()

    def end(self, _tag: str) -> None:
        if not self._open:
            return
        done = self._open.pop()
        pieces = _merged(done) if done.has_text else [piece for piece in done.pieces if piece.kind]
        if done.name in _CELLS:
            pieces = [_Piece(BlockKind.TABLE, " ".join(piece.text for piece in pieces if piece.kind))]
        elif done.name in _ROWS and any(piece.kind is BlockKind.TABLE for piece in pieces):
            pieces = [_Piece(BlockKind.TABLE, as_row(piece.text for piece in pieces), apart=True)]
        elif done.name in _ITEMS and pieces and pieces[0].kind is BlockKind.PARAGRAPH:
            pieces = [pieces[0]._replace(kind=BlockKind.LIST_ITEM), *pieces[1:]]
        elif done.name == "table" and pieces and pieces[0].kind is BlockKind.TABLE:
            pieces = [pieces[0]._replace(begins=True), *pieces[1:]]
        if not done.has_text and _SET_APART.fullmatch(done.name):
            pieces = [piece._replace(apart=True) for piece in pieces]
        if not self._open:
            self._take(pieces)
            return
        above = self._open[-1]
        above.pieces += pieces
        if len(above.pieces) > _MANY and not above.has_text:
            self._take(above.pieces)
            above.pieces.clear()

    def close(self) -> None:
        """What the parser asks for at the end."""

    def finish(self) -> None:
        """Take what a truncated document left open."""
        while self._open:
            self.end("")

    def _take(self, pieces: list[_Piece]) -> None:
        for kind, text, _, begins in pieces:
            if begins:
                self.into.begin_table()
            if kind is BlockKind.HEADING and self.title is None:
                self.title = " ".join(text.split())
            if kind:
                self.into.add(kind, text)


def _merged(done: _Open) -> list[_Piece]:
    """An element's own text with its children's in their places, but for those that stand apart."""
    kind = BlockKind.HEADING if _TITLE.fullmatch(done.name) else BlockKind.PARAGRAPH
    found: list[_Piece] = []
    for apart, run in groupby(done.pieces, lambda piece: piece.apart):
        pieces = list(run)
        if apart:
            found += pieces
            continue
        parts = [
            f" {piece.text}" if piece.kind and before and before.kind else piece.text
            for before, piece in zip([None, *pieces], pieces, strict=False)
        ]
        if text := " ".join("".join(parts).split()):
            found.append(_Piece(kind, text))
    return found if len(found) == 1 else [piece._replace(apart=True) for piece in found]
