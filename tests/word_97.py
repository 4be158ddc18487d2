"""Documents of Word 97 and 6 made in code, byte by byte: what no program at hand writes, but Word itself did."""

import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise

from documents import compound_file

_PAGE = 512
_OLD_ENTRY = 7
_TEXT = 1024  # where it begins in the stream


def word_97(
    pieces: Sequence[tuple[str, int]],
    *,
    paragraphs: Mapping[int, bytes] | None = None,
    characters: Mapping[int, bytes] | None = None,
    counts: Sequence[int] = (),
    flags: int = 0,
    version: int = 0xC1,
) -> bytes:
    """A document of pieces of text, each with its place in the order that they lie in the file.

    Args:
        pieces: Texts in reading order; of those in Latin letters a byte a character.
        paragraphs: By the last character of a paragraph in the file, what is said of it; others are plain.
        characters: By the first character in the file of a run, what is said of it, up to the next.
        counts: Characters of each story; by default all are the body's.
        flags: Of the head.
        version: Of the format.
    """
    raw = [text.encode("latin-1" if text.isascii() else "utf-16-le") for text, _ in pieces]
    order = sorted(range(len(pieces)), key=lambda index: pieces[index][1])
    starts, at = [0] * len(pieces), _TEXT
    for index in order:
        starts[index] = at
        at += len(raw[index])
    text = b"".join(raw[index] for index in order)
    places = [_entry(text, start) for (text, _), start in zip(pieces, starts, strict=True)]
    ends = [0]
    for one, _ in pieces:
        ends.append(ends[-1] + len(one))
    plc = struct.pack(f"<{len(ends)}I", *ends) + b"".join(places)
    clx = b"\x02" + struct.pack("<I", len(plc)) + plc
    rows, runs = _rows(len(text), paragraphs or {}), _runs(characters or {})
    first_page = -(-(_TEXT + len(text)) // _PAGE)
    stream = text.rjust(_TEXT + len(text), b"\0").ljust(first_page * _PAGE, b"\0")
    stream += _page(rows, _TEXT + len(text), 13) + _page(runs, _TEXT + len(text), 1)
    tables = [struct.pack("<III", _TEXT, _TEXT + len(text), page) for page in (first_page, first_page + 1)]
    parts = {12: tables[1], 13: tables[0], 33: clx}
    head, table = bytearray(_TEXT), b""
    struct.pack_into("<HH", head, 0, 0xA5EC, version)
    struct.pack_into("<H", head, 10, flags | 0x200)
    stories = [*counts, *[0] * (8 - len(counts))] if counts else [ends[-1], *[0] * 7]
    struct.pack_into("<8I", head, 0x4C, *stories)
    for part, content in parts.items():
        struct.pack_into("<II", head, 0x9A + 8 * part, len(table), len(content))
        table += content
    return compound_file([("WordDocument", -1, bytes(head) + stream[_TEXT:]), ("1Table", -1, table)])


def _rows(size: int, paragraphs: Mapping[int, bytes]) -> list[tuple[int, bytes]]:
    """Where each paragraph begins, and what is said of it."""
    said = {end + 1: settings for end, settings in paragraphs.items()}
    limits = sorted({0, *said, size})
    return [(_TEXT + first, said.get(end, bytes(2))) for first, end in pairwise(limits)]


def _runs(characters: Mapping[int, bytes]) -> list[tuple[int, bytes]]:
    """Where characters begin to look otherwise, and what is said of them."""
    return [(_TEXT + first, said) for first, said in sorted(({0: b""} | dict(characters)).items())]


def word_6(
    text: bytes,
    *,
    paragraphs: Mapping[int, bytes] | None = None,
    characters: Mapping[int, bytes] | None = None,
    styles: Sequence[tuple[int, str]] = ((0, "Normal"),),
    language: int = 0x409,
    version: int = 0x65,
) -> bytes:
    """A document of Word 6 whose text lies in one piece; styles are their numbers among Word's own, and names."""
    rows, runs = _rows(len(text), paragraphs or {}), _runs(characters or {})
    page = -(-(_TEXT + len(text)) // _PAGE)
    stream = bytes(_TEXT) + text.ljust(page * _PAGE - _TEXT, b"\0")
    stream += _page(rows, _TEXT + len(text), 7) + _page(runs, _TEXT + len(text), 1)
    sheet = struct.pack("<HHHHHHHHH", 16, len(styles), 8, 0, 15, 15, 0, 0, 0)
    for kind, name in styles:
        style = struct.pack("<HHHH", kind, 0xFFF1, 0, 0) + bytes((len(name),)) + name.encode() + b"\0"
        style += bytes(len(style) % 2) + struct.pack("<HHH", 2, 0, 0)
        sheet += struct.pack("<H", len(style)) + style
    tables = [struct.pack("<IIH", _TEXT, _TEXT + len(text), number) for number in (page + 1, page)]
    head = bytearray(_TEXT)
    struct.pack_into("<HHHH", head, 0, 0xA5DC, version, 0, language)
    struct.pack_into("<II", head, 0x18, _TEXT, _TEXT + len(text))
    struct.pack_into("<I", head, 0x34, len(text))
    for part, content in {1: sheet, 12: tables[0], 13: tables[1]}.items():
        struct.pack_into("<II", head, 0x58 + 8 * part, len(stream), len(content))
        stream += content
    struct.pack_into("<I", head, 0x20, len(stream))
    return compound_file([("WordDocument", -1, bytes(head) + stream[_TEXT:])])


def _entry(text: str, start: int) -> bytes:
    value = (2 * start) | 1 << 30 if text.isascii() else start
    return struct.pack("<HIH", 0, value, 0)


def _page(rows: Sequence[tuple[int, bytes]], end: int, entry: int) -> bytes:
    """A page of what is said of stretches of the text, from where each begins."""
    page = bytearray(_PAGE)
    struct.pack_into(f"<{len(rows) + 1}I", page, 0, *(first for first, _ in rows), end)
    free = _PAGE - 2
    for index, (_, said) in enumerate(rows):
        if not said:
            continue
        if entry == 1:
            packed = bytes((len(said),)) + said
        else:
            even = said + bytes(len(said) % 2)
            packed = bytes((0, len(even) // 2) if entry > _OLD_ENTRY else (len(even) // 2,)) + even
        free = (free - len(packed)) // 2 * 2
        page[free : free + len(packed)] = packed
        page[4 * (len(rows) + 1) + entry * index] = free // 2
    page[_PAGE - 1] = len(rows)
    return bytes(page)
