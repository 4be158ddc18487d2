"""Objects that are gone, as sweeps find and notifications say."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from itertools import islice
from threading import Event

from docmill.catalog.orphans import orphans
from docmill.catalog.run import RunRows
from docmill.catalog.table import Catalog
from docmill.inbox import look_up
from docmill.output import read_records
from docmill.removal import bury
from docmill.restraint import Allowance, too_many, too_many_gone
from docmill.spill import PARTITIONS, Spill
from docmill.survey import Survey, Vanished
from schemas.settings import split_location
from tasks.runtime import Runtime, runtime
from tasks.threads import in_thread
from tasks.watching import telling

__all__ = ["bury_documents", "bury_known", "bury_orphans", "why_none_may_go"]


async def why_none_may_go(found: Survey) -> str | None:
    """Why so many documents are gone that none is to be buried, and what to do; None if they may be."""
    shared = await asyncio.to_thread(runtime)
    return await asyncio.to_thread(too_many_gone, found, shared.settings)


async def bury_documents(vanished: Sequence[Vanished]) -> int:
    """Write tombstones for objects that are gone, and do with their records as the settings say; their number."""
    shared = await asyncio.to_thread(runtime)
    return await asyncio.to_thread(_bury, shared, [item.key for item in vanished])


async def bury_orphans(*, however_many: bool = True) -> tuple[int, str | None]:
    """As `bury_documents`, for objects that are gone and of which there are only records.

    Of objects that are there and have a record beside the one in the catalog, only the right one is left.

    Returns:
        Their number, and why none of them was buried, if they are too many and it matters.
    """
    shared, stopped, listed = await asyncio.to_thread(runtime), Event(), 0

    def note() -> None:
        nonlocal listed
        listed += 1

    def find_and_bury() -> tuple[int, str | None]:
        with closing(Spill()) as found:
            total = count = 0
            for key in orphans(shared.catalog, shared.output, shared.settings, stopped, note):
                found.add((key,))
                total += 1
            all_told = total + (_with_rows(shared.catalog) if total else 0)
            held = None if however_many else too_many(total, all_told, shared.settings)
            for chunk in _chunks(found, shared.settings.batch_size):
                shared.catalog.append(shared.worker.part(chunk))
                count += 0 if held else _bury(shared, chunk)
        return count, held

    async with telling(lambda: f"listing the records: {listed:,} so far"):
        return await in_thread(find_and_bury, stopped)


def _with_rows(catalog: Catalog) -> int:
    """How many records the catalog knows of, or knew of."""
    counts = catalog.scan({"records": "count(DISTINCT output_key)"}, "member IS NULL")
    return sum(row["records"] for batch in counts for row in batch.to_pylist())


def _chunks(keys: Spill, size: int) -> Iterator[list[str]]:
    every = (key for number in range(PARTITIONS) for (key,) in keys.read(number))
    while chunk := list(islice(every, size)):
        yield chunk


async def bury_known(keys: Sequence[str]) -> int:
    """Bury those of the keys that have a record, unless their object is there after all; their number.

    What never had a record is left to the sweep: it may be another reading of an encoded key. So are removals of
    records beyond a few: a sweep knows how many of all they are.

    Raises:
        CatalogError: The tombstones were not committed.
        StoreError: The stores do not answer.
    """
    shared = await asyncio.to_thread(runtime)
    _, prefix = split_location(shared.settings.output or "")
    allowance = _allowance(shared.settings.sweep_interval_seconds)

    def work() -> int:
        with ThreadPoolExecutor(shared.settings.io_threads, thread_name_prefix="docmill-known") as threads:
            there = threads.map(lambda key: read_records(shared.output, prefix, key), keys)
            known = [key for key, records in zip(keys, there, strict=True) if records]
        may_go = shared.settings.on_delete == "keep" or allowance.take(len(known))
        return _bury(shared, known) if known and may_go else 0

    return await asyncio.to_thread(work)


@cache
def _allowance(seconds: float) -> Allowance:
    """This process's."""
    return Allowance(seconds)


def _bury(shared: Runtime, keys: Sequence[str]) -> int:
    """Bury those that are gone, and do those that were dropped anew in that moment; the number of the former."""
    burial = bury(shared.inbox, shared.output, shared.settings, keys, shared.catalog.append)
    if burial.back:
        rows = RunRows(shared.catalog, shared.settings.commit_rows)
        there = [document for key in burial.back if (document := look_up(shared.inbox, key))]
        shared.worker.process(there, on_done=lambda done: rows.add(done.row), on_row=rows.add)
        rows.commit()
    return len(burial.rows)
