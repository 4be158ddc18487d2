"""Finding what is to be done, and the task that does a shard of it.

Finding is no task of its own: with Prefect 3.8's server on SQLite, a subflow started right after a task run waits two
seconds for it to be recorded, and a sweep would pay them each time it finds work.
"""

import asyncio
import threading
from typing import Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TaskRunContext

from docmill.batch import Batch
from docmill.errors import StoreUnreachableError, TransientStoreError
from docmill.inbox import Inventory, Pending, find_pending, look_up
from docmill.worker import Result
from schemas.settings import split_location
from tasks.runtime import runtime

__all__ = ["find_documents", "look_up_documents", "process_shard"]

# Single requests are retried where they are made; this covers a store that was down for longer.
DELAYS = [5.0, 20.0]


def _passing(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """A missing bucket or a refused credential is not there after a wait either."""
    return isinstance(state.data, StoreUnreachableError | TransientStoreError)


async def find_documents(*, refresh: bool) -> Inventory:
    """Compare the inbox with the records."""
    shared = await asyncio.to_thread(runtime)
    fingerprint = shared.pool.fingerprint if refresh else None
    return await asyncio.to_thread(find_pending, shared.inbox, shared.output, shared.settings, fingerprint)


async def look_up_documents(keys: list[str]) -> list[Pending]:
    """The objects of these keys, with their records; keys that do not exist are left out."""
    shared = await asyncio.to_thread(runtime)
    _, prefix = split_location(shared.settings.output or "")
    look_ups = (asyncio.to_thread(look_up, shared.inbox, shared.output, prefix, key) for key in dict.fromkeys(keys))
    found = await asyncio.gather(*look_ups)
    return [document for document in found if document is not None]


@task(
    name="process shard",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=DELAYS,
    retry_jitter_factor=0.5,
    retry_condition_fn=_passing,
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
