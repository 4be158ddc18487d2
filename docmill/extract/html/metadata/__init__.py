"""What a page declares of itself: title, authors, dates, site, address, image and licence, each with its origin."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from docmill.dates import DAY_FIRST_HOSTS
from docmill.extract.html.metadata.candidates import Candidate, Candidates
from docmill.extract.html.metadata.choose import choose_authors, choose_date
from docmill.extract.html.metadata.headings import find_heading, read_headings
from docmill.extract.html.metadata.json_ld import read_json_ld
from docmill.extract.html.metadata.landmarks import Landmarks
from docmill.extract.html.metadata.meta_tags import read_meta_tags
from docmill.extract.html.metadata.microdata import read_microdata
from docmill.extract.html.metadata.page_data import read_page_data
from docmill.extract.html.metadata.site_names import SiteNames
from docmill.extract.html.metadata.surroundings import Surroundings
from docmill.extract.html.metadata.titles import Heading, choose_title, shown_alone
from docmill.extract.html.metadata.visible_authors import read_visible_authors
from docmill.extract.html.metadata.visible_dates import read_visible_dates
from docmill.extract.html.metadata.vocabulary import ARTICLES, OFFERS
from docmill.extract.html.metadata.walk import Header
from docmill.stage import Metadata

__all__ = ["read_declared"]

_LOCALES = frozenset({"og:locale", "content-language"})
_MONTH_FIRST = frozenset({"en", "en-us", "en-ph"})
_REGION = re.compile(r"/([a-z]{2}[-_][a-z]{2})(?:/|$)", re.IGNORECASE)
_SITE_CHARACTERS = 100
_PARTS = re.compile(r"\s+[|｜•·–—-]\s+")
# Names of pictures that are of the site, not of the page.
_SIGN = re.compile(
    r"(?:^|[-_./])(?:logos?|favicon|sprite|spacer|blank|placeholder|no-?image|apple-touch-icon|blavatar"
    r"|default-?(?:og|image|share|promo|thumb)|(?<=[-_])default(?=\.))(?![a-z])[^/]*$|//[^/]*gravatar\.com/",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\s,;–-]*https?://\S*$")
_BETWEEN = " |–—-:·•»"  # what stands between a title and a site's name
_PUBLICATION = 9  # what a name counts that only publications use


def read_declared(parser: LexborHTMLParser, landmarks: Landmarks, texts: list[str]) -> Metadata:
    """Metadata from JSON-LD, meta tags, microdata and the visible text, chosen by what they agree on.

    Nothing is read but the tree. Origins are `json_ld`, `open_graph`, `meta`, `microdata`, `visible_text`, `byline`,
    `page_data` (what scripts draw the page from) and `url` (a date in the canonical address).

    Args:
        parser: The page.
        landmarks: Its elements that may declare something.
        texts: Its text, in reading order.
    """
    found = Candidates()
    read_meta_tags(landmarks, found)
    headings = read_headings(landmarks)
    titles = [c.value for c in found.of("title")] + [h.text for h in headings if h.level == 1]
    graph = _declared_kinds(landmarks)
    declared = read_json_ld(landmarks.scripts, found, titles)
    kinds = declared | graph
    is_article = not kinds.isdisjoint(ARTICLES) or any(
        c.weight >= _PUBLICATION for c in found.of("published") + found.of("author")
    )
    url = _address(found.of("url"), landmarks.base or None)
    base = url.value if url else None
    site = SiteNames(_site_names(found, headings), base)
    title = choose_title(found.of("title"), headings, site, is_article=is_article)
    title = shown_alone(title, texts) if title else None
    heading = find_heading(parser, headings, title.value if title else None)
    around = Surroundings(heading)
    declared |= read_microdata(landmarks.items, found, around) | {f"og:{kind}" for kind in graph}
    header = Header(heading) if heading is not None else None
    locale = _locale(parser, landmarks, base)
    day_first = _is_day_first(locale, base)
    if is_article or kinds.isdisjoint(OFFERS):  # those on offer show the names and dates of their reviews
        read_visible_dates(texts, landmarks, header, around, found, day_first=day_first)
        read_visible_authors(texts, landmarks, header, around, found)
    if not found.of("published"):
        read_page_data(landmarks, found)
    language = locale.partition("-")[0] if locale else None
    authors = choose_authors(found.of("author"), site, lambda: _shown(parser), is_article=is_article)
    chosen = {
        "title": title,
        "published": choose_date(
            found.of("published"), base, found.of("event"), day_first=day_first, language=language
        ),
        "modified": choose_date(found.of("modified"), None, found.of("event"), day_first=day_first, first=False),
        "site_name": _site_name(found, title.value if title else "", site),
        "url": url,
        "image": _image(found, _joined(base, landmarks.base)),
        "licence": _licence(found, _joined(base, landmarks.base)),
    }
    if _is_before(chosen["modified"], chosen["published"]):
        chosen["modified"] = None  # an edit before the day on which systems were to publish it
    values: dict[str, Any] = {name: candidate.value for name, candidate in chosen.items() if candidate}
    origins = {name: candidate.origin for name, candidate in chosen.items() if candidate}
    if authors:
        origins["authors"] = authors[0].origin
    return Metadata(authors=tuple(author.value for author in authors), origins=origins, kinds=declared, **values)


def _is_day_first(locale: str | None, url: str | None) -> bool | None:
    """How the page writes `3/4/2021`: by its language and region, or the country its host's name ends with."""
    if locale in {None, "en"} and url and (urlsplit(url).hostname or "").rpartition(".")[2] in DAY_FIRST_HOSTS:
        return True
    return locale not in _MONTH_FIRST if locale else None


def _declared_kinds(landmarks: Landmarks) -> frozenset[str]:
    """What kind of page Open Graph says that it is, such as `article`, `website` or `product`."""
    said = ((a.get("property") or a.get("name"), a.get("content")) for a in landmarks.metas)
    return frozenset((kind or "").casefold().rsplit(".", 1)[-1] for name, kind in said if name == "og:type")


def _site_names(found: Candidates, headings: list[Heading]) -> list[str]:
    return [c.value for c in found.of("site_name")] + [h.text for h in headings if h.is_home_link]


def _site_name(found: Candidates, title: str, site: SiteNames) -> Candidate | None:
    """The weightiest name of the site, without title, address or slogan beside it; else what a title tag has."""
    for candidate in found.of("site_name"):
        name = _ADDRESS.sub("", candidate.value)
        if title and name.casefold().startswith(title.casefold()):
            name = name[len(title) :].strip(_BETWEEN)
        name = next(filter(site.is_host_of, _PARTS.split(name)), name)
        if name and _is_site_name(name):
            return Candidate(name.strip(), candidate.origin, candidate.weight)
    tags = ((site.named_in(c.value), c) for c in found.of("title") if c.origin == "meta")
    return next((Candidate(name, c.origin, c.weight) for name, c in tags if name and name != title), None)


def _is_before(one: Candidate | None, other: Candidate | None) -> bool:
    """Whether a moment is before another, by its day where the zone of one of them is not known."""
    if one is None or other is None:
        return False
    moments = [datetime.fromisoformat(candidate.value) for candidate in (one, other)]
    if all(moment.tzinfo for moment in moments):
        return moments[0] < moments[1]
    return one.value[:10] < other.value[:10]


def _is_site_name(value: str) -> bool:
    return len(value) <= _SITE_CHARACTERS and not value.startswith(("http:", "https:", "@"))


def _address(candidates: Iterable[Candidate], base: str | None) -> Candidate | None:
    """The first absolute address, relative ones made so by the page's own."""
    for candidate in candidates:
        try:
            address = urljoin(base, candidate.value) if base else candidate.value
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            return Candidate(address, candidate.origin, candidate.weight)
    return None


def _image(found: Candidates, base: str | None) -> Candidate | None:
    """The weightiest picture that is no logo."""
    return _address((c for c in found.of("image") if not _SIGN.search(c.value.partition("?")[0])), base)


def _joined(address: str | None, base: str) -> str | None:
    """What addresses in a page are relative to: what it declares as such, or its own."""
    with suppress(ValueError):
        return urljoin(address or "", base) if base else address
    return address


def _licence(found: Candidates, base: str | None) -> Candidate | None:
    """The licence's address, or what is declared in words."""
    candidates = found.of("licence")
    return _address(candidates, base) or next(iter(candidates), None)


def _locale(parser: LexborHTMLParser, landmarks: Landmarks, url: str | None) -> str | None:
    """The page's language, with its region if either is named: `en`, `de-at`."""
    root = parser.root.attributes if parser.root else {}
    said = [root.get("lang") or root.get("xml:lang")]
    said += [
        a.get("content")
        for a in landmarks.metas
        if (a.get("property") or a.get("http-equiv") or "").casefold() in _LOCALES
    ]
    if url and (region := _REGION.search(url)):
        said.append(region[1])
    languages = [language.strip().casefold().replace("_", "-") for language in said if language]
    return _first(language for language in languages if "-" in language) or _first(languages)


def _first(values: Iterable[str]) -> str | None:
    return next(iter(values), None)


def _shown(parser: LexborHTMLParser) -> str:
    return parser.body.text(separator=" ").casefold() if parser.body else ""
