"""Links: those the extractor kept and those written out in the text, with what each leads to."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from docmill.stage import Link as FoundLink
from schemas.document import Link, LinkKind

__all__ = ["find_links"]

_SOURCE = (files("docmill.annotate") / "links.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
_SCHEMES = ("http", "https", "mailto", "doi")
_TARGET = r"(?:https?://|mailto:|doi:)[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*"
_MARKDOWN = re.compile(rf"\[([^\]\n]{{1,300}})\]\(\s*<?({_TARGET})>?(?:\s+\"[^\"]*\")?\s*\)")
_BARE = re.compile(r"(?<![\w@/.])(?:https?://|www\.(?=\w))[^\s<>\"'`|\\^{}\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+")
_TRAILING = ".,;:!?…'\"”’»*_"
_FEW = 2000  # links of a document; more are a list of nothing else


def find_links(text: str, extracted: Iterable[FoundLink]) -> tuple[Link, ...]:
    """Each address once, in order, with its longest text; schemes but http, https, mailto and doi are dropped."""
    links: dict[str, str] = {}
    for url, label in [*((link.url, link.text) for link in extracted), *_written(text)]:
        address = url.strip()
        if _is_address(address):
            links[address] = max(links.get(address, ""), " ".join(label.split()), key=len)
    return tuple(Link(url=url, text=label, kind=_kind(url, label)) for url, label in list(links.items())[:_FEW])


def _written(text: str) -> Iterator[tuple[str, str]]:
    """Markdown links, and addresses that stand in the text bare."""
    if "](" in text:
        for match in _MARKDOWN.finditer(text):
            yield match[2], match[1]
        text = _MARKDOWN.sub(" ", text)
    if "://" not in text and "www." not in text:
        return
    for match in _BARE.finditer(text):
        url = match[0].rstrip(_TRAILING)
        while url.endswith((")", "]")) and url.count("(") + url.count("[") < url.count(")") + url.count("]"):
            url = url[:-1].rstrip(_TRAILING)
        yield (url if "://" in url else "http://" + url), ""


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # an unclosed bracket
        return False
    if parts.scheme.lower() not in _SCHEMES or any(c.isspace() for c in url):
        return False
    return bool(parts.path) if parts.scheme.lower() in ("mailto", "doi") else "." in (parts.hostname or "")


def _kind(url: str, label: str) -> LinkKind:
    """By the site first, then by the path's ending and words, then by the link's text."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.lower()
    if parts.scheme == "doi" or host in ("doi.org", "dx.doi.org"):
        return LinkKind.DOCUMENT
    for kind in LinkKind:
        hosts, endings, words, _ = _rules(kind)
        if any(host == site or host.endswith("." + site) for site in hosts if "/" not in site):
            return kind
        if path.endswith(endings):
            return kind
        if words and words.search(path):
            return kind
    for kind in LinkKind:
        if (said := _rules(kind)[3]) and said.search(label):
            return kind
    return LinkKind.OTHER


@cache
def _rules(kind: LinkKind) -> tuple[tuple[str, ...], tuple[str, ...], re.Pattern[str] | None, re.Pattern[str] | None]:
    data = _DATA.get(kind.value, {})
    words, text = "|".join(data.get("path", "").split()), "|".join(t.strip() for t in data.get("text", "").split(","))
    return (
        tuple(data.get("hosts", "").split()),
        tuple(data.get("endings", "").split()) or ("\0",),
        re.compile(rf"(?:^|[/_.-])(?:{words})(?=[/_.?-]|$)") if words else None,
        re.compile(rf"(?<!\w)(?:{text})(?!\w)|[\u4e00-\u9fff]*(?:{text})", re.IGNORECASE) if text else None,
    )
