"""The text of a Word document (DOC), of the pieces that it lies in ([MS-DOC] 2.4.1), and how it looks."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from docmill.extract.binary import number
from docmill.extract.doc.formatting import Looks, Runs
from docmill.extract.html.elements import is_power
from docmill.extract.symbols import has_symbols, symbol
from docmill.extract.unreadable import UnreadableError
from schemas.document import Reason

__all__ = ["Piece", "Text", "pieces", "stretches"]

_SETTINGS, _TABLE = 1, 2  # what the parts of the list of pieces begin with
_COMPRESSED = 1 << 30
_PRIVATE = range(0xF000, 0xF100)  # where the characters of such fonts are
_SHOWN, _UNSEEN, _CODE, _RAISED, _SYMBOL = range(5)  # how a character looks; code is a field's
_MARK = re.compile("[\r\x07\x0c]")  # ends a paragraph
# Not said are marks of pictures, notes, comments and fields, and hyphens that are only shown at a line's end.
_SAID = str.maketrans(
    {"\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-"}
    | dict.fromkeys("\x01\x02\x03\x04\x05\x06\x07\x08\r\x13\x14\x15\x1f")
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text: its characters, where it lies in the file, and bytes of a character."""

    span: range
    place: int
    width: int

    def place_of(self, character: int) -> int:
        """Where a character lies in the file."""
        return self.place + (character - self.span.start) * self.width


def pieces(clx: bytes, size: int, *, is_old: bool = False) -> list[Piece]:
    """The pieces of the text, in order.

    Args:
        clx: The list of them.
        size: Bytes of the stream that they lie in.
        is_old: Whether all characters are of one byte.

    Raises:
        UnreadableError: There is none.
    """
    at = 0
    while number(clx, at, 1) == _SETTINGS:
        at += 3 + number(clx, at + 1, 2)
    table = clx[at + 5 : at + 5 + number(clx, at + 1, 4)] if number(clx, at, 1) == _TABLE else b""
    count = (len(table) - 4) // 12
    found: list[Piece] = []
    left = size  # characters: no byte is in two of them
    for index in range(count):
        first, end = number(table, 4 * index, 4), number(table, 4 * index + 4, 4)
        value = number(table, 4 * (count + 1) + 8 * index + 2, 4)
        place, width = ((value & (_COMPRESSED - 1)) // 2, 1) if value & _COMPRESSED else (value & (_COMPRESSED - 1), 2)
        if is_old:
            place, width = value, 1
        whole, end = end, min(end, first + max(size - place, 0) // width, first + left)
        if end > first:
            found.append(Piece(range(first, end), place, width))
            left -= end - first
        if end < whole or (first and not found):  # characters behind what is missing would be at wrong places
            break
    if not found:
        raise UnreadableError(Reason.CORRUPT, "The document does not say where its text is.")
    return found


def stretches(plc: bytes, count: int, story: range) -> Iterator[range]:
    """The parts of a story, as a list says where each begins; none is in two of them."""
    reached = story.start
    for index in range(count):
        first, end = (min(story.start + number(plc, 4 * (index + at), 4), story.stop) for at in (0, 1))
        yield range(max(first, reached), end)
        reached = max(reached, end)


class _Symbols(NamedTuple):
    """A stretch of text in a font of symbols."""

    first: int
    font: str
    code: int | None  # that all its characters stand for


class Text:
    """The characters of all stories, and how each looks.

    Args:
        stream: The stream with the text.
        parts: The pieces it is put together of.
        characters: What is said of them.
        fonts: The names of fonts, by number.
        charset: Of characters of one byte.
    """

    def __init__(
        self, stream: bytes, parts: list[Piece], characters: Runs, fonts: Mapping[int, str], charset: str = "cp1252"
    ) -> None:
        self._pieces = parts
        self.characters = _joined(stream, parts, charset)
        self._looks = bytearray(len(self.characters))
        self._symbols: list[_Symbols] = []
        for piece in parts:
            self._look_at(piece, characters, fonts)

    def hide(self, span: range) -> None:
        """Take a field's code for what it is."""
        self._looks[span.start : span.stop] = bytes((_CODE,)) * len(self._looks[span.start : span.stop])

    def placed(self, span: range) -> Iterator[tuple[range, int]]:
        """The paragraphs of a stretch, without the mark that ends each, and where that mark lies in the file."""
        piece = 0
        at, stop = span.start, min(span.stop, len(self.characters))
        while at < stop:
            end = self._end(at, stop)
            while piece + 1 < len(self._pieces) and self._pieces[piece].span.stop <= end:
                piece += 1
            yield range(at, end), self._pieces[piece].place_of(end)
            at = end + 1

    def _end(self, at: int, stop: int) -> int:
        found = _MARK.search(self.characters, at, stop)
        return found.start() if found else stop

    def shown(self, span: range) -> tuple[str, list[str]]:
        """What a stretch says, and the texts in it that are not shown."""
        looks = self._looks[span.start : span.stop]
        if looks.count(_SHOWN) == len(looks):
            return _sound(self.characters[span.start : span.stop].translate(_SAID)), []
        said: list[str] = []
        unseen: list[str] = []
        at = span.start
        for look, group in groupby(looks):
            end = at + sum(1 for _ in group)
            text = self.characters[at:end].translate(_SAID)
            if look == _UNSEEN:
                unseen.append(_sound(text))
            elif look == _SYMBOL:
                said += [self._symbol_at(one) for one in range(at, end)]
            elif look != _CODE:
                if look == _RAISED and is_power(said, text):
                    said.append("^")
                said.append(text)
            at = end
        return _sound("".join(said)), unseen

    def _look_at(self, piece: Piece, characters: Runs, fonts: Mapping[int, str]) -> None:
        place, stop = piece.place, piece.place_of(piece.span.stop)
        while place < stop:
            end, looks = characters.looks(place)
            font = fonts.get(looks.font, "") if looks.font is not None else ""
            look = _look(looks, font)
            if look:
                first = piece.span.start + (place - piece.place) // piece.width
                last = min(piece.span.start + (end - piece.place) // piece.width, piece.span.stop)
                self._looks[first:last] = bytes((look,)) * (last - first)
                if look == _SYMBOL:
                    self._symbols.append(_Symbols(first, font, looks.symbol))
            place = end

    def _symbol_at(self, character: int) -> str:
        """What a character is in a font of symbols; those typed in one are what they are in others."""
        own = self.characters[character]
        _, font, code = self._symbols[bisect_right(self._symbols, character, key=itemgetter(0)) - 1]
        if code is None:
            return symbol(font, f"{ord(own):x}") if ord(own) in _PRIVATE else own.translate(_SAID)
        return symbol(font, f"{code:x}")


def _look(looks: Looks, font: str) -> int:
    if looks.is_unseen:
        return _UNSEEN
    if looks.symbol is not None or has_symbols(font):
        return _SYMBOL
    return _RAISED if looks.is_raised else _SHOWN


def _joined(stream: bytes, parts: list[Piece], charset: str) -> str:
    """All characters at their places; those of UTF-16 that are two stay two."""
    texts: list[str] = []
    for piece in parts:
        raw = stream[piece.place : piece.place + len(piece.span) * piece.width]
        text = raw.decode(charset, "replace") if piece.width == 1 else raw.decode("utf-16-le", "surrogatepass")
        if len(text) != len(piece.span):
            text = "".join(chr(number(raw, place, 2)) for place in range(0, len(raw), 2))
        texts.append(text)
    return "".join(texts)


def _sound(text: str) -> str:
    """Text with characters made whole that are written as two halves."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
