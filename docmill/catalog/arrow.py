"""Catalog rows as Arrow data, and back. `docs/catalog.md` describes the columns to those who read them."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

import pyarrow as pa

from schemas.catalog import CatalogRow

__all__ = ["SCHEMA", "from_batch", "to_batch", "values_of"]

_TIME = pa.timestamp("us", tz="UTC")  # the only precision Delta has
_LIST = pa.list_(pa.field("element", pa.string()))

SCHEMA = pa.schema(
    [
        pa.field("schema_version", pa.int32(), nullable=False),
        pa.field("sequence", pa.int64(), nullable=False),
        pa.field("bucket", pa.string(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        ("member", pa.string()),
        ("member_id", pa.string()),
        pa.field("etag", pa.string(), nullable=False),
        ("version_id", pa.string()),
        pa.field("size", pa.int64(), nullable=False),
        ("last_modified", _TIME),
        ("media_type", pa.string()),
        pa.field("status", pa.string(), nullable=False),
        ("reason", pa.string()),
        ("stage", pa.string()),
        ("message", pa.string()),
        pa.field("attempts", pa.int32(), nullable=False),
        ("members", pa.int32()),
        ("output_key", pa.string()),
        pa.field("pipeline_fingerprint", pa.string(), nullable=False),
        pa.field("docmill_version", pa.string(), nullable=False),
        ("stages", pa.map_(pa.string(), pa.string())),
        ("title", pa.string()),
        ("language", pa.string()),
        ("content_type", pa.string()),
        ("topics", _LIST),
        pa.field("lines_removed", pa.int32(), nullable=False),
        pa.field("milliseconds", pa.float64(), nullable=False),
        ("flow_run_id", pa.string()),
        pa.field("processed_at", _TIME, nullable=False),
    ]
)


def to_batch(rows: Sequence[CatalogRow], sequence: int) -> pa.RecordBatch:
    """Rows as one batch, each with the sequence given.

    Text that has no UTF-8 form (half a surrogate pair, as titles of damaged files have) is made printable.
    """
    return pa.RecordBatch.from_pylist([_plain(row) | {"sequence": sequence} for row in rows], schema=SCHEMA)


def from_batch(batch: pa.RecordBatch) -> Iterator[CatalogRow]:
    """Rows of a batch that has all columns; those added by a newer docmill are left out."""
    for values in batch.select([name for name in SCHEMA.names if name in batch.schema.names]).to_pylist():
        yield CatalogRow.model_validate(
            values
            | {"stages": dict(values.get("stages") or ()), "topics": tuple(values.get("topics") or ())}
            | {"members": values.get("members") or 0}
        )


def values_of(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """The values of each row of a batch, in its columns' order."""
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _plain(row: CatalogRow) -> dict[str, Any]:
    values = {name: _encodable(value) for name, value in row.model_dump().items()}
    for name in ("last_modified", "processed_at"):
        values[name] = values[name] and values[name].astimezone(UTC)
    return values | {"stages": list(row.stages.items()), "topics": [_encodable(topic) for topic in row.topics]}


def _encodable(value: object) -> Any:  # noqa: ANN401  whatever it was
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
