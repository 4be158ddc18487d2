"""A batch: what one flow run takes."""

from collections.abc import Iterator, Sequence

from docmill.inbox import Pending

__all__ = ["Batch"]


class Batch:
    """Documents on their way into a flow or task run.

    Deliberately opaque: Prefect stores a run's parameters as JSON and looks into collections for futures. Of an object
    that is neither model nor dataclass, and whose attributes are in slots, it keeps only the name, so ten thousand
    documents stay out of its database, whose limit is 512 KB a run.
    """

    __slots__ = ("documents",)

    def __init__(self, documents: Sequence[Pending]) -> None:
        self.documents = documents

    def __len__(self) -> int:
        return len(self.documents)

    def split(self, size: int) -> "Iterator[Batch]":
        """The same documents in batches of at most `size`."""
        for start in range(0, len(self.documents), size):
            yield Batch(self.documents[start : start + size])
