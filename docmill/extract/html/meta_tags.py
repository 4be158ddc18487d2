"""The page's head: meta tags (Open Graph, Dublin Core, Highwire Press and others), links, and the title tag."""

import re

from selectolax.lexbor import LexborHTMLParser

from docmill.extract.html.candidates import Candidates, Field
from docmill.extract.html.vocabulary import LABELLED_AUTHOR, META

__all__ = ["read_meta_tags"]

_MAX_TAGS = 500
_SURNAME_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator", "dc.contributor.author"})
_INVERTED = re.compile(r"\s*([^,;]{2,40}),\s*([^,;]{1,40}?)\s*")
_OPEN_GRAPH = ("og:", "article:", "twitter:", "book:")


def read_meta_tags(parser: LexborHTMLParser, found: Candidates) -> None:
    """Note what the head declares; tags that stand in the body by mistake count as well."""
    labels: dict[str, str] = {}
    for tag in parser.css("meta[content]")[:_MAX_TAGS]:
        attributes = tag.attributes
        content = attributes.get("content")
        for key in ("property", "name", "http-equiv", "itemprop"):
            name = (attributes.get(key) or "").strip().casefold()
            if name and content and key != "itemprop":
                labels[name] = content
                _note(name, content, found)
    for n in "12":
        if labels.get(f"twitter:label{n}", "").strip(" :：").casefold() in LABELLED_AUTHOR:
            found.add("author", labels.get(f"twitter:data{n}"), "meta", 8)
    _read_links(parser, found)
    if title := parser.css_first("head title") or parser.css_first("title"):
        found.add("title", title.text()[:1_000], "meta", 4)


def _note(name: str, content: str, found: Candidates) -> None:
    if name in _SURNAME_FIRST and (inverted := _INVERTED.fullmatch(content)):
        content = f"{inverted[2]} {inverted[1]}"
    for field, weight in META.get(name.replace("dc:", "dc.", 1), ()):
        found.add(field, content, "open_graph" if name.startswith(_OPEN_GRAPH) else "meta", weight)


def _read_links(parser: LexborHTMLParser, found: Candidates) -> None:
    fields: dict[str, tuple[Field, float]] = {
        "canonical": ("url", 10),
        "image_src": ("image", 5),
        "license": ("licence", 9),
    }
    for link in parser.css("link[rel][href], a[rel~=license][href]")[:_MAX_TAGS]:
        attributes = link.attributes
        for rel in (attributes.get("rel") or "").casefold().split():
            if rel in fields:
                field, weight = fields[rel]
                found.add(field, attributes.get("href"), "meta", weight)
