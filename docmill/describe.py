"""Describe: title, authors, dates and site, from the markup where it says so, else from the visible text."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from docmill.bylines import names_in, read_fields
from docmill.dates import find_date
from docmill.stage import Cleaned, Extracted, Metadata
from schemas.document import RemovalReason

__all__ = ["VERSION", "describe"]

VERSION = "3"

_EDGE = " \t\n.|·•-–—/,:;()（）[]\u3000\xa0"
_SOURCE_END = re.compile(r"[|｜]|\d{4}")
_BARE_DATE = re.compile(r"\d{1,4}\D")


def describe(extracted: Extracted, cleaned: Cleaned) -> Metadata:
    """What the document declares, completed by the title line and the bylines that cleaning found.

    `origins` names, for each field that has a value, where it was found.
    """
    declared = extracted.metadata
    # A page's own bylines were read with its markup; what is left are those of other articles.
    seen = Metadata() if extracted.page is not None else _from_bylines(cleaned)
    found = {name: getattr(seen, name) for name in ("authors", "published", "modified", "site_name")}
    found["title"] = cleaned.title
    missing = {name: value for name, value in found.items() if value and not getattr(declared, name)}
    origins = dict(declared.origins) | {name: "visible_text" if name == "title" else "byline" for name in missing}
    complete = replace(declared, **missing)
    if not complete.site_name and (host := _host(complete.url)):
        complete, origins["site_name"] = replace(complete, site_name=host), "url"
    return replace(complete, origins=origins)


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def _from_bylines(cleaned: Cleaned) -> Metadata:
    """Read the byline lines that cleaning took out. A line naming nothing but authors outranks a mixed one."""
    pure: list[str] = []
    mixed: list[str] = []
    sources: list[str] = []
    published = modified = None
    for removal in cleaned.removed:
        if removal.reason is not RemovalReason.BYLINE:
            continue
        fields = read_fields(removal.text) or _bare_name(removal.text)
        names = [name for field, value in fields if field == "author" for name in names_in(value, as_written=True)]
        (pure if len(fields) == 1 else mixed).extend(names)
        sources += [
            name for field, value in fields if field == "source" and (name := _SOURCE_END.split(value)[0].strip(_EDGE))
        ]
        updated = _date_of(fields, "modified")
        published = published or _date_of(fields, "date") or (None if updated else find_date(removal.text))
        modified = modified or updated
    authors = pure or mixed
    if pure and mixed and not sources:
        sources = [name for name in mixed if name not in pure]
    return Metadata(
        authors=tuple(dict.fromkeys(authors)),
        published=published,
        modified=modified,
        site_name=next(iter(sources), None),
    )


def _bare_name(line: str) -> list[tuple[str, str]]:
    """A byline without labels that is no date is a name."""
    return [] if _BARE_DATE.search(line) else [("author", line.strip(_EDGE))]


def _date_of(fields: list[tuple[str, str]], kind: str) -> str | None:
    return next((date for name, value in fields if name == kind and (date := find_date(value))), None)
