"""The objects of the inbox that are to be processed, and what is known of each."""

from dataclasses import dataclass

from docmill.errors import InvalidKeyError, ObjectNotFoundError
from docmill.keys import Made, Status
from docmill.output import Record
from docmill.retry import retrying
from docmill.store.base import ObjectInfo, ObjectStore
from schemas.source import SourceObject

__all__ = ["Pending", "as_source", "find", "look_up"]


@dataclass(frozen=True, slots=True)
class Pending:
    """A source object to process, unless it proves to be done."""

    source: SourceObject
    fingerprint: str | None = None  # if given, a record by another pipeline is not enough
    instead_of: tuple[str, int] | None = None  # fingerprint and attempts of the record that is to be made anew
    failures: tuple[str, int] | None = None  # fingerprint and number of tries that left no record: the store failed
    records: tuple[tuple[Status, Record], ...] = ()  # as the worker finds them

    def is_done_by(self, made: Made | None) -> bool:
        """Whether a record made so is all that is wanted."""
        if made is None or not made.covers(self.source, self.fingerprint):
            return False
        return (made.fingerprint, made.attempts) != self.instead_of


def look_up(inbox: ObjectStore, key: str) -> Pending | None:
    """One source object by its key; None if there is none, or can be none."""
    info = find(inbox, key)
    return Pending(as_source(inbox.bucket, info)) if info else None


def find(inbox: ObjectStore, key: str) -> ObjectInfo | None:
    """What the store says of an object as it is now; None if there is none, or can be none of this key."""
    try:
        return retrying(lambda: inbox.head(key))
    except (ObjectNotFoundError, InvalidKeyError):
        return None


def as_source(bucket: str, info: ObjectInfo) -> SourceObject:
    """An object of the inbox as docmill's word for it."""
    return SourceObject(
        bucket=bucket,
        key=info.key,
        etag=info.etag,
        version_id=info.version_id,
        size=info.size,
        last_modified=info.last_modified,
    )
