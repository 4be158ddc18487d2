"""In which order a worker begins its documents, and whether others are at them too."""

import random
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from docmill.sandbox.crew import LONG_SECONDS

__all__ = ["Company", "Order", "Turns"]

T = TypeVar("T")
AT_FIRST, AFTER_A_MEETING = 32, 400  # documents
WAITED_SECONDS = 0.05  # for a turn: longer, and another worker may have been faster


class Company:
    """Whether other workers may be at the same documents: one was met lately, or it is too early to tell.

    A matter of saving work, on which nothing that is right depends. Threads may share it.
    """

    def __init__(self) -> None:
        self._left = AT_FIRST

    @property
    def expected(self) -> bool:
        """Whether to look twice."""
        return self._left > 0

    def met(self) -> None:
        """A document proved to be done by another worker."""
        self._left = AFTER_A_MEETING

    def not_met(self) -> None:
        """A document was done by nobody else."""
        self._left -= 1


class Order(Generic[T]):
    """Things to do, in the order given, until another is met at them. Threads may share it.

    Two workers that were given the same things at the same time would go on side by side, and do each of them twice:
    who finds one done by another goes on from either end, by chance, and so they soon come from opposite ends.
    """

    def __init__(self, things: Iterable[T]) -> None:
        self._left = deque(things)
        self._from_the_end = False

    def take(self) -> T:
        """The next one.

        Raises:
            IndexError: There is none.
        """
        return self._left.pop() if self._from_the_end else self._left.popleft()

    def met_another(self) -> None:
        """One proved to be done by another worker."""
        self._from_the_end = random.random() < 1 / 2  # noqa: S311  no secret


class Turns:
    """Turns at the refining processes: who waits for one can look at a document's record again just before.

    Args:
        processes: How many there are.
    """

    def __init__(self, processes: int) -> None:
        # One more, so that no process is idle while another worker's record is looked for.
        self._free = threading.BoundedSemaphore(processes + 1)

    @contextmanager
    def one(self) -> Iterator[bool]:
        """A turn for the time within, and whether it was waited for; after long, which containers take, without."""
        came = time.monotonic()
        taken = self._free.acquire(timeout=LONG_SECONDS)
        try:
            yield time.monotonic() - came > WAITED_SECONDS
        finally:
            if taken:
                self._free.release()
