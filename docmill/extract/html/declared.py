"""What a page declares of itself: title, authors, dates, site, address, image and licence, each with its origin."""

import re

from selectolax.lexbor import LexborHTMLParser

from docmill.extract.html.candidates import Candidate, Candidates
from docmill.extract.html.choose import choose_authors, choose_date
from docmill.extract.html.headings import find_heading, read_headings
from docmill.extract.html.json_ld import read_json_ld
from docmill.extract.html.meta_tags import read_meta_tags
from docmill.extract.html.microdata import read_microdata
from docmill.extract.html.surroundings import Surroundings
from docmill.extract.html.titles import SiteNames, choose_title
from docmill.extract.html.visible_authors import read_visible_authors
from docmill.extract.html.visible_dates import read_visible_dates
from docmill.stage import Metadata

__all__ = ["read_declared"]

_REGION = re.compile(r"/([a-z]{2}[-_][a-z]{2})(?:/|$)", re.IGNORECASE)
_MONTH_FIRST = frozenset({"en", "en-us", "en-ph"})


def read_declared(parser: LexborHTMLParser) -> Metadata:
    """Metadata from JSON-LD, meta tags, microdata and the visible text, chosen by what they agree on."""
    found = Candidates()
    read_meta_tags(parser, found)
    headings = read_headings(parser)
    titles = [c.value for c in found.of("title")] + [h.text for h in headings if h.level == 1]
    read_json_ld(parser, found, titles)
    urls = found.of("url")
    url = urls[0].value if urls else None
    names = [c.value for c in found.of("site_name")] + [h.text for h in headings if h.is_home_link]
    site = SiteNames(names, url)
    title = choose_title(found.of("title"), headings, site)
    first = find_heading(parser, headings, title.value if title else None)
    around = Surroundings(first)
    read_microdata(parser, found, around)
    read_visible_dates(parser, first, around, found, day_first=_day_first(parser, url))
    read_visible_authors(parser, first, around, found)
    published, modified = choose_date(found.of("published"), url), choose_date(found.of("modified"), None)
    authors = choose_authors(found.of("author"), site, lambda: _shown(parser))
    chosen: dict[str, Candidate | None] = {"title": title, "published": published, "modified": modified}
    return Metadata(
        title=title.value if title else None,
        authors=tuple(c.value for c in authors),
        published=published.value if published else None,
        modified=modified.value if modified else None,
        origins={name: c.origin for name, c in chosen.items() if c} | ({"authors": authors[0].origin} if authors else {}),
    )


def _day_first(parser: LexborHTMLParser, url: str | None) -> bool | None:
    """How the page's language writes `3/4/2021`: by its region in English, else by day first; None if not known."""
    root = parser.css_first("html")
    locale = parser.css_first('meta[property="og:locale"], meta[http-equiv="content-language" i], meta[name="language" i]')
    said = [root.attributes.get("lang") if root else None, locale.attributes.get("content") if locale else None]
    languages = [language.casefold().replace("_", "-") for language in said if language]
    if url and (region := _REGION.search(url)):
        languages.append(region[1].casefold().replace("_", "-"))
    precise = next((language for language in languages if "-" in language), None) or next(iter(languages), None)
    return precise not in _MONTH_FIRST if precise else None


def _shown(parser: LexborHTMLParser) -> str:
    return parser.body.text(separator=" ").casefold() if parser.body else ""
