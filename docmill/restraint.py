"""How many records may go because their objects are gone: that an inbox is empty may be a mistake."""

import threading
import time
from collections import deque
from collections.abc import Callable

from docmill.survey import Survey
from schemas.settings import Settings

__all__ = ["FEW", "Allowance", "too_many", "too_many_gone"]

FEW = 10  # documents: so many may go whatever their share, and by notifications within one interval of sweeps


def too_many(gone: int, known: int, settings: Settings) -> str | None:
    """Why so many of the documents known are not to lose their records, and what to do; None if they may.

    Args:
        gone: Documents whose object is gone.
        known: Those processed so far, these included.
        settings: For `on_delete` and `max_removed_share`.
    """
    if settings.on_delete != "remove" or gone <= max(FEW, settings.max_removed_share * known):
        return None
    return (
        f"{gone:,} of {known:,} documents are gone from {settings.inbox}: none of their records is removed, as "
        f"max_removed_share is {settings.max_removed_share:g} (restore the objects, or, if they were meant to go: "
        "docmill sweep --remove-many)"
    )


def too_many_gone(found: Survey, settings: Settings) -> str | None:
    """As `too_many`, of the documents that a survey finds gone; they are counted only where records would go too."""
    return too_many(*found.count_gone(), settings) if settings.on_delete == "remove" else None


class Allowance:
    """A few removals at once, where nobody knows how many are still to come. Threads may share it.

    Args:
        seconds: In which there may be no more than `FEW`.
        now: A clock that never goes back.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._now = seconds, now
        self._lock = threading.Lock()
        self._spent = deque[float]()

    def take(self, count: int) -> bool:
        """Whether so many more may go now; if not, none is to."""
        with self._lock:
            moment = self._now()
            while self._spent and moment - self._spent[0] > self._seconds:
                self._spent.popleft()
            if len(self._spent) + count > FEW:
                return False
            self._spent.extend([moment] * count)
            return True
