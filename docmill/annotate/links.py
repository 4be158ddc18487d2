"""Links: those the extractor kept and those written out in the text, with what each leads to."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

from docmill.stage import Link as FoundLink
from schemas.document import Link, LinkKind

__all__ = ["find_links"]

_SOURCE = (files("docmill.annotate") / "links.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
_Address = tuple[str, str, str]
_SCHEMES = ("http", "https", "mailto", "doi")
_TARGET = r"(?:https?://|mailto:|doi:)[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*"
_MARKDOWN = re.compile(rf"\[([^\]\n]{{1,300}})\]\(\s*<?({_TARGET})>?(?:\s+\"[^\"]*\")?\s*\)")
_BARE = re.compile(r"(?<![\w@/.])(?:https?://|www\.(?=\w))[^\s<>\"'`|\\^{}\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+")
_PLAIN = re.compile(
    r"(https?)://([a-z0-9.-]+)(?::\d*)?((?:/[^\s?#]*)?)(?:[?#]\S*)?"
)  # told apart sooner than by urlsplit
_TRAILING = ".,;:!?…'\"”’»*_"
_LONGEST_HOST = 253  # characters (RFC 1035)
_FEW = 2000  # links of a document; more are a list of nothing else
_ORDER = {kind: i for i, kind in enumerate(LinkKind)}
_HAN = re.compile(r"[\u4e00-\u9fff]")


def find_links(text: str, extracted: Iterable[FoundLink]) -> tuple[Link, ...]:
    """Each address once, in order, with its longest text; schemes but http, https, mailto and doi are dropped."""
    links: dict[str, str] = {}
    addresses: dict[str, _Address] = {}
    for url, label in [*((link.url, link.text) for link in extracted), *_written(text)]:
        address = url.strip()
        if address not in links:
            parts = _address(address)
            if parts is None:
                continue
            addresses[address] = parts
        links[address] = max(links.get(address, ""), " ".join(label.split()), key=len)
    return tuple(
        Link(url=url, text=label, kind=_kind(addresses[url], label)) for url, label in list(links.items())[:_FEW]
    )


def _written(text: str) -> Iterator[tuple[str, str]]:
    """Markdown links, and addresses that stand in the text bare."""
    if "](" in text:
        for match in _MARKDOWN.finditer(text):
            yield match[2], match[1]
        text = _MARKDOWN.sub(" ", text)
    if "://" not in text and "www." not in text:
        return
    for match in _BARE.finditer(text):
        url = _unbracketed(match[0].rstrip(_TRAILING))
        yield (url if "://" in url else "http://" + url), ""


def _unbracketed(url: str) -> str:
    """Without closing brackets that are the sentence's, and what stands before them."""
    end, closing = len(url), sum(map(url.count, ")]")) - sum(map(url.count, "(["))
    while closing > 0 and url[end - 1] in ")]":
        end, closing = end - 1, closing - 1
        while url[end - 1] in _TRAILING:
            end -= 1
    return url[:end]


def _address(url: str) -> _Address | None:
    """Scheme, host and path of an address that leads somewhere; None of any other."""
    if plain := _PLAIN.fullmatch(url):
        scheme, host, path = plain.groups()
        return (scheme, host, path.lower()) if _is_host(host) else None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # an unclosed bracket
        return None
    if parts.scheme not in _SCHEMES or len(url.split()) != 1:
        return None
    leads = bool(parts.path) if parts.scheme in ("mailto", "doi") else _is_host(host)
    return (parts.scheme, host, parts.path.lower()) if leads else None


def _is_host(host: str) -> bool:
    return "." in host and len(host) <= _LONGEST_HOST


def _kind(address: _Address, label: str) -> LinkKind:
    """By the site, the path's ending or its words, the kind that stands first among theirs; else by the link's text."""
    scheme, host, path = address
    rules = _rules()
    if scheme == "doi" or host in ("doi.org", "dx.doi.org"):
        return LinkKind.DOCUMENT
    found = [*_by_site(host)]
    if ending := rules.ending.search(path):
        found.append(rules.endings[ending[0]])
    found += [rules.words[match[1]] for match in rules.word.finditer(path)]
    if not found:
        found = [rules.texts[match[0].casefold().replace("ı", "i")] for match in rules.text.finditer(label)]
    return min(found, key=_ORDER.__getitem__, default=LinkKind.OTHER)


@lru_cache(1 << 12)
def _by_site(host: str) -> tuple[LinkKind, ...]:
    """Of the site or one it belongs to."""
    labels, sites = host.split("."), _rules().sites
    return tuple(sites[site] for i in range(len(labels)) if (site := ".".join(labels[i:])) in sites)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What tells a link's kind, and the kind it tells."""

    sites: dict[str, LinkKind]
    endings: dict[str, LinkKind]
    words: dict[str, LinkKind]
    texts: dict[str, LinkKind]
    ending: re.Pattern[str]
    word: re.Pattern[str]
    text: re.Pattern[str]


@cache
def _rules() -> _Rules:
    def listed(key: str, separator: str | None = None) -> dict[str, LinkKind]:
        found: dict[str, LinkKind] = {}
        for kind in LinkKind:
            for word in _DATA.get(kind.value, {}).get(key, "").split(separator):
                found.setdefault(word.strip().casefold(), kind)
        found.pop("", None)
        return found

    endings, words, texts = listed("endings"), listed("path"), listed("text", ",")
    spaced = [text for text in texts if not _HAN.search(text)]
    return _Rules(
        listed("hosts"),
        endings,
        words,
        texts,
        re.compile(rf"(?:{_any(endings)})$"),
        re.compile(rf"(?:^|[/_.-])({_any(words)})(?=[/_.?-]|$)"),
        re.compile(rf"(?<!\w)(?:{_any(spaced)})(?!\w)|{_any(set(texts).difference(spaced))}", re.IGNORECASE),
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
