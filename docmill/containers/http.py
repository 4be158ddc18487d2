"""The body of an HTTP response as a crawler stored it: chunks joined, content coding undone, all bounded."""

import re
from dataclasses import dataclass

from docmill.containers.base import Budget, Problem
from docmill.containers.unpack import Decompressor, Inflate, inflated, zstd
from schemas.document import Reason

__all__ = ["HttpAnswer", "read_http"]

_HEAD = 1 << 20
_BLANK = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")  # text may begin with hexadecimal letters


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A response: whether its status is a success, its media type as declared, its body or what is wrong with it."""

    good: bool
    media_type: str | None
    body: bytes | Problem


def read_http(data: bytes, budget: Budget) -> HttpAnswer:
    """Take a response apart.

    Raises:
        TooMuchError: What it unpacks to is more than the container has left.
    """
    blank = _BLANK.search(data, 0, _HEAD)
    status, *lines = data[: blank.start() if blank else _HEAD].decode("latin-1").splitlines() or [""]
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    good = re.match(r"HTTP/\d(?:\.\d)? 2\d\d\b", status) is not None
    if blank is None:
        return HttpAnswer(good, None, Problem(Reason.TRUNCATED, "The response ends within its header."))
    body: bytes | Problem = data[blank.end() :]
    if good and isinstance(body, bytes):
        if "chunked" in fields.get("transfer-encoding", "").lower():
            body = _joined(body)
        body = _decoded(body, fields.get("content-encoding", ""), budget)
    return HttpAnswer(good, fields.get("content-type"), body)


def _joined(body: bytes) -> bytes:
    """The chunks' content; a body that is not chunked, whatever its header says, as it is."""
    parts, at = [], 0
    while chunk := _CHUNK.match(body, at):
        size = int(chunk[1], 16)
        if size == 0:
            break
        parts.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return b"".join(parts) if parts else body


def _decoded(body: bytes, codings: str, budget: Budget) -> bytes | Problem:
    for coding in reversed([name.strip().lower() for name in codings.split(",") if name.strip()][:4]):
        decompressor = _decompressor(coding, body)
        if decompressor is not None:
            unpacked = inflated(decompressor, memoryview(body), budget)
            if isinstance(unpacked, Problem):
                return unpacked
            body = unpacked
        elif coding != "identity" and not _is_plain(body):
            message = f"The response is packed as {coding[:20]!a}, which docmill does not read."
            return Problem(Reason.UNSUPPORTED_MEDIA_TYPE, message)
    return body


def _decompressor(coding: str, body: bytes) -> Decompressor | None:
    """Crawlers often store bodies unpacked under their old header: what does not look packed is left alone."""
    if coding in {"gzip", "x-gzip"} and body[:2] == b"\x1f\x8b":
        return Inflate(31)
    if coding == "deflate" and not _is_plain(body):
        is_zlib = body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0  # noqa: PLR2004  RFC 1950
        return Inflate(15 if is_zlib else -15)
    if coding == "zstd" and body[:4] == b"\x28\xb5\x2f\xfd":
        return zstd.ZstdDecompressor()
    return None


def _is_plain(body: bytes) -> bool:
    return body.lstrip()[:1] in {b"<", b"{", b"["} or not body
