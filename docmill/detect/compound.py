"""The directory of an OLE compound file: names of the streams and storages that stand outermost in it."""

import io
import struct

import olefile

__all__ = ["BROKEN", "outermost_names"]

# What olefile raises on broken files, besides its own OleFileError (an OSError).
BROKEN = (OSError, ValueError, IndexError, KeyError, TypeError, struct.error, AttributeError, RecursionError)


def outermost_names(data: bytes) -> frozenset[str] | None:
    """The names, in lower case: programs differ in it; None if the file is broken."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return frozenset(entry.name.casefold() for entry in ole.root.kids)
    except BROKEN:
        return None
