"""When Prefect tries a shard again: after a store that was down for longer than single requests are retried."""

from typing import Any

from prefect import Task
from prefect.client.schemas.objects import State, TaskRun

from docmill.errors import StoreUnreachableError, TransientStoreError

__all__ = ["DELAYS", "passing"]

DELAYS = [5.0, 20.0]  # seconds


def passing(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """A missing bucket or a refused credential is not there after a wait either."""
    return isinstance(state.data, StoreUnreachableError | TransientStoreError)
