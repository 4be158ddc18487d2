"""The `compact` flow: upkeep of the catalog, by schedule."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.documents import compact_catalog
from tasks.reporting import rename_run

__all__ = ["compact"]


@flow(name="compact", flow_run_name="compact", retries=0, persist_result=False, log_prints=False)
async def compact() -> State[None]:
    """Drop superseded rows, merge small files, and remove files that no version in the retention needs."""
    done = await compact_catalog()
    await rename_run(f"compact: {done}")
    return Completed(message=done)
