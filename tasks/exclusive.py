"""Work of which one at a time is enough."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from docmill.store.lease import Holder, Lease
from schemas.settings import Settings, split_location
from tasks.runtime import runtime

__all__ = ["exclusive", "lease_key"]

ASK_SECONDS = 1.0
_LOG = logging.getLogger("docmill")


def lease_key(settings: Settings, name: str) -> str:
    """Where the lease on a kind of work lies, under the output's prefix: inboxes that share an output have one each."""
    _, inbox = split_location(settings.inbox or "")
    _, output = split_location(settings.output or "")
    own = f"{hashlib.sha256(inbox.encode()).hexdigest()[:8]}/" if inbox else ""
    return f"{output}leases/{own}{name}.json"


@asynccontextmanager
async def exclusive(name: str, *, wait: bool) -> AsyncIterator[Holder | None]:
    """Take the lease on a kind of work; gives None, or, if it is not to wait, who has it.

    Raises:
        StoreError: The output store cannot be asked.
    """
    shared = await asyncio.to_thread(runtime)
    _, prefix = split_location(shared.settings.output or "")
    lease = Lease(shared.output, prefix, lease_key(shared.settings, name), shared.settings.lease_seconds)
    try:
        holder = await asyncio.to_thread(lease.take)
        if holder and wait:
            _LOG.info("waiting for the %s of %s", name, holder)
        while holder and wait:
            await asyncio.sleep(ASK_SECONDS)
            holder = await asyncio.to_thread(lease.take)
        yield holder
    finally:
        await asyncio.to_thread(lease.release)
