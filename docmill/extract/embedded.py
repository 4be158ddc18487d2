"""HTML inside other documents: chapters of an EPUB, bodies of mails, items of feeds.

All of it is content: unlike a page of a site it has no navigation to tell apart, so every block stays.
"""

from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from docmill.decode import decode_text
from docmill.detect import Detected
from docmill.extract.collect import tidy
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
    {"p", "div", "table", "ul", "ol", "dl", "dt", "section", "article", "header", "footer", "hr", "body", *_KINDS}
)
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
    bounded, _ = bounded_html(text)
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(bounded.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()
    return tuple(
        Block.model_construct(kind=kind, text=text)
        for kind, raw in _walk(root)
        if (text := tidy(raw))
    )


def _walk(root: "etree._Element") -> Iterator[tuple[BlockKind, str]]:
    """Stretches of text with their kinds; a row of cells is one."""
    kinds = [BlockKind.PARAGRAPH]
    pieces: list[str] = []
    row = unseen = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        starts = event == "start"
        breaks = name in _BREAKING and row is None and unseen is None
        if breaks:
            yield kinds[-1], "".join(pieces)
            pieces.clear()
        if starts and unseen is None:
            if name in _UNSEEN:
                unseen = element
            elif breaks and name in _KINDS:
                is_row = name == "tr" and not _is_layout(element)
                row = element if is_row else None
                kinds.append(BlockKind.TABLE if is_row else kinds[-1] if name == "tr" else _KINDS[name])
            if unseen is None:
                separator = " | " if row is not None and name in {"td", "th"} and pieces else ""
                pieces += [separator or ("\n" if name == "br" else ""), _folded(element.text, kinds[-1])]
        elif not starts:
            if element is row:
                yield kinds[-1], "".join(pieces)
                pieces.clear()
                row = None
                kinds.pop()
            elif breaks and name in _KINDS:
                kinds.pop()
            unseen = None if element is unseen else unseen
            if unseen is None:
                pieces.append(_folded(element.tail, kinds[-1]))
    yield kinds[-1], "".join(pieces)


def _is_layout(row: "etree._Element") -> bool:
    """Whether a row only places things on a page: it holds blocks of its own, as mails' tables do."""
    return any(child.tag in _BREAKING for child in row.iterdescendants())


def _folded(text: str | None, kind: BlockKind) -> str:
    if not text:
        return ""
    if kind is BlockKind.CODE:
        return text
    folded = " ".join(text.split())
    return (" " if text[0].isspace() else "") + folded + (" " if text[-1].isspace() and folded else "")
