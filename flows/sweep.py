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
from docmill.survey import Survey, Tally
from flows.ingest import ingest
from tasks.cluster import cluster_runner
from tasks.documents import in_batches, survey
from tasks.exclusive import exclusive
from tasks.removals import bury_documents, bury_orphans, why_none_may_go
from tasks.reporting import publish_sweep, rename_run
from tasks.runtime import runtime
from tasks.watching import Stop, stoppable

__all__ = ["ingest_batch", "sweep"]

EARLIEST = datetime.min.replace(tzinfo=UTC)


@flow(
    name="sweep",
    description="Ingests what the inbox holds that is not done at its present etag, and notes what was deleted.",
    flow_run_name="sweep",
    retries=0,
    persist_result=False,
    log_prints=False,
)
async def sweep(  # noqa: PLR0913, PLR0917  as the command's options
    refresh: bool = False,  # noqa: FBT001, FBT002
    limit: PositiveInt | None = None,
    deep: bool = False,  # noqa: FBT001, FBT002
    wait: bool = False,  # noqa: FBT001, FBT002
    part: str | None = None,
    remove_many: bool = False,  # noqa: FBT001, FBT002
) -> State[report.Summary]:
    """Find what the inbox holds that is not done at its present etag, and ingest it; bury what is deleted.

    Args:
        refresh: Also redo what was made by another pipeline (other version, model, taxonomy or threshold).
        limit: Take at most so many documents; the rest waits for the next sweep.
        deep: Also list the records, for those whose object was deleted before the catalog knew of them.
        wait: If another sweep is under way, wait for its end instead of leaving everything to it.
        part: Sweep one share of the keys, such as 2/4, and leave the others to workers beside this one.
        remove_many: With `on_delete = "remove"`, remove the records of what is gone, however many they are.
    """
    share = Part.parse(part) if part else WHOLE
    async with exclusive(share.lease, wait=wait) as holder:
        if holder is not None:
            await rename_run(f"sweep left to {holder.name}")
            return Completed(message=f"another sweep is under way: {holder}", data=report.Summary())
        async with stoppable() as stop:
            return await _sweep(stop, share, refresh=refresh, limit=limit, deep=deep, remove_many=remove_many)


async def _sweep(  # noqa: PLR0913  as above
    stop: Stop, part: Part, *, refresh: bool, limit: int | None, deep: bool, remove_many: bool
) -> State[report.Summary]:
    shared, start = await asyncio.to_thread(runtime), time.monotonic()
    summary = report.Summary()
    async with survey(stop, refresh=refresh, part=part) as found:
        held = None if remove_many else await why_none_may_go(found)
        completed = await _do(found, limit, stop, summary, buries=held is None)
    if stop.event.is_set():
        return Cancelled(message=f"{summary.line()}; the rest is left for the next sweep", data=summary)
    if deep and part.number == 1:  # it looks at all records
        buried, held_too = await bury_orphans(however_many=remove_many)
        summary.buried, held = summary.buried + buried, held or held_too
    if summary.endings or summary.buried or held:  # else its name says it all
        await publish_sweep(summary, found.tally, time.monotonic() - start, held)
    verb = "sweep" if part.count == 1 else f"sweep {part} of"
    await rename_run(report.run_name(verb, shared.settings.inbox or "", summary))
    make = Completed if completed and not held else Failed
    said = [summary.line(), _context(found.tally, shared.settings.inbox or ""), *([held] if held else [])]
    return make(message="; ".join(said), data=summary)


async def _do(found: Survey, limit: int | None, stop: Stop, summary: report.Summary, *, buries: bool) -> bool:
    """Ingest what is to be done, and bury what is gone; whether all of it could be done."""
    settings, completed = runtime().settings, True
    runner = cluster_runner(settings)
    async for documents, vanished in in_batches(found, settings.batch_size, limit):
        if stop.event.is_set():
            break
        if documents:
            # Listeners take the oldest first: coming from the other end, a sweep meets them once.
            documents.sort(key=_modified, reverse=True)
            completed = await ingest_batch(Batch(documents), summary, runner) and completed
        if vanished and buries:
            summary.buried += await bury_documents(vanished)
    return completed


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


def _context(tally: Tally, inbox: str) -> str:
    if not tally.objects + tally.excluded:
        return f"there are no objects in {inbox}"
    return f"{tally.done} of {tally.objects} were done before"
