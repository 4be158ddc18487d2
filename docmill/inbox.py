"""What the inbox holds that is not done yet: its listing compared with the records' own metadata."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from docmill.errors import ObjectNotFoundError
from docmill.keys import FOLDERS, Made, Status, output_key
from docmill.retry import retrying
from docmill.store.base import ObjectInfo, ObjectStore
from schemas.settings import Settings, split_location
from schemas.source import SourceObject

__all__ = ["Inventory", "Pending", "Record", "find_pending", "look_up"]


@dataclass(frozen=True, slots=True)
class Record:
    """A record that exists under the output location."""

    key: str
    etag: str
    made: Made | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A source object to process, and the records there are of earlier versions of it."""

    source: SourceObject
    records: tuple[tuple[Status, Record], ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """The state of an inbox: what is to be done, and how much is done."""

    pending: tuple[Pending, ...]
    enriched: int
    rejected: int
    settling: int
    made_by: Mapping[str, int]  # done objects by pipeline fingerprint

    @property
    def total(self) -> int:
        """Source objects seen."""
        return len(self.pending) + self.enriched + self.rejected + self.settling


def find_pending(
    inbox: ObjectStore, output: ObjectStore, settings: Settings, fingerprint: str | None = None
) -> Inventory:
    """Compare the inbox with the records.

    Exact: an object is done if and only if a record says it was made from its present etag. No clocks are compared,
    but for `settle_seconds`.

    Args:
        inbox: Where documents are dropped.
        output: Where records are.
        settings: `inbox` and `output` give the prefixes.
        fingerprint: If given, records made by another pipeline do not count.
    """
    _, prefix = split_location(settings.inbox or "")
    _, output_prefix = split_location(settings.output or "")
    existing = {i.key: i for folder in FOLDERS.values() for i in output.list(output_prefix + folder)}
    own = output_prefix if inbox.bucket == output.bucket else None
    young = datetime.now(UTC) - timedelta(seconds=settings.settle_seconds)
    settling = 0
    fresh: list[Pending] = []
    known: list[tuple[SourceObject, list[tuple[Status, ObjectInfo]]]] = []
    for item in _documents(inbox, prefix, own):
        if settings.settle_seconds and item.last_modified > young:
            settling += 1
            continue
        source = as_source(inbox.bucket, item)
        records = [(s, existing[k]) for s in FOLDERS if (k := output_key(output_prefix, s, source.key)) in existing]
        if records:
            known.append((source, records))
        else:
            fresh.append(Pending(source))
    enriched = rejected = 0
    made_by: Counter[str] = Counter()
    with ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-head") as threads:
        for candidate in threads.map(lambda entry: _with_metadata(output, *entry), known):
            done = [s for s, r in candidate.records if r.made and r.made.covers(candidate.source, fingerprint)]
            if not done or len(candidate.records) > 1:  # a worker died between writing one and removing the other
                fresh.append(candidate)
                continue
            enriched += "enriched" in done
            rejected += "enriched" not in done
            made_by.update(r.made.fingerprint for _, r in candidate.records if r.made)
    return Inventory(tuple(fresh), enriched, rejected, settling, made_by)


def look_up(inbox: ObjectStore, output: ObjectStore, output_prefix: str, key: str) -> Pending | None:
    """One source object by its key, with its records; None if there is none."""
    try:
        source = as_source(inbox.bucket, retrying(lambda: inbox.head(key)))
    except ObjectNotFoundError:
        return None
    records = []
    for status in FOLDERS:
        record_key = output_key(output_prefix, status, key)
        if found := read_record(output, record_key):
            records.append((status, found))
    return Pending(source, tuple(records))


def read_record(output: ObjectStore, key: str) -> Record | None:
    """The record under a key, if there is one."""
    try:
        info = retrying(lambda: output.head(key))
    except ObjectNotFoundError:
        return None
    return Record(key, info.etag, Made.read(info.metadata))


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


def _documents(inbox: ObjectStore, prefix: str, own: str | None) -> Iterator[ObjectInfo]:
    """The listing without folder markers and without docmill's own output."""
    folders = (*FOLDERS.values(), "schemas/", "catalog/", "labels/", "profiles/", ".docmill-probe/")
    for item in inbox.list(prefix):
        if item.key.endswith("/") and item.size == 0:
            continue
        if own is not None and item.key.startswith(tuple(own + folder for folder in folders)):
            continue
        yield item


def _with_metadata(output: ObjectStore, source: SourceObject, records: list[tuple[Status, ObjectInfo]]) -> Pending:
    found = [(status, read_record(output, info.key)) for status, info in records]
    return Pending(source, tuple((status, record) for status, record in found if record))
