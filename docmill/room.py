"""A bound on bytes that are in memory at the same time."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Room"]


class Room:
    """So many bytes may be in flight at once; a larger object goes alone. Who comes first has it first."""

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._changed = threading.Condition()
        self._waiting = deque[object]()

    def acquire(self, amount: int) -> None:
        """Wait until there is room for so many bytes, and take it."""
        amount, place = min(amount, self._size), object()
        with self._changed:
            self._waiting.append(place)
            try:
                self._changed.wait_for(lambda: self._waiting[0] is place and self._free >= amount)
                self._free -= amount
            finally:
                self._waiting.remove(place)
                self._changed.notify_all()

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
