"""RTF as mail programs compress it ([MS-OXRTFCP])."""

from collections.abc import Iterator

from docmill.extract.binary import number

__all__ = ["decompressed"]

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D  # what says whether it is
_HEADER = 16  # bytes
_WINDOW = 4096  # characters that references lead back to
_KNOWN = (  # what the window holds at the beginning
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompressed(data: bytes, most: int) -> bytes:
    """The RTF, up to so many bytes; none if it is not kept in this way."""
    size, kind = number(data, 4, 4), number(data, 8, 4)
    if kind == _PLAIN:
        return data[_HEADER : _HEADER + size][:most]
    if kind != _COMPRESSED:
        return b""
    window = bytearray(_KNOWN.ljust(_WINDOW, b"\0"))
    write, out = len(_KNOWN), bytearray()
    for place, length in _steps(data):
        if length and place == write:  # the end
            break
        for step in range(length or 1):  # what it writes itself may be part of what it refers to
            one = window[(place + step) % _WINDOW] if length else place
            window[write] = one
            out.append(one)
            write = (write + 1) % _WINDOW
        if len(out) >= most:
            break
    return bytes(out[:most])


def _steps(data: bytes) -> Iterator[tuple[int, int]]:
    """Characters, each with the length 0, and references: a place in the window and a length."""
    at = _HEADER
    while at < len(data):
        flags = data[at]
        at += 1
        for bit in range(8):
            if flags >> bit & 1:
                reference = int.from_bytes(data[at : at + 2], "big")
                yield reference >> 4, (reference & 0xF) + 2
                at += 2
            elif at < len(data):
                yield data[at], 0
                at += 1
