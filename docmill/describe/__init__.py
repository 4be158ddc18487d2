"""Describe: title, authors, dates and site, from the markup where it says so, else from the visible text."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from docmill.author_names import names_in
from docmill.bylines import read_fields
from docmill.dates import find_date, find_dates
from docmill.describe.authors import find_authors
from docmill.describe.days import find_day
from docmill.describe.dump import Dump, read_dump
from docmill.stage import Cleaned, Extracted, Metadata
from schemas.document import Removal, RemovalReason

__all__ = ["VERSION", "describe", "with_bylines"]

VERSION = "15"

_EDGE = " \t\n.|·•-–—/,:;()（）[]\u3000\xa0"
_TITLE_LABEL = re.compile(
    r"\A(?:title|titel|titre|t[íi]tulo|titolo|заголовок|标题|標題|العنوان)\s*[:：]\s*(?=\S)", re.IGNORECASE
)
_SOURCE_END = re.compile(r"[|｜]|\d{4}")
_ZONED = re.compile(r"T.*[+-]\d\d:\d\d$")
_UNCERTAIN = frozenset({RemovalReason.NAVIGATION, RemovalReason.BOILERPLATE})  # said of what no rule names
_ABOVE, _BELOW = 6, 4  # lines from the title and from the text


def describe(extracted: Extracted, cleaned: Cleaned) -> Metadata:
    """What the document declares, completed by the title line and the bylines that cleaning found.

    `origins` names, for each field that has a value, where it was found.
    """
    declared = extracted.metadata
    # A page's own bylines were read with its markup; what is left are those of other articles.
    seen = Metadata() if extracted.page is not None else _from_bylines(read_dump(cleaned))
    found = {name: getattr(seen, name) for name in ("authors", "published", "modified", "site_name")}
    found["title"] = cleaned.title and _TITLE_LABEL.sub("", cleaned.title)
    missing = {name: value for name, value in found.items() if value and not getattr(declared, name)}
    origins = dict(declared.origins) | {name: "visible_text" if name == "title" else "byline" for name in missing}
    complete = replace(declared, **missing)
    if not complete.site_name and (host := _host(complete.url)):
        complete, origins["site_name"] = replace(complete, site_name=host), "url"
    return replace(complete, origins=origins, bylines=seen.bylines)


def with_bylines(removed: tuple[Removal, ...], bylines: tuple[int, ...]) -> tuple[Removal, ...]:
    """The removals; those of lines that an author or the day was read from as bylines.

    A bare name looks like a menu's label until it is known whose it is.
    """
    if not bylines:
        return removed
    return tuple(
        removal.model_copy(update={"reason": RemovalReason.BYLINE})
        if removal.start_line in bylines and removal.reason in _UNCERTAIN
        else removal
        for removal in removed
    )


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def _from_bylines(dump: Dump) -> Metadata:
    """What is said of a text by the lines about it."""
    signed, day, bylines = find_authors(dump), find_day(dump), _fields(dump)
    authors = signed.said.names if signed else ()
    updates = [
        _stamp(value, updated)
        for fields in bylines
        for kind, value in fields
        if kind == "modified" and (updated := find_date(value))
    ]
    return Metadata(
        authors=authors,
        published=_stamp(dump.rows[day.at].text, day.day) if day else None,
        modified=next(iter(updates), None),
        site_name=_site(bylines, authors),
        bylines=tuple(sorted({dump.rows[found.at].number for found in (signed, day) if found})),
    )


def _stamp(line: str, day: str) -> str:
    """The day that a line names, with the time of day where the line gives its zone: without, it is nobody's time."""
    return next((stamp for stamp in find_dates(line) if stamp.startswith(day) and _ZONED.search(stamp)), day)


def _fields(dump: Dump) -> list[list[tuple[str, str]]]:
    """The labelled parts of bylines: of those about the title first; those elsewhere are mostly other articles'."""
    bylines = [
        (not dump.title - _ABOVE <= at < dump.text + _BELOW, at, read_fields(row.text))
        for at, row in enumerate(dump.rows)
        if at in dump.labelled
        and row.text != dump.named
        and (row.reason is RemovalReason.BYLINE or (row.is_short and at in dump.led_in))
    ]
    return [fields for _, _, fields in sorted(bylines)]


def _site(bylines: list[list[tuple[str, str]]], authors: tuple[str, ...]) -> str | None:
    """The publication that bylines name: as their source, or as an author where a line of its own names the authors."""
    fields = [field for fields in bylines for field in fields]
    sources = [
        name for kind, value in fields if kind == "source" and (name := _SOURCE_END.split(value)[0].strip(_EDGE))
    ]
    alone = {name for fields in bylines if len(fields) == 1 for name in _authors(fields)}
    if not sources and alone.intersection(authors):
        sources = [name for fields in bylines if len(fields) > 1 for name in _authors(fields) if name not in alone]
    return next(iter(sources), None)


def _authors(fields: list[tuple[str, str]]) -> list[str]:
    return [name for kind, value in fields if kind == "author" for name in names_in(value, as_written=True)]
