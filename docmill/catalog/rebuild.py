"""The catalog made anew from the records alone."""

from collections.abc import Callable, Iterator
from functools import partial

from docmill.catalog.records import read_rows
from docmill.catalog.table import Catalog
from docmill.errors import CatalogError, ObjectNotFoundError
from docmill.keys import FOLDERS, output_key
from docmill.retry import retrying
from docmill.store.base import ObjectStore
from schemas.catalog import CatalogRow
from schemas.settings import Settings, split_location

__all__ = ["rebuild"]


def rebuild(
    catalog: Catalog, output: ObjectStore, settings: Settings, progress: Callable[[int], None] = lambda _count: None
) -> int:
    """Read every record and commit their rows in the place of what the catalog held; returns their number.

    A key with two records (a worker died between writing one and removing the other) gets no row, so that the next
    sweep puts it right. Rows committed by others meanwhile stay. A table beyond repair is removed first.

    Args:
        catalog: To be made anew.
        output: Where the records are.
        settings: For the prefix and the number of threads.
        progress: Told the number of records read so far.

    Raises:
        CatalogError: The rows cannot be committed.
        StoreError: A record cannot be read.
    """
    _, prefix = split_location(settings.output or "")
    try:
        _ = catalog.version
    except CatalogError:
        catalog.check_store()  # what only cannot be reached is not removed
        for item in list(output.list(f"{prefix}catalog/")):
            retrying(partial(output.delete, item.key))
    return catalog.replace(_rows(output, prefix, settings.io_threads, progress))


def _rows(output: ObjectStore, prefix: str, threads: int, progress: Callable[[int], None]) -> Iterator[CatalogRow]:
    twice: set[str] = set()
    count = 0
    for row in read_rows(output, prefix + FOLDERS["rejected"], threads):
        count += 1
        progress(count)
        # Of a member's two records, if its container is done, the newer run has removed one.
        if row.member is None and _exists(output, output_key(prefix, "enriched", row.key)):
            twice.add(row.key)
        else:
            yield row
    for row in read_rows(output, prefix + FOLDERS["enriched"], threads):
        count += 1
        progress(count)
        if row.member is not None or row.key not in twice:
            yield row


def _exists(output: ObjectStore, key: str) -> bool:
    try:
        retrying(lambda: output.head(key))
    except ObjectNotFoundError:
        return False
    return True
