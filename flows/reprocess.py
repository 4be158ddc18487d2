"""The `reprocess` flow: do again what the catalog's columns choose, behind fresh documents."""

import asyncio
import time
from functools import partial

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Failed
from pydantic import PositiveFloat

from docmill import report
from docmill.batch import Batch
from docmill.selection import Selection
from flows.sweep import ingest_batch, sweep
from tasks.documents import check_selection, in_batches, survey
from tasks.reporting import rename_run
from tasks.runtime import runtime
from tasks.watching import stoppable

__all__ = ["reprocess"]

SHARDS_A_BATCH = 4  # few: fresh documents are looked for between batches
SECONDS_A_BATCH = 10  # at most, by the limit on the rate


@flow(
    name="reprocess",
    description="Does again what the catalog chooses, behind fresh documents.",
    flow_run_name="reprocess",
    retries=0,
    persist_result=False,
    log_prints=False,
)
async def reprocess(  # noqa: PLR0913, PLR0917  as the command's options
    stale: bool = False,  # noqa: FBT001, FBT002
    failed: bool = False,  # noqa: FBT001, FBT002
    reason: str | None = None,
    key: str | None = None,
    where: str | None = None,
    limit_rate: PositiveFloat | None = None,
) -> State[report.Summary]:
    """Do again documents that were processed at their present version, and that every condition given holds for.

    Before the first batch, and again whenever the interval of sweeps has passed, fresh documents are swept.

    Args:
        stale: Only what another pipeline made (other version, model, taxonomy or threshold).
        failed: Only what was rejected or failed.
        reason: Only what was rejected for this reason.
        key: Only keys that match this pattern.
        where: Only rows this SQL condition over the catalog's columns holds for.
        limit_rate: At most so many documents a second.
    """
    shared = await asyncio.to_thread(runtime)
    selection = Selection(stale=stale, failed=failed, reason=reason, key=key, where=where)
    await check_selection(selection)
    size = shared.settings.shard_size * SHARDS_A_BATCH
    pace = _Pace(limit_rate)
    summary, completed = report.Summary(), True
    swept = -shared.settings.sweep_interval_seconds
    pick = partial(selection.picks, fingerprint=shared.pool.fingerprint)
    async with stoppable() as stop, survey(stop, pick=pick, where=where) as found:
        async for documents, _ in in_batches(found, pace.at_most(size)):
            if stop.event.is_set():
                break
            if not documents:
                continue
            if time.monotonic() - swept >= shared.settings.sweep_interval_seconds:
                await sweep(return_state=True)
                swept = time.monotonic()
            await pace.wait(len(documents))
            completed = await ingest_batch(Batch(documents), summary) and completed
    await rename_run(report.run_name("reprocess", shared.settings.inbox or "", summary))
    if stop.event.is_set():
        return Cancelled(message=f"{summary.line()}; the rest is left as it was", data=summary)
    make = Completed if completed else Failed
    return make(message=summary.line(), data=summary)


class _Pace:
    """Holds batches back so that on average no more than `rate` documents a second are begun."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._next = time.monotonic()

    def at_most(self, size: int) -> int:
        """Documents a batch may have."""
        return size if self._rate is None else max(1, min(size, round(self._rate * SECONDS_A_BATCH)))

    async def wait(self, count: int) -> None:
        """Wait for the turn of a batch."""
        if self._rate is None:
            return
        now = time.monotonic()
        await asyncio.sleep(max(0.0, self._next - now))
        self._next = max(self._next, now) + count / self._rate
