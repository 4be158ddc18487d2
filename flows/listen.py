"""Listening: one `ingest` run for each batch of notifications, in this process, so that everything stays warm.

No flow of its own: it runs for weeks, and a killed one would be shown as running for ever.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from docmill.batch import Batch
from docmill.inbox import Pending
from docmill.intake.listener import Counts, Listener
from docmill.intake.quarantine import record_message
from docmill.intake.queue import MessageQueue
from docmill.intake.scope import keys_in_inbox
from docmill.worker import Ending, Result
from flows.ingest import ingest
from schemas.settings import split_location
from tasks.documents import look_up_documents
from tasks.reporting import publish_heartbeat
from tasks.runtime import runtime

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

__all__ = ["listen"]

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
        partial(keys_in_inbox, shared.settings),
        shared.settings,
    )
    pulse = asyncio.create_task(_beat(listener.counts, shared.settings.heartbeat_seconds))
    try:
        await listener.run(stop, idle_seconds)
    finally:
        pulse.cancel()
    return listener.counts


async def process_keys(keys: Sequence[str]) -> set[str]:
    """Do what is not done of some inbox keys, as a run of `ingest`; those that have to be tried again.

    Raises:
        Exception: The run broke down.
    """
    todo = [document for document in await look_up_documents(list(keys)) if not _is_done(document)]
    if not todo:
        return set()
    state = cast("State[list[Result]]", await ingest(Batch(todo), return_state=True))
    results = await state.aresult(raise_on_failure=False)
    if isinstance(results, BaseException):
        raise results
    again = {result.source.key for result in results if result.ending in AGAIN}
    if not state.is_completed() and not again:
        raise RuntimeError(state.message)
    return again


def _is_done(document: Pending) -> bool:
    """Whether there is one record, of this very version: the notification is late, or came twice."""
    made = [record.made for _, record in document.records]
    return len(made) == 1 and made[0] is not None and made[0].covers(document.source, None)


async def _beat(counts: Counts, seconds: float) -> None:
    while True:
        publish_heartbeat(counts, seconds)
        await asyncio.sleep(seconds)
