"""What makes a function the task of a shard: here or on a cluster, it is tried again alike.

That is after a store that was down for longer than single requests are retried.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from docmill.errors import StoreUnreachableError, TransientStoreError
from docmill.report import plain

__all__ = ["shard_task"]

P = ParamSpec("P")
R = TypeVar("R")
DELAYS = [5.0, 20.0]  # seconds


def _passing(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """A missing bucket or a refused credential is not there after a wait either."""
    return isinstance(state.data, StoreUnreachableError | TransientStoreError)


def _named(parameters: dict[str, Any]) -> str:
    """For people who look at a run of it: how many documents, and one of them."""
    documents = parameters["shard"].documents
    first = f": {plain(documents[0].source.key, 60)}" if documents else ""
    return f"shard of {len(documents)}{first}" + (", …" if len(documents) > 1 else "")


def shard_task(work: Callable[P, R]) -> Task[P, R]:
    """A task that keeps no results, and is run again after a while where the store was away."""
    make: Callable[[Callable[P, R]], Task[P, R]] = task(
        name="process shard",
        task_run_name=_named,  # type: ignore[arg-type]  # its protocol has a method that functions lack
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(DELAYS),
        retry_delay_seconds=DELAYS,
        retry_jitter_factor=0.5,
        retry_condition_fn=_passing,
    )
    return make(work)
