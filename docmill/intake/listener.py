"""Takes batches from a queue, and lets go of a message only when its documents are done.

Every message received is held: kept hidden from others while it waits or is worked on. In the end it is deleted, or
left to come again: the queue's redrive policy, if it has one, counts how often it does.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from docmill.errors import StoreError
from docmill.intake.events import Notice, UnreadableMessageError, read_notices
from docmill.intake.held import Held, Holding
from docmill.intake.lanes import Lanes
from docmill.intake.queue import Message, MessageQueue
from docmill.intake.receiver import Receiver
from schemas.settings import Settings

__all__ = ["Counts", "Listener"]

P = ParamSpec("P")
T = TypeVar("T")

RETRY_SECONDS = (1, 5, 15, 30, 60, 120, 240)  # between tries at a batch the store or Prefect was not there for
LONGEST_HIDDEN = 43_200  # seconds: SQS's limit
LATER_SECONDS = 30  # until a document that failed alone is tried again; doubled each time
LATEST_SECONDS = 900
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """What became of messages since the start."""

    received: int = 0
    done: int = 0
    left: int = 0  # to come again
    unreadable: int = 0


class Listener:
    """Moves messages from a queue through `process`.

    Args:
        queue: Where notifications wait.
        process: Does the documents of some keys and returns those that failed alone; raises if it could not do its
            work at all, and is then called again with the same keys.
        quarantine: Records a message that cannot be understood, and why.
        select: The keys of the inbox that a notice is about, if any.
        settings: For the size and pace of batches.
    """

    def __init__(
        self,
        queue: MessageQueue,
        process: Callable[[Sequence[str]], Awaitable[Collection[str]]],
        quarantine: Callable[[Message, str], object],
        select: Callable[[Notice], Iterable[str]],
        settings: Settings,
    ) -> None:
        self.counts = Counts()
        self._queue, self._process, self._quarantine, self._select = queue, process, quarantine, select
        self._settings = settings
        self._held = Holding()
        self._lanes = Lanes()
        self._next_start = 0.0
        self._last_news = time.monotonic()
        self._changed = asyncio.Event()
        self._receiver: Receiver | None = None
        # Threads of its own: those of the loop's default executor are taken by the documents under way.
        self._threads = ThreadPoolExecutor(2, "docmill-queue")

    async def run(self, stop: asyncio.Event, idle_seconds: float | None = None) -> None:
        """Listen until told to stop; then finish what is under way and let go of the rest.

        Args:
            stop: Set to stop.
            idle_seconds: Stop also after so long without a message.

        Raises:
            StoreError: The queue cannot be received from at the start. Later on it is tried again for ever.
        """
        await self._take_in(await self._ask(self._queue.receive, 0))
        self._receiver = receiver = Receiver(self._queue, self._take_in)
        receiver.start()
        receiver.make_room(room=True)
        try:
            async with asyncio.TaskGroup() as group:
                works = (self._keep_hidden(), self._wake(stop), self._idle(stop, idle_seconds))
                helpers = [group.create_task(work) for work in works]
                await self._dispatch(stop)
                if under_way := list(self._lanes):
                    await asyncio.wait(under_way)
                for helper in helpers:
                    helper.cancel()
        finally:
            receiver.end()
            broken_off = list(self._lanes)
            for task in broken_off:
                task.cancel()
            await asyncio.gather(*broken_off, return_exceptions=True)
            await self._let_go(self._held.messages, 0)
            self._threads.shutdown(wait=False)

    # --- coming in

    async def _take_in(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.counts.received += 1
            try:
                notices = read_notices(message.body)
            except UnreadableMessageError as error:
                await self._set_aside(message, str(error))
                continue
            keys = tuple(dict.fromkeys(key for notice in notices for key in self._select(notice)))
            self._held.take_in(Held(message, keys))
        if messages:
            self._last_news = time.monotonic()
            self._make_room()
            self._changed.set()

    async def _set_aside(self, message: Message, why: str) -> None:
        try:
            await self._ask(self._quarantine, message, why)
            await self._ask(self._queue.delete, [message])
        except StoreError as error:  # then it comes again
            _LOG.warning("an unreadable message stays in the queue: %s", error)
            return
        self.counts.unreadable += 1
        _LOG.warning("message %s was set aside: %s", message.id, why)

    # --- going through

    async def _dispatch(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._changed.clear()
            pause = max(self._next_start - time.monotonic(), self._lanes.wait_seconds())
            if pause <= 0 and (batch := self._held.next_batch(self._settings.listen_batch_size)):
                self._next_start = time.monotonic() + self._settings.listen_seconds
                task = asyncio.create_task(self._work(batch, stop))
                self._lanes.enter(task)
                task.add_done_callback(self._ended)
                continue
            try:
                async with asyncio.timeout(pause if 0 < pause < math.inf and self._held.waiting else None):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _work(self, batch: list[Held], stop: asyncio.Event) -> None:
        try:
            await self._work_on(batch, stop)
        except Exception:
            self._held.drop(batch)
            raise
        self._held.drop(batch)  # not if it was cancelled: what is held then is let go at once

    async def _work_on(self, batch: list[Held], stop: asyncio.Event) -> None:
        keys = list(dict.fromkeys(key for held in batch for key in held.keys))
        failed = await self._try(keys, stop) if keys else set()
        done = [held for held in batch if failed.isdisjoint(held.keys)]
        try:
            await self._ask(self._queue.delete, [held.message for held in done])
        except StoreError as error:  # they come again, and are found to be done
            _LOG.warning("%s", error)
        self.counts.done += len(done)
        for times in sorted({held.message.received for held in batch}):
            left = [held.message for held in batch if held not in done and held.message.received == times]
            self.counts.left += len(left)
            await self._let_go(
                left, 0 if stop.is_set() else min(LATEST_SECONDS, LATER_SECONDS * 2 ** min(times - 1, 9))
            )

    async def _try(self, keys: Sequence[str], stop: asyncio.Event) -> set[str]:
        """The keys that failed: all, if the store or Prefect stayed away."""
        for pause in (*RETRY_SECONDS, None):
            try:
                return set(await self._process(keys))
            except Exception as error:  # noqa: BLE001  the messages stay: a listener outlives its batches
                _LOG.warning("a batch of %d failed: %s: %s", len(keys), type(error).__name__, error)
                if pause is None or stop.is_set():
                    break
                _LOG.debug("", exc_info=True)
            try:
                async with asyncio.timeout(pause):
                    await stop.wait()
            except TimeoutError:
                continue
            break
        return set(keys)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._lanes.leave(task)
        self._last_news = time.monotonic()
        self._make_room()
        self._changed.set()
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("a batch broke down; its messages come again", exc_info=error)

    # --- holding on

    async def _keep_hidden(self) -> None:
        """Extend the time all held messages stay hidden, in good time, and by more where that takes long itself."""
        seconds, took = self._settings.queue_visibility_seconds, 0.0
        while True:
            await asyncio.sleep(seconds / 3)
            begun = time.monotonic()
            try:
                longer = min(LONGEST_HIDDEN, seconds + math.ceil(3 * took))
                await self._ask(self._queue.extend, self._held.messages, longer)
            except StoreError as error:  # next time; at worst they come again, and are found to be done
                _LOG.warning("%s", error)
            took = time.monotonic() - begun

    async def _let_go(self, messages: Sequence[Message], seconds: int) -> None:
        """Leave messages to come again, in so many seconds."""
        try:
            await self._ask(self._queue.extend, messages, seconds)
        except StoreError as error:  # they come again when their time is over
            _LOG.warning("%s", error)

    async def _wake(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._changed.set()

    async def _idle(self, stop: asyncio.Event, seconds: float | None) -> None:
        while seconds is not None:
            await asyncio.sleep(min(1.0, seconds / 2))
            quiet = time.monotonic() - self._last_news
            if not self._held.waiting and not self._lanes and quiet > seconds:
                stop.set()
                return

    def _make_room(self) -> None:
        """Receive on as long as there is less than one batch waiting."""
        if self._receiver is not None:
            self._receiver.make_room(room=self._held.waiting < self._settings.listen_batch_size)

    async def _ask(self, request: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: request(*args, **kwargs))
