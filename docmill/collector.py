"""Python's cyclic garbage collector, paused where many objects are made that stay.

It would look at all of them again and again, a fifth of the time of a page of 20 MB, and find nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["paused"]


@contextmanager
def paused() -> Iterator[None]:
    """Within this nothing is collected but by reference counts; nested or off already, it changes nothing."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
