"""A proxy between docmill and its store that damages a share of the answers, and can be told of each request."""

import asyncio
import random
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Self
from urllib.parse import urlsplit

from docmill.server_process import LOOPBACK, free_port

__all__ = ["Disturbance", "FaultProxy"]

KINDS = ("500", "503 SlowDown", "timeout", "reset", "truncated", "corrupted", "wrong checksum")
STALL_SECONDS = 3.0
MOST_BYTES = 1 << 26  # of a head or an answer
_ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>injected</Message></Error>"


@dataclass(frozen=True)
class Disturbance:
    """How a process is treated.

    `on_request` is told of each request's number, method and path, in the proxy's thread: before it goes to the store,
    and, with True, before its answer goes back. Of a corrupted answer a bit is wrong, but its length is right: of
    objects read under `documents` alone, because nothing could tell in a listing.
    """

    chance: random.Random
    share: float = 0.0
    hours: float = 0.0  # the store's clock is ahead
    commits_fail: bool = False
    documents: tuple[bytes, ...] = ()  # the beginnings of paths
    on_request: Callable[[int, str, bool], None] = lambda _number, _line, _answered: None


class FaultProxy:
    """Listens on `url`, asks `upstream`. Entering it starts it."""

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream)
        self._port = free_port()
        self.url = f"http://{LOOPBACK}:{self._port}"
        self.injected: Counter[str] = Counter()
        self.requests = 0
        self.last = ""  # method and path
        self._disturbance = Disturbance(random.Random(0))  # noqa: S311  no secret
        self._serving: set[asyncio.Task[None]] = set()  # the loop itself holds tasks by weak references only
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        serving = asyncio.start_server(self._serve, LOOPBACK, self._port, limit=MOST_BYTES)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    @contextmanager
    def disturbing(self, disturbance: Disturbance) -> Iterator[None]:
        """Within, requests are treated so; their numbers begin at 1."""
        self._disturbance, self.requests, self.last = disturbance, 0, ""
        try:
            yield
        finally:
            self._disturbance = Disturbance(random.Random(0))  # noqa: S311

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(task := asyncio.current_task())
        task.add_done_callback(self._serving.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._exchange(reader, writer):
                pass
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection is still good."""
        how = self._disturbance
        head = await reader.readuntil(b"\r\n\r\n")
        if re.search(rb"\r\nexpect: *100-continue", head, re.IGNORECASE):
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await _body(reader, head)
        line = head.split(b" HTTP/")[0].decode()
        self.requests, self.last = self.requests + 1, line
        number = self.requests
        await asyncio.to_thread(how.on_request, number, line, False)
        kind = self._kind(how, head)
        takes_effect = kind not in {"500", "503 SlowDown", "timeout"} or how.chance.random() < 1 / 2
        answer = await self._ask(head, body) if takes_effect else b""
        await asyncio.to_thread(how.on_request, number, line, True)
        if how.hours and answer:
            answer = _skewed(answer, timedelta(hours=how.hours))
        return await self._reply(writer, kind, answer)

    def _kind(self, how: Disturbance, head: bytes) -> str | None:
        """What is to be done to the request, and counted."""
        method, path = head.split(b" ", 2)[:2]
        kind = how.chance.choice(KINDS) if how.chance.random() < how.share else None
        if how.commits_fail and method == b"PUT" and b"/_delta_log/" in path:
            self.injected["commit failed"] += 1
            return "500"
        is_document = method == b"GET" and path.startswith(how.documents) and b"?list-type" not in path
        if kind in {"corrupted", "wrong checksum"} and not is_document:
            kind = "reset"
        if kind is not None:
            self.injected[kind] += 1
        return kind

    async def _ask(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        try:
            first, *lines = head[:-4].split(b"\r\n")
            kept = [line for line in lines if not line.lower().startswith((b"connection:", b"expect:"))]
            writer.write(b"\r\n".join([first, *kept, b"Connection: close", b"", b""]) + body)
            return await reader.read(-1)
        finally:
            writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, kind: str | None, answer: bytes) -> bool:
        head, end, body = answer.partition(b"\r\n\r\n")
        if kind in {"500", "503 SlowDown"}:
            writer.write(_error(500, "InternalError") if kind == "500" else _error(503, "SlowDown"))
        elif kind == "timeout":
            await asyncio.sleep(STALL_SECONDS)
            return False
        elif kind in {"reset", "truncated"}:
            writer.write(head + end + body[: len(body) // 2] if body else answer[: len(answer) // 2])
            await writer.drain()
            if kind == "reset":
                _reset(writer)
            return False
        elif kind == "corrupted" and body:
            writer.write(head + end + body[:-1] + bytes([body[-1] ^ 1]))
        elif kind == "wrong checksum":
            checksum = rb"(\r\nx-amz-checksum-[\w]+: *)[^\r]"
            writer.write(re.sub(checksum, rb"\1_", head, flags=re.IGNORECASE) + end + body)
        else:
            writer.write(answer)
        await writer.drain()
        return b"connection: close" not in head.lower()


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if found := re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE):
        return await reader.readexactly(int(found[1]))
    if not re.search(rb"\r\ntransfer-encoding: *chunked", head, re.IGNORECASE):
        return b""
    parts = []
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        parts += [line, await reader.readexactly(size + 2)]
        if size == 0:
            return b"".join(parts)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST in place of FIN."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _error(status: int, code: str) -> bytes:
    body = _ERROR.format(code=code).encode()
    lines = f"HTTP/1.1 {status} Injected\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    return lines.encode() + body


def _skewed(answer: bytes, ahead: timedelta) -> bytes:
    """An answer as of a store with another clock."""
    head, end, body = answer.partition(b"\r\n\r\n")

    def header(found: re.Match[bytes]) -> bytes:
        return found[1] + format_datetime(parsedate_to_datetime(found[2].decode()) + ahead, usegmt=True).encode()

    def element(found: re.Match[bytes]) -> bytes:
        moment = datetime.fromisoformat(found[1].decode()) + ahead
        return b"<LastModified>%s</LastModified>" % moment.strftime("%Y-%m-%dT%H:%M:%S.000Z").encode()

    head = re.sub(rb"(\r\n(?:date|last-modified): *)([^\r]+)", header, head, flags=re.IGNORECASE)
    if b"<LastModified>" in body:
        whole = re.sub(rb"<LastModified>([^<]+)</LastModified>", element, body)
        head = re.sub(rb"(\r\ncontent-length: *)\d+", rb"\g<1>%d" % len(whole), head, flags=re.IGNORECASE)
        body = whole
    return head + end + body
