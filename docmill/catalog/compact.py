"""Upkeep of the catalog: superseded rows dropped, small files merged, files no version needs any more removed."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from docmill.catalog.table import Catalog, scan
from docmill.spill import PARTITIONS, Spill

__all__ = ["Compacted", "compact"]

HOURS_A_DAY = 24
_IDENTITY = {"_key": "key", "_sequence": "sequence", "_moment": "CAST(processed_at AS BIGINT)"}

Identity = tuple[str, int, int]  # key, sequence, microseconds since 1970


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

    Of a key's rows the current one stays, unless it is a tombstone older than the retention; superseded ones stay for
    the retention. Rows that others append meanwhile stay in any case. Memory grows with the number of rows dropped.

    Args:
        catalog: The catalog.
        retention_days: How long superseded rows, tombstones and the files of earlier versions are kept.

    Raises:
        CatalogError: It failed, or another compaction was faster; the catalog is as it was.
    """
    oldest = datetime.now(UTC) - timedelta(days=retention_days)
    with catalog.table() as table:
        if table is None:
            return None
        before = len(table.file_uris())
        dropped = _superseded(table, round(oldest.timestamp() * 1_000_000))
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
    """Rows that nobody needs: not current, or a tombstone, and older than the retention."""
    with closing(Spill()) as rows:
        for batch in scan(table, _IDENTITY | {"deleted": "status = 'deleted'"}, None):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                rows.add(row)
        return {row for number in range(PARTITIONS) for row in _dispensable(rows.read(number)) if row[2] < oldest}


def _dispensable(rows: Iterator[Sequence[Any]]) -> Iterator[Identity]:
    current: dict[str, tuple[Identity, bool]] = {}
    for key, sequence, moment, deleted in rows:
        row = ((key, sequence, moment), deleted)
        known = current.setdefault(key, row)
        if known[0] != row[0]:
            current[key] = max(known, row)
            yield min(known, row)[0]
    yield from (identity for identity, deleted in current.values() if deleted)


def _rewrite(table: DeltaTable, dropped: Collection[Identity]) -> None:
    """All rows but these, in the place of the files read."""
    names = [field.name for field in table.schema().fields]
    batches = scan(table, {name: f'"{name}"' for name in names} | _IDENTITY, None)
    first = next(batches)
    schema = first.select(names).schema

    def kept() -> Iterator[pa.RecordBatch]:
        for batch in chain([first], batches):
            identities = zip(*(batch.column(name).to_pylist() for name in _IDENTITY), strict=True)
            start = 0
            for stays, run in groupby(identity not in dropped for identity in identities):
                length = sum(1 for _ in run)
                if stays:
                    yield batch.select(names).slice(start, length)  # pyarrow cannot filter what DataFusion makes
                start += length

    data = pa.RecordBatchReader.from_batches(schema, kept())
    write_deltalake(table, data, mode="overwrite")
