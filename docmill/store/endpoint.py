"""Whether anything answers at an endpoint: told in seconds, where the tries of boto3 and docmill take half a minute."""

import socket
import time
from urllib.parse import urlsplit

from botocore.utils import get_environ_proxies

from docmill.errors import ConfigError, StoreUnreachableError

__all__ = ["check_endpoint"]

PATIENCE_SECONDS = 2.0  # for a server that is just starting
CONNECT_SECONDS = 2.0
PAUSE_SECONDS = 0.3


def check_endpoint(url: str) -> None:
    """Connect once to an endpoint of one's own, before a command works with it. AWS's own is taken to be there.

    Behind a proxy nothing can be said. Takes at most `PATIENCE_SECONDS` and one connection's time.

    Raises:
        ConfigError: Its port is no number, or too large.
        StoreUnreachableError: There is no connection.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as wrong:
        hint = "set AWS_ENDPOINT_URL to http(s)://host:port"
        raise ConfigError(f"cannot connect to {parts.netloc.rpartition('@')[2]}: {wrong}", hint=hint) from wrong
    if host.endswith(("amazonaws.com", "amazonaws.com.cn")) or get_environ_proxies(url):
        return
    deadline = time.monotonic() + PATIENCE_SECONDS
    while error := _refusal(host, port):
        if time.monotonic() + PAUSE_SECONDS > deadline:
            raise StoreUnreachableError(
                f"cannot connect to {parts.scheme}://{parts.netloc.rpartition('@')[2]}: {error}",
                hint="check AWS_ENDPOINT_URL, the network, and that the store is running",
            ) from error
        time.sleep(PAUSE_SECONDS)


def _refusal(host: str, port: int) -> OSError | None:
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except OSError as error:
        return error
    return None
