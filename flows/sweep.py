"""The `sweep` flow: compare the inbox with the catalog, ingest what is not done, and bury what is gone."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any, cast

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Failed
from prefect.task_runners import TaskRunner
from pydantic import PositiveInt

from docmill import report
from docmill.batch import Batch, Endings
from docmill.inbox import Pending
from docmill.part import WHOLE, Part
from docmill.survey import Tally
from flows.ingest import ingest
from tasks.cluster import cluster_runner
from tasks.documents import bury_documents, bury_orphans, in_batches, survey
from tasks.exclusive import exclusive
from tasks.reporting import publish_sweep, rename_run
from tasks.runtime import runtime
from tasks.watching import Stop, stoppable

__all__ = ["ingest_batch", "sweep"]

EARLIEST = datetime.min.replace(tzinfo=UTC)


@flow(name="sweep", flow_run_name="sweep", retries=0, persist_result=False, log_prints=False)
async def sweep(
    refresh: bool = False,  # noqa: FBT001, FBT002
    limit: PositiveInt | None = None,
    deep: bool = False,  # noqa: FBT001, FBT002
    wait: bool = False,  # noqa: FBT001, FBT002
    part: str | None = None,
) -> State[report.Summary]:
    """Find what the inbox holds that is not done at its present etag, and ingest it; bury what is deleted.

    Args:
        refresh: Also redo what was made by another pipeline (other version, model, taxonomy or threshold).
        limit: Take at most so many documents; the rest waits for the next sweep.
        deep: Also list the records, for those whose object was deleted before the catalog knew of them.
        wait: If another sweep is under way, wait for its end instead of leaving everything to it.
        part: Sweep one share of the keys, such as 2/4, and leave the others to workers beside this one.
    """
    share = Part.parse(part) if part else WHOLE
    async with exclusive(share.lease, wait=wait) as holder:
        if holder is not None:
            await rename_run(f"sweep left to {holder.name}")
            return Completed(message=f"another sweep is under way: {holder}", data=report.Summary())
        async with stoppable() as stop:
            return await _sweep(stop, share, refresh=refresh, limit=limit, deep=deep)


async def _sweep(stop: Stop, part: Part, *, refresh: bool, limit: int | None, deep: bool) -> State[report.Summary]:
    shared, start = await asyncio.to_thread(runtime), time.monotonic()
    summary, completed, runner = report.Summary(), True, cluster_runner(shared.settings)
    async with survey(stop, refresh=refresh, part=part) as found:
        async for documents, vanished in in_batches(found, shared.settings.batch_size, limit):
            if stop.event.is_set():
                break
            if documents:
                # Listeners take the oldest first: coming from the other end, a sweep meets them once.
                documents.sort(key=_modified, reverse=True)
                completed = await ingest_batch(Batch(documents), summary, runner) and completed
            if vanished:
                summary.buried += await bury_documents(vanished)
    if stop.event.is_set():
        return Cancelled(message=f"{summary.line()}; the rest is left for the next sweep", data=summary)
    if deep and part.number == 1:  # it looks at all records
        summary.buried += await bury_orphans()
    if summary.endings or summary.buried:  # else its name says it all
        await publish_sweep(summary, found.tally, time.monotonic() - start)
    await rename_run(report.run_name("sweep", shared.settings.inbox or "", summary))
    make = Completed if completed else Failed
    return make(message=f"{summary.line()}; {_context(found.tally)}", data=summary)


def _modified(document: Pending) -> datetime:
    return document.source.last_modified or EARLIEST


async def ingest_batch(batch: Batch, summary: report.Summary, runner: TaskRunner[Any] | None = None) -> bool:
    """Run `ingest` over a batch, on a cluster if one is given, and empty it; whether it completed."""
    flow_here = ingest.with_options(task_runner=runner) if runner else ingest
    state = cast("State[Endings]", await flow_here(batch, return_state=True))
    found = await state.aresult(raise_on_failure=False)
    batch.clear()
    if isinstance(found, BaseException):  # it broke down before anything was done
        raise found
    summary.add(found.by_key.values())
    return state.is_completed()


def _context(tally: Tally) -> str:
    return f"{tally.done} of {tally.objects} were done before"
