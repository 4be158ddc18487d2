"""What has to be true of an inbox, its records, its catalog and its queue once a sweep has run undisturbed."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from docmill.catalog import Catalog
from docmill.catalog.arrow import SCHEMA, from_batch
from docmill.catalog.records import row_of_record
from docmill.intake.quarantine import MESSAGES
from docmill.keys import FOLDERS, Made, members_prefix, output_key
from docmill.store.base import ObjectStore
from schemas.catalog import CatalogRow
from schemas.settings import Settings, split_location

__all__ = ["message_violations", "violations"]

_TIMES = {"sequence", "processed_at", "milliseconds", "flow_run_id", "last_modified"}


def violations(inbox: ObjectStore, output: ObjectStore, catalog: Catalog, settings: Settings) -> list[str]:
    """Everything that is not as promised, in words; empty if all is well.

    For every object of the inbox there is one current catalog row, at its present etag, and one record, enriched or
    quarantined, which says the same in its metadata, its body and its row; of a container one for each member as well.
    Under `enriched/` and `quarantine/` there is nothing else, but for the records of deleted objects if they are kept.
    """
    return list(_Audit(inbox, output, catalog, settings).found())


def message_violations(output: ObjectStore, prefix: str, unreadable: Counter[str], waiting: int) -> list[str]:
    """What became of messages: none is left, and each that could not be understood lies in quarantine.

    Args:
        output: Where messages are recorded.
        prefix: The output's.
        unreadable: The bodies sent that are no notifications.
        waiting: Messages left in the queue.
    """
    kept = {json.loads(output.get(info.key).data)["body"] for info in output.list(prefix + MESSAGES)}
    found = [f"message {body[:40]!r} is lost" for body in unreadable if body not in kept]
    return found + ([f"{waiting} messages are left in the queue"] if waiting else [])


class _Audit:
    def __init__(self, inbox: ObjectStore, output: ObjectStore, catalog: Catalog, settings: Settings) -> None:
        self._inbox, self._output, self._catalog, self._settings = inbox, output, catalog, settings
        self._prefix = split_location(settings.output or "")[1]
        inbox_prefix = split_location(settings.inbox or "")[1]
        self._sources = {info.key: info.etag for info in inbox.list(inbox_prefix)}
        folders = [self._prefix + folder for folder in FOLDERS.values()]
        self._listed = {info.key for folder in folders for info in output.list(folder)}
        self._accounted: set[str] = set()

    def found(self) -> Iterator[str]:
        rows = self._rows()
        for key in sorted(rows.keys() | self._sources.keys()):
            yield from self._of_rows(key, rows[key])
        yield from (f"{key}: nothing accounts for it" for key in sorted(self._listed - self._accounted))

    def _rows(self) -> dict[str, list[CatalogRow]]:
        """All rows but those of members, by key, the current one last."""
        found: dict[str, list[CatalogRow]] = defaultdict(list)
        for batch in self._catalog.scan(SCHEMA.names, "member IS NULL"):
            for row in from_batch(batch):
                found[row.key].append(row)
        return defaultdict(list, {key: sorted(rows, key=lambda row: row.order) for key, rows in found.items()})

    def _of_rows(self, key: str, rows: list[CatalogRow]) -> Iterator[str]:
        """The current row against the object."""
        if not rows:
            yield f"{key}: no catalog row"
            return
        current = rows[-1]
        if len({row.made for row in rows if row.order == current.order}) > 1:
            yield f"{key}: two catalog rows are current"
        if key not in self._sources:
            yield from self._of_deleted(key, current)
        elif current.status not in FOLDERS:
            yield f"{key}: its current row says {current.status}: {current.message}"
        elif current.etag != self._sources[key]:
            yield f"{key}: its current row is of etag {current.etag}, the object has {self._sources[key]}"
        else:
            yield from self._of_record(key, current)

    def _of_deleted(self, key: str, current: CatalogRow) -> Iterator[str]:
        if current.status != "deleted":
            yield f"{key}: deleted, but its current row says {current.status}"
        if self._settings.on_delete == "keep":
            for status in FOLDERS:
                below = members_prefix(self._prefix, status, key)
                self._accounted.add(output_key(self._prefix, status, key))
                self._accounted.update(one for one in self._listed if one.startswith(below))

    def _of_record(self, key: str, current: CatalogRow) -> Iterator[str]:
        """The current row against the records."""
        places = [output_key(self._prefix, status, key) for status in FOLDERS]
        there = [place for place in places if place in self._listed]
        self._accounted.update(there)
        if there != [current.output_key]:
            yield f"{key}: the records {there} are there, the row says {current.output_key}"
            return
        stored = self._output.get(there[0])
        if Made.read(stored.info.metadata) != Made(
            current.etag,
            current.version_id,
            current.pipeline_fingerprint,
            current.attempts,
            current.members,
            bucket=current.bucket,
        ):
            yield f"{key}: the record's metadata {dict(stored.info.metadata)} are not the row's"
        if (row := row_of_record(stored)) is None or not _same(row, current):
            yield f"{key}: the record says {row}, the catalog {current}"
        yield from self._of_body(key, json.loads(stored.data))
        yield from self._of_members(key, current)

    def _of_body(self, key: str, record: dict) -> Iterator[str]:
        source, data = record["source"], self._inbox.get(key).data
        if source["etag"] != self._sources[key]:
            yield f"{key}: the record's body is of etag {source['etag']}"
        if source.get("sha256") not in {None, hashlib.sha256(data).hexdigest()}:
            yield f"{key}: the record was made from other bytes"

    def _of_members(self, key: str, container: CatalogRow) -> Iterator[str]:
        rows = {row.output_key: row for row in self._catalog.members_of(container)}
        below = tuple(members_prefix(self._prefix, status, key) for status in FOLDERS)
        there = {one for one in self._listed if one.startswith(below)}
        self._accounted.update(there)
        if there != rows.keys() or len(there) != container.members:
            yield (
                f"{key}: {container.members} members, {len(rows)} with rows; without a row: "
                f"{sorted(there - rows.keys())}, without a record: {sorted(rows.keys() - there)}"
            )
        for place in there & rows.keys():
            row = row_of_record(self._output.get(place))
            if row is None or not _same(row, rows[place]):
                yield f"{place}: the record says {row}, the catalog {rows[place]}"


def _same(made: CatalogRow, committed: CatalogRow) -> bool:
    """Whether a row is the record's; of two runs that made the same at once it may tell the times of the other."""
    return made.model_dump(exclude=_TIMES) == committed.model_dump(exclude=_TIMES)
