"""What is said of a document's characters and paragraphs, by where they lie in the file ([MS-DOC] 2.9.55, 2.9.175)."""

import struct
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from docmill.extract.binary import number, signed
from docmill.extract.doc import word_6
from docmill.extract.doc.sprms import Sprm, sprms

__all__ = ["Looks", "ParagraphSettings", "Runs", "with_settings"]

_PAGE = 512  # bytes
_PAGE_NUMBER = 0x3FFFFF  # bits of it
_PARAGRAPH_ENTRY, _OLD_PARAGRAPH_ENTRY = 13, 7  # bytes
_ON = frozenset({1, 0x81})  # also where the style says the opposite
_RAISED = 1
_NO_OUTLINE = 9
_MOST_KNOWN = 4096  # settings of paragraphs, most of which are alike
_MOST_CELLS = 64
_DEEPEST = 8  # level of a list, from 0


class Runs:
    """Stretches of the file that look alike; read page by page where they are looked up.

    Args:
        stream: The stream with the text, whose pages hold the stretches.
        plc: Says which page is of what part of the file.
        entry: Bytes of a page's entries.
        is_old: Whether the document is of Word 6 or 95.
    """

    def __init__(self, stream: bytes, plc: bytes, entry: int, *, is_old: bool = False) -> None:
        self._stream = stream
        self._entry = entry
        self._is_old = is_old
        size, form = (6, "H") if is_old else (8, "I")
        count = max(len(plc) - 4, 0) // size
        self._begins = struct.unpack_from(f"<{count + 1}I", plc) if count else ()
        self._pages = struct.unpack_from(f"<{count}{form}", plc, 4 * (count + 1)) if count else ()
        self._known: dict[bytes, ParagraphSettings] = {}
        self._firsts = lru_cache(32)(self._read_firsts)

    @classmethod
    def of_paragraphs(cls, stream: bytes, plc: bytes, *, is_old: bool = False) -> "Runs":
        """Those of paragraphs."""
        return cls(stream, plc, _OLD_PARAGRAPH_ENTRY if is_old else _PARAGRAPH_ENTRY, is_old=is_old)

    @classmethod
    def of_characters(cls, stream: bytes, plc: bytes, *, is_old: bool = False) -> "Runs":
        """Those of characters."""
        return cls(stream, plc, 1, is_old=is_old)

    def at(self, place: int) -> tuple[int, bytes]:
        """Where the stretch that a place is in ends, and what is said of it."""
        index = bisect_right(self._begins, place) - 1
        if not 0 <= index < len(self._pages):
            later = self._begins[index + 1] if index + 1 < len(self._begins) else len(self._stream)
            return max(later, place + 1), b""
        page = (self._pages[index] & _PAGE_NUMBER) * _PAGE
        firsts = self._firsts(page)
        run = bisect_right(firsts, place) - 1
        if not 0 <= run < len(firsts) - 1:
            return max(self._begins[index + 1], place + 1), b""
        offset = number(self._stream, page + 4 * len(firsts) + self._entry * run, 1)
        return max(firsts[run + 1], place + 1), self._said(page + 2 * offset) if offset else b""

    def looks(self, place: int) -> tuple[int, "Looks"]:
        """Where the stretch ends, and how its characters look."""
        end, said = self.at(place)
        return end, looks_of(said, is_old=self._is_old)

    def settings(self, place: int, data: bytes) -> "ParagraphSettings":
        """The settings of the paragraph whose mark is at a place; the data stream holds long ones."""
        said = self.at(place)[1]
        if (known := self._known.get(said)) is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            style = ParagraphSettings(number(said, 0, 2))
            known = self._known[said] = with_settings(style, said[2:], data, is_old=self._is_old)
        return known

    def _read_firsts(self, page: int) -> tuple[int, ...]:
        """Where the stretches of a page begin, and the last of them ends."""
        count = number(self._stream, page + _PAGE - 1, 1) + 1
        if page + _PAGE > len(self._stream) or 4 * count > _PAGE:
            return ()
        return struct.unpack_from(f"<{count}I", self._stream, page)

    def _said(self, at: int) -> bytes:
        size = number(self._stream, at, 1)
        if self._entry == 1:
            return self._stream[at + 1 : at + 1 + size]
        if self._is_old:
            return self._stream[at + 1 : at + 1 + 2 * size]
        if size:
            return self._stream[at + 1 : at + 2 * size]
        return self._stream[at + 2 : at + 2 + 2 * number(self._stream, at + 1, 1)]


class Looks(NamedTuple):
    """What matters of how characters look."""

    is_unseen: bool = False  # hidden, or taken out by a tracked change
    is_raised: bool = False
    font: int | None = None  # its number, where one is said
    symbol: int | None = None  # code of a symbol in that font


@lru_cache(4096)
def looks_of(said: bytes, *, is_old: bool = False) -> Looks:
    """How characters look of which this is said."""
    found: dict[int, bytes] = {}
    for code, value in (word_6.sprms if is_old else sprms)(said):
        if code == Sprm.PLAIN:
            found.clear()
        found[code] = value
    unseen = any(number(found.get(code, b""), 0, 1) in _ON for code in (Sprm.DELETED, Sprm.HIDDEN))
    symbol, font = found.get(Sprm.SYMBOL), found.get(Sprm.SYMBOL) or found.get(Sprm.FONT)
    return Looks(
        unseen,
        number(found.get(Sprm.RAISED, b""), 0, 1) == _RAISED,
        number(font, 0, 2) if font else None,
        number(symbol, 2, 2) if symbol else None,
    )


@dataclass(frozen=True, slots=True)
class ParagraphSettings:
    """What matters of a paragraph's settings, or of a style's; None where nothing is said."""

    style: int = 0
    outline: int | None = None  # level from 0
    list: int | None = None  # its number, from 1; 0 of none
    level: int | None = None  # in the list, from 0
    depth: int = 0  # tables that it is in, one in the other
    ends_row: bool = False
    ends_inner_cell: bool = False
    ends_inner_row: bool = False
    edges: tuple[int, ...] = ()  # of the row's cells, in twips


def with_settings(own: ParagraphSettings, said: bytes, data: bytes = b"", *, is_old: bool = False) -> ParagraphSettings:
    """Settings changed by what else is said; in documents of Word 6 and 95 in another form."""
    found: dict[int, bytes] = {}
    for code, value in (word_6.sprms if is_old else sprms)(said):
        if code in Sprm.ELSEWHERE:
            place = number(value, 0, 4)
            found |= dict(sprms(data[place + 2 : place + 2 + number(data, place, 2)]))
        found[code] = value

    def value_of(code: int, size: int) -> int | None:
        return number(found[code], 0, size) if code in found else None

    outline, depth = value_of(Sprm.OUTLINE, 1), value_of(Sprm.DEPTH, 4)
    style, level = value_of(Sprm.STYLE, 2), value_of(Sprm.LEVEL, 1)
    return replace(
        own,
        style=own.style if style is None else style,
        outline=own.outline if outline is None else min(outline, _NO_OUTLINE),
        list=_list(value_of(Sprm.LIST, 2)),
        level=None if level is None else min(level, _DEEPEST),
        depth=bool(value_of(Sprm.IN_TABLE, 1)) if depth is None else depth,
        ends_row=bool(value_of(Sprm.ENDS_ROW, 1)),
        ends_inner_cell=bool(value_of(Sprm.ENDS_INNER_CELL, 1)),
        ends_inner_row=bool(value_of(Sprm.ENDS_INNER_ROW, 1)),
        edges=_edges(found.get(Sprm.CELLS, b"")),
    )


def _list(said: int | None) -> int | None:
    """A list's number, also of paragraphs that are not set in like its items; 0 of those taken out of lists."""
    if said is None or said < 0x7FF:  # noqa: PLR2004
        return said
    return 0x10000 - said if said > 0xF801 else 0  # noqa: PLR2004


def _edges(cells: bytes) -> tuple[int, ...]:
    count = min(number(cells, 2, 1), _MOST_CELLS)
    return tuple(signed(cells, 3 + 2 * at, 2) for at in range(count + 1)) if cells else ()
