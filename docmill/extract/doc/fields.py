"""Fields of a Word document (DOC): which text is a code and no result, and where links lead ([MS-DOC] 2.8.25)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from docmill.extract.doc.text import Text

__all__ = ["Link", "take_fields"]

_BEGIN, _SEPARATE = "\x13", "\x14"
_MARK = re.compile("[\x13-\x15]")
_LINK = re.compile(r'\s*HYPERLINK\s+"([^"\s]+)"', re.IGNORECASE)
_LONGEST_CODE, _LONGEST_RESULT = 2500, 500  # characters looked at: links may be nested in each other


class Link(NamedTuple):
    """Where a text leads."""

    address: str
    span: range  # of the text


class _Field:
    """A field that is open."""

    def __init__(self, begins: int) -> None:
        self.begins = begins
        self.separated: int | None = None


def take_fields(text: Text, span: range) -> Iterator[Link]:
    """Mark the codes of a story's fields, and tell its links; what has no end is taken for text."""
    is_open: list[_Field] = []
    codes: list[range] = []
    for mark in _MARK.finditer(text.characters, span.start, span.stop):
        if mark[0] == _BEGIN:
            is_open.append(_Field(mark.start()))
        elif is_open and mark[0] == _SEPARATE:
            is_open[-1].separated = is_open[-1].separated or mark.start()
        elif is_open:
            ended = is_open.pop()
            code = range(ended.begins, ended.separated or mark.start())
            codes.append(code)
            told = _LINK.match(text.characters, code.start + 1, min(code.stop, code.start + _LONGEST_CODE))
            if told and ended.separated:
                yield Link(told[1], range(ended.separated, min(mark.start(), ended.separated + _LONGEST_RESULT)))
    for code in _outermost(codes):
        text.hide(code)


def _outermost(spans: list[range]) -> Iterator[range]:
    reached = -1
    for span in sorted(spans, key=lambda span: span.start):
        if span.start >= reached:
            yield span
            reached = span.stop
