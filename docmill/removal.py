"""Source objects that are gone: a tombstone in the catalog, and the record removed if the settings say so."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from docmill.catalog.without_record import tombstone
from docmill.errors import ObjectNotFoundError
from docmill.members import remove_members
from docmill.output import read_records
from docmill.retry import retrying
from docmill.store.base import ObjectStore
from schemas.catalog import CatalogRow
from schemas.settings import Settings, split_location

__all__ = ["bury"]


def bury(inbox: ObjectStore, output: ObjectStore, settings: Settings, keys: Iterable[str]) -> list[CatalogRow]:
    """Tombstones for those of the keys whose object does not exist, to be committed to the catalog.

    Each is looked for, as a listing or a notification may be wrong or late; what exists is left alone. With
    `on_delete = "remove"` its records are removed before a tombstone is returned, its members' too. Members without a
    record of their container, left by work that was cut short, are removed in any case.

    Raises:
        StoreError: The store does not say whether an object exists, or does not remove a record.
    """
    _, prefix = split_location(settings.output or "")

    def is_gone(key: str) -> bool:
        try:
            retrying(lambda: inbox.head(key))
        except ObjectNotFoundError:
            return True
        return False

    def one(key: str) -> CatalogRow | None:
        if not is_gone(key):
            return None
        records = read_records(output, prefix, key)
        if any(record.made and record.made.is_foreign(inbox.bucket) for _, record in records):
            return tombstone(inbox.bucket, key, None, None)  # another bucket's record of the same key is not ours
        if settings.on_delete == "remove":  # at once: what is dropped anew meanwhile is not to lose its own
            for _, record in records:
                retrying(lambda record=record: output.delete(record.key))  # type: ignore[misc]
        if settings.on_delete == "remove" or not records:
            remove_members(output, prefix, inbox.bucket, key, lambda: is_gone(key))
        made = next((record.made for _, record in records if record.made), None)
        kept = records[0][1].key if records and settings.on_delete == "keep" else None
        return tombstone(inbox.bucket, key, made, kept)

    with ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-bury") as threads:
        return [row for row in threads.map(one, dict.fromkeys(keys)) if row]
