"""Notifications posted by stores that have no queue: a small ASGI application that puts them into one.

It answers 2xx only once the message is durable: written to the disk by the spool, or taken by SQS. 503 asks the store
to post it again. MinIO posts its own form with a bearer token; Ceph posts S3's form and can be given a name and a
password in the URL, so that the token is also taken as the password of basic authentication.
"""

import asyncio
import base64
import binascii
import hmac
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from docmill.errors import StoreError
from docmill.intake.queue import MessageQueue
from docmill.intake.refusals import Refusals

__all__ = ["BODY_BYTES", "webhook"]

BODY_BYTES = 256 * 1024  # the most SQS takes; one notification is about one kilobyte
BODY_SECONDS = 30.0  # it may take to come: a few that never end would keep all others out
AT_ONCE = 64  # requests being written; more are told to come again
RETRY_AFTER = {"Retry-After": "5"}


def webhook(queue: MessageQueue, token: str, refusals: Refusals) -> Starlette:
    """The application: `POST /` takes a notification, `GET /health` says that it is up.

    Args:
        queue: Where notifications go.
        token: What callers have to show.
        refusals: Told of what is not taken.
    """
    threads = ThreadPoolExecutor(4, "docmill-webhook")
    places = asyncio.Semaphore(AT_ONCE)

    async def post(request: Request) -> Response:
        if not _is_allowed(request.headers.get("authorization", ""), token):
            refusals.note("without the token")
            return PlainTextResponse("a bearer token is needed\n", 401, {"WWW-Authenticate": "Bearer"})
        if places.locked():
            refusals.note("too many at once")
            return PlainTextResponse("busy: post it again\n", 503, RETRY_AFTER)
        async with places:
            body = await _read(request)
            if isinstance(body, _Unusable):
                refusals.note(body.why)
                return PlainTextResponse(f"{body.why}\n", body.status)
            try:
                await asyncio.get_running_loop().run_in_executor(threads, queue.send, body)
            except StoreError as error:
                refusals.note(str(error))
                return PlainTextResponse("cannot take it now: post it again\n", 503, RETRY_AFTER)
            return PlainTextResponse("taken\n", 202)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("up\n")

    return Starlette(routes=[Route("/", post, methods=["POST"]), Route("/health", health)])


def _is_allowed(header: str, token: str) -> bool:
    scheme, _, text = header.partition(" ")
    shown = text.strip().encode("latin-1")  # as Starlette decoded what came
    if scheme.lower() == "basic":
        try:
            shown = base64.b64decode(shown, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(shown, token.encode())


class _Unusable(NamedTuple):
    why: str
    status: int


async def _read(request: Request) -> str | _Unusable:
    """The body as text, never held beyond the limit, or why there is none."""
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                data += chunk
                if len(data) > BODY_BYTES:
                    return _Unusable(f"more than {BODY_BYTES} bytes", 413)
    except ClientDisconnect:
        return _Unusable("broken off", 400)
    except TimeoutError:
        return _Unusable("too slow", 408)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _Unusable("not UTF-8", 400)
    return text if text.strip() else _Unusable("empty", 400)
