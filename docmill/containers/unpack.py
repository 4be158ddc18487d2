"""Decompression that never gives more than was asked for, and counts what it gives."""

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, Any, Protocol, cast

from docmill.containers.base import Budget, Problem, TooMuchError
from schemas.document import Reason

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = [
    "COMPRESSED",
    "ERRORS",
    "Decompressor",
    "Inflate",
    "Metered",
    "inflated",
    "open_compressed",
    "open_plain",
    "problem_of",
    "zstd",
]

ERRORS = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zstd.ZstdError)
_STEP = 1 << 18
_FEED = 1 << 14  # packed bytes given at a time: what they may become is checked after each
# Media types of a single compressed stream, the ends of names that say so, and how each is opened: all stop at what
# is asked for, and go on with the next stream where several are joined.
COMPRESSED: dict[str, tuple[tuple[str, ...], Callable[[IO[bytes]], Any]]] = {
    "application/gzip": ((".gz", ".gzip"), lambda packed: gzip.GzipFile(fileobj=packed)),
    "application/x-bzip2": ((".bz2", ".bz"), bz2.BZ2File),
    "application/x-xz": ((".xz", ".lzma"), lzma.LZMAFile),
    "application/zstd": ((".zst", ".zstd"), zstd.ZstdFile),
}


class Decompressor(Protocol):
    """As bz2's, lzma's and zstd's: gives at most `max_length` bytes at a time."""

    @property
    def eof(self) -> bool:
        """Whether the stream's end was seen."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more going in."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Some of what is unpacked."""
        ...


class Inflate:
    """zlib with the interface of the others.

    Args:
        wbits: -15 for raw deflate, 15 with zlib's header, 31 with gzip's, 47 for either.
    """

    def __init__(self, wbits: int = -zlib.MAX_WBITS) -> None:
        self._inner = zlib.decompressobj(wbits)
        self._more = False

    @property
    def eof(self) -> bool:
        """Whether the stream's end was seen."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more going in."""
        return not self._more and not self._inner.eof

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Some of what is unpacked."""
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max(max_length, 0))
        self._more = bool(self._inner.unconsumed_tail) or (max_length > 0 and len(out) == max_length)
        return out


def inflated(decompressor: Decompressor, packed: memoryview, budget: Budget) -> bytes | Problem:
    """A member's bytes from its packed ones, within the budget, or what is wrong with it.

    Raises:
        TooMuchError: The container as a whole is over its budget.
    """
    most, kept, used = budget.limits.member_bytes, bytearray(), 0
    try:
        for used, chunk in _chunks(decompressor, packed):
            kept += chunk
            budget.take(len(chunk))
            if len(kept) > most:
                return budget.too_large(len(kept))
            budget.check_ratio(used, len(kept))
    except TooMuchError as error:
        if error.problem.reason is Reason.COMPRESSION_RATIO:  # this member's alone
            return error.problem
        raise
    except ERRORS as error:
        return problem_of(error, len(kept))
    if not decompressor.eof:
        return Problem(Reason.TRUNCATED, f"The packed data ends early: {len(kept)} bytes could be unpacked.")
    return bytes(kept)


def _chunks(decompressor: Decompressor, packed: memoryview) -> Iterator[tuple[int, bytes]]:
    """Pieces of what is unpacked, each with the number of packed bytes given so far."""
    at = 0
    while not decompressor.eof:
        feed = b""
        if decompressor.needs_input:
            feed = bytes(packed[at : at + _FEED])
            if not feed:
                return
            at += len(feed)
        yield at, decompressor.decompress(feed, _STEP)


class Metered(io.RawIOBase):
    """A stream that counts what is read from it against the budget."""

    def __init__(self, stream: Any, packed: Callable[[], int], budget: Budget) -> None:  # noqa: ANN401  gzip's, bz2's, …
        super().__init__()
        self._stream = stream
        self._packed = packed
        self._budget = budget
        self._pushed = b""
        self._error: Exception | None = None  # met while looking ahead: raised once what came before it is read
        self.count = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay to be read."""
        try:
            while len(self._pushed) < size and (more := self._read(size - len(self._pushed))):
                self._pushed += more
        except (TooMuchError, *ERRORS) as error:
            self._error = error
        return self._pushed

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401  io's
        """Fill a buffer.

        Raises:
            TooMuchError: More came out than the budget allows.
        """
        size = len(buffer)
        if not self._pushed and self._error is not None:
            raise self._error
        data = self._pushed[:size] or self._read(size)
        self._pushed = self._pushed[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        data = cast("bytes", self._stream.read1(min(size, _STEP)))  # what comes before an error is not lost
        self.count += len(data)
        self._budget.take(len(data))
        self._budget.check_ratio(self._packed(), self.count)
        return data


def open_compressed(data: bytes, media_type: str, budget: Budget) -> Metered:
    """The unpacked stream of gzip, bzip2, xz or Zstandard data."""
    packed = io.BytesIO(data)
    return Metered(COMPRESSED[media_type][1](packed), packed.tell, budget)


def open_plain(data: bytes, budget: Budget) -> Metered:
    """Data that is not compressed, as the same kind of stream; its bytes are the container's own and cost nothing."""
    return Metered(io.BytesIO(data), lambda: sys.maxsize, Budget(replace(budget.limits, total_bytes=sys.maxsize)))


def problem_of(error: Exception, read: int) -> Problem:
    """What an error met while unpacking says of the data."""
    if isinstance(error, TooMuchError):
        return error.problem
    early = isinstance(error, EOFError) or "unexpected end" in str(error)
    reason = Reason.TRUNCATED if early else Reason.CORRUPT
    return Problem(reason, f"Unpacking failed after {read} bytes: {error or type(error).__name__}.")
