"""Refining processes, each used by one thread at a time."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from docmill.sandbox.child import Child

__all__ = ["LONG_SECONDS", "Crew"]

LONG_SECONDS = 10.0  # as containers take: who waits longer gets a turn and, while there are some, a spare process
SPARE = 2


class Crew:
    """So many refining processes, and a few more as long as all of them take long over what they do.

    A container of many members may take many minutes; what is small and comes after it is not to wait for that. Time in
    which a process loads models does not count: another would only load them beside it.

    Args:
        make: Makes one, which starts when it is first needed.
        count: How many.
    """

    def __init__(self, make: Callable[[], Child], count: int) -> None:
        self._make, self._count = make, count
        self._free = [make() for _ in range(count)]  # the last one freed is taken first: the others may rest
        self._busy: dict[Child, float] = {}  # and since when
        self._changed = threading.Condition()
        self._closed = False

    @property
    def children(self) -> list[Child]:
        """All of them."""
        with self._changed:
            return [*self._free, *self._busy]

    @contextlib.contextmanager
    def one(self) -> Iterator[Child]:
        """A process for the time within; waits for one that is free."""
        child = self._take()
        try:
            yield child
        finally:
            self._put(child)

    def start_all(self) -> None:
        """Start those that are free and have not been started."""
        with self._changed:
            taken, self._free = self._free, []
            self._busy |= dict.fromkeys(taken, time.monotonic())
        for child in taken:
            # Closed meanwhile, or it cannot be started: then the first document meets the same error, and reports it.
            with contextlib.suppress(Exception):
                if not child.started:
                    child.start()
            self._put(child)

    def close(self) -> None:
        """End them."""
        with self._changed:
            self._closed = True
        children = self.children
        for child in children:
            child.forbid()  # all of them first: while one ends no other is to be started
        for child in children:
            child.end()

    def _take(self) -> Child:
        with self._changed:
            while not self._free:
                seconds = self._seconds_to_grow()
                if seconds is not None and seconds <= 0:
                    self._free.append(self._make())
                    break
                self._changed.wait(seconds)
            child = self._free.pop()
            self._busy[child] = time.monotonic()
            return child

    def _seconds_to_grow(self) -> float | None:
        """Until all have taken long, if none is freed before; None if there are enough."""
        if self._closed or len(self._busy) >= self._count + SPARE:
            return None
        latest = max(max(since, child.ready_at) for child, since in self._busy.items())
        return latest + LONG_SECONDS - time.monotonic()

    def _put(self, child: Child) -> None:
        with self._changed:
            del self._busy[child]
            is_spare = bool(self._free) and len(self._free) + len(self._busy) >= self._count
            if not is_spare:
                self._free.append(child)
                self._changed.notify()
        if is_spare:
            child.end()
