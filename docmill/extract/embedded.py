"""HTML inside other documents: chapters of an EPUB, bodies of mails, items of feeds.

All of it is content: unlike a page of a site it has no navigation to tell apart, so every block stays.
"""

from itertools import islice

from lxml import etree
from lxml import html as lxml_html
from lxml.etree import _Element as Element

from docmill.decode import decode_text
from docmill.detect import Detected
from docmill.extract.cells import CELL_CHARACTERS
from docmill.extract.collect import Collector, tidy, tidy_code
from docmill.extract.embedded_marks import is_note, is_reference, lacks_brackets
from docmill.extract.embedded_rows import Rows, number_of
from docmill.extract.formula import read_formula
from docmill.extract.guard import bounded_html
from docmill.extract.html.elements import is_not_shown, is_power
from docmill.extract.word_html import listed, marked_number
from docmill.stage import Refusal
from schemas.document import Block, BlockKind, RemovalReason
from schemas.source import RawDocument

__all__ = ["html_blocks", "html_text", "is_html", "take_html"]

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
_LISTS = frozenset({"ul", "ol"})
_MOST_PIECES = 50  # of a link's text
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


def take_html(text: str, into: Collector) -> None:
    """Take the blocks of a piece of HTML; what is marked as not shown, such as a newsletter's preview, is logged."""
    hidden: list[str] = []
    links: list[tuple[str, str]] = []
    into.take(html_blocks(text, hidden, links))
    for unseen in hidden:
        into.leave_out(RemovalReason.UNREADABLE, unseen)
    for address, shown in links:
        into.link(address, shown)


def html_blocks(
    text: str, hidden: list[str] | None = None, links: list[tuple[str, str]] | None = None
) -> tuple[Block, ...]:
    """The blocks of a piece of HTML, in order.

    Args:
        text: The HTML.
        hidden: Where text that is not shown goes; it is left out if there is a list for it.
        links: Where the addresses of links go, each with its text.
    """
    bounded, _ = bounded_html(text.encode("utf-8", "replace"))
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(bounded, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()
    walker = _Walker(hidden, links)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        walker.start(element, name) if event == "start" else walker.end(element, name)
    return walker.found()


class _Walker:
    """Gathers stretches of text with their kinds; a row of cells is one."""

    def __init__(self, hidden: list[str] | None, links: list[tuple[str, str]] | None) -> None:
        self._hidden = hidden
        self._links = links
        self.blocks: list[Block] = []
        self._kinds = [BlockKind.PARAGRAPH]
        self._level = 1  # of the last heading
        self._lists: list[int | None] = []  # number of each open list's next item; None of bullets
        self._item: tuple[int | None, int | None] | None = None  # nesting and number of one that has no text yet
        self._pieces: list[str] = []
        self._rows = Rows()
        self._unseen: Element | None = None

    def start(self, element: Element, name: str) -> None:
        if self._unseen is not None:
            return
        is_hidden = self._hidden is not None and is_not_shown(element.attrib)
        if name in _UNSEEN or is_hidden:
            self._unseen = element
            if is_hidden and self._hidden is not None:
                self._hidden.append("".join(element.itertext()))
            return
        if name == "math":
            self._pieces.append(read_formula(element))
            self._unseen = element
            return
        if marked_number(element, name) is not None and self._item is not None:
            self._item = self._item[0], marked_number(element, name) or None
            self._unseen = element
            return
        if self._breaks(name):
            self._begin_block(element, name)
        if self._rows.open is not None and name in {"td", "th"}:
            self._rows.end_cell(self._pieces)
            self._rows.begin_cell(element)
        self._begin_inline(element, name)
        self._pieces += ["\n" if name == "br" else "", _folded(element.text, self._kinds[-1])]

    def _begin_block(self, element: Element, name: str) -> None:
        self._close()
        if level := listed(element, name):
            self._item = level, None
            self._kinds.append(BlockKind.LIST_ITEM)
        elif name in _KINDS:
            self._kinds.append(self._kind(element, name))
        elif name in _LISTS:
            self._lists.append(number_of(element, "start", 1) if name == "ol" else None)

    def _begin_inline(self, element: Element, name: str) -> None:
        if name == "a" and is_reference(element):
            self._pieces.append("[")
        elif name == "a" and self._links is not None and (address := element.get("href")):
            self._links.append((address, " ".join("".join(islice(element.itertext(), _MOST_PIECES)).split())))
        elif name == "rt" and lacks_brackets(element):
            self._pieces.append("(")
        elif name == "sup":
            is_raised = is_power(self._pieces, element.text or "")
            self._pieces.append("[" if is_note(element) else "^" if is_raised else "")

    def end(self, element: Element, name: str) -> None:
        if element is self._rows.open:
            self._rows.end(self._pieces, self.blocks)
        if self._unseen is None and self._breaks(name):
            self._close()
            if name in _KINDS or listed(element, name):
                self._kinds.pop()
            elif name in _LISTS and self._lists:
                self._lists.pop()
        if self._unseen is None:
            self._end_inline(element, name)
        if element is self._unseen:
            self._unseen = None
        if self._unseen is None:
            self._pieces.append(_folded(element.tail, self._kinds[-1]))

    def _end_inline(self, element: Element, name: str) -> None:
        if (name == "sup" and is_note(element)) or (name == "a" and is_reference(element)):
            self._pieces.append("]")
        elif name == "rt" and lacks_brackets(element):
            self._pieces.append(")")

    def found(self) -> tuple[Block, ...]:
        """The blocks, once all has been seen."""
        return self._rows.filled(self.blocks)

    def _breaks(self, name: str) -> bool:
        return name in _BREAKING and self._rows.open is None

    def _kind(self, element: Element, name: str) -> BlockKind:
        if name in _HEADINGS:
            self._level = int(name[1])
        elif name in {"li", "dd"}:
            self._item = self._begun(name)
        if name != "tr":
            return _KINDS[name]
        if _is_layout(element):
            return self._kinds[-1]
        self._rows.open = element
        return BlockKind.TABLE

    def _begun(self, name: str) -> tuple[int | None, int | None]:
        if name == "dd" or not self._lists:
            return None, None
        number = self._lists[-1]
        if number is not None:
            self._lists[-1] = number + 1
        return len(self._lists), number

    def _close(self) -> None:
        kind, text = self._kinds[-1], "".join(self._pieces)
        self._pieces.clear()
        if not (text := tidy_code(text) if kind is BlockKind.CODE else tidy(text)):
            return
        level, number = (self._level if kind is BlockKind.HEADING else None), None
        if kind is BlockKind.LIST_ITEM:
            if self._item is None:  # a further paragraph of the same item
                kind = BlockKind.PARAGRAPH
            else:
                (level, number), self._item = self._item, None
        self.blocks.append(Block.model_construct(kind=kind, text=text, level=level, number=number))


def _is_layout(row: Element) -> bool:
    """Whether a row only places things on a page: it holds blocks of its own, as mails' tables do.

    A paragraph for each of several cells is how some programs write a table.
    """
    cells = [child for child in row if child.tag in {"td", "th"}]
    for cell in cells:
        inner = [child for child in cell.iterdescendants() if child.tag in _BREAKING]
        if inner and (len(cells) == 1 or len(inner) > 1 or inner[0].tag not in {"p", "div"}):
            return True
        if inner and len("".join(cell.itertext())) > CELL_CHARACTERS:
            return True
    return False


def _folded(text: str | None, kind: BlockKind) -> str:
    if not text:
        return ""
    if kind is BlockKind.CODE:
        return text
    folded = " ".join(text.split())
    return (" " if text[0].isspace() else "") + folded + (" " if text[-1].isspace() and folded else "")
