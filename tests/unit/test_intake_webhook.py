"""The webhook: what it says it took is durable, and it takes nothing from strangers and no more than it can hold."""

import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from docmill.cli.webhook_server import address, serving_webhook
from docmill.errors import ConfigError, ServiceError, TransientStoreError
from docmill.intake.queue import MemoryQueue
from docmill.intake.spool import SpoolQueue
from docmill.intake.webhook import AT_ONCE, BODY_BYTES
from schemas import Settings

SETTINGS = Settings(webhook_token="s3cret tokén")
BEARER = {"Authorization": "Bearer s3cret tokén".encode()}


@pytest.fixture
def queue() -> MemoryQueue:
    return MemoryQueue()


@pytest.fixture
def url(queue: MemoryQueue) -> Iterator[str]:
    with serving_webhook(queue, SETTINGS, "127.0.0.1", 0) as found:
        yield found


def _bodies(queue: MemoryQueue) -> list[str]:
    return [message.body for message in queue.receive(0)]


def test_what_is_taken_is_in_the_queue(url: str, queue: MemoryQueue) -> None:
    """By bearer token, or as the password of basic authentication; the body as it was posted."""
    assert httpx.post(url, content='{"a": "é"}'.encode(), headers=BEARER).status_code == 202
    assert httpx.post(url, content=b"2", auth=httpx.BasicAuth(b"ceph", "s3cret tokén".encode())).status_code == 202
    assert _bodies(queue) == ['{"a": "é"}', "2"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": b"Basic s3cret tok\xc3\xa9n"},
        {"Authorization": "Basic !"},
        {"Authorization": "Basic /w=="},
        {"Authorization": b"Digest s3cret tok\xc3\xa9n"},
    ],
)
def test_strangers_are_refused(url: str, queue: MemoryQueue, headers: dict[str, str]) -> None:
    """Without the token nothing is taken."""
    assert httpx.post(url, content=b"{}", headers=headers).status_code == 401
    assert _bodies(queue) == []


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 400), (b" \n", 400), (b"\xff", 400), (b"x" * (BODY_BYTES + 1), 413)]
)
def test_what_cannot_be_a_notification_is_refused(url: str, queue: MemoryQueue, content: bytes, status: int) -> None:
    """Empty, not text, or too long; one of just the limit is taken."""
    assert httpx.post(url, content=content, headers=BEARER).status_code == status
    assert _bodies(queue) == []
    assert httpx.post(url, content=b"x" * BODY_BYTES, headers=BEARER).status_code == 202


def test_other_paths_and_methods_are_none(url: str) -> None:
    """`/health` needs no token and says nothing but that it is up."""
    assert httpx.get(f"{url}health").status_code == 200
    assert httpx.get(url, headers=BEARER).status_code == 405
    assert httpx.post(f"{url}other", headers=BEARER).status_code == 404


def test_a_full_spool_is_503_until_there_is_room(tmp_path: Path) -> None:
    """The store is asked to come again, and what was answered with 503 was not kept."""
    spool = SpoolQueue(tmp_path, 2)
    with serving_webhook(spool, SETTINGS, "127.0.0.1", 0) as url:
        answers = [httpx.post(url, content=b"%d" % n, headers=BEARER) for n in range(3)]
        assert [answer.status_code for answer in answers] == [202, 202, 503]
        assert answers[2].headers["retry-after"]
        spool.delete(spool.receive(0))
        assert httpx.post(url, content=b"3", headers=BEARER).status_code == 202
    assert [message.body for message in SpoolQueue(tmp_path, 2).receive(0)] == ["3"]


def test_a_queue_that_fails_is_503(queue: MemoryQueue, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No 2xx without the message being durable."""

    def send(_body: str) -> None:
        raise TransientStoreError("no")

    monkeypatch.setattr(queue, "send", send)
    assert httpx.post(url, content=b"{}", headers=BEARER).status_code == 503


def test_more_than_it_can_write_at_once_is_503(queue: MemoryQueue, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow disk does not pile up requests without end: those beyond the limit come again later."""
    release = threading.Event()
    plain = queue.send

    def send(body: str) -> None:
        release.wait(20)
        plain(body)

    monkeypatch.setattr(queue, "send", send)
    count = AT_ONCE + 20
    limits = httpx.Limits(max_connections=count)
    with httpx.Client(limits=limits, timeout=30) as client, ThreadPoolExecutor(count) as threads:
        answers = [threads.submit(client.post, url, content=b"%d" % n, headers=BEARER) for n in range(count)]
        refused = list(islice(as_completed(answers, timeout=20), 20))  # before any other is answered
        assert {answer.result().status_code for answer in refused} == {503}
        release.set()
        taken = sum(answer.result().status_code == 202 for answer in answers)
    assert taken == len(queue) == AT_ONCE


def _connected(url: str) -> socket.socket:
    found = urlsplit(url)
    assert found.hostname
    assert found.port
    return socket.create_connection((found.hostname, found.port), timeout=20)


HEAD = b"POST / HTTP/1.1\r\nHost: here\r\n"
TOKEN = "Authorization: Bearer s3cret tokén\r\n".encode()


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (HEAD,),
        (HEAD + b"Upgrade: websocket\r\nConnection: Upgrade\r\n",),
        (HEAD + b"Content-Length: 9\r\n\r\n{", b"}"),  # without the token: answered, and the rest is no affair of ours
        (HEAD + TOKEN + b"Content-Length: 2\r\n\r\n{}", HEAD),  # after one that was taken
    ],
)
def test_who_keeps_it_waiting_is_left(url: str, monkeypatch: pytest.MonkeyPatch, parts: tuple[bytes, ...]) -> None:
    """A request that does not go on is closed: as many as it takes at once would keep all others out."""
    monkeypatch.setattr("docmill.cli.webhook_protocol.REQUEST_SECONDS", 0.1)
    with _connected(url) as connection:
        for part in parts:
            connection.sendall(part)
            if part is not parts[-1]:
                assert connection.recv(4096)
        while connection.recv(4096):
            pass


def test_a_body_that_does_not_come_gives_up_its_place(
    queue: MemoryQueue, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the token, too: 408, and the next is taken."""
    monkeypatch.setattr("docmill.intake.webhook.BODY_SECONDS", 0.1)
    with ExitStack() as stack:
        slow = [stack.enter_context(_connected(url)) for _ in range(AT_ONCE)]
        for connection in slow:
            connection.sendall(HEAD + TOKEN + b"Content-Length: 9\r\n\r\n{")
        assert {connection.recv(4096).split()[1] for connection in slow} == {b"408"}
        assert httpx.post(url, content=b"{}", headers=BEARER).status_code == 202
    assert _bodies(queue) == ["{}"]


def test_refusals_are_said_together(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The first at once, the others with their numbers after a while: a line each would hide all else."""

    def refused() -> list[str]:
        for _ in range(3):
            httpx.post(url, content=b"{}")
        with _connected(url) as connection:
            connection.sendall(b"nonsense\r\n\r\n")
            while connection.recv(4096):
                pass
        httpx.post(url, content=b"", headers=BEARER)
        return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]

    assert refused() == ["the webhook refused posts: 1 × without the token"]
    monkeypatch.setattr("docmill.intake.refusals.SECONDS", 0.0)
    assert refused()[1] == (
        "the webhook refused posts: 3 × without the token; 1 × Invalid HTTP request received; 1 × empty"
    )


def test_an_ipv6_address_makes_a_url_that_can_be_posted_to(queue: MemoryQueue) -> None:
    """In brackets, as the port would be a part of it otherwise."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving_webhook(queue, SETTINGS, "::1", 0) as found:
        assert httpx.get(f"{found}health").text == "up\n"


def test_without_a_token_or_an_address_it_does_not_start(queue: MemoryQueue) -> None:
    """No token, a taken port or nonsense are one clear line."""
    with pytest.raises(ConfigError, match="DOCMILL_WEBHOOK_TOKEN"), serving_webhook(queue, Settings(), "127.0.0.1", 0):
        pass
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ServiceError, match="cannot listen on"),
        serving_webhook(queue, SETTINGS, "127.0.0.1", taken.getsockname()[1]),
    ):
        pass
    with pytest.raises(ServiceError, match="cannot listen on"), serving_webhook(queue, SETTINGS, ".none.", 0):
        pass
    assert address("8080") == ("127.0.0.1", 8080)
    assert address("[::1]:8080") == ("::1", 8080)
    for wrong in ("", "host", "host:", "host:99999", "host:http"):
        with pytest.raises(ConfigError, match="HOST:PORT"):
            address(wrong)
