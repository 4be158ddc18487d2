"""Microdata: `itemprop` attributes that tell of the page itself."""

from selectolax.lexbor import LexborNode

from docmill.extract.html.metadata.candidates import Candidates
from docmill.extract.html.metadata.surroundings import Surroundings
from docmill.extract.html.metadata.vocabulary import ITEMPROP

__all__ = ["read_microdata"]

_MAX_CHARACTERS = 400
_OF_CARDS = frozenset({"author", "published", "modified"})
_BODIES, _BODY = "organization", 5  # kinds of authors who are no persons, and what one counts
_VALUES = ("content", "datetime", "href", "src")


def read_microdata(items: list[LexborNode], found: Candidates, around: Surroundings) -> frozenset[str]:
    """Note the properties not of a comment, a review or another page's teaser; the kinds of all items."""
    places: dict[int, int] = {}
    kinds: set[str] = set()
    for node in items:
        attributes = node.attributes
        if kind := attributes.get("itemtype"):
            kinds.add(kind.rsplit("/", 1)[-1].casefold())
        for name in (attributes.get("itemprop") or "").casefold().split():
            for field, weight in ITEMPROP.get(name, ()):
                if around.are_foreign(node) or (field in _OF_CARDS and around.are_teaser(node)):
                    continue
                order = 0
                if field == "author":  # a thread names one with every post; those of one post stand together
                    order = places.setdefault(node.parent.mem_id if node.parent else 0, len(places))
                worth = min(weight, _BODY) if field == "author" and _BODIES in (kind or "").casefold() else weight
                found.add(field, _value(node, field), "microdata", worth - order / 100)
    return frozenset(kinds)


def _value(node: LexborNode, field: str) -> str | None:
    attributes = node.attributes
    if field in ("author", "site_name") and (name := node.css_first('[itemprop~="name"]')):
        return name.attributes.get("content") or name.text(separator=" ")[:_MAX_CHARACTERS]
    keys = _VALUES if field in ("image", "licence") else _VALUES[:2]
    stated = next((value for key in keys if (value := attributes.get(key))), None)
    return stated or node.text(separator=" ")[:_MAX_CHARACTERS]
