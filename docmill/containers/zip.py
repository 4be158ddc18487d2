"""Members of a zip, read one directory entry at a time.

Not with the standard library's `zipfile`: that loads the whole directory (57 MB for 100,000 members), needs it to be
there, and trusts the sizes in it. Format: PKWARE's APPNOTE.TXT 6.3.
"""

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from docmill.containers.base import Budget, Member, Problem, Skipped, TooMuchError, Yield
from docmill.containers.unpack import Decompressor, Inflate, inflated, problem_of, zstd
from schemas.document import Reason

__all__ = ["read_zip"]

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END_WITHIN = 65_557  # a comment is at most 65,535 bytes
_ENCRYPTED, _MARKED_END, _SIZES_FOLLOW, _UTF8 = 0x1, 0x2, 0x8, 0x800
_STORED = 0
_LINK = 0xA  # file type in the upper half of the external attributes
_ALL_ONES = 0xFFFFFFFF
_UNKNOWN = (1 << 64) - 1  # size, in an .lzma file's header


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    flags: int
    method: int
    crc: int | None  # None where only the bytes after the member tell
    packed: int
    size: int | None
    start: int  # of the packed bytes
    kind: int = 0  # Unix file type


def read_zip(data: bytes, budget: Budget) -> Yield:
    """The members in the order of the directory; in the order of the file where the directory is lost."""
    found = _directory(data)
    if found is not None and budget.members + found[1] > budget.limits.members:
        yield budget.too_many(f"The archive has {found[1]} members").refusal()
        return
    count = 0
    try:
        for entry in _scanned(data) if found is None else _entries(data, *found):
            count += 1
            yield _item(data, entry, budget)
    except TooMuchError as error:
        yield error.problem.refusal()
        return
    except (struct.error, ValueError) as error:
        yield Problem(Reason.CORRUPT, f"The archive's directory is broken after {count} members: {error}.").refusal()
        return
    if found is None:
        message = f"The archive's directory is missing; {count} members were found without it."
        yield Problem(Reason.TRUNCATED, message).refusal()


def _directory(data: bytes) -> tuple[int, int, int] | None:
    """Where the directory begins, how many members it has, and how many bytes stand before the archive."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - _END_WITHIN))
    if end < 0 or len(data) < end + _END.size:
        return None
    _, _, _, _, count, size, offset, _ = _END.unpack_from(data, end)
    locator = end - _LOCATOR64.size
    if locator >= 0 and data[locator : locator + 4] == b"PK\x06\x07":
        at = _LOCATOR64.unpack_from(data, locator)[2]
        if data[at : at + 4] != b"PK\x06\x06":
            at = locator - _END64.size
        if at < 0 or data[at : at + 4] != b"PK\x06\x06" or len(data) < at + _END64.size:
            return None
        *_, count, size, offset = _END64.unpack_from(data, at)
        end = at
    before = end - size - offset
    if before < 0 or (count and data[offset + before : offset + before + 4] != b"PK\x01\x02"):
        return None
    return offset + before, max(count, _count(data, offset + before, end)), before


def _count(data: bytes, at: int, end: int) -> int:
    """Entries there are: past 65,535 some programs write no more of the number than its lower 16 bits."""
    count = 0
    while at + _CENTRAL.size <= end and data[at : at + 4] == b"PK\x01\x02":
        count += 1
        at += _CENTRAL.size + sum(struct.unpack_from("<3H", data, at + 28))  # name, extra field and comment
    return count


def _entries(data: bytes, at: int, count: int, before: int) -> Iterator[_Entry]:
    for _ in range(count):
        (mark, _, _, flags, method, _, _, crc, packed, size, names, extras, comments, _, _, external, offset) = (
            _CENTRAL.unpack_from(data, at)
        )
        if mark != b"PK\x01\x02":
            raise ValueError(f"no entry at byte {at}")
        named = at + _CENTRAL.size
        name, extra = data[named : named + names], data[named + names : named + names + extras]
        size, packed, offset = _wide(extra, [size, packed, offset])
        start = _local_start(data, offset + before)
        yield _Entry(_name(name, flags), flags, method, crc, packed, size, start, external >> 28)
        at = named + names + extras + comments


def _wide(extra: bytes, values: list[int]) -> list[int]:
    """Sizes and offset with the 64-bit ones of the extra field in place of those that are all ones."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = iter(struct.iter_unpack("<Q", extra[at + 4 : at + 4 + length // 8 * 8]))
            return [next(field, (value,))[0] if value == _ALL_ONES else value for value in values]
        at += 4 + length
    return values


def _local_start(data: bytes, at: int) -> int:
    """Where a member's packed bytes begin; past the end of the file if its header is not where it should be."""
    if len(data) < at + _LOCAL.size or data[at : at + 4] != b"PK\x03\x04":
        return len(data) + 1
    *_, names, extras = _LOCAL.unpack_from(data, at)
    return int(at + _LOCAL.size + names + extras)


def _scanned(data: bytes) -> Iterator[_Entry]:
    """Members by their own headers, of an archive whose directory is lost."""
    at = data.find(b"PK\x03\x04")
    while 0 <= at <= len(data) - _LOCAL.size:
        _, _, flags, method, _, _, crc, packed, size, names, extras = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + names + extras
        name = _name(data[at + _LOCAL.size : at + _LOCAL.size + names], flags)
        if flags & _SIZES_FOLLOW:
            following = data.find(b"PK\x03\x04", start)
            end = following if following >= 0 else len(data)
            yield _Entry(name, flags, method, None, end - start, None, start)
        else:
            end = start + packed
            yield _Entry(name, flags, method, crc, packed, size, start)
        at = data.find(b"PK\x03\x04", end)


def _name(raw: bytes, flags: int) -> str:
    """A member's name: UTF-8 where it says or looks so, else the code page of DOS."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace") if flags & _UTF8 else raw.decode("cp437")


def _item(data: bytes, entry: _Entry, budget: Budget) -> Member | Skipped:
    if entry.name.endswith(("/", "\\")) and not entry.size:
        return Skipped("folder")
    if entry.kind == _LINK:
        return Skipped("link")
    return Member(entry.name, _unpacked(data, entry, budget))


def _unpacked(data: bytes, entry: _Entry, budget: Budget) -> bytes | Problem:
    if entry.flags & _ENCRYPTED:
        return Problem(Reason.ENCRYPTED, "The member is encrypted.")
    if entry.start + entry.packed > len(data):
        there = max(0, len(data) - entry.start)
        return Problem(Reason.TRUNCATED, f"The archive holds {there} of the member's {entry.packed} packed bytes.")
    packed = memoryview(data)[entry.start : entry.start + entry.packed]
    unpacked = _stored(packed, budget) if entry.method == _STORED else _inflated(entry, packed, budget)
    return unpacked if isinstance(unpacked, Problem) else _checked(unpacked, entry)


def _stored(packed: memoryview, budget: Budget) -> bytes | Problem:
    if len(packed) > budget.limits.member_bytes:
        return budget.too_large(0, len(packed))
    budget.take(len(packed))
    return bytes(packed)


def _inflated(entry: _Entry, packed: memoryview, budget: Budget) -> bytes | Problem:
    try:
        made = _decompressor(entry, packed)
    except (ValueError, lzma.LZMAError) as error:
        return problem_of(error, 0)
    if made is None:
        return Problem(
            Reason.UNSUPPORTED_MEDIA_TYPE,
            f"The member is packed by method {entry.method}, which docmill does not read.",
        )
    return inflated(*made, budget)


def _decompressor(entry: _Entry, packed: memoryview) -> tuple[Decompressor, memoryview] | None:
    match entry.method:
        case 8:  # deflate
            return Inflate(), packed
        case 12:  # bzip2
            return bz2.BZ2Decompressor(), packed
        case 14:  # LZMA: version, size of properties, properties: made into the header of an .lzma file
            (length,) = struct.unpack_from("<H", packed, 2) if len(packed) > 4 else (0,)  # noqa: PLR2004
            alone = lzma.LZMADecompressor(lzma.FORMAT_ALONE)
            size = _UNKNOWN if entry.size is None or entry.flags & _MARKED_END else entry.size  # 7-Zip marks no end
            alone.decompress(bytes(packed[4 : 4 + length]) + size.to_bytes(8, "little"), 0)
            return alone, packed[4 + length :]
        case 93:  # Zstandard
            return zstd.ZstdDecompressor(), packed
    return None


def _checked(unpacked: bytes, entry: _Entry) -> bytes | Problem:
    if entry.size is not None and entry.size != len(unpacked):
        return Problem(Reason.CORRUPT, f"The member says it has {entry.size} bytes; it has {len(unpacked)}.")
    if entry.crc is not None and zlib.crc32(unpacked) != entry.crc:
        return Problem(Reason.CORRUPT, f"The checksum of the member's {len(unpacked)} bytes is wrong.")
    return unpacked
