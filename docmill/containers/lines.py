"""Lines of a stream in pieces of bounded length."""

from collections.abc import Iterator

from docmill.containers.unpack import Metered

__all__ = ["lines"]

_CHUNK = 1 << 16
_MOST = 1 << 20  # bytes of a line given at a time


def lines(stream: Metered) -> Iterator[bytes]:
    """Each line with its line feed; one longer than 1 MiB in several pieces, of which only the last has it."""
    left = b""
    while chunk := stream.read(_CHUNK):
        *whole, left = (left + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(left) > _MOST:
            yield left
            left = b""
    if left:
        yield left
