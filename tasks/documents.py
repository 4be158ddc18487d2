"""Tasks over documents: find what is to be done, and do a shard of it."""

import asyncio
import threading

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import TaskRunContext

from docmill.batch import Batch
from docmill.inbox import Inventory, Pending, find_pending, look_up
from docmill.worker import Result
from schemas.settings import split_location
from tasks.runtime import runtime

__all__ = ["find_documents", "look_up_documents", "process_shard"]

# Single requests are retried where they are made; this covers a store that was down for longer.
DELAYS = [5.0, 20.0]


@task(
    name="find documents",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=DELAYS,
    retry_jitter_factor=0.5,
)
async def find_documents(*, refresh: bool) -> Inventory:
    """Compare the inbox with the records."""
    shared = await asyncio.to_thread(runtime)
    fingerprint = shared.pool.fingerprint if refresh else None
    return await asyncio.to_thread(find_pending, shared.inbox, shared.output, shared.settings, fingerprint)


@task(
    name="look up documents",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=DELAYS,
    retry_jitter_factor=0.5,
)
async def look_up_documents(keys: list[str]) -> list[Pending]:
    """The objects of these keys, with their records; keys that do not exist are left out."""
    shared = await asyncio.to_thread(runtime)
    _, prefix = split_location(shared.settings.output or "")
    found = [await asyncio.to_thread(look_up, shared.inbox, shared.output, prefix, key) for key in keys]
    return [document for document in found if document is not None]


@task(
    name="process shard",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=DELAYS,
    retry_jitter_factor=0.5,
)
async def process_shard(shard: Batch) -> list[Result]:
    """Fetch, refine and store a shard's documents."""
    shared = await asyncio.to_thread(runtime)
    context = TaskRunContext.get()
    run_id = str(context.task_run.flow_run_id) if context else None
    cancelled = threading.Event()
    try:
        return await asyncio.to_thread(
            shared.worker.process, shard.documents, run_id=run_id, on_done=shared.observe, cancelled=cancelled
        )
    except asyncio.CancelledError:
        cancelled.set()  # documents under way are finished, the others left for the next sweep
        raise
