"""Records that the catalog does not point to: their run died before its commit.

While the source object exists, the next sweep finds it undone, and the worker its record. Where it has been deleted
meanwhile only the record is left; finding such takes a listing of the records.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain
from threading import Event

from docmill.catalog.arrow import values_of
from docmill.catalog.records import row_of_record
from docmill.catalog.table import Catalog
from docmill.errors import ObjectNotFoundError
from docmill.keys import FOLDERS, members_prefix
from docmill.listing import list_objects
from docmill.names import SEPARATOR
from docmill.retry import retrying
from docmill.spill import PARTITIONS, Spill
from docmill.store.base import ObjectStore
from schemas.settings import Settings, split_location

__all__ = ["orphans"]

_COLUMNS = {
    "place": "concat(bucket, '/', key)",
    "sequence": "sequence",
    "moment": "CAST(processed_at AS BIGINT)",
    "output_key": "coalesce(output_key, '')",
    "members": "coalesce(members, 0)",
}


def orphans(
    catalog: Catalog,
    output: ObjectStore,
    settings: Settings,
    stopped: Event | None = None,
    on_record: Callable[[], object] = lambda: None,
) -> Iterator[str]:
    """The source keys of records that no current row of the catalog points to; a container's stands for its members.

    Those of another inbox bucket are left alone: a run of its own may be about to commit their rows. Once `stopped` is
    set it ends soon; `on_record` is told of each record that is listed, which of many takes minutes.

    Raises:
        CatalogError: The catalog cannot be read.
        StoreError: The records cannot be listed or read.
    """
    _, prefix = split_location(settings.output or "")
    bucket, _ = split_location(settings.inbox or "")
    with closing(Spill()) as listed, closing(Spill()) as known:
        last = ""
        for info in chain.from_iterable(list_objects(output, prefix + folder) for folder in FOLDERS.values()):
            if stopped and stopped.is_set():
                return
            on_record()
            place = _place(info.key)
            if place != last:
                listed.add((place, info.key))
            last = place
        for place in _pointed(catalog, prefix):
            known.add((place,))
        for number in range(PARTITIONS):
            pointed = {place for (place,) in known.read(number)}
            for place, key in listed.read(number):
                if place in pointed:
                    continue
                pointed.add(place)
                if source := _source_key(output, key, bucket):
                    yield source


def _place(record_key: str) -> str:
    """A record's key; of a member's, what all of its container's members have in common."""
    head, separator, _ = record_key.partition(SEPARATOR)
    return head + separator


def _pointed(catalog: Catalog, prefix: str) -> Iterator[str]:
    """The places of all current rows' records and their members'."""
    with closing(Spill()) as rows:
        for batch in catalog.scan(_COLUMNS, "member IS NULL"):
            for row in values_of(batch):
                rows.add(row)
        for number in range(PARTITIONS):
            newest: dict[str, tuple[int, int, str, int]] = {}
            for place, *rest in rows.read(number):
                newest[place] = max(newest.get(place, (0, 0, "", 0)), tuple(rest))
            for place, (_, _, record_key, members) in newest.items():
                if record_key:
                    yield record_key
                    if members:
                        key = place.partition("/")[2]
                        yield from (members_prefix(prefix, status, key) for status in FOLDERS)


def _source_key(output: ObjectStore, record_key: str, bucket: str) -> str | None:
    try:
        row = row_of_record(retrying(lambda: output.get(record_key)))
    except ObjectNotFoundError:
        return None
    return row.key if row and row.bucket == bucket else None
