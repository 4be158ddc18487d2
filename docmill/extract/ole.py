"""OLE compound files: what a broken one is, told from one that was cut off."""

import io
import struct

import olefile

from docmill.detect.compound import BROKEN
from docmill.extract.limits import Limits
from docmill.stage import Refusal
from schemas.document import Reason

__all__ = ["check_stream", "read_stream", "read_unknown", "verdict"]

_HEADER = 76  # bytes of the header's fixed part
_LAST_SECTOR = 0xFFFFFFFA  # higher numbers are marks


def check_stream(ole: "olefile.OleFileIO", path: str) -> bool:
    """Whether there is such a stream.

    Raises:
        OSError: It is longer than the file, as one is whose sectors follow each other in a circle.
    """
    there: bool = ole.exists(path)
    if there and ole.get_size(path) > ole.fp.seek(0, io.SEEK_END):
        raise OSError("a stream is longer than the file")
    return there


def read_stream(ole: "olefile.OleFileIO", path: str) -> bytes:
    """The bytes of a stream; none if there is no such stream.

    Raises:
        OSError: It is broken, or too long (see `check_stream`).
    """
    return ole.openstream(path).read() if check_stream(ole, path) else b""


def verdict(data: bytes, error: Exception) -> tuple[Reason, str]:
    """Why a compound file could not be read: it ends before the sectors its header names, or is broken."""
    if len(data) >= _HEADER:
        size = 1 << min(struct.unpack_from("<H", data, 30)[0], 20)
        directory = struct.unpack_from("<I", data, 48)[0]
        tables = [n for n in struct.unpack_from(f"<{min(109, (len(data) - 76) // 4)}I", data, 76) if n < _LAST_SECTOR]
        furthest = max([n for n in (directory, *tables) if n < _LAST_SECTOR], default=0)
        if len(data) < (furthest + 2) * size or len(data) % size:  # the header takes a sector's place
            return Reason.TRUNCATED, "The compound file ends before what its header announces: it was cut off."
    return Reason.CORRUPT, f"The compound file is broken: {error}."


def read_unknown(data: bytes, _limits: Limits) -> Refusal:
    """The refusal of a compound file in which nothing is found that docmill reads."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)):
            message = "The content is an OLE compound file of a kind docmill does not read."
            return Refusal("extract", Reason.UNSUPPORTED_MEDIA_TYPE, message)
    except BROKEN as error:
        return Refusal("extract", *verdict(data, error))
