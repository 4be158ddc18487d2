"""Retrying store requests: bounded, with exponential backoff and full jitter."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from docmill.errors import StoreUnreachableError, TransientStoreError

__all__ = ["retrying"]

ATTEMPTS = 4
BASE_SECONDS = 0.25
T = TypeVar("T")


def retrying(request: Callable[[], T], *, sleep: Callable[[float], None] = time.sleep) -> T:
    """The request's answer, asked again after passing faults. Source: Brooker, "Exponential Backoff and Jitter", 2015.

    Raises:
        StoreError: It kept failing, or failed for a reason that another try would not change.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return request()
        except (TransientStoreError, StoreUnreachableError):
            sleep(random.uniform(0, BASE_SECONDS * 2**attempt))  # noqa: S311  no secret
    return request()
