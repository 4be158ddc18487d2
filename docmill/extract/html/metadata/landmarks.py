"""The elements of a page that may say something about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any, TypeVar

import re2
from selectolax.lexbor import LexborHTMLParser, LexborNode

from docmill.extract.html.page import Signature
from docmill.rows import rows_with

__all__ = ["Landmarks", "find_landmarks", "is_author_mark", "notable"]

_MAX_NODES = 50_000
_MOST = 60  # nodes a kind, but for meta tags and links
_MAX_TAGS = 400
_LONGEST = 300  # characters of a class
_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:p-)?(?:author|by-?line|writer|auteur|autore?|autorin|verfasser|contributor|columnist|creator|journalist)s?"
    r"(?:[\s_-]*(?:name|link|fullname|title|display-?name))?(?:$|\s)|author[a-z0-9_-]{0,20}name|byline|(?:post|entry|article|blog)[_-]+author",
    re.IGNORECASE,
)
_USER = re.compile(
    r"(?:^|[\s_-])(?:big)?user-?name(?:$|\s)|(?:^|\s)message-name(?:$|\s)|post-?user-?name", re.IGNORECASE
)
_AUTHOR_LINK = re.compile(r"/(?:authors?|autor(?:en|es)?|auteurs?)/", re.IGNORECASE)
_HEAD = "meta, link[rel], title, script[type*='ld+json' i], script[type='application/json' i]"
# What _marks tells of has one of these parts.
_MAY_TELL = re2.compile(
    "(?i)aut|by|writer|creator|verfasser|contributor|columnist|journalist|date|time|publish|posted|datum|fecha|user"
    "|message-name"
)
_NOTHING = (False, False, False)
_BY_TAG = frozenset({"h1", "h2", "h3", "time"})


Attributes = dict[str, str | None]
T = TypeVar("T")


@dataclass(slots=True)
class Landmarks:
    """Elements in reading order; of meta tags their attributes, of scripts their text."""

    metas: list[Attributes] = field(default_factory=list)
    base: str = ""  # address that those in the page are relative to
    links: list[LexborNode] = field(default_factory=list)  # link elements, and links to a licence
    titles: list[LexborNode] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)  # JSON-LD
    data: list[LexborNode] = field(default_factory=list)  # scripts of JSON that the page is drawn from
    headings: list[LexborNode] = field(default_factory=list)  # h1
    subheadings: list[LexborNode] = field(default_factory=list)  # h2 and h3
    times: list[LexborNode] = field(default_factory=list)
    items: list[LexborNode] = field(default_factory=list)  # with an itemprop
    author_links: list[LexborNode] = field(default_factory=list)  # rel=author, or to an author's page
    authors: list[LexborNode] = field(default_factory=list)  # by their class
    dates: list[LexborNode] = field(default_factory=list)  # by their class
    users: list[LexborNode] = field(default_factory=list)  # by their class: who wrote the posts of a thread


def notable(signatures: Sequence[Signature]) -> set[int]:
    """The places of the signatures whose elements may be landmarks, links apart."""
    found = {at for at, (tag, _, _, role) in enumerate(signatures) if tag in _BY_TAG or (role and "prop-" in role)}
    # One search through all classes, of which hardly any is telling.
    classes = [words.replace("\n", " ") if "\n" in words else words for _, words, *_ in signatures]
    whole = "\n".join(classes).encode("ascii", "replace")
    ends = list(accumulate([len(words) + 1 for words in classes]))
    telling = rows_with(_MAY_TELL, whole, ends)
    return found | {place for place in telling if _marks(classes[place][:_LONGEST]) != _NOTHING}


@lru_cache(maxsize=4096)
def _marks(words: str) -> tuple[bool, bool, bool]:
    """Whether a class tells of an author, of a date, and of a user; sites repeat theirs."""
    lower = words.lower()
    # Plain searches cost a tenth of an expression's; what _AUTHOR finds has one of these parts.
    may_be_author = (
        "aut" in lower or "by" in lower or "writer" in lower or "creator" in lower or "verfasser" in lower
        or "contributor" in lower or "columnist" in lower or "journalist" in lower
    )  # fmt: skip
    is_date = (
        "date" in lower or "time" in lower or "publish" in lower or "posted" in lower or "datum" in lower
        or "fecha" in lower
    )  # fmt: skip
    is_user = ("user" in lower or "message-name" in lower) and _USER.search(words) is not None
    return may_be_author and _AUTHOR.search(words) is not None, is_date, is_user


def find_landmarks(parser: LexborHTMLParser, noted: list[LexborNode]) -> Landmarks:
    """Landmarks of the head and among the elements that the walk over the page noted, up to a number of each kind."""
    base = parser.head.css_first("base[href]") if parser.head else None
    found = Landmarks(base=(base.attributes["href"] or "").strip() if base is not None else "")
    by_tag: dict[str | None, tuple[list[Any], int]] = {
        "meta": (found.metas, _MAX_TAGS),
        "link": (found.links, _MAX_TAGS),
        "title": (found.titles, 2),
        "h1": (found.headings, _MOST),
        "h2": (found.subheadings, _MOST),
        "h3": (found.subheadings, _MOST),
        "time": (found.times, _MOST),
    }
    for node in (parser.head.css(_HEAD) if parser.head else []) + noted[:_MAX_NODES]:
        tag, attributes = node.tag, node.attributes
        if tag in by_tag:
            _keep(attributes if tag == "meta" else node, *by_tag[tag])
        elif tag == "script":
            _note_script(node, attributes, found)
            continue
        elif tag == "a":
            _note_link(node, attributes, found)
        if "itemprop" in attributes:
            _keep(node, found.items, _MAX_TAGS)
        words = (attributes.get("class") or "")[:_LONGEST]
        is_author, is_date, is_user = _marks(words) if words else (False, False, False)
        if is_author:
            _keep(node, found.authors, _MOST)
        if is_date:
            _keep(node, found.dates, _MOST)
        if is_user:
            _keep(node, found.users, 2)
    return found


def is_author_mark(node: LexborNode) -> bool:
    """Whether an element's class says that it holds an author."""
    return _marks((node.attributes.get("class") or "")[:_LONGEST])[0]


def _keep(node: T, nodes: list[T], most: int) -> None:
    if len(nodes) < most:
        nodes.append(node)


def _note_script(node: LexborNode, attributes: Attributes, found: Landmarks) -> None:
    kind = (attributes.get("type") or "").lower()
    if "ld+json" in kind:
        found.scripts.append(node.text())
    elif kind == "application/json":
        _keep(node, found.data, _MOST)


def _note_link(node: LexborNode, attributes: Attributes, found: Landmarks) -> None:
    rel, address = attributes.get("rel"), attributes.get("href")
    if rel and "license" in rel:
        _keep(node, found.links, _MAX_TAGS)
    if (rel and "author" in rel) or (address and "/aut" in address and _AUTHOR_LINK.search(address)):
        _keep(node, found.author_links, _MOST)
