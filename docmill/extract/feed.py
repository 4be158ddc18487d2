"""RSS and Atom: the channel's title and description, then each item's title, date, author and text."""

import re
from email.utils import parsedate_to_datetime
from html import unescape

from lxml import etree

from docmill.dates import find_date
from docmill.extract.collect import Collector
from docmill.extract.embedded import html_blocks, is_html
from docmill.extract.limits import Limits
from docmill.extract.xml_entities import check_entities
from docmill.extract.xml_stream import Element, attribute, bounded, local, text_of, units
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind

__all__ = ["read_feed"]

_ITEMS = frozenset({"item", "entry"})
_BODIES = ("encoded", "content", "fullitem", "body", "description", "summary")  # the fullest first
_BYLINE = ("pubDate", "published", "updated", "date", "creator", "author")
_MEDIA = "{http://search.yahoo.com/mrss/}"  # what an item's pictures and videos are called, as the item itself
_OF_MEDIA = frozenset({f"{_MEDIA}title", f"{_MEDIA}description"})
_PREFIX = re.compile(r"<(/?)[A-Za-z][\w-]*:")
_TEXTS = frozenset({"title", "description", "subtitle", "summary", "tagline"})
_CHANNEL = _TEXTS | {"language", "link", "lastBuildDate", "pubDate", "updated", "image", "author"}


def read_feed(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks of a feed in its order; items' HTML is read as HTML."""
    has_entities = check_entities(data, limits)
    into = Collector(limits)
    channel: dict[str, str] = {}
    for unit in units(bounded(data), _ITEMS | _CHANNEL, limits, into.warnings, entities=has_entities):
        name = local(unit)
        if name in _ITEMS:
            _item(unit, into)
        elif name not in channel and attribute(unit, "rel") in {None, "alternate"}:
            said = _said(unit) or attribute(unit, "href") or ""
            if name in _TEXTS and said not in channel.values():
                _text(said, BlockKind.HEADING if name == "title" else BlockKind.PARAGRAPH, into)
            channel[name] = said
    return into.extracted(
        Metadata(
            title=unescape(channel.get("title", "")) or None,
            authors=(channel["author"],) if channel.get("author") else (),
            published=_date(channel.get("pubDate")),
            modified=_date(channel.get("lastBuildDate") or channel.get("updated")),
            url=channel.get("link") or None,
            language=channel.get("language"),
        )
    )


def _item(item: Element, into: Collector) -> None:
    found: dict[str, Element] = {}
    for child in item:
        if not str(child.tag).startswith(_MEDIA):
            found.setdefault(local(child), child)
    for said in item.iter(*_OF_MEDIA):
        found.setdefault(local(said), said)
    if "title" in found:
        _text(text_of(found["title"]), BlockKind.HEADING, into)
    byline = [_said(found[name]) for name in _BYLINE if name in found]
    into.add(BlockKind.LINE, " | ".join(dict.fromkeys(part for part in byline if part)))
    _text(
        next((body for name in _BODIES if name in found and (body := _body(found[name]))), ""),
        BlockKind.PARAGRAPH,
        into,
    )


def _said(element: Element) -> str:
    """An element's text; of a person the name, without addresses."""
    return next((name for child in element if local(child) == "name" and (name := text_of(child))), text_of(element))


def _body(element: Element) -> str:
    """A text as it is, or HTML: written as text, or as elements."""
    if len(element):
        return _PREFIX.sub(r"<\1", etree.tostring(element, encoding="unicode", with_tail=False))
    return (element.text or "").strip()


def _text(text: str, kind: BlockKind, into: Collector) -> None:
    if not is_html(text):
        into.add(kind, unescape(text))
        return
    blocks = html_blocks(text)
    if kind is not BlockKind.HEADING:
        into.take(blocks)
        return
    for block in blocks:
        into.add(kind, block.text)


def _date(text: str | None) -> str | None:
    try:
        return parsedate_to_datetime(text or "").isoformat()
    except (ValueError, TypeError, IndexError):
        return find_date(text or "")
