"""Describe: title, authors, dates and site, from the markup where it says so, else from the visible text."""

import re
import tomllib
from importlib.resources import files
from urllib.parse import urlsplit

from docmill.dates import find_date
from docmill.stage import Cleaned, Extracted, Metadata
from schemas.document import RemovalReason

__all__ = ["VERSION", "describe"]

VERSION = "1"

_DATA = tomllib.loads((files("docmill") / "bylines.toml").read_text(encoding="utf-8"))
_LABELS = _DATA["labels"]
_COLONLESS = frozenset(_DATA["colonless"]["labels"])
_FIELD = re.compile(
    r"(?:^|(?<=[\s|,，;；()（）/\u3000]))(?:"
    + "|".join(f"(?P<{name}>{'|'.join(labels)})" for name, labels in _LABELS.items())
    + r")(?P<colon>\s*[:：]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_SPLIT_NAMES = re.compile(r"\s*(?:,|;|、|，|；|&|\band\b|\bet\b|\bи\b|\by\b|\bund\b|(?<=\s)و(?=\s?\w))\s*")
_EDGE = " \t\n.|·•-–—/,:;()（）[]\u3000\xa0"
_NAME_CHARACTERS = 60
_TITLE_PARTS = re.compile(r"\s+[|–—·»-]\s+|\s*[_|]\s*")
_OPENING = 5  # blocks among which a page's own heading stands
_SOURCE_END = re.compile(r"[|｜]|\d{4}")
_BARE_DATE = re.compile(r"\d{1,4}\D")


def describe(extracted: Extracted, cleaned: Cleaned) -> Metadata:
    """What the markup declares, completed by the title line and bylines that cleaning found."""
    declared, seen = extracted.metadata, _from_bylines(cleaned)
    return Metadata(
        title=_page_title(declared.title, extracted) or cleaned.title,
        authors=declared.authors or seen.authors,
        published=declared.published or seen.published,
        modified=declared.modified or seen.modified,
        site_name=declared.site_name or seen.site_name or _host(declared.url),
        url=declared.url,
    )


def _page_title(declared: str | None, extracted: Extracted) -> str | None:
    """The declared title without the site's and section's names, where a heading shows which part it is."""
    parts = [part for part in _TITLE_PARTS.split(declared or "") if part]
    if declared is None or len(parts) < 2:  # noqa: PLR2004
        return declared
    shown = {block.text.casefold() for block in extracted.blocks[:_OPENING]}
    return next((part for part in parts if part.casefold() in shown), parts[0] if "_" in declared else declared)


def _host(url: str | None) -> str | None:
    return urlsplit(url).hostname if url else None


def _from_bylines(cleaned: Cleaned) -> Metadata:
    """Read the byline lines that cleaning took out. A line naming nothing but authors outranks a mixed one."""
    pure: list[str] = []
    mixed: list[str] = []
    sources: list[str] = []
    published = modified = None
    for removal in cleaned.removed:
        if removal.reason is not RemovalReason.BYLINE:
            continue
        fields = _fields(removal.text)
        names = [name for field, value in fields if field == "author" for name in _names(value)]
        (pure if len(fields) == 1 else mixed).extend(names)
        sources += [
            name for field, value in fields if field == "source" and (name := _SOURCE_END.split(value)[0].strip(_EDGE))
        ]
        published = (
            published or _date_of(fields, "date") or (None if _date_of(fields, "modified") else find_date(removal.text))
        )
        modified = modified or _date_of(fields, "modified")
    authors = pure or mixed
    if pure and mixed and not sources:
        sources = [name for name in mixed if name not in pure]
    return Metadata(
        authors=tuple(dict.fromkeys(authors)),
        published=published,
        modified=modified,
        site_name=next(iter(sources), None),
    )


def _fields(line: str) -> list[tuple[str, str]]:
    """A byline's labelled parts; a line without labels that is no date is a bare name."""
    marks = [mark for mark in _FIELD.finditer(line) if mark["colon"].strip() or _bare_label(mark)]
    if not marks:
        return [] if _BARE_DATE.search(line) else [("author", line.strip(_EDGE))]
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    fields = [(_name(mark), line[mark.end() : end].strip(_EDGE)) for mark, end in zip(marks, ends, strict=True)]
    return [(name, value) for name, value in fields if value]


def _name(mark: re.Match[str]) -> str:
    return next(str(name) for name in _LABELS if mark[name])


def _bare_label(mark: re.Match[str]) -> bool:
    """Whether a label may stand without a colon: `By Jane Doe`."""
    return mark[0].strip().casefold() in _COLONLESS


def _names(value: str) -> list[str]:
    first = re.split(r"\||\s{2}", value, maxsplit=1)[0]
    names = [name.strip(_EDGE) for name in _SPLIT_NAMES.split(first)]
    return [name for name in names if 1 < len(name) <= _NAME_CHARACTERS and not any(c.isdigit() for c in name)]


def _date_of(fields: list[tuple[str, str]], kind: str) -> str | None:
    return next((date for name, value in fields if name == kind and (date := find_date(value))), None)
