"""Records by the million in bounded memory: set apart by a hash of their key, and kept in a temporary file once many.

Source: the partitioning of a Grace hash join (Kitsuregawa, Tanaka, Moto-oka, "Application of hash to data base machine
and its architecture", 1983): what has to meet lies in partitions of the same number, and a pair of them fits in memory.
"""

import json
import tempfile
from collections.abc import Iterator
from typing import Any
from zlib import crc32

__all__ = ["PARTITIONS", "Spill"]

PARTITIONS = 256
CHUNK = 128  # records of a partition that are written together
IN_MEMORY = 16 * 1024 * 1024  # bytes before there is a file

Record = list[Any] | tuple[Any, ...]  # JSON values, the key first


class Spill:
    """Records in `PARTITIONS` parts by key. Write first, then read; close at the end."""

    def __init__(self) -> None:
        self._buffers: list[list[Record]] = [[] for _ in range(PARTITIONS)]
        self._chunks: list[list[tuple[int, int]]] = [[] for _ in range(PARTITIONS)]  # offsets and lengths
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, prefix="docmill-")  # noqa: SIM115  closed below
        self._end = 0

    def add(self, record: Record) -> None:
        """Keep a record."""
        number = crc32(record[0].encode("utf-8", "surrogatepass")) % PARTITIONS
        buffer = self._buffers[number]
        buffer.append(record)
        if len(buffer) == CHUNK:
            data = json.dumps(buffer).encode()
            self._chunks[number].append((self._end, len(data)))
            self._end += self._file.write(data)
            buffer.clear()

    def read(self, number: int) -> Iterator[Record]:
        """A partition's records, in the order they were added."""
        for offset, length in self._chunks[number]:
            self._file.seek(offset)
            yield from json.loads(self._file.read(length))
        yield from self._buffers[number]

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
