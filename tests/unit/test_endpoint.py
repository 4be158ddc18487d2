"""Whether anything answers at an endpoint, before boto3 is set to it."""

import socket
import time

import pytest

from docmill.errors import ConfigError, StoreUnreachableError
from docmill.server_process import free_port
from docmill.store import endpoint
from docmill.store.endpoint import check_endpoint


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_server_that_listens_is_reachable() -> None:
    """Nothing is sent to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        check_endpoint(f"http://127.0.0.1:{server.getsockname()[1]}")


def test_where_nothing_listens_one_line_says_so_in_seconds() -> None:
    """It names the endpoint without its password, and what to check; a system's own patience is of two minutes."""
    begun = time.monotonic()
    with pytest.raises(StoreUnreachableError, match=r"http://127\.0\.0\.1:\d+: ") as refused:
        check_endpoint(f"http://me:secret@127.0.0.1:{free_port()}")
    assert time.monotonic() - begun < 60
    assert "AWS_ENDPOINT_URL" in (refused.value.hint or "")
    assert "secret" not in refused.value.message


@pytest.mark.parametrize("port", ["900O", "99999"])
def test_a_port_that_is_none_is_named(port: str) -> None:
    """A slip of the finger is one line that says what to set."""
    with pytest.raises(ConfigError, match=r"cannot connect to host:.*AWS_ENDPOINT_URL"):
        check_endpoint(f"http://me:secret@host:{port}")


def test_a_server_that_is_just_starting_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals at first do not count."""
    answers = [ConnectionRefusedError("not yet"), ConnectionRefusedError("not yet"), None]
    monkeypatch.setattr(endpoint, "_refusal", lambda _host, _port: answers.pop(0))
    monkeypatch.setattr(endpoint, "PAUSE_SECONDS", 0.001)
    check_endpoint("http://store.example:9000")
    assert answers == []


@pytest.mark.parametrize("url", ["https://s3.eu-west-1.amazonaws.com", "http://store.example:9000"])
def test_neither_aws_nor_what_a_proxy_reaches_is_tried(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A direct connection would say nothing of it."""
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setattr(endpoint, "_refusal", lambda _host, _port: pytest.fail("was connected to"))
    check_endpoint(url)
