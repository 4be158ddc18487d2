"""A batch, what one flow run takes, and what becomes of it: all opaque to Prefect.

Prefect stores a run's parameters as JSON, and looks into collections, models and dataclasses for futures: parameters,
and what a run returns. Of an object that is neither, and whose attributes are in slots, it keeps only the name. So ten
thousand documents stay out of its database, whose limit is 512 KB a run, and are not walked through, at a millisecond
each.
"""

from collections.abc import Iterator, Mapping, Sequence

from docmill.inbox import Pending
from docmill.result import Ending, Result

__all__ = ["Batch", "Endings", "Results"]


class Batch:
    """Documents on their way into a flow or task run; the list is the batch's own from then on."""

    __slots__ = ("documents",)

    def __init__(self, documents: list[Pending]) -> None:
        self.documents = documents

    def __reduce__(self) -> tuple[type["Batch"], tuple[list[Pending]]]:
        """Without its documents: to a cluster Prefect sends a flow run's parameters along with each of its tasks."""
        return Batch, ([],)

    def __len__(self) -> int:
        return len(self.documents)

    def split(self, size: int) -> "Iterator[Batch]":
        """The same documents in batches of at most `size`."""
        for start in range(0, len(self.documents), size):
            yield Batch(self.documents[start : start + size])

    def clear(self) -> None:
        """Let go of the documents once they are done: timers of Prefect's hold a run's parameters for a while after."""
        self.documents.clear()


class Results:
    """What became of a shard's documents, on its way from another process."""

    __slots__ = ("_results",)

    def __init__(self, results: Sequence[Result]) -> None:
        self._results = results

    def __iter__(self) -> Iterator[Result]:
        return iter(self._results)


class Endings:
    """How the work on each of a run's documents ended, on its way out of it.

    Args:
        by_key: The endings, by source key.
    """

    __slots__ = ("by_key",)

    def __init__(self, by_key: Mapping[str, Ending]) -> None:
        self.by_key = by_key
