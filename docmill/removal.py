"""Source objects that are gone: a tombstone in the catalog, and the record removed if the settings say so."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from docmill.catalog.without_record import tombstone
from docmill.errors import ObjectNotFoundError
from docmill.members import remove_members
from docmill.output import read_records, remove_record
from docmill.retry import retrying
from docmill.store.base import ObjectStore
from schemas.catalog import CatalogRow
from schemas.settings import Settings, split_location

__all__ = ["Burial", "bury"]


@dataclass(frozen=True, slots=True)
class Burial:
    """What is to be done after records were removed."""

    rows: list[CatalogRow]  # tombstones, to be committed to the catalog
    back: list[str]  # keys of objects dropped anew in that moment: to be done after that, as records may be missing


def bury(inbox: ObjectStore, output: ObjectStore, settings: Settings, keys: Iterable[str]) -> Burial:
    """Tombstones for those of the keys whose object does not exist.

    Each is looked for, as a listing or a notification may be wrong or late; what exists is left alone. With
    `on_delete = "remove"` its records are removed before a tombstone is returned, its members' too. Members without a
    record of their container, left by work that was cut short, are removed in any case.

    Raises:
        StoreError: The store does not say whether an object exists, or does not remove a record.
    """
    digger = _Gravedigger(inbox, output, settings)
    with ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-bury") as threads:
        dug = list(threads.map(digger.one, names := tuple(dict.fromkeys(keys))))
    back = [key for key, (_, is_back) in zip(names, dug, strict=True) if is_back]
    return Burial([row for row, _ in dug if row], back)


class _Gravedigger:
    def __init__(self, inbox: ObjectStore, output: ObjectStore, settings: Settings) -> None:
        self._inbox, self._output = inbox, output
        _, self._prefix = split_location(settings.output or "")
        self._can = output.capabilities(self._prefix)
        self._removes = settings.on_delete == "remove"

    def one(self, key: str) -> tuple[CatalogRow | None, bool]:
        """The tombstone, if the object is gone, and whether it is back by now."""
        records = read_records(self._output, self._prefix, key)  # before the look: later ones are not the gone one's
        if not self._is_gone(key):
            return None, False
        bucket = self._inbox.bucket
        if any(record.made and record.made.is_foreign(bucket) for _, record in records):
            return tombstone(bucket, key, None, None), False  # another bucket's record of the same key is not ours
        if self._removes:
            for _, record in records:
                if not remove_record(self._output, self._can, record):
                    return None, True  # another worker has written a new one
        is_back = False
        if self._removes or not records:
            remove_members(self._output, self._can, self._prefix, bucket, key, lambda: self._is_gone(key))
            # Who was at it before the removal may have taken the record that was there for the right one.
            is_back = not self._is_gone(key)
        made = next((record.made for _, record in records if record.made), None)
        kept = None if self._removes or not records else records[0][1].key
        return tombstone(bucket, key, made, kept), is_back

    def _is_gone(self, key: str) -> bool:
        try:
            retrying(lambda: self._inbox.head(key))
        except ObjectNotFoundError:
            return True
        return False
