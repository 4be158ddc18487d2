"""The webhook's HTTP server, in a thread of its own."""

import contextlib
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from docmill.errors import ConfigError, ServiceError

if TYPE_CHECKING:
    import uvicorn

    from docmill.intake.queue import MessageQueue
    from docmill.intake.refusals import Refusals
    from schemas.settings import Settings

__all__ = ["address", "open_spool", "serving_webhook"]

MAX_PORT = 65_535
STOP_SECONDS = 5.0


def address(text: str) -> tuple[str, int]:
    """`HOST:PORT` as host and port; a bare port means this machine only.

    Raises:
        ConfigError: It is no such thing.
    """
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > MAX_PORT:
        raise ConfigError(f"--webhook {text!r} is no HOST:PORT", hint="such as 127.0.0.1:8080, or 0.0.0.0:8080 for all")
    return host.strip("[]") or "127.0.0.1", int(port)


def open_spool(settings: "Settings") -> "MessageQueue":
    """The queue for what is posted where there is none: files in the state folder.

    Raises:
        ConfigError: The folder cannot be used.
    """
    from docmill.intake.spool import SpoolQueue

    return SpoolQueue(
        settings.state_dir.resolve() / "webhook", settings.webhook_backlog, settings.queue_visibility_seconds
    )


@contextmanager
def serving_webhook(queue: "MessageQueue", settings: "Settings", host: str, port: int) -> Iterator[str]:
    """Within, notifications are taken at the URL it gives.

    Raises:
        ConfigError: No token is set.
        ServiceError: The address cannot be had.
    """
    import uvicorn

    from docmill.cli.webhook_protocol import TimedProtocol
    from docmill.intake.refusals import Refusals
    from docmill.intake.webhook import webhook

    token = settings.webhook_token.get_secret_value() if settings.webhook_token else ""
    if not token:
        raise ConfigError("setting webhook_token is not set", hint="set DOCMILL_WEBHOOK_TOKEN to a long random text")
    listener, refusals = _bind(host, port), Refusals()
    config = uvicorn.Config(
        webhook(queue, token, refusals), http=TimedProtocol, log_config=None, log_level="warning",
        access_log=False, lifespan="off", server_header=False, timeout_graceful_shutdown=int(STOP_SECONDS),
        limit_concurrency=256, proxy_headers=False,
    )  # fmt: skip
    server = _server(config)
    thread = Thread(target=server.run, args=([listener],), name="docmill-webhook", daemon=True)
    log, noting = logging.getLogger("uvicorn.error"), _Noting(refusals)
    log.addFilter(noting)
    thread.start()
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"
    finally:
        log.removeFilter(noting)
        server.should_exit = True
        thread.join(2 * STOP_SECONDS)
        listener.close()


class _Noting(logging.Filter):
    """What uvicorn refuses by itself, too many connections and what is no HTTP, it would say a line each."""

    def __init__(self, refusals: "Refusals") -> None:
        super().__init__()
        self._refusals = refusals

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno != logging.WARNING:
            return True
        self._refusals.note(record.getMessage().rstrip("."))
        return False


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:  # the latter of names that can be none
        raise ServiceError(f"cannot listen on {host}:{port}: {error}", hint="choose another address or port") from error


def _server(config: "uvicorn.Config") -> "uvicorn.Server":
    import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # they are the command's

    return Server(config)
