"""Documents of a WARC or ARC file, in one pass over a stream.

Formats: ISO 28500 (WARC 1.1) and the Internet Archive's ARC 1. Own code because the common reader, warcio, unpacks a
chunk of an HTTP body whole, however much it becomes, and writes what it does not understand to standard error.
"""

import re
from collections.abc import Mapping

from docmill.containers.base import Budget, Member, Problem, Skipped, TooMuchError, Yield, read_member
from docmill.containers.http import read_http
from docmill.containers.unpack import ERRORS, Metered, problem_of
from docmill.stage import Refusal
from schemas.document import Reason

__all__ = ["read_arc", "read_warc"]

_LINE = 1 << 16  # bytes of a header line
_HEADER = 1 << 20  # bytes of all header lines of a record
_DOCUMENTS = {"response", "resource", "conversion"}
_NO_DOCUMENT = re.compile(r"(?:dns|whois|ntp|filedesc|warcinfo):", re.IGNORECASE)
_VERSION = re.compile(rb"WARC/\d\.\d+\s*\Z")
_STEP = 1 << 18


class _Reader:
    """Lines and counted bytes of a stream."""

    def __init__(self, stream: Metered) -> None:
        self._stream = stream
        self._buffer = b""
        self._at = 0

    def line(self) -> bytes:
        """A line with its end, at most 64 KiB of it; empty at the end of the stream."""
        while (end := self._buffer.find(b"\n", self._at) + 1) == 0 and len(self._buffer) - self._at < _LINE:
            if not (more := self._stream.read(_STEP)):
                break
            self._buffer, self._at = self._buffer[self._at :] + more, 0
        return self.read(end - self._at if end else _LINE)

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""
        if self._at == len(self._buffer):
            self._buffer, self._at = self._stream.read(_STEP) or b"", 0
        data = self._buffer[self._at : self._at + size]
        self._at += len(data)
        return data


class _Body:
    """So many bytes of a stream."""

    def __init__(self, reader: _Reader, length: int) -> None:
        self._reader = reader
        self.left = length

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        data = self._reader.read(min(size, self.left)) if self.left else b""
        self.left -= len(data)
        return data

    def skip(self) -> int:
        """Read what is left of it; returns how many bytes are missing."""
        while self.read(_STEP):
            pass
        return self.left


def read_warc(stream: Metered, budget: Budget) -> Yield:
    """The payloads of responses, resources and conversions, named by their URIs."""
    reader, count = _Reader(stream), 0
    try:
        while line := reader.line():
            if not line.strip():
                continue
            if not _VERSION.match(line):
                yield _lost(count, "a record does not begin where the one before it ends")
                return
            headers = _headers(reader)
            length = headers.get("content-length", "")
            if not re.fullmatch(r"\d{1,18}", length):
                yield _lost(count, f"a record's Content-Length is {length[:40]!a}")
                return
            count += 1
            body = _Body(reader, int(length))
            yield _record(headers, body, budget)
            if (missing := body.skip()) > 0:
                yield _short(count, missing)
                return
    except (TooMuchError, *ERRORS) as error:
        yield problem_of(error, stream.count).refusal()


def read_arc(stream: Metered, budget: Budget) -> Yield:
    """The payloads of an ARC 1 file, named by their URLs."""
    reader, count = _Reader(stream), 0
    try:
        while line := reader.line():
            if not line.strip():
                continue
            fields = line.decode("utf-8", "replace").split()
            if len(fields) < 5 or not re.fullmatch(r"\d{1,18}", fields[-1]):  # noqa: PLR2004  URL IP date type length
                yield _lost(count, "a record does not begin where the one before it ends")
                return
            count += 1
            body = _Body(reader, int(fields[-1]))
            headers = {"warc-type": "response", "warc-target-uri": fields[0], "content-type": fields[-2]}
            yield _record(headers, body, budget)
            if (missing := body.skip()) > 0:
                yield _short(count, missing)
                return
    except (TooMuchError, *ERRORS) as error:
        yield problem_of(error, stream.count).refusal()


def _lost(count: int, why: str) -> Refusal:
    return Problem(Reason.CORRUPT, f"The archive cannot be read on after {count} records: {why}.").refusal()


def _short(count: int, missing: int) -> Refusal:
    message = f"The archive ends {missing} bytes before its record {count} does."
    return Problem(Reason.TRUNCATED, message).refusal()


def _headers(reader: _Reader) -> dict[str, str]:
    """A record's header fields by lower-case name, up to the blank line."""
    fields, size = {}, 0
    while (line := reader.line()).strip():
        size += len(line)
        if size > _HEADER:
            raise ValueError(f"a record's header is longer than {_HEADER} bytes")
        name, _, value = line.decode("utf-8", "replace").partition(":")
        fields[name.strip().lower()] = value.strip()
    return fields


def _record(headers: Mapping[str, str], body: _Body, budget: Budget) -> Member | Skipped:
    kind, uri = headers.get("warc-type", ""), headers.get("warc-target-uri", "").strip("<>")
    if kind not in _DOCUMENTS or _NO_DOCUMENT.match(uri):
        return Skipped(f"{kind if kind.isalpha() and kind.isascii() else 'unknown'} record"[:40])
    length = body.left
    content_type = headers.get("content-type", "")
    data = read_member(body, budget, declared=length)
    if isinstance(data, bytes) and kind == "response" and data[:5] == b"HTTP/":
        answer = read_http(data, budget)
        if not answer.good:
            return Skipped("response without success")
        return Member(uri, answer.body, answer.media_type)
    return Member(uri, data, content_type or None)
