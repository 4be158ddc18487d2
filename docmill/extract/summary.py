"""What a compound file's summary says of it: title, author and dates ([MS-OLEPS])."""

from typing import TYPE_CHECKING

from docmill.author_names import declared_authors
from docmill.detect.compound import BROKEN
from docmill.extract.binary import moment, number, wide_text
from docmill.extract.ole import read_stream
from docmill.extract.ooxml import useful_title
from docmill.stage import Metadata

if TYPE_CHECKING:
    import olefile

__all__ = ["summary"]

_STREAM = "\x05SummaryInformation"
_CODE_PAGE, _TITLE, _AUTHOR, _CREATED, _SAVED = 1, 2, 4, 12, 13
_SHORT, _TEXT, _WIDE, _TIME = 2, 30, 31, 64  # types of values
_SET = 44  # where it is said where the properties begin
_MOST_PROPERTIES = 100
_LONGEST = 10_000  # bytes of a text
_UTF_16 = 1200


def summary(ole: "olefile.OleFileIO") -> Metadata:
    """What the summary says; nothing if it is missing or broken."""
    try:
        found = _properties(read_stream(ole, _STREAM))
    except BROKEN:
        return Metadata()  # the document may be well without
    return Metadata(
        title=useful_title(_text(found, _TITLE)),
        authors=declared_authors(_text(found, _AUTHOR)),
        published=_date(found, _CREATED),
        modified=_date(found, _SAVED),
    )


def _properties(data: bytes) -> dict[int, bytes]:
    """By their numbers, the properties of the stream's first set: type and value."""
    begins = number(data, _SET, 4)
    found: dict[int, bytes] = {}
    for place in range(min(number(data, begins + 4, 4), _MOST_PROPERTIES)):
        at = begins + 8 + 8 * place
        value = begins + number(data, at + 4, 4)
        found[number(data, at, 4)] = data[value : value + 8 + _LONGEST]
    return found


def _text(found: dict[int, bytes], name: int) -> str:
    value = found.get(name, b"")
    kind, size = number(value, 0, 2), number(value, 4, 4)
    page = number(found.get(_CODE_PAGE, b""), 4, _SHORT)
    if kind == _WIDE or (kind == _TEXT and page == _UTF_16):
        return wide_text(value[8 : 8 + size * (2 if kind == _WIDE else 1)]).partition("\0")[0]
    if kind != _TEXT:
        return ""
    text = value[8 : 8 + size].partition(b"\0")[0]
    try:
        return text.decode("utf-8" if page == 65001 else f"cp{page}", "replace")  # noqa: PLR2004
    except LookupError:
        return text.decode("cp1252", "replace")


def _date(found: dict[int, bytes], name: int) -> str | None:
    """A time in 100 ns since 1601; none of those that programs leave empty."""
    value = found.get(name, b"")
    ticks = number(value, 4, 8) if number(value, 0, 2) == _TIME else 0
    when = moment(ticks)
    if when is None or when.year <= 1980:  # noqa: PLR2004
        return None
    return when.replace(microsecond=0).isoformat().replace("+00:00", "Z")
