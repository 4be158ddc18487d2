"""The `compact` flow: upkeep of the catalog, by schedule."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.documents import bury_orphans, compact_catalog
from tasks.reporting import rename_run

__all__ = ["compact"]


@flow(name="compact", flow_run_name="compact", retries=0, persist_result=False, log_prints=False)
async def compact() -> State[None]:
    """Drop superseded rows, merge small files, and remove files that no version in the retention needs.

    First, records whose object was deleted before the catalog knew of them are found, and treated as a sweep would.
    """
    buried = await bury_orphans()
    done = await compact_catalog() + (f", {buried} forgotten objects found deleted" if buried else "")
    await rename_run(f"compact: {done}")
    return Completed(message=done)
