"""A batch, what one flow run takes, and its results: both opaque to Prefect.

Prefect stores a run's parameters as JSON, and looks into collections, models and dataclasses for futures: parameters,
and what a run returns. Of an object that is neither, and whose attributes are in slots, it keeps only the name. So ten
thousand documents stay out of its database, whose limit is 512 KB a run, and are not walked through, at a millisecond
each.
"""

from collections.abc import Iterator, Sequence

from docmill.inbox import Pending
from docmill.result import Result

__all__ = ["Batch", "Results"]


class Batch:
    """Documents on their way into a flow or task run."""

    __slots__ = ("documents",)

    def __init__(self, documents: Sequence[Pending]) -> None:
        self.documents = documents

    def __reduce__(self) -> tuple[type["Batch"], tuple[tuple[()]]]:
        """Without its documents: to a cluster Prefect sends a flow run's parameters along with each of its tasks."""
        return Batch, ((),)

    def __len__(self) -> int:
        return len(self.documents)

    def split(self, size: int) -> "Iterator[Batch]":
        """The same documents in batches of at most `size`."""
        for start in range(0, len(self.documents), size):
            yield Batch(self.documents[start : start + size])


class Results:
    """What became of a run's documents, on its way out of it."""

    __slots__ = ("_results",)

    def __init__(self, results: Sequence[Result]) -> None:
        self._results = results

    def __len__(self) -> int:
        return len(self._results)

    def __iter__(self) -> Iterator[Result]:
        return iter(self._results)
