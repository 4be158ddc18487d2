"""Upkeep of the catalog: superseded rows dropped, small files merged, files no version needs any more removed."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

import pyarrow as pa

from docmill.catalog.arrow import values_of
from docmill.catalog.delta import DeltaTable, write_deltalake
from docmill.catalog.table import Catalog, scan
from docmill.spill import PARTITIONS, Spill

__all__ = ["Compacted", "compact"]

HOURS_A_DAY = 24
_DELETED = -1  # and no record is left
_IDENTITY = {
    "_key": "concat(bucket, '/', key)", "_sequence": "sequence", "_moment": "CAST(processed_at AS BIGINT)",
    "_member": "coalesce(member_id, '')",
}  # fmt: skip
_REST = {
    "made": "concat(etag, ' ', pipeline_fingerprint, ' ', CAST(attempts AS VARCHAR))",
    "members": f"CASE WHEN status = 'deleted' AND output_key IS NULL THEN {_DELETED} ELSE coalesce(members, 0) END",
}

Identity = tuple[str, int, int, str]  # bucket and key, sequence, microseconds since 1970, id of the member or nothing


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compacting did."""

    rows_dropped: int
    files_before: int
    files_after: int
    files_removed: int  # from the store, of versions older than the retention

    def __str__(self) -> str:
        return (
            f"{self.rows_dropped} superseded rows dropped, {self.files_before} files became {self.files_after}, "
            f"{self.files_removed} old files removed"
        )


def compact(catalog: Catalog, retention_days: float) -> Compacted | None:
    """Make the catalog small and fast to read; None if there is none.

    Of a key's rows the current one stays, unless it is a tombstone without a record and older than the retention, and
    with it those of its members; superseded ones stay for the retention. Rows that others append meanwhile stay in any
    case. Memory grows with the number of rows dropped.

    Args:
        catalog: The catalog.
        retention_days: How long superseded rows, tombstones and the files of earlier versions are kept.

    Raises:
        CatalogError: It failed, or another compaction was faster; the catalog is as it was.
    """
    oldest = (time.time() - retention_days * HOURS_A_DAY * 3600) * 1_000_000  # as a moment it may lie before the year 1
    with catalog.table() as table:
        if table is None:
            return None
        before = len(table.file_uris())
        dropped = _superseded(table, round(oldest))
        if dropped:
            _rewrite(table, dropped)
        elif before > 1:
            table.optimize.compact()
        table.update_incremental()
        removed = table.vacuum(
            retention_hours=round(retention_days * HOURS_A_DAY), dry_run=False, enforce_retention_duration=False
        )
        table.create_checkpoint()
        table.cleanup_metadata()
        return Compacted(len(dropped), before, len(table.file_uris()), len(removed))


def _superseded(table: DeltaTable, oldest: int) -> set[Identity]:
    """Rows that nobody needs: not current, or a tombstone without a record, and older than the retention."""
    with closing(Spill()) as rows:
        for batch in scan(table, _IDENTITY | _REST, None):
            for row in values_of(batch):
                rows.add(row)
        return {row for number in range(PARTITIONS) for row in _dispensable(rows.read(number)) if row[2] < oldest}


def _dispensable(rows: Iterator[Sequence[Any]]) -> Iterator[Identity]:
    """Of a part of the rows, in which all of a key's are: what is not current, and tombstones."""
    current: dict[str, tuple[Identity, str, int]] = {}
    of_members: list[tuple[Identity, str]] = []
    for key, sequence, moment, member, made, members in rows:
        identity = (key, sequence, moment, member)
        if member:
            of_members.append((identity, made))
            continue
        row = (identity, made, members)
        known = current.setdefault(key, row)
        if known[0] != identity:
            current[key] = max(known, row)
            yield min(known, row)[0]
    yield from (identity for identity, _, members in current.values() if members == _DELETED)
    newest: dict[tuple[str, str], Identity] = {}
    for identity, made in of_members:
        _, container_made, members = current.get(identity[0], (identity, "", 0))
        if members <= 0 or made != container_made:
            yield identity
            continue
        known_member = newest.setdefault((identity[0], identity[3]), identity)
        if known_member != identity:
            newest[identity[0], identity[3]] = max(known_member, identity)
            yield min(known_member, identity)


def _rewrite(table: DeltaTable, dropped: Collection[Identity]) -> None:
    """All rows but these, in the place of the files read."""
    names = [field.name for field in table.schema().fields]
    batches = scan(table, {name: f'"{name}"' for name in names} | _IDENTITY, None)
    first = next(batches)
    schema = first.select(names).schema

    def kept() -> Iterator[pa.RecordBatch]:
        for batch in chain([first], batches):
            identities = values_of(batch.select(list(_IDENTITY)))
            start = 0
            for stays, run in groupby(identity not in dropped for identity in identities):
                length = sum(1 for _ in run)
                if stays:
                    yield batch.select(names).slice(start, length)  # pyarrow cannot filter what DataFusion makes
                start += length

    data = pa.RecordBatchReader.from_batches(schema, kept())
    write_deltalake(table, data, mode="overwrite")
