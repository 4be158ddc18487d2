"""Bylines: the labels of a line such as `Source: X | 2023-04-05 | By Y`, and its labelled parts."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

import re2

from docmill.rows import rows_with

__all__ = [
    "EDGE",
    "after_author_label",
    "after_lead",
    "label_of",
    "lead_in",
    "lines_with_labels",
    "read_fields",
    "starts_thread",
]

_DATA = tomllib.loads((files("docmill") / "bylines.toml").read_text(encoding="utf-8"))
_LABELS: dict[str, list[str]] = _DATA["labels"]
_COLONLESS = frozenset(_DATA["colonless"]["labels"])
_ANY_LABEL = "|".join(f"(?P<{name}>{'|'.join(labels)})" for name, labels in _LABELS.items())
_FIELD = re.compile(
    rf"(?:^|(?<=[\s|,，;；()（）/\u3000·•]))(?:{_ANY_LABEL})(?P<colon>\s*[:：]\s*|\s+)(?=\S)", re.IGNORECASE
)
_LABEL = re.compile(rf"\W{{0,3}}(?:{_ANY_LABEL})\s*(?P<colon>[:：]?)\s*", re.IGNORECASE)
_LEAD = re.compile(rf"\W{{0,3}}(?:{'|'.join(_LABELS['author'])})(?:\s*[:：]\s*|\s+)", re.IGNORECASE)
# Where labels may stand on a line, or a little more: RE2 finds them in a whole text in a fraction of the time.
_MAYBE_LABELS = re2.compile(
    rf"(?im)(?:^|[^\pL\pN\n])(?:{'|'.join(map('|'.join, _LABELS.values()))})(?:[^\pL\pN\n]|$)".encode()
)
_SURE = re.compile(rf"\W{{0,3}}(?:{'|'.join(_DATA['sure']['labels'])})(?=\W|$)", re.IGNORECASE)
_STARTER = re.compile(rf"\W{{0,3}}(?:{'|'.join(_DATA['starter']['labels'])})(?=\W|$)", re.IGNORECASE)
EDGE = ' \t\n.|·•-–—/,:;()（）[]【】\u3000\xa0"“”«»*_~>'
_LABEL_CHARACTERS = 40


def read_fields(line: str) -> list[tuple[str, str]]:
    """A byline's labelled parts: pairs of `author`, `source`, `date`, `modified` or `other` and the text of it."""
    marks = [mark for mark in _FIELD.finditer(line) if mark["colon"].strip() or _may_stand_bare(mark)]
    if not marks:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    fields = [(_name(mark), line[mark.end() : end].strip(EDGE)) for mark, end in zip(marks, ends, strict=True)]
    return [(name, value) for name, value in fields if value]


def _name(mark: re.Match[str]) -> str:
    return next(str(name) for name in _LABELS if mark[name])


def _may_stand_bare(mark: re.Match[str]) -> bool:
    """Whether a label may stand without a colon: `By Jane Doe`."""
    return mark[0].strip().casefold() in _COLONLESS


def label_of(text: str) -> str | None:
    """Which label a text is, if it is nothing but a label: `author`, `source`, `date`, `modified` or `other`."""
    return _label_of(text) if len(text) <= _LABEL_CHARACTERS else None


@lru_cache(maxsize=4096)
def _label_of(text: str) -> str | None:
    mark = _LABEL.fullmatch(text)  # asked about the same texts for dates and for authors
    return next((name for name in _LABELS if mark[name]), None) if mark else None


def lead_in(text: str) -> bool:
    """Whether a text starts with a label of authors, as in `By Jane Doe`."""
    return _LEAD.match(text) is not None


def after_lead(text: str) -> str:
    """What follows the label of authors a text starts with; the text where it starts with none."""
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text


def lines_with_labels(whole: bytes, ends: Sequence[int]) -> Iterator[int]:
    """The numbers of the lines that may hold a label of any kind, of lines given as `rows_with` takes them."""
    return rows_with(_MAYBE_LABELS, whole, ends)


def after_author_label(text: str) -> str | None:
    """What follows a label that names an author wherever it stands (`Written by`); None where a text has none."""
    label = _SURE.match(text)
    return text[label.end() :].strip(EDGE) if label else None


def starts_thread(text: str) -> bool:
    """Whether a text starts with a label of who began a discussion."""
    return _STARTER.match(text) is not None
