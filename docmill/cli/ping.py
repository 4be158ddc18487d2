"""Whether the Prefect API answers, and lets us in."""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from docmill.errors import ServiceError

__all__ = ["ping"]


def ping(api_url: str) -> str:
    """Ask the Prefect API for its version.

    Raises:
        ServiceError: It does not answer, or does not let us in.
    """
    hint = "start it with `prefect server start`, or unset PREFECT_API_URL to use a temporary one; it ends in /api"
    url, login = _split_login(f"{api_url.rstrip('/')}/admin/version")
    if not url.startswith(("http://", "https://")):
        raise ServiceError(f"PREFECT_API_URL={api_url!r} is no URL", hint="it looks like http://127.0.0.1:4200/api")
    try:
        try:
            return _version(url, login)
        except HTTPError as error:
            if error.code != HTTPStatus.UNAUTHORIZED:
                raise
            error.close()
            hint = "set PREFECT_API_AUTH_STRING as the server's PREFECT_SERVER_API_AUTH_STRING is"
            return _version(url, _authorization())
    except (HTTPException, URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ServiceError(f"the Prefect API at {api_url} does not answer: {reason}", hint=hint) from error


def _split_login(url: str) -> tuple[str, dict[str, str]]:
    """An address without name and password, and what says them, as Prefect's own client does it."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), _basic(login)


def _basic(login: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def _version(url: str, headers: Mapping[str, str]) -> str:
    with urlopen(Request(url, headers=dict(headers)), timeout=20) as answer:  # noqa: S310  the scheme was checked
        return str(json.load(answer))


def _authorization() -> dict[str, str]:
    """What Prefect's own client shows, by its variables or profile; they take a second to import."""
    from docmill.cli.prefect_api import quiet_prefect

    quiet_prefect()
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_KEY

    if shown := PREFECT_API_AUTH_STRING.value():
        return _basic(shown)
    return {"Authorization": f"Bearer {key}"} if (key := PREFECT_API_KEY.value()) else {}
