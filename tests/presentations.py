"""Presentations of PowerPoint 97 made in code, record by record."""

import struct
from collections.abc import Sequence

from documents import compound_file

_DOCUMENT, _SLIDE, _NOTES = 0x03E8, 0x03EE, 0x03F0


def record(code: int, content: bytes = b"", kind: int = 0) -> bytes:
    """A record with content of its own."""
    return struct.pack("<HHI", kind << 4, code, len(content)) + content


def holder(code: int, *within: bytes, kind: int = 0) -> bytes:
    """A record of records."""
    content = b"".join(within)
    return struct.pack("<HHI", kind << 4 | 0xF, code, len(content)) + content


def text(kind: int, said: str) -> bytes:
    """A text of a kind: 0 of titles, 1 of lists, 4 of others; paragraphs are parted by carriage returns."""
    return record(0x0F9F, struct.pack("<I", kind)) + record(0x0FA0, said.encode("utf-16-le"))


def shape_atoms(
    *texts: bytes,
    placeholder: int | None = None,
    properties: Sequence[tuple[int, int]] = (),
    at: tuple[int, int] = (0, 0),
) -> bytes:
    """A shape with texts; of what it stands in for; with properties, and the place of its upper left corner."""
    packed = b"".join(struct.pack("<HI", name, value) for name, value in properties)
    parts = [record(0xF00A, bytes(8), 1), record(0xF00B, packed, len(properties))]
    parts.append(record(0xF00F, struct.pack("<iiii", at[1], at[0], 0, 0)))
    if placeholder is not None:
        parts.append(holder(0xF011, record(0x0BC3, struct.pack("<IBBH", 0, placeholder, 0, 0))))
    return holder(0xF004, *parts, holder(0xF00D, *texts))


def slide(*shapes: bytes, is_hidden: bool = False, more: bytes = b"", notes_of: int | None = None) -> bytes:
    """A slide of shapes, or of texts that stand in for titles or lists; or a page of notes."""
    made = [
        one if one[2:4] in {b"\x04\xf0", b"\x03\xf0"} else shape_atoms(one, placeholder=_place(one)) for one in shapes
    ]
    drawing = holder(0x040C, holder(0xF002, holder(0xF003, holder(0xF004), *made)))
    if notes_of is not None:
        return holder(_NOTES, record(0x03F1, struct.pack("<II", notes_of, 0)), drawing)
    shown = record(0x03F9, struct.pack("<IIBBHI", 0, 0, 0, 0, 4 if is_hidden else 0, 0))
    return holder(_SLIDE, record(0x03EF, bytes(24)), shown, drawing, more)


def presentation(
    *slides: bytes,
    outlines: Sequence[bytes] = (),
    notes: Sequence[bytes] = (),
    links: bytes = b"",
    locked: bool = False,
) -> bytes:
    """A presentation of slides, whose ids count from 256, each with its texts in the outline."""
    listed = [
        record(0x03F3, struct.pack("<IIIII", 2 + index, 0, 0, 256 + index, 0)) + (outlines[index] if outlines else b"")
        for index in range(len(slides))
    ]
    noted = [record(0x03F3, struct.pack("<IIIII", 2 + len(slides) + index, 0, 0, 0, 0)) for index in range(len(notes))]
    document = holder(_DOCUMENT, links, holder(0x0FF0, *listed), holder(0x0FF0, *noted, kind=2))
    stream, places = b"", []
    for one in (document, *slides, *notes):
        places.append(len(stream))
        stream += one
    directory = struct.pack("<I", 1 | len(places) << 20) + struct.pack(f"<{len(places)}I", *places)
    edit = struct.pack("<IHHIIIIHHI", 0, 0, 0, len(stream) + 9999, len(stream), 1, 0, 0, 0, 7)
    whole = stream + record(0x1772, directory)
    current = record(0x0FF6, struct.pack("<III", 20, 0xF3D1C4DF if locked else 0xE391C05F, len(whole)))
    return compound_file(
        [
            ("PowerPoint Document", -1, whole + record(0x0FF5, edit[: 32 if locked else 28])),
            ("Current User", -1, current),
        ]
    )


def _place(said: bytes) -> int:
    return {0: 0x0D, 1: 0x0E}.get(said[8], 0x13)
