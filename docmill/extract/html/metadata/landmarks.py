"""One pass over a page's elements, for those that may say something about the page."""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["Landmarks", "find_landmarks", "is_author_mark"]

_MAX_NODES = 50_000
_MOST = 60  # nodes a kind, but for meta tags and links
_MAX_TAGS = 400
_LONGEST = 300  # characters of a class
_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:p-)?(?:author|by-?line|writer|auteur|autore?|autorin|verfasser|contributor|columnist|creator|journalist)s?"
    r"(?:[\s_-]*(?:name|link|fullname|title|display-?name))?(?:$|\s)|author-?_*name|byline|(?:post|entry|article|blog)[_-]+author",
    re.IGNORECASE,
)
_DATE = re.compile(r"date|time|publish|posted|datum|fecha", re.IGNORECASE)
_AUTHOR_LINK = re.compile(r"/(?:authors?|autor(?:en|es)?|auteurs?)/", re.IGNORECASE)
# One query of the tree for all: each walks all of it. Parts of classes are as few and short as tell the words above.
_SELECTOR = ", ".join(
    [
        "meta",
        "link[rel]",
        "title",
        "h1",
        "h2",
        "h3",
        "time",
        "script[type*='ld+json' i]",
        "[itemprop]",
        "a[rel]",
        "a[href*='/aut']",
    ]
    + [
        f"[class*={part} i]"
        for part in ("aut", "byline", "writer", "creator", "dat", "time", "publish", "posted", "fecha")
    ]
)


@dataclass(slots=True)
class Landmarks:
    """Elements in reading order."""

    metas: list[LexborNode] = field(default_factory=list)
    links: list[LexborNode] = field(default_factory=list)  # link elements, and links to a licence
    titles: list[LexborNode] = field(default_factory=list)
    scripts: list[LexborNode] = field(default_factory=list)  # JSON-LD
    headings: list[LexborNode] = field(default_factory=list)  # h1
    subheadings: list[LexborNode] = field(default_factory=list)  # h2 and h3
    times: list[LexborNode] = field(default_factory=list)
    items: list[LexborNode] = field(default_factory=list)  # with an itemprop
    author_links: list[LexborNode] = field(default_factory=list)  # rel=author, or to an author's page
    authors: list[LexborNode] = field(default_factory=list)  # by their class
    dates: list[LexborNode] = field(default_factory=list)  # by their class


def find_landmarks(parser: LexborHTMLParser) -> Landmarks:
    """Elements are kept up to a number of each kind."""
    found = Landmarks()
    by_tag = {
        "meta": (found.metas, _MAX_TAGS),
        "link": (found.links, _MAX_TAGS),
        "title": (found.titles, 2),
        "h1": (found.headings, _MOST),
        "h2": (found.subheadings, _MOST),
        "h3": (found.subheadings, _MOST),
        "time": (found.times, _MOST),
    }
    seen: set[int] = set()  # the selector gives a node once for every part it matches
    for node in parser.css(_SELECTOR)[:_MAX_NODES]:
        if node.mem_id in seen:
            continue
        seen.add(node.mem_id)
        tag, attributes = node.tag, node.attributes
        if tag in by_tag:
            _keep(node, *by_tag[tag])
        elif tag == "script":
            found.scripts.append(node)
        elif tag == "a":
            _note_link(node, attributes, found)
        if "itemprop" in attributes:
            _keep(node, found.items, _MAX_TAGS)
        words = (attributes.get("class") or "")[:_LONGEST]
        if words and _AUTHOR.search(words):
            _keep(node, found.authors, _MOST)
        if words and _DATE.search(words):
            _keep(node, found.dates, _MOST)
    return found


def is_author_mark(node: LexborNode) -> bool:
    """Whether an element's class says that it holds an author."""
    return _AUTHOR.search((node.attributes.get("class") or "")[:_LONGEST]) is not None


def _keep(node: LexborNode, nodes: list[LexborNode], most: int) -> None:
    if len(nodes) < most:
        nodes.append(node)


def _note_link(node: LexborNode, attributes: dict[str, str | None], found: Landmarks) -> None:
    rel, address = attributes.get("rel"), attributes.get("href")
    if rel and "license" in rel:
        _keep(node, found.links, _MAX_TAGS)
    if (rel and "author" in rel) or (address and "/aut" in address and _AUTHOR_LINK.search(address)):
        _keep(node, found.author_links, _MOST)
