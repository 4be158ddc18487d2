"""XML of any vocabulary: its text, in order; elements that only hold others are set apart."""

import re
from contextlib import suppress
from dataclasses import dataclass, field

from lxml import etree

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xml_entities import check_entities
from docmill.extract.xml_stream import bounded, checked
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason

__all__ = ["read_xml"]

_TITLE = re.compile(r"(?:[\w-]*title|h\d|head|heading|headline)", re.IGNORECASE)
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


@dataclass(slots=True)
class _Open:
    """An element being read: its text and that of its children, in order."""

    name: str
    pieces: list[tuple[BlockKind | None, str]] = field(default_factory=list)  # kind of a child's, None for own text
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
            self._open[-1].pieces.append((None, text))
            self._open[-1].has_text = self._open[-1].has_text or not text.isspace()

    def end(self, _tag: str) -> None:
        if not self._open:
            return
        done = self._open.pop()
        pieces = _merged(done) if done.has_text else [piece for piece in done.pieces if piece[0]]
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

    def _take(self, pieces: list[tuple[BlockKind | None, str]]) -> None:
        for kind, text in pieces:
            if kind is BlockKind.HEADING and self.title is None:
                self.title = " ".join(text.split())
            if kind:
                self.into.add(kind, text)


def _merged(done: _Open) -> list[tuple[BlockKind | None, str]]:
    """An element's own text with its children's in their places."""
    parts: list[str] = []
    after_child = False
    for kind, text in done.pieces:
        parts.append(f" {text}" if kind and after_child else text)
        after_child = kind is not None
    heading = _TITLE.fullmatch(done.name)
    return [(BlockKind.HEADING if heading else BlockKind.PARAGRAPH, " ".join("".join(parts).split()))]
