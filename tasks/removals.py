"""Objects that notifications say are gone."""

import asyncio
from collections.abc import Sequence

from docmill.output import read_records
from docmill.removal import bury
from schemas.settings import split_location
from tasks.runtime import runtime

__all__ = ["bury_known"]


async def bury_known(keys: Sequence[str]) -> int:
    """Bury those of the keys that have a record, unless their object is there after all; their number.

    What never had a record is left to the sweep: it may be another reading of an encoded key.

    Raises:
        CatalogError: The tombstones were not committed.
        StoreError: The stores do not answer.
    """
    shared = await asyncio.to_thread(runtime)
    _, prefix = split_location(shared.settings.output or "")

    def work() -> int:
        known = [key for key in keys if read_records(shared.output, prefix, key)]
        rows = bury(shared.inbox, shared.output, shared.settings, known) if known else []
        if rows:
            shared.catalog.append(rows)
        return len(rows)

    return await asyncio.to_thread(work)
