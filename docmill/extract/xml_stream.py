"""XML read safely and piece by piece: no entities but the document's own within bounds, no network, no files.

libxml2 itself stops at 256 levels of nesting and 10 MB of text in a node (`huge_tree` is off).
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from lxml import etree
from lxml.etree import _Element as Element

from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from schemas.document import Reason

_EXHAUSTED = "libxml2 has no room for more names"  # all parsers of a thread keep them in one table, for good

__all__ = ["Element", "above", "attribute", "bounded", "checked", "is_fallback", "local", "root_of", "text_of", "units"]


def units(
    chunks: Iterable[bytes],
    names: frozenset[str] | set[str],
    limits: Limits,
    warnings: list[str] | None = None,
    *,
    entities: bool = False,
) -> Iterator[Element]:
    """The outermost elements of some local names, each when it is complete, then forgotten.

    Args:
        chunks: The document's bytes.
        names: Local names; an element within another of these is part of that one.
        limits: For the size of tags.
        warnings: Where to note that the document is not well-formed and may have been read in part.
        entities: Whether the document may declare entities (that were checked before).

    Raises:
        UnreadableError: It declares entities, has an oversized tag, or is no XML at all.
        MemoryError: This thread has met too many names, in this document and those before it.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"), recover=True, resolve_entities="internal" if entities else False,
        no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    unit: Element | None = None  # the one that is being read
    empty = True
    for event, element in _events(parser, checked(chunks, limits, entities=entities)):
        empty = False
        if unit is not None:
            if element is unit and event == "end":
                unit = None
                yield element
                _forget(element)
        elif event == "end":
            _forget(element)
        elif local(element) in names:
            unit = element
    if parser.feed_error_log:
        first = parser.feed_error_log[0]
        if first.type == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError(_EXHAUSTED)
        if empty:
            raise UnreadableError(Reason.CORRUPT, f"The XML cannot be read: {first.message}.")
        if warnings is not None:
            warnings.append(f"partly_read: broken XML at line {first.line}; what could be recovered was read")


def _events(parser: "etree.XMLPullParser", chunks: Iterable[bytes]) -> Iterator[tuple[str, Element]]:
    for _ in _fed(parser, chunks):
        for event, element in parser.read_events():
            if element is None:
                raise MemoryError(_EXHAUSTED)
            yield event, element


def _fed(parser: "etree.XMLPullParser", chunks: Iterable[bytes]) -> Iterator[None]:
    """Feed the parser, pausing after each chunk and after the end, which completes what was left open."""
    for chunk in chunks:
        with suppress(etree.XMLSyntaxError):  # recovering: what came before stays, and the log tells
            parser.feed(chunk)
        yield
    with suppress(etree.XMLSyntaxError):
        parser.close()
    yield


def _forget(element: Element) -> None:
    """Free an element and those before it, but not the text after it, which libxml2 may still be adding to."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)


def checked(chunks: Iterable[bytes], limits: Limits, *, entities: bool) -> Iterator[bytes]:
    """The chunks, as long as no tag is oversized and no entity is declared."""
    in_tag = 0
    head = b""
    for chunk in chunks:
        if len(head) < limits.tag_bytes and not entities:
            head += chunk
            if b"<!ENTITY" in head or "<!ENTITY".encode("utf-16-le") in head:
                raise UnreadableError(Reason.CORRUPT, "The XML declares entities, as no file of this format does.")
        opened, closed = chunk.rfind(b"<"), chunk.rfind(b">")
        if closed > opened:
            in_tag = 0
        elif opened > closed:
            in_tag = len(chunk) - opened
        elif in_tag:
            in_tag += len(chunk)
        if in_tag > limits.tag_bytes:
            raise UnreadableError(Reason.CORRUPT, f"A tag in the XML is longer than {limits.tag_bytes} bytes.")
        yield chunk


def bounded(data: bytes, size: int = 1 << 16) -> Iterator[bytes]:
    """Bytes in pieces."""
    for at in range(0, len(data), size):
        yield data[at : at + size]


def local(element: Element) -> str:
    """An element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def root_of(chunks: Iterable[bytes], limits: Limits) -> Element | None:
    """A document's outermost element, as soon as it begins: its attributes, and nothing in it."""
    parser = etree.XMLPullParser(
        events=("start",), recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return next((element for _, element in _events(parser, checked(chunks, limits, entities=False))), None)


def is_fallback(element: Element) -> bool:
    """Whether an element is one of those that Office files hold for programs that do not know the real ones."""
    return any(local(above) == "Fallback" for above in element.iterancestors())


def above(element: Element, name: str) -> Element | None:
    """The innermost element of a local name around one."""
    return next((around for around in element.iterancestors() if local(around) == name), None)


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name, whatever its namespace."""
    for key, value in element.items():
        if key == name or key.endswith("}" + name):
            return str(value)
    return None


def text_of(element: Element) -> str:
    """All text in an element, white space folded."""
    return " ".join("".join(element.itertext()).split())
