"""In which order a worker begins its documents, and whether others are at them too."""

import random
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

__all__ = ["Company", "Order"]

T = TypeVar("T")
AT_FIRST, AFTER_A_MEETING = 32, 400  # documents


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
