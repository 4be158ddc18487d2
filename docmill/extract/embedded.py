"""HTML inside other documents: chapters of an EPUB, bodies of mails, items of feeds.

All of it is content: unlike a page of a site it has no navigation to tell apart, so every block stays.
"""

from lxml import etree
from lxml import html as lxml_html
from lxml.etree import _Element as Element

from docmill.decode import decode_text
from docmill.detect import Detected
from docmill.extract.collect import tidy, tidy_code
from docmill.extract.guard import bounded_html
from docmill.stage import Refusal
from schemas.document import Block, BlockKind
from schemas.source import RawDocument

__all__ = ["html_blocks", "html_text", "is_html"]

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_KINDS = {
    "li": BlockKind.LIST_ITEM, "dd": BlockKind.LIST_ITEM, "tr": BlockKind.TABLE, "blockquote": BlockKind.QUOTE,
    "pre": BlockKind.CODE, "figcaption": BlockKind.CAPTION, "caption": BlockKind.CAPTION,
    **dict.fromkeys(_HEADINGS, BlockKind.HEADING),
}  # fmt: skip
_BREAKING = frozenset(
    {
        "p", "div", "table", "ul", "ol", "dl", "dt", "section", "article", "header", "footer", "hr", "body", "address",
        "aside", "center", "details", "fieldset", "figure", "form", "legend", "main", "nav", "summary", *_KINDS,
    }
)  # fmt: skip
_UNSEEN = frozenset({"script", "style", "head", "noscript", "template", "title"})
_PIECES = ("<p", "<div", "<html", "<!doctype", "<br", "<h1", "<h2", "<table", "<ul", "<body", "<span", "<img", "<a ")


def html_text(data: bytes, charset: str | None = None) -> str:
    """HTML bytes as text, by what they or their surroundings declare; empty if there is none."""
    declared = f"text/html; charset={charset}" if charset else None
    text = decode_text(RawDocument(data=data, key="", media_type=declared), Detected("text/html"))
    return "" if isinstance(text, Refusal) else text.text


def is_html(text: str) -> bool:
    """Whether a string of some data is a piece of HTML."""
    start = text[:1000].lower()
    return any(tag in start for tag in _PIECES)


def html_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a piece of HTML, in order."""
    bounded, _ = bounded_html(text.encode("utf-8", "replace"))
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(bounded, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()
    walker = _Walker()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        walker.start(element, name) if event == "start" else walker.end(element, name)
    return tuple(walker.blocks)


class _Walker:
    """Gathers stretches of text with their kinds; a row of cells is one."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._kinds = [BlockKind.PARAGRAPH]
        self._level = 1  # of the last heading
        self._pieces: list[str] = []
        self._row: Element | None = None
        self._unseen: Element | None = None

    def start(self, element: Element, name: str) -> None:
        if self._unseen is not None:
            return
        if name in _UNSEEN:
            self._unseen = element
            return
        if self._breaks(name):
            self._close()
            if name in _KINDS:
                self._kinds.append(self._kind(element, name))
        if self._row is not None and name in {"td", "th"} and self._pieces:
            self._pieces.append(" | ")
        self._pieces += ["\n" if name == "br" else "", _folded(element.text, self._kinds[-1])]

    def end(self, element: Element, name: str) -> None:
        if element is self._row:
            self._row = None
        if self._unseen is None and self._breaks(name):
            self._close()
            if name in _KINDS:
                self._kinds.pop()
        if element is self._unseen:
            self._unseen = None
        if self._unseen is None:
            self._pieces.append(_folded(element.tail, self._kinds[-1]))

    def _breaks(self, name: str) -> bool:
        return name in _BREAKING and self._row is None

    def _kind(self, element: Element, name: str) -> BlockKind:
        if name in _HEADINGS:
            self._level = int(name[1])
        if name != "tr":
            return _KINDS[name]
        if _is_layout(element):
            return self._kinds[-1]
        self._row = element
        return BlockKind.TABLE

    def _close(self) -> None:
        kind, text = self._kinds[-1], "".join(self._pieces)
        if text := tidy_code(text) if kind is BlockKind.CODE else tidy(text).strip(" |"):
            level = self._level if kind is BlockKind.HEADING else None
            self.blocks.append(Block.model_construct(kind=kind, text=text, level=level))
        self._pieces.clear()


def _is_layout(row: Element) -> bool:
    """Whether a row only places things on a page: it holds blocks of its own, as mails' tables do."""
    return any(child.tag in _BREAKING for child in row.iterdescendants())


def _folded(text: str | None, kind: BlockKind) -> str:
    if not text:
        return ""
    if kind is BlockKind.CODE:
        return text
    folded = " ".join(text.split())
    return (" " if text[0].isspace() else "") + folded + (" " if text[-1].isspace() and folded else "")
