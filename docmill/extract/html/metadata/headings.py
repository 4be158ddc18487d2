"""The page's headings, as candidates for its title."""

import re
from itertools import groupby, islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from docmill.extract.html.metadata.landmarks import Landmarks
from docmill.extract.html.metadata.titles import Heading

__all__ = ["find_heading", "read_headings"]

_HOME = re.compile(r"(?:\.\.?/|/)*(?:index\.(?:html?|php))?/*")
_MOST = 12
_MAX_NODES = 20_000
_LONGEST = 400
_MAX_PARTS = 400  # nodes of a heading
_APART = frozenset({"br", "div", "p", "small"})  # what stands on a line or in a box of its own
_UNSHOWN = frozenset({"style", "script", "template"})
_SILENT = _UNSHOWN | {"button"}
_MARKS = ("headline", "entry-title", "post-title", "article-title", "article__title", "page-title", "p-name")


def read_headings(landmarks: Landmarks) -> list[Heading]:
    """The first headings of the first three levels, and what is marked as the headline, in reading order."""
    headlines = [node for node in landmarks.items if "headline" in (node.attributes.get("itemprop") or "")]
    nodes = landmarks.headings[:_MOST] + landmarks.subheadings[:_MOST] + headlines[:2]
    headings = [_heading(node) for node in nodes]
    return [heading for heading in headings if heading.text]


def find_heading(parser: LexborHTMLParser, headings: list[Heading], title: str | None) -> LexborNode | None:
    """Where the page's title stands: the heading that reads so, else any element, else the first heading."""
    if alike := next((h.node for h in headings if title and (h.text == title or (h.pieces and title in h.text))), None):
        return alike
    if title and parser.body and not any(h.level == 1 for h in headings):
        wanted = title.split()
        for node in islice(parser.body.traverse(include_text=True), _MAX_NODES):
            if node.is_text_node and (node.text_content or "")[: _LONGEST * 2].split() == wanted:
                return node.parent
    return next((h.node for h in headings if not h.is_home_link), None)


def _heading(node: LexborNode) -> Heading:
    attributes = node.attributes
    tag = node.tag or ""
    marks = f"{attributes.get('class')} {attributes.get('itemprop')}".casefold()
    text, pieces = _read(node)
    home, away = _leads(node)
    return Heading(
        text=" ".join(text[: _LONGEST * 4].split()).rstrip(" ¶#"),
        node=node,
        level=int(tag[1]) if len(tag) == 2 and tag[1].isdigit() else 2,  # noqa: PLR2004
        is_home_link=home,
        leads_away=away,
        is_marked=any(mark in marks for mark in _MARKS),
        pieces=pieces,
    )


def _read(heading: LexborNode) -> tuple[str, tuple[str, ...]]:
    """A heading's text, and the texts of its parts where it has several; what no element parts is one."""
    nodes = list(islice(heading.traverse(include_text=True), 1, _MAX_PARTS))
    tags = {node.tag for node in nodes}
    if tags <= {"-text"}:
        return heading.text(), ()
    texts = [node for node in nodes if node.tag == "-text" and (node.text_content or "").strip()]
    silent = not tags.isdisjoint(_SILENT)
    if silent:  # buttons are left out beside other text, style sheets always
        shown = [node for node in texts if not _stands_in(node, _UNSHOWN, heading)]
        texts = [node for node in shown if not _stands_in(node, _SILENT, heading)] or shown
    whole = groupby(texts, key=lambda text: text.parent.mem_id if text.parent else 0)
    pieces = tuple(" ".join(text.text_content or "" for text in part) for _, part in whole)
    apart = silent or not tags.isdisjoint(_APART) or ("strong" in tags and heading.css_first("strong + span"))
    text = " ".join(text.text_content or "" for text in texts) if apart else heading.text()
    return text, pieces if len(pieces) > 1 else ()


def _stands_in(node: LexborNode, tags: frozenset[str], heading: LexborNode) -> bool:
    here = node.parent
    while here is not None and here != heading:
        if here.tag in tags:
            return True
        here = here.parent
    return False


def _leads(node: LexborNode) -> tuple[bool, bool]:
    """Whether a heading is a link to the site's first page, and whether to another than its own."""
    parent = node.parent
    link = parent if parent is not None and parent.tag == "a" else node.css_first("a[href]")
    if link is None:
        return False, False
    try:
        address = urlsplit(link.attributes.get("href") or "x")
    except ValueError:
        return False, False
    home = _HOME.fullmatch(address.path) is not None and not address.query and not address.fragment
    return home, not home and bool(address.path)
