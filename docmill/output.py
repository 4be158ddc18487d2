"""The records of an object that lie in the output, as they are found there."""

from collections.abc import Iterable
from dataclasses import dataclass

from docmill.errors import ObjectNotFoundError
from docmill.keys import FOLDERS, Made, Status, output_key
from docmill.retry import retrying
from docmill.store.base import ObjectStore

__all__ = ["Record", "read_record", "read_records"]


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
