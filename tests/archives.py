"""Small archives, built in code."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterable

from docmill.containers import Budget, Limits, Member, Skipped, members
from docmill.containers.unpack import zstd
from docmill.detect import detect
from docmill.stage import Refusal

LIMITS = Limits(depth=3, members=100, member_bytes=1_000_000, total_bytes=3_000_000, ratio=200)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}


def zipped(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def tarred(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A tar of files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def warc(*records: tuple[str, str, bytes]) -> bytes:
    """A WARC of (type, URI, block)."""
    parts = []
    for kind, uri, block in records:
        head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nContent-Length: {len(block)}\r\n\r\n"
        parts.append(head.encode() + block + b"\r\n\r\n")
    return b"".join(parts)


def read(data: bytes, name: str = "a", limits: Limits = LIMITS) -> list[Member | Skipped | Refusal]:
    """All a container yields."""
    items = members(data, detect(data, name).media_type, name, Budget(limits))
    assert items is not None, "no container"
    return list(items)


def contents(data: bytes, name: str = "a", limits: Limits = LIMITS) -> list[tuple[str, object]]:
    """Names and bytes, or the reason there are none; the end of what could be read as `None` and its reason."""
    found: list[tuple[str, object]] = []
    for item in read(data, name, limits):
        if isinstance(item, Member):
            found.append((item.name, item.data if isinstance(item.data, bytes) else item.data.reason))
        elif isinstance(item, Refusal):
            found.append(("", item.reason))
    return found


def lzma_without_end(data: bytes) -> bytes:
    """Raw LZMA of literals (lc=lp=pb=0) that ends with its data, as 7-Zip writes it, not with a mark."""
    low, width, odds = 0, 0xFFFFFFFF, [1024] * (1 + 256)  # of "a match follows", and of a literal's bits by prefix
    out = bytearray()

    def put(which: int, bit: int) -> None:
        nonlocal low, width
        bound = (width >> 11) * odds[which]
        if bit:
            low, width = low + bound, width - bound
            odds[which] -= odds[which] >> 5
        else:
            width = bound
            odds[which] += (2048 - odds[which]) >> 5
        while width < 1 << 24:
            shift()
            width <<= 8

    def shift() -> None:
        nonlocal low
        at = len(out)
        if low >> 32:  # carried over into what was written
            at -= 1
            while out[at] == 255:
                out[at] = 0
                at -= 1
            out[at] += 1
        out.append(low >> 24 & 255)
        low = (low & 0xFFFFFF) << 8

    for byte in data:
        put(0, 0)
        prefix = 1
        for n in range(7, -1, -1):
            put(prefix, byte >> n & 1)
            prefix = prefix << 1 | byte >> n & 1
    for _ in range(5):
        shift()
    return b"\0" + bytes(out)
