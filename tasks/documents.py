"""Finding what is to be done, the task that does a shard of it, and committing what was done to the catalog.

Only the shard is a task: with Prefect 3.8's server on SQLite, a subflow started right after a task run waits two
seconds for it to be recorded, and a sweep would pay them each time it finds work.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice

from prefect.context import TaskRunContext

from docmill.batch import Batch
from docmill.catalog.compact import compact
from docmill.catalog.run import RunRows
from docmill.errors import CatalogError, StoreError, StoreUnreachableError
from docmill.heap import give_back_now
from docmill.inbox import Pending, look_up
from docmill.judgement import Standing
from docmill.other_outputs import within_outputs
from docmill.part import WHOLE, Part
from docmill.report import Report
from docmill.result import Result
from docmill.selection import Selection
from docmill.survey import Survey, Vanished
from schemas.settings import split_location
from tasks.retries import shard_task
from tasks.runtime import Runtime, runtime
from tasks.threads import in_thread
from tasks.watching import Stop, telling

__all__ = [
    "check_selection",
    "commit_rows",
    "compact_catalog",
    "in_batches",
    "look_up_documents",
    "not_of_outputs",
    "process_shard",
    "survey",
    "taker",
]


@asynccontextmanager
async def survey(
    stop: Stop,
    *,
    refresh: bool = False,
    pick: Callable[[Standing], bool] | None = None,
    where: str | None = None,
    part: Part = WHOLE,
) -> AsyncIterator[Survey]:
    """Compare the inbox with the catalog; once `stop` is set or this is cancelled, that ends soon, giving nothing."""
    shared = await asyncio.to_thread(runtime)
    fingerprint = shared.pool.fingerprint if refresh else None
    found = Survey(
        shared.inbox, shared.catalog, shared.settings,
        fingerprint=fingerprint, pick=pick, where=where, part=part, stopped=stop.event,
    )  # fmt: skip
    async with telling(found.progress):
        await in_thread(found.__enter__, stop.event)
    try:
        yield found
    finally:
        found.__exit__(None, None, None)


async def in_batches(
    found: Survey, size: int, limit: int | None = None
) -> AsyncIterator[tuple[list[Pending], list[Vanished]]]:
    """What a survey found, in batches of at most `size`, of which no more than one is held.

    With a `limit`, pending documents beyond it are counted in the survey's tally and left out.
    """
    items = _limited(found, limit)

    def take() -> tuple[list[Pending], list[Vanished]]:
        chunk = list(islice(items, size))
        return [i for i in chunk if isinstance(i, Pending)], [i for i in chunk if isinstance(i, Vanished)]

    while any(batch := await asyncio.to_thread(take)):
        yield batch


def _limited(found: Survey, limit: int | None) -> Iterator[Pending | Vanished]:
    left = limit
    for item in found:
        if isinstance(item, Pending) and left is not None:
            if left == 0:
                continue
            left -= 1
        yield item


async def look_up_documents(keys: Sequence[str]) -> tuple[list[Pending], dict[str, StoreError]]:
    """The objects of these keys, and what the store says of those it refuses; a key of no object is in neither.

    Raises:
        StoreError: The store does not answer, or fails or refuses to list the inbox as well.
    """
    shared = await asyncio.to_thread(runtime)
    _, prefix = split_location(shared.settings.inbox or "")

    def one(key: str) -> Pending | StoreError | None:
        try:
            return look_up(shared.inbox, key)
        except StoreUnreachableError:
            raise
        except StoreError as error:  # an object can have permissions and keys of its own, or be damaged in the store
            return error

    names = list(dict.fromkeys(keys))
    found = await asyncio.gather(*(asyncio.to_thread(one, key) for key in names))
    refused = {key: error for key, error in zip(names, found, strict=True) if isinstance(error, StoreError)}
    if refused:
        await asyncio.to_thread(lambda: next(iter(shared.inbox.list(prefix)), None))
    return [document for document in found if isinstance(document, Pending)], refused


async def not_of_outputs(documents: Sequence[Pending]) -> list[Pending]:
    """Those that do not lie in another output location: sweeps leave them out as well."""
    shared = await asyncio.to_thread(runtime)
    is_within = within_outputs(shared.inbox, split_location(shared.settings.inbox or "")[1])
    return await asyncio.to_thread(lambda: [found for found in documents if not is_within(found.source.key)])


async def commit_rows(rows: RunRows) -> CatalogError | None:
    """Commit the last of a run's rows. What cannot be committed is not lost: a sweep finds it on the records."""
    try:
        await asyncio.to_thread(rows.commit)
    except CatalogError as error:
        return error
    return None


async def check_selection(selection: Selection) -> None:
    """Refuse a selection that cannot be meant, before anything is listed."""
    shared = await asyncio.to_thread(runtime)
    await asyncio.to_thread(selection.check, shared.catalog)


async def compact_catalog() -> str:
    """Compact the catalog; what was done, for people."""
    shared = await asyncio.to_thread(runtime)
    done = await asyncio.to_thread(compact, shared.catalog, shared.settings.retention_days)
    return str(done) if done else "there is no catalog yet"


def taker(shared: Runtime, report: Report, rows: RunRows) -> Callable[[Result], None]:
    """What takes note of each result of a run, from any thread."""

    def take(result: Result) -> None:
        report.note(result)
        shared.observe(result)
        rows.add(result.row)

    return take


@shard_task
async def process_shard(shard: Batch, rows: RunRows, report: Report, stop: Stop) -> None:
    """Fetch, refine and store a shard's documents; what becomes of each is told, and its row committed, meanwhile."""
    shared = await asyncio.to_thread(runtime)
    context = TaskRunContext.get()
    run_id = str(context.task_run.flow_run_id) if context else None

    try:
        await asyncio.to_thread(
            shared.worker.process,
            shard.documents,
            run_id=run_id,
            on_done=taker(shared, report, rows),
            on_row=rows.add,
            cancelled=stop.event,
        )
    except asyncio.CancelledError:
        stop.event.set()  # documents under way are finished, the others left for the next sweep
        raise
    await asyncio.to_thread(give_back_now)  # else gaps between what stays add up, shard by shard
