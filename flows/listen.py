"""Listening: one `ingest` run for each batch of notifications, in this process, so that everything stays warm.

No flow of its own: it runs for weeks, and a killed one would be shown as running for ever.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from httpx import HTTPError
from prefect.exceptions import PrefectException

from docmill.batch import Batch, Endings
from docmill.errors import ServiceError
from docmill.intake.listener import Counts, Listener
from docmill.intake.quarantine import record_message
from docmill.intake.queue import MessageQueue
from docmill.intake.scope import selecting
from docmill.result import Ending
from flows.ingest import UNCOMMITTED, ingest
from schemas.settings import split_location
from tasks.documents import look_up_documents, not_of_outputs
from tasks.removals import bury_known
from tasks.reporting import publish_heartbeat
from tasks.runtime import runtime

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

__all__ = ["listen"]

_LOG = logging.getLogger("docmill")
# What a later try may do: the store would not serve the document, or it changed too often while it was processed.
AGAIN = {Ending.FAILED, Ending.SUPERSEDED}


async def listen(queue: MessageQueue, stop: asyncio.Event, idle_seconds: float | None = None) -> Counts:
    """Process what a queue's notifications are about until told to stop.

    Args:
        queue: Notifications of the inbox; those about anything else are let through.
        stop: Set to stop: what is under way is finished.
        idle_seconds: Stop also after so long without a message.

    Raises:
        DocmillError: The store, the queue or the settings do not allow it, at the start. Later faults are waited out.
    """
    shared = await asyncio.to_thread(runtime)
    _, prefix = split_location(shared.settings.output or "")
    listener = Listener(
        queue,
        process_keys,
        partial(record_message, shared.output, prefix, queue.name),
        selecting(shared.settings),
        shared.settings,
    )
    pulse = asyncio.create_task(_beat(listener.counts, shared.settings.heartbeat_seconds))
    try:
        await listener.run(stop, idle_seconds)
    finally:
        pulse.cancel()
    return listener.counts


async def process_keys(keys: Sequence[str]) -> set[str]:
    """Do some inbox keys, as a run of `ingest`, and bury what is gone; those that have to be tried again.

    What is done already is not left out: its row may be missing in the catalog, and the worker looks anyway.

    Raises:
        Exception: The run broke down, or the catalog was not committed.
    """
    found, refused = await look_up_documents(keys)
    for error in refused.values():
        _LOG.warning("%s", error)
    there = {document.source.key for document in found}
    await bury_known([key for key in keys if key not in there and key not in refused])
    documents = [document for document in found if document.source.size or not document.source.key.endswith("/")]
    documents = await not_of_outputs(documents)
    if not documents:
        return set(refused)
    try:
        state = cast("State[Endings]", await ingest(Batch(documents), return_state=True))
    except (HTTPError, PrefectException) as error:
        raise ServiceError(f"the Prefect API does not answer: {error}", hint="check PREFECT_API_URL") from error
    endings = await state.aresult(raise_on_failure=False)
    if isinstance(endings, BaseException):
        raise endings
    if state.name == UNCOMMITTED:
        raise RuntimeError(state.message)
    done = {key for key, ending in endings.by_key.items() if ending not in AGAIN}
    return {document.source.key for document in documents} - done | refused.keys()  # also what a cancelled run has left


async def _beat(counts: Counts, seconds: float) -> None:
    while True:
        publish_heartbeat(counts, seconds)
        await asyncio.sleep(seconds)
