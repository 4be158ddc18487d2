"""The `compact` flow: upkeep of the catalog, by schedule."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from tasks.documents import compact_catalog
from tasks.removals import bury_orphans
from tasks.reporting import rename_run

__all__ = ["compact"]


@flow(
    name="compact",
    description="Keeps the catalog small, and finds records whose object is gone.",
    flow_run_name="compact",
    retries=0,
    persist_result=False,
    log_prints=False,
)
async def compact() -> State[None]:
    """Drop superseded rows, merge small files, and remove files that no version in the retention needs.

    First, records whose object was deleted before the catalog knew of them are found, and treated as a sweep would.
    """
    buried, held = await bury_orphans(however_many=False)
    done = await compact_catalog() + (f", {buried} forgotten objects found deleted" if buried else "")
    await rename_run(f"compact: {done}")
    return Failed(message=f"{done}; {held}") if held else Completed(message=done)
