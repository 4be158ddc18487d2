"""The `ingest` flow: one batch of documents, in shards, with a summary."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Cancelled, Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner
from pydantic import WithJsonSchema

from docmill.batch import Batch, Endings
from docmill.catalog.run import RunRows
from docmill.report import Report, plain, run_name
from docmill.result import Ending
from tasks.cluster import process_on_cluster
from tasks.documents import commit_rows, look_up_documents, process_shard, taker
from tasks.reporting import publish_summary, rename_run, slug
from tasks.runtime import Runtime, runtime
from tasks.watching import Stop, following, stoppable

__all__ = ["UNCOMMITTED", "ingest"]

UNCOMMITTED = "Uncommitted"  # the state's name where records were written, but not their rows

SHARDS_AT_ONCE = 3  # so that the refining processes stay busy where one shard ends and the next begins
MOST_SHARDS = 8  # with those that wait for a large container, say
LONG_SECONDS = 30.0
KEYS = WithJsonSchema({"type": "array", "items": {"type": "string"}})  # what people can enter: no form has documents


@flow(
    name="ingest",
    description="Processes the inbox's objects with the given keys; what is done as it is now is left alone.",
    flow_run_name="ingest",
    retries=0,
    persist_result=False,
    log_prints=False,
    validate_parameters=False,
)
async def ingest(batch: Annotated[Batch | list[str], KEYS]) -> State[Endings]:
    """Process a batch, in shards, and say what became of it.

    The run is Completed and says how many were rejected, or Failed if the store would not serve some documents or the
    catalog could not be committed; the next sweep makes good both. A run that is Completed is in the catalog.

    Args:
        batch: Keys of objects, such as `in/report.html`, without the bucket. (Other flows give the documents.)
    """
    documents = batch if isinstance(batch, Batch) else await _named(batch)
    shared = await asyncio.to_thread(runtime)
    await rename_run(f"ingest {len(documents)} from s3://{shared.inbox.bucket}")
    before = shared.pool.replaced
    rows, done = RunRows(shared.catalog, shared.settings.commit_rows), Report(len(documents))
    async with stoppable() as stop, following(done, "progress-" + slug(shared.inbox.bucket)):
        await _process(documents, shared, rows, done, stop)
    uncommitted = await commit_rows(rows)
    await publish_summary(done, shared.pool.replaced - before)
    line, data = done.summary.line(), Endings(done.endings)
    await rename_run(run_name("ingest", f"s3://{shared.inbox.bucket}", done.summary))
    if uncommitted:
        return Failed(name=UNCOMMITTED, message=f"{line}; {uncommitted}", data=data)
    if stop.event.is_set():
        return Cancelled(message=f"{line}; {len(documents) - done.done} left for the next sweep", data=data)
    make = Failed if done.summary.endings[Ending.FAILED] else Completed
    return make(message=line, data=data)


async def _named(keys: list[str]) -> Batch:
    documents, refused = await look_up_documents(keys)
    if refused:
        raise next(iter(refused.values()))
    for key in dict.fromkeys(keys).keys() - {document.source.key for document in documents}:
        get_run_logger().warning("the inbox has no object %s", plain(key, 300))
    return Batch(documents)


async def _process(documents: Batch, shared: Runtime, rows: RunRows, done: Report, stop: Stop) -> None:
    """Here, or by the cluster that is this flow's task runner."""
    size = shared.settings.shard_size
    context = FlowRunContext.get()
    if context is None or isinstance(context.task_runner, ThreadPoolTaskRunner):
        await _in_shards(documents, size, rows, done, stop)
    else:
        await process_on_cluster(documents, shared, size, taker(shared, done, rows))


async def _in_shards(documents: Batch, size: int, rows: RunRows, done: Report, stop: Stop) -> None:
    """Run shards as tasks, a few at once."""
    usual, most = asyncio.Semaphore(SHARDS_AT_ONCE), asyncio.Semaphore(MOST_SHARDS)

    async def one(shard: Batch) -> None:
        async with most, _for_a_while(usual):
            if not stop.event.is_set():
                await process_shard(shard, rows, done, stop)
            shard.clear()

    try:
        async with asyncio.TaskGroup() as group:
            for shard in documents.split(size):
                group.create_task(one(shard))
    except ExceptionGroup as group_error:
        raise group_error.exceptions[0] from None  # the store's error: people see it as the run's state


@asynccontextmanager
async def _for_a_while(places: asyncio.Semaphore) -> AsyncIterator[None]:
    """A place for what is done within, given up once that takes long: others need not wait for it."""
    await places.acquire()
    taken = [places]

    def give_up() -> None:
        if taken:
            taken.pop().release()

    timer = asyncio.get_running_loop().call_later(LONG_SECONDS, give_up)
    try:
        yield
    finally:
        timer.cancel()
        give_up()
