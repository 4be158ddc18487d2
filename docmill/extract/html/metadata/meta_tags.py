"""The page's head: meta tags (Open Graph, Dublin Core, Highwire Press and others), links, and the title tag."""

import re

from selectolax.lexbor import LexborNode

from docmill.extract.html.metadata.candidates import Candidates, Field
from docmill.extract.html.metadata.landmarks import Landmarks
from docmill.extract.html.metadata.vocabulary import LABELLED_AUTHOR, META

__all__ = ["read_meta_tags"]

_SURNAME_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator", "dc.contributor.author"})
_PUBLISHED = re.compile(r"publi(?:sh|shed|cation).{0,5}(?:date|time)|date.{0,5}publi")
_INVERTED = re.compile(r"\s*([^,;]{2,40}),\s*([^,;]{1,40}?)\s*")
_OPEN_GRAPH = ("og:", "article:", "twitter:", "book:")


def read_meta_tags(landmarks: Landmarks, found: Candidates) -> None:
    """Note what the head declares; tags that stand in the body by mistake count as well."""
    labels: dict[str, str] = {}
    for attributes in landmarks.metas:
        content = attributes.get("content")
        name = attributes.get("property") or attributes.get("name") or attributes.get("http-equiv")
        if name and content:
            name = name.strip().casefold()
            labels[name] = content
            _note(name, content, found)
    for n in "12":
        if labels.get(f"twitter:label{n}", "").strip(" :：").casefold() in LABELLED_AUTHOR:
            found.add("author", labels.get(f"twitter:data{n}"), "meta", 8)
    _read_links(landmarks.links, found)
    if landmarks.titles:
        found.add("title", landmarks.titles[0].text()[:1_000], "meta", 4)


def _note(name: str, content: str, found: Candidates) -> None:
    known = META.get(name.replace("dc:", "dc.", 1), ())
    if not known and "publi" in name and _PUBLISHED.search(name):
        known = (("published", 7),)
    if name in _SURNAME_FIRST and (inverted := _INVERTED.fullmatch(content)):
        content = f"{inverted[2]} {inverted[1]}"
    for field, weight in known:
        found.add(field, content, "open_graph" if name.startswith(_OPEN_GRAPH) else "meta", weight)


def _read_links(links: list[LexborNode], found: Candidates) -> None:
    fields: dict[str, tuple[Field, float]] = {
        "canonical": ("url", 10),
        "image_src": ("image", 5),
        "license": ("licence", 9),
    }
    for link in links:
        attributes = link.attributes
        for rel in (attributes.get("rel") or "").casefold().split():
            if rel in fields:
                field, weight = fields[rel]
                found.add(field, attributes.get("href"), "meta", weight)
