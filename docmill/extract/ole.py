"""OLE compound files: what a broken one is, told from one that was cut off."""

import struct

from schemas.document import Reason

__all__ = ["BROKEN", "verdict"]

# What olefile raises on broken files, besides its own OleFileError (an OSError).
BROKEN = (OSError, ValueError, IndexError, KeyError, TypeError, struct.error, AttributeError, RecursionError)
_HEADER = 76  # bytes of the header's fixed part
_LAST_SECTOR = 0xFFFFFFFA  # higher numbers are marks


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
