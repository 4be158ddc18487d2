"""Streams that unpack to more than a document may: found piece by piece, before PDFium unpacks them at once."""

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress

__all__ = ["is_bomb"]

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_FLATE = re.compile(rb"/Fl(?:ateDecode)?\b")
_DICTIONARY = 400  # bytes before a stream in which its filters are looked for
_MOST_RATIO = 1032  # that deflate can reach, each time
_PIECE = 1 << 20  # bytes unpacked at a time, and forgotten


def is_bomb(data: bytes, most: int) -> bool:
    """Whether one of the file's deflated streams unpacks to more than `most` bytes.

    Only streams long enough to do so, given how many times they are packed, are tried.
    """
    at = 0
    while found := _STREAM.search(data, at):
        end = data.find(b"endstream", found.end())
        before, at = max(at, found.start() - _DICTIONARY), end if end >= 0 else len(data)
        layers = max(1, len(_FLATE.findall(data, before, found.start())))
        if (at - found.end()) * _MOST_RATIO**layers > most and _passes(data[found.end() : at], layers, most):
            return True
    return False


def _passes(packed: bytes, layers: int, most: int) -> bool:
    pieces: Iterable[bytes] = [packed]
    for _ in range(layers):
        pieces = _unpacked(pieces)
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > most:
            return True
    return False


def _unpacked(packed: Iterable[bytes]) -> Iterator[bytes]:
    """What deflated pieces unpack to, as far as they are sound."""
    unpacker = zlib.decompressobj()
    with suppress(zlib.error):
        for piece in packed:
            waiting = piece
            while waiting and not unpacker.eof:
                yield unpacker.decompress(waiting, _PIECE)
                waiting = unpacker.unconsumed_tail
