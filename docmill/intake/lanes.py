"""How many batches may be under way: few, but what takes long keeps nothing else waiting."""

import time
from asyncio import Task
from collections.abc import Iterator

__all__ = ["Lanes"]

USUAL = 2  # so that one slow document does not hold up the ones dropped after it
MOST = 8  # with those that take long: a container of many members may take many minutes
LONG_SECONDS = 10.0


class Lanes:
    """The batches under way."""

    def __init__(self) -> None:
        self._begun: dict[Task[None], float] = {}

    def __iter__(self) -> Iterator[Task[None]]:
        return iter(tuple(self._begun))

    def __len__(self) -> int:
        return len(self._begun)

    def enter(self, task: Task[None]) -> None:
        """One more is under way."""
        self._begun[task] = time.monotonic()

    def leave(self, task: Task[None]) -> None:
        """One has ended."""
        self._begun.pop(task, None)

    def wait_seconds(self) -> float:
        """Until another may begin, unless one ends before; endless if none may before."""
        if len(self._begun) >= MOST:
            return float("inf")
        if len(self._begun) < USUAL:
            return 0.0
        latest = sorted(self._begun.values())[-USUAL]  # once it takes long too, fewer than usual are new
        return max(0.0, latest + LONG_SECONDS - time.monotonic())
