"""Records that the catalog does not point to: their run died before its commit.

While the source object exists, the next sweep finds it undone, and the worker its record. Where it has been deleted
meanwhile only the record is left; finding such takes a listing of the records.
"""

from collections.abc import Iterator
from contextlib import closing

from docmill.catalog.records import row_of_record
from docmill.catalog.table import Catalog
from docmill.errors import ObjectNotFoundError
from docmill.keys import FOLDERS
from docmill.listing import list_objects
from docmill.retry import retrying
from docmill.spill import PARTITIONS, Spill
from docmill.store.base import ObjectStore
from schemas.settings import Settings, split_location

__all__ = ["orphans"]

_COLUMNS = {
    "key": "key",
    "sequence": "sequence",
    "moment": "CAST(processed_at AS BIGINT)",
    "output_key": "coalesce(output_key, '')",
}


def orphans(catalog: Catalog, output: ObjectStore, settings: Settings) -> Iterator[str]:
    """The source keys of records that no current row of the catalog points to.

    Raises:
        CatalogError: The catalog cannot be read.
        StoreError: The records cannot be listed or read.
    """
    _, prefix = split_location(settings.output or "")
    with closing(Spill()) as listed, closing(Spill()) as known:
        for folder in FOLDERS.values():
            for info in list_objects(output, prefix + folder):
                listed.add((info.key,))
        for record_key in _current(catalog):
            known.add((record_key,))
        for number in range(PARTITIONS):
            pointed = {key for (key,) in known.read(number)}
            for (key,) in listed.read(number):
                if key not in pointed and (source := _source_key(output, key)):
                    yield source


def _current(catalog: Catalog) -> Iterator[str]:
    """The record keys of all current rows."""
    with closing(Spill()) as rows:
        for batch in catalog.scan(_COLUMNS):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                rows.add(row)
        for number in range(PARTITIONS):
            newest: dict[str, tuple[int, int, str]] = {}
            for key, *rest in rows.read(number):
                newest[key] = max(newest.get(key, (0, 0, "")), tuple(rest))
            yield from (record_key for _, _, record_key in newest.values() if record_key)


def _source_key(output: ObjectStore, record_key: str) -> str | None:
    try:
        row = row_of_record(retrying(lambda: output.get(record_key)))
    except ObjectNotFoundError:
        return None
    return row.key if row else None
