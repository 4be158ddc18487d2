"""The `ingest` flow: one batch of documents, in shards, with a summary."""

import asyncio
import time

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Cancelled, Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from docmill import report
from docmill.batch import Batch, Results
from docmill.catalog.run import RunRows
from docmill.result import Ending, Result
from tasks.cluster import process_on_cluster
from tasks.documents import commit_results, look_up_documents, process_shard
from tasks.reporting import publish_summary, rename_run, slug
from tasks.runtime import Runtime, runtime
from tasks.watching import Progress, Stop, following, stoppable

__all__ = ["UNCOMMITTED", "ingest"]

UNCOMMITTED = "Uncommitted"  # the state's name where records were written, but not their rows

SHARDS_AT_ONCE = 3  # so that the refining processes stay busy where one shard ends and the next begins


@flow(
    name="ingest", flow_run_name="ingest", retries=0, persist_result=False, log_prints=False, validate_parameters=False
)
async def ingest(batch: Batch | list[str]) -> State[Results]:
    """Process a batch: a list of inbox keys, or, from another flow in the same process, the documents themselves.

    The run is Completed and says how many were rejected, or Failed if the store would not serve some documents or the
    catalog could not be committed; the next sweep makes good both. A run that is Completed is in the catalog.
    """
    start = time.monotonic()
    documents = batch if isinstance(batch, Batch) else Batch(await look_up_documents(batch))
    shared = await asyncio.to_thread(runtime)
    await rename_run(f"ingest {len(documents)} from s3://{shared.inbox.bucket}")
    before = shared.pool.replaced
    rows, progress = RunRows(shared.catalog), Progress(len(documents))
    async with stoppable() as stop, following(progress, "progress-" + slug(shared.inbox.bucket)):
        results = await _process(documents, shared, rows, progress, stop)
    uncommitted = await commit_results(rows, results)
    await publish_summary(results, time.monotonic() - start, shared.pool.replaced - before)
    summary = report.Summary.of(results)
    await rename_run(report.run_name("ingest", f"s3://{shared.inbox.bucket}", summary))
    if uncommitted:
        return Failed(name=UNCOMMITTED, message=f"{summary.line()}; {uncommitted}", data=Results(results))
    if stop.event.is_set():
        left = len(documents) - len(results)
        return Cancelled(message=f"{summary.line()}; {left} left for the next sweep", data=Results(results))
    make = Failed if any(result.ending is Ending.FAILED for result in results) else Completed
    return make(message=summary.line(), data=Results(results))


async def _process(documents: Batch, shared: Runtime, rows: RunRows, progress: Progress, stop: Stop) -> list[Result]:
    """Here, or by the cluster that is this flow's task runner."""
    size = shared.settings.shard_size
    context = FlowRunContext.get()
    if context is None or isinstance(context.task_runner, ThreadPoolTaskRunner):
        return await _in_shards(documents, size, rows, progress, stop)

    def take_result(result: Result) -> None:
        progress.note(result)
        shared.observe(result)

    return await process_on_cluster(documents, shared, size, take_result)


async def _in_shards(documents: Batch, size: int, rows: RunRows, progress: Progress, stop: Stop) -> list[Result]:
    """Run shards as tasks, a few at once, and put their results together."""
    places = asyncio.Semaphore(SHARDS_AT_ONCE)

    async def one(shard: Batch) -> list[Result]:
        async with places:
            return [] if stop.event.is_set() else await process_shard(shard, rows, progress, stop)

    shards: list[asyncio.Task[list[Result]]] = []
    try:
        async with asyncio.TaskGroup() as group:
            shards.extend(group.create_task(one(shard)) for shard in documents.split(size))
    except ExceptionGroup as group_error:
        raise group_error.exceptions[0] from None  # the store's error: people see it as the run's state
    return [result for shard in shards for result in shard.result()]
