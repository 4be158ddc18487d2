"""Describe: title, authors, dates and site, from the markup where it says so, else from the visible text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from docmill.bylines import is_full_name, lead_in, names_in, read_fields
from docmill.dates import MENTION, find_date
from docmill.stage import Cleaned, Extracted, Metadata
from schemas.document import RemovalReason

__all__ = ["VERSION", "describe"]

Fields = list[tuple[str, str]]  # labels and what follows them

VERSION = "4"

_EDGE = " \t\n.|·•-–—/,:;()（）[]\u3000\xa0"
_SOURCE_END = re.compile(r"[|｜]|\d{4}")
_ABOVE, _BELOW = 6, 4  # lines, blank ones included, from the title and from the text
_RUNNING = 80  # characters of a line of running text,
_LONGEST = 160  # and of a byline, at most
_DATED = 10  # words of a line that is mostly a date
_FEW = 2
_APART = re.compile(r"\s*[|·•–—,/]\s*")
_RUN_ON = re.compile(r"(?<=[a-zß-öø-ÿ])(?=Published|Updated|Posted|Last )|\s+\d+\s+min")


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
    """Read the byline lines: those that cleaning took out, and what else names an author or a day below the title.

    Elsewhere bylines are mostly those of other articles: what they say counts if the right place says nothing. A line
    naming nothing but authors outranks a mixed one.
    """
    title, text = _beginning(cleaned)
    here: list[tuple[str, Fields]] = []
    elsewhere: list[tuple[str, Fields]] = []
    for line, said, is_byline in sorted(_short_lines(cleaned), key=lambda entry: entry[0] or 0):
        below = line is None or title < line < text
        if line is None or title - _ABOVE <= line < text + _BELOW:
            fields = read_fields(said) if is_byline or lead_in(said) else []
            if not fields and below:
                fields = _unlabelled(said, is_byline)
            if fields or is_byline:
                here.append((said, fields))
        elif is_byline:
            elsewhere.append((said, read_fields(said)))
    found, other = _read(here), _read(elsewhere)
    return Metadata(
        authors=found.authors or other.authors[:_FEW],
        published=found.published or other.published,
        modified=found.modified or other.modified,
        site_name=found.site_name or other.site_name,
    )


def _short_lines(cleaned: Cleaned) -> Iterator[tuple[int | None, str, bool]]:
    """Lines that may be bylines: where they stand, what they say, and whether cleaning took them for one."""
    for removal in cleaned.removed:
        if removal.reason is RemovalReason.BYLINE or len(removal.text) <= _LONGEST:
            yield removal.start_line, removal.text, removal.reason is RemovalReason.BYLINE
    for block in cleaned.blocks:
        if block.start_line is not None and len(block.text) <= _LONGEST and block.text != cleaned.title:
            yield block.start_line, block.text, False


def _beginning(cleaned: Cleaned) -> tuple[int, int]:
    """Where a dump's title and the first of its running text stand; 0 where blocks have no lines."""
    lines = [(block.start_line, block) for block in cleaned.blocks if block.start_line is not None]
    if not lines:
        return 0, 0
    title = next((line for line, block in lines if block.text == cleaned.title), lines[0][0] - 1)
    return title, next((line for line, block in lines if line > title and len(block.text) >= _RUNNING), title)


def _unlabelled(line: str, is_byline: bool) -> Fields:  # noqa: FBT001
    """A name, a day or both below the title, without a word of what they are."""
    day = MENTION.search(line)
    rest = [part.strip(_EDGE) for part in _APART.split(MENTION.sub("|", line) if day else line)]
    names = [part for part in rest if is_full_name(part)] if day or is_byline else []
    return [("author", name) for name in names[:1]] + ([("date", line)] if day and len(line.split()) <= _DATED else [])


def _read(bylines: Iterable[tuple[str, Fields]]) -> Metadata:
    """What lines and the labelled parts of them say."""
    pure: list[str] = []
    mixed: list[str] = []
    sources: list[str] = []
    published = modified = None
    for line, fields in bylines:
        said = [_without_day(value) for field, value in fields if field == "author"]
        names = [name for value in said for name in names_in(value, as_written=True)]
        (pure if len(fields) == 1 else mixed).extend(names)
        sources += [
            name for field, value in fields if field == "source" and (name := _SOURCE_END.split(value)[0].strip(_EDGE))
        ]
        updated = _date_of(fields, "modified")
        published = published or _date_of(fields, "date") or (None if updated else find_date(line))
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


def _without_day(author: str) -> str:
    """`Jane Doe December 2, 2025` and `Jane DoePublished: …`, as dumps run them together: the name."""
    day = MENTION.search(author)
    return _RUN_ON.split(author[: day.start()] if day and day.start() else author, maxsplit=1)[0]


def _date_of(fields: list[tuple[str, str]], kind: str) -> str | None:
    return next((date for name, value in fields if name == kind and (date := find_date(value))), None)
