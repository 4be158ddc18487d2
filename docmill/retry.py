"""Retrying store requests: bounded, with exponential backoff and full jitter."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from docmill.errors import StoreUnreachableError, TransientStoreError

__all__ = ["retrying"]

ATTEMPTS = 4
BUSY_ATTEMPTS = 8  # of a store that answers, but not now: it is asked less meanwhile (store/pressure.py)
BASE_SECONDS = 0.25
MOST_SECONDS = 8.0
PATIENCE_SECONDS = 120.0  # with a store that hangs: one request takes minutes there, as each client tries several times
T = TypeVar("T")


def retrying(request: Callable[[], T], *, sleep: Callable[[float], None] = time.sleep) -> T:
    """The request's answer, asked again after passing faults. Source: Brooker, "Exponential Backoff and Jitter", 2015.

    Raises:
        StoreError: It kept failing, or failed for a reason that another try would not change.
    """
    attempt, begun = 0, time.monotonic()
    while True:
        attempt += 1
        try:
            return request()
        except TransientStoreError:
            if attempt >= BUSY_ATTEMPTS:
                raise
        except StoreUnreachableError:
            if attempt >= ATTEMPTS or time.monotonic() - begun > PATIENCE_SECONDS:
                raise
        sleep(random.uniform(0, min(MOST_SECONDS, BASE_SECONDS * 2 ** (attempt - 1))))  # noqa: S311  no secret
