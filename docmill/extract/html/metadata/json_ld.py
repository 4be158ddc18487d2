"""JSON-LD (schema.org): the item that describes the page itself, out of scripts that may be broken or hostile."""

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from docmill.extract.html.metadata.candidates import Candidates
from docmill.extract.html.metadata.vocabulary import ARTICLES, WORKS

__all__ = ["read_json_ld"]

_MAX_CHARACTERS = 1_000_000  # of all scripts of a page together
_MAX_ITEMS = 2_000
_MAX_LEVELS = 12
_ARTICLE, _WORK = 10, 6  # what the kinds of items count
_MAX_AUTHORS = 100
# Where a page's item may stand in another; elsewhere an item is some other page's (a teaser, a comment, a review).
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "@list", "liveBlogUpdate")
# A string is kept; a comment, and a comma before a closing bracket, go. What is not closed ends with the text.
_MENDABLE = re.compile(
    r'("(?:[^"\\]|\\.)*+(?:"|$))|//[^\n]*|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|$)|,(?=\s*+[}\]])', re.DOTALL
)
_BETWEEN = re.compile(r"[\s,;]*")
_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$"
)
_DECODER = json.JSONDecoder(strict=False)

Item = dict[str, Any]


def read_json_ld(scripts: list[str], found: Candidates, titles: list[str]) -> frozenset[str]:
    """Note what the page's JSON-LD declares; the kinds of its items, in small letters.

    Args:
        scripts: The text of the page's JSON-LD scripts.
        found: Where it is noted.
        titles: What the page is called elsewhere in its markup; tells its own item from those of others.
    """
    items = _items(scripts)
    named = {str(item["@id"]): item for item in items if item.get("@id") and len(item) > 2}  # noqa: PLR2004
    articles = [item for item in items if _types(item) & ARTICLES]
    works = [item for item in items if _types(item) & WORKS]
    main = _own(articles, titles)
    if main is None and len(works) == 1:
        main = works[0]
    for item in (main, *(work for work in works if work is not main)):
        if item is not None:
            _note(item, found, named, _ARTICLE if item in articles else _WORK)
    for item in items:
        if any(kind.endswith("event") for kind in _types(item)):
            for name in ("startDate", "endDate"):
                found.add("event", _text(item.get(name), named), "json_ld", 1)
        if _types(item) & {"website", "organization", "newsmediaorganization"}:
            weight = 5 if "website" in _types(item) else 3
            found.add("site_name", _text(item.get("name"), named), "json_ld", weight)
    return frozenset(kind for item in items for kind in _types(item))


def _items(scripts: list[str]) -> list[Item]:
    items: list[Item] = []
    budget = _MAX_CHARACTERS
    for text in scripts:
        budget -= len(text)
        if budget < 0:
            break
        items += _flatten(_documents(text))
    return items[:_MAX_ITEMS]


def _documents(text: str) -> list[Any]:
    """The JSON values in a script, mended if need be: comments, trailing commas, quotes escaped for nothing."""
    text = _WRAPPER.sub("", text).strip().rstrip(";")
    for attempt in (_as_it_is, _mended, unescape):
        try:
            return list(_values(attempt(text)))
        except (ValueError, RecursionError):
            continue
    return []


def _as_it_is(text: str) -> str:
    return text


def _mended(text: str) -> str:
    return _MENDABLE.sub(lambda token: (token[1] or "").replace("\\'", "'"), text)


def _values(text: str) -> Iterator[Any]:
    position = 0
    for _ in range(_MAX_ITEMS):
        if position >= len(text):
            return
        value, position = _DECODER.raw_decode(text, position)
        yield value
        between = _BETWEEN.match(text, position)
        position = between.end() if between else position


def _flatten(values: Iterable[Any]) -> Iterator[Item]:
    """The objects that may describe the page, in order of appearance."""
    stack = [(value, 0) for value in reversed(list(values))]
    count = 0
    while stack and count < _MAX_ITEMS:
        value, level = stack.pop()
        if level > _MAX_LEVELS:
            continue
        if isinstance(value, list):
            stack += [(one, level + 1) for one in reversed(value[:_MAX_ITEMS])]
        elif isinstance(value, dict):
            count += 1
            yield value
            stack += [(value[name], level + 1) for name in reversed(_INSIDE) if name in value]


def _types(item: Item) -> set[str]:
    kinds = item.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return {kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1].casefold() for kind in listed if isinstance(kind, str)}


def _own(articles: list[Item], titles: list[str]) -> Item | None:
    """The article the page is: the only one, or the one that is called like the page."""
    distinct = {str(item.get("headline") or item.get("name") or item.get("url") or "") for item in articles}
    if len(distinct) <= 1:
        return max(articles, key=_fullness, default=None)
    for title in titles:
        if alike := [item for item in articles if _alike(str(item.get("headline") or item.get("name") or ""), title)]:
            return max(alike, key=_fullness)
    return None


def _fullness(item: Item) -> int:
    return sum(name in item for name in ("datePublished", "author", "headline", "dateModified"))


def _alike(one: str, other: str) -> bool:
    a, b = ("".join(c for c in unescape(text).casefold() if c.isalnum()) for text in (one, other))
    return bool(a and b) and (a in b or b in a)


def _note(item: Item, found: Candidates, named: dict[str, Item], weight: float) -> None:
    for name in ("headline", "name"):
        found.add("title", _text(item.get(name), named), "json_ld", weight if name == "headline" else weight - 1)
    people, bodies = _authors(item.get("author") or item.get("creator"), named)
    for author in people:
        found.add("author", author, "json_ld", weight if weight > _WORK else _WORK - 1.5)
    for body in bodies:
        found.add("author", body, "json_ld", 4)
    found.add("published", _text(item.get("datePublished"), named), "json_ld", weight)
    for name in ("dateCreated", "uploadDate"):
        found.add("published", _text(item.get(name), named), "json_ld", weight - 2)
    found.add("modified", _text(item.get("dateModified"), named), "json_ld", weight)
    found.add("site_name", _text(item.get("publisher"), named), "json_ld", 4)
    found.add("image", _address(item.get("image"), named), "json_ld", weight - 5)
    found.add("licence", _address(item.get("license"), named), "json_ld", weight)
    found.add("url", _address(item.get("url"), named), "json_ld", 1)


def _resolved(value: Any, named: dict[str, Item]) -> Any:  # noqa: ANN401  JSON
    """The first of a list, and the object an `@id` refers to."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict) and "name" not in value and str(value.get("@id")) in named:
            value = named[str(value["@id"])]
            break
        else:
            break
    return value


def _text(value: Any, named: dict[str, Item]) -> str | None:  # noqa: ANN401  JSON
    value = _resolved(value, named)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**15 else None
    return unescape(value) if isinstance(value, str) else None


def _address(value: Any, named: dict[str, Item]) -> str | None:  # noqa: ANN401  JSON
    value = _resolved(value, named)
    if isinstance(value, dict):
        value = next((value[key] for key in ("url", "contentUrl", "@id") if value.get(key)), None)
        value = value[0] if isinstance(value, list) and value else value
    return unescape(value) if isinstance(value, str) else None


def _authors(value: Any, named: dict[str, Item]) -> tuple[list[str], list[str]]:  # noqa: ANN401  JSON
    """The names of the persons, and those of organisations."""
    listed = value if isinstance(value, list) else [value]
    persons: list[str] = []
    bodies: list[str] = []
    for entry in (_resolved(one, named) for one in listed[:_MAX_AUTHORS]):
        name = entry.get("name") if isinstance(entry, dict) else entry
        names = [one for one in (name if isinstance(name, list) else [name]) if isinstance(one, str)]
        is_body = isinstance(entry, dict) and "organization" in str(entry.get("@type")).casefold()
        (bodies if is_body else persons).extend(names)
    return persons, bodies
