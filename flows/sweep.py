"""The `sweep` flow: compare the inbox with the records, and ingest what is not done."""

import asyncio
from itertools import chain
from typing import cast

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from docmill import report
from docmill.batch import Batch
from docmill.worker import Result
from flows.ingest import ingest
from tasks.documents import find_documents
from tasks.reporting import rename_run
from tasks.runtime import runtime

__all__ = ["sweep"]


@flow(name="sweep", flow_run_name="sweep", retries=0, persist_result=False, log_prints=False)
async def sweep(refresh: bool = False, limit: int | None = None) -> State[list[Result]]:  # noqa: FBT001, FBT002
    """Find what the inbox holds that is not done at its present etag, and ingest it.

    Args:
        refresh: Also redo what was made by another pipeline (other version, model, taxonomy or threshold).
        limit: Take at most so many documents; the rest waits for the next sweep.
    """
    shared = await asyncio.to_thread(runtime)
    place = shared.settings.inbox or ""
    found = await find_documents(refresh=refresh)
    todo = Batch(found.pending[:limit])
    batches = [await _ingest(batch) for batch in todo.split(shared.settings.batch_size)]
    results = list(chain.from_iterable([await _results(state) for state in batches]))
    await rename_run(report.run_name("sweep", place, results))
    done = f"{found.enriched + found.rejected} of {found.total} were done before"
    make = Completed if all(state.is_completed() for state in batches) else Failed
    return make(message=f"{report.summary_line(results)}; {done}", data=results)


async def _ingest(batch: Batch) -> State[list[Result]]:
    return cast("State[list[Result]]", await ingest(batch, return_state=True))


async def _results(state: State[list[Result]]) -> list[Result]:
    """A batch's results, of a failed one too, unless it broke down before it had any."""
    found = await state.aresult(raise_on_failure=False)
    if isinstance(found, BaseException):
        raise found
    return found
