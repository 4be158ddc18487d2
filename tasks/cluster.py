"""One big run on a Dask or Ray cluster: its processes do the shards, with stores and refining processes of their own.

The packages are extras (`docmill[dask]`, `docmill[ray]`), imported when they are asked for. What a shard's process does
is what this one would have done; rows of source objects come back and are committed here.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from prefect.context import TaskRunContext
from prefect.task_runners import TaskRunner

from docmill.batch import Batch, Results
from docmill.catalog.run import RunRows
from docmill.extras import check_extras
from docmill.inbox import Pending
from docmill.result import Result
from schemas.settings import Settings
from tasks.retries import shard_task
from tasks.runtime import Runtime, runtime_with
from tasks.watching import following_runs, watched_runs

__all__ = ["Shard", "cluster_runner", "process_on_cluster", "process_shard_there"]

SHARDS_A_PROCESS = 3  # as in a process by itself: one begins while another ends


class Shard:
    """A shard on its way to another process, with what it needs there. Opaque to Prefect, as `docmill.batch.Batch`."""

    __slots__ = ("documents", "runs", "settings")

    def __init__(self, documents: Sequence[Pending], settings: Settings, runs: Sequence[UUID]) -> None:
        self.documents = documents
        self.settings = settings
        self.runs = runs


def cluster_runner(settings: Settings) -> TaskRunner[Any] | None:
    """The task runner the settings ask for; None for this process.

    Raises:
        ConfigError: Its package is not installed, or a cluster is set for none.
    """
    check_extras(settings)
    name = settings.task_runner
    if name == "local":
        return None
    make: Callable[[Settings], TaskRunner[Any]] = _dask if name == "dask" else _ray
    return make(settings)


def _dask(settings: Settings) -> Any:  # noqa: ANN401  of an optional package, as below
    import dask

    # A worker has children of its own; what it logs is for its own people.
    dask.config.set({"distributed.worker.daemon": False, "logging.distributed": "warning"})
    from prefect_dask import DaskTaskRunner

    if settings.cluster:
        return DaskTaskRunner(address=settings.cluster)
    quiet = {"dashboard_address": None, "scheduler_kwargs": {"dashboard": False}}
    return DaskTaskRunner(
        cluster_kwargs={"n_workers": 1, "threads_per_worker": SHARDS_A_PROCESS, "memory_limit": 0} | quiet
    )


def _ray(settings: Settings) -> Any:  # noqa: ANN401
    from prefect_ray import RayTaskRunner

    if settings.cluster:
        return RayTaskRunner(address=settings.cluster)
    os.environ.setdefault("RAY_worker_niceness", "0")  # its 15 leaves the work to whatever else runs here
    return RayTaskRunner(init_kwargs={"num_cpus": settings.workers, "include_dashboard": False, "log_to_driver": False})


def _settings_there(settings: Settings) -> Settings:
    """Ray has a process for each core, with one refining process each; one of Dask's has as many as here."""
    workers = 1 if settings.task_runner == "ray" else settings.workers
    return settings.model_copy(update={"task_runner": "local", "cluster": None, "workers": workers})


async def process_on_cluster(documents: Batch, shared: Runtime, size: int, on_done: Callable[[Result], None]) -> None:
    """Have a batch done by the cluster of the present flow's task runner.

    Args:
        documents: The batch.
        shared: This process's runtime.
        size: Documents of a shard.
        on_done: Told of each result once its shard is done.
    """
    settings, runs = _settings_there(shared.asked), watched_runs()
    submit: Callable[[Shard], Any] = process_shard_there.submit
    futures = [submit(Shard(shard.documents, settings, runs)) for shard in documents.split(size)]
    threads = ThreadPoolExecutor(max(1, len(futures)), thread_name_prefix="docmill-cluster")
    loop, cancelled = asyncio.get_running_loop(), False
    try:
        for done in asyncio.as_completed([loop.run_in_executor(threads, future.result) for future in futures]):
            for result in await done:
                on_done(result)
    except asyncio.CancelledError:
        cancelled = True  # the runner's end, which is next, ends what these wait for
        raise
    finally:
        threads.shutdown(wait=not cancelled, cancel_futures=cancelled)


@shard_task
async def process_shard_there(shard: Shard) -> Results:
    """Fetch, refine and store a shard's documents in this process of a cluster, and commit its containers' members."""
    shared = await asyncio.to_thread(runtime_with, shard.settings)
    context = TaskRunContext.get()
    rows = RunRows(shared.catalog, shared.settings.commit_rows)
    async with following_runs(shard.runs) as stop:
        results = await asyncio.to_thread(
            shared.worker.process,
            [] if stop.event.is_set() else shard.documents,
            run_id=str(context.task_run.flow_run_id) if context else None,
            on_row=rows.add,
            cancelled=stop.event,
        )
    await asyncio.to_thread(rows.commit)
    return Results(results)
