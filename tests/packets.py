"""Outlook's packets of a mail (TNEF) made in code."""

import struct
from collections.abc import Mapping, Sequence

Properties = Mapping[int, "str | bytes | int"]


def tnef(
    message: Properties,
    files: Sequence[tuple[Properties, bytes]] = (),
    *,
    attributes: Mapping[int, bytes] | None = None,
) -> bytes:
    """A packet of a message's properties, files with theirs, and attributes of the message.

    Properties are texts, binary ones, or times in 100 ns since 1601.
    """
    parts = [struct.pack("<IH", 0x223E9F78, 1)]
    parts += [attribute(1, name, value) for name, value in (attributes or {}).items()]
    parts.append(attribute(1, 0x69003, _packed(message)))
    for properties, content in files:
        parts += [attribute(2, 0x69002, bytes(14)), attribute(2, 0x6800F, content)]
        parts.append(attribute(2, 0x69005, _packed(properties)))
    return b"".join(parts)


def attribute(level: int, name: int, value: bytes) -> bytes:
    """An attribute with its checksum."""
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def _packed(properties: Properties) -> bytes:
    parts = [struct.pack("<I", len(properties) + 2)]
    # One with a name of its own, and one of several numbers, which are passed over.
    parts.append(struct.pack("<HH16sII", 0x0003, 0x8001, bytes(16), 1, 6) + "abc".encode("utf-16-le") + bytes(2 + 4))
    parts.append(struct.pack("<HHIII", 0x1003, 0x6001, 2, 1, 2))
    for name, value in properties.items():
        if isinstance(value, int):
            parts.append(struct.pack("<HHQ", 0x40, name, value))
            continue
        raw = (value + "\0").encode("utf-16-le") if isinstance(value, str) else value
        kind = 0x1F if isinstance(value, str) else 0x102
        parts.append(struct.pack("<HHII", kind, name, 1, len(raw)) + raw + bytes(-len(raw) % 4))
    return b"".join(parts)
