"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable

__all__ = ["within"]


def within(seconds: float, condition: Callable[[], bool], every: float = 0.1) -> bool:
    """Whether a condition, asked for every so many seconds, comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
