"""The records of an object that lie in the output: found, written and removed there."""

from collections.abc import Iterable
from dataclasses import dataclass

from docmill.errors import ObjectNotFoundError, PreconditionFailedError
from docmill.keys import FOLDERS, Made, Status, output_key
from docmill.retry import retrying
from docmill.store.base import Capabilities, ObjectStore

__all__ = ["ROUNDS", "Output", "Record", "read_record", "read_records"]

ROUNDS = 4  # tries at one record while others keep changing it, or its source, under us


@dataclass(frozen=True, slots=True)
class Record:
    """A record that exists under the output location."""

    key: str
    etag: str
    made: Made | None


def read_records(
    output: ObjectStore, prefix: str, key: str, statuses: Iterable[Status] = tuple(FOLDERS)
) -> tuple[tuple[Status, Record], ...]:
    """The records there are of a source key: none, one, or, where a worker died over its work, two."""
    found = ((status, read_record(output, output_key(prefix, status, key))) for status in statuses)
    return tuple((status, record) for status, record in found if record)


def read_record(output: ObjectStore, key: str) -> Record | None:
    """The record under a key, if there is one."""
    try:
        info = retrying(lambda: output.head(key))
    except ObjectNotFoundError:
        return None
    return Record(key, info.etag, Made.read(info.metadata))


@dataclass(frozen=True, slots=True)
class Output:
    """Where records are written and removed: a store, its prefix for them, and what the store can do."""

    store: ObjectStore
    prefix: str
    can: Capabilities

    @classmethod
    def at(cls, store: ObjectStore, prefix: str) -> "Output":
        """What the store can do is tried out below the prefix, if it is not known."""
        return cls(store, prefix, store.capabilities(prefix))

    def put(self, key: str, record: bytes, made: Made, prior: Record | None) -> None:
        """Write a record in place of the one there was, or of none, as far as the store can tell.

        Raises:
            PreconditionFailedError: Another is there by now.
        """
        # A condition the store was seen to ignore or to get wrong is not sent.
        if_match = prior.etag if prior and self.can.put_if_match else None
        if_none_match = prior is None and self.can.put_if_none_match
        retrying(
            lambda: self.store.put(
                key,
                record,
                media_type="application/json",
                metadata=made.metadata(),
                if_match=if_match,
                if_none_match=if_none_match,
            )
        )

    def remove(self, record: Record) -> bool:
        """Remove a record; False if another is in its place by now, as far as the store can tell."""
        if_match = record.etag if self.can.delete_if_match else None
        try:
            retrying(lambda: self.store.delete(record.key, if_match=if_match))
        except PreconditionFailedError:  # or it was removed, and the answer to that was lost
            return read_record(self.store, record.key) is None
        return True
