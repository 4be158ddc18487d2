"""A bound on bytes that are in memory at the same time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Room"]


class Room:
    """So many bytes may be in flight at once; a larger object goes alone."""

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._changed = threading.Condition()

    def acquire(self, amount: int) -> None:
        """Wait until there is room for so many bytes, and take it."""
        amount = min(amount, self._size)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= amount)
            self._free -= amount

    def release(self, amount: int) -> None:
        """Give back what was taken."""
        with self._changed:
            self._free += min(amount, self._size)
            self._changed.notify_all()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        """Room for so many bytes while something is done."""
        self.acquire(amount)
        try:
            yield
        finally:
            self.release(amount)
