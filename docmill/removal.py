"""Source objects that are gone: a tombstone in the catalog, and the record removed if the settings say so.

A record goes only once the catalog has said so: should the process end right after that, and the object be dropped
again, the same to the byte, a sweep would take the row of the record that is gone for all that is needed.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from docmill.catalog.without_record import REMOVAL, REMOVED, tombstone
from docmill.errors import ObjectNotFoundError
from docmill.keys import Status
from docmill.members import remove_members
from docmill.output import Output, Record, read_records
from docmill.retry import retrying
from docmill.store.base import ObjectStore
from schemas.catalog import CatalogRow
from schemas.settings import Settings, split_location

__all__ = ["Burial", "bury"]


@dataclass(frozen=True, slots=True)
class Burial:
    """What was done about objects that are gone."""

    rows: list[CatalogRow]  # their tombstones, the last of each
    back: list[str]  # keys of objects dropped anew in that moment: to be done after that, as records may be missing


def bury(
    inbox: ObjectStore,
    output: ObjectStore,
    settings: Settings,
    keys: Iterable[str],
    commit: Callable[[Sequence[CatalogRow]], None],
) -> Burial:
    """Commit tombstones for those of the keys whose object does not exist.

    Each is looked for, as a listing or a notification may be wrong or late; what exists is left alone. With
    `on_delete = "remove"` its records are removed after a first tombstone and before a last one, its members' too.
    Members without a record of their container, left by work that was cut short, are removed in any case.

    Args:
        inbox: Where the objects were.
        output: Where their records are.
        settings: What becomes of these.
        keys: Of the objects.
        commit: Takes rows into the catalog.

    Raises:
        StoreError: The store does not say whether an object exists, or does not remove a record.
        CatalogError: Tombstones could not be committed; without the first ones nothing is removed.
    """
    digger = _Gravedigger(inbox, output, settings)
    with ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-bury") as threads:
        graves = [grave for grave in threads.map(digger.look, dict.fromkeys(keys)) if grave]
        commit([grave.row for grave in graves])
        dug = list(threads.map(digger.dig, graves))
    rows = [row for row, _ in dug if row]
    commit([row for row in rows if row.stage == REMOVED])
    return Burial(rows, [grave.key for grave, (_, is_back) in zip(graves, dug, strict=True) if is_back])


@dataclass(frozen=True, slots=True)
class _Grave:
    key: str
    records: tuple[tuple[Status, Record], ...]  # as found before the object was
    row: CatalogRow  # the first tombstone
    is_ours: bool  # else the records are another bucket's


class _Gravedigger:
    def __init__(self, inbox: ObjectStore, output: ObjectStore, settings: Settings) -> None:
        _, prefix = split_location(settings.output or "")
        self._inbox, self._output = inbox, Output.at(output, prefix)
        self._removes = settings.on_delete == "remove"

    def look(self, key: str) -> _Grave | None:
        """What is to be done, if the object is gone."""
        # Before the look: later ones are not the gone one's.
        records = read_records(self._output.store, self._output.prefix, key)
        if not self._is_gone(key):
            return None
        bucket = self._inbox.bucket
        if any(record.made and record.made.is_foreign(bucket) for _, record in records):
            return _Grave(key, records, tombstone(bucket, key, None, None), is_ours=False)
        made = next((record.made for _, record in records if record.made), None)
        kept = records[0][1].key if records else None
        row = tombstone(bucket, key, made, kept, REMOVAL if self._removes else None)
        return _Grave(key, records, row, is_ours=True)

    def dig(self, grave: _Grave) -> tuple[CatalogRow | None, bool]:
        """The last tombstone, unless the object is back by now, and whether it is.

        Who was at it before the removal may have taken the record that was there for the right one.
        """
        if not grave.is_ours or not (self._removes or not grave.records):
            return grave.row, False
        if not self._is_gone(grave.key):
            return None, True
        for _, record in grave.records if self._removes else ():
            if not self._output.remove(record):
                return None, True  # another worker has written a new one
        bucket = self._inbox.bucket
        remove_members(self._output, bucket, grave.key, lambda: self._is_gone(grave.key))
        if not self._is_gone(grave.key):
            return None, True
        if not self._removes:
            return grave.row, False
        made = next((record.made for _, record in grave.records if record.made), None)
        return tombstone(bucket, grave.key, made, None, REMOVED), False

    def _is_gone(self, key: str) -> bool:
        try:
            retrying(lambda: self._inbox.head(key))
        except ObjectNotFoundError:
            return True
        return False
