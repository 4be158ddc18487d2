"""How much of what came lately was rejected: a store that fills with rejections wants a person's attention."""

from collections import deque
from collections.abc import Iterable

from docmill.result import Ending

__all__ = ["RecentRejections"]

RECENT = 200  # documents
ENOUGH = 20  # fewer say nothing of a share


class RecentRejections:
    """The share of rejections among the last documents of this process, over any number of batches."""

    def __init__(self) -> None:
        self._rejected: deque[bool] = deque(maxlen=RECENT)

    def add(self, endings: Iterable[Ending]) -> None:
        """Take note of a batch."""
        judged = {Ending.ENRICHED: False, Ending.REJECTED: True}
        self._rejected.extend(judged[ending] for ending in endings if ending in judged)

    def share(self) -> float | None:
        """From 0 to 1; None while there were too few documents."""
        return sum(self._rejected) / len(self._rejected) if len(self._rejected) >= ENOUGH else None
