"""A listener in a thread of its own.

While a flow runs in the main thread, Prefect takes over SIGTERM there and raises in the middle of whatever goes on;
with several runs at once it leaves its handler behind. In another thread it cannot, and signals stay the command's.
"""

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from docmill.cli.prefect_api import send_all
from docmill.cli.signals import stopped_by_signals

if TYPE_CHECKING:
    from docmill.intake.listener import Counts
    from docmill.intake.queue import MessageQueue

__all__ = ["ListenerThread"]

SLICE_SECONDS = 1.0  # on Windows a lock that waits is deaf to Ctrl-C


class ListenerThread:
    """Runs `flows.listen` over the process's runtime.

    Args:
        queue: Listened to.
        until_idle: End after so many seconds without a message.
    """

    def __init__(self, queue: "MessageQueue", until_idle: float | None = None) -> None:
        self._queue = queue
        self._until_idle = until_idle
        self._ended: Future[Counts] = Future()
        self._ended.set_running_or_notify_cancel()  # who waits for it cannot cancel it
        self._begun = Event()
        self._thread = Thread(target=self._run, name="docmill-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._begun.wait()

    def stop(self) -> None:
        """Have it finish what is under way."""
        self._tell(self._stop.set)

    def cancel(self) -> None:
        """Have it break off."""
        self._tell(self._task.cancel)

    def wait(self, seconds: float = math.inf) -> "Counts | None":
        """Wait for its end; None if it does not come in time.

        Raises:
            DocmillError: It could not begin to listen.
            KeyboardInterrupt: A signal came first; it goes on.
        """
        deadline = time.monotonic() + seconds
        with stopped_by_signals():
            while not self._ended.done() and (left := deadline - time.monotonic()) > 0:
                wait([self._ended], min(SLICE_SECONDS, left))
        return self._ended.result() if self._ended.done() else None

    @property
    def ended(self) -> "Future[Counts]":
        """Its result, once it has ended."""
        return self._ended

    def _tell(self, what: Callable[[], object]) -> None:
        if not self._ended.done():
            with suppress(RuntimeError):  # its loop was closed just now
                self._loop.call_soon_threadsafe(what)

    def _run(self) -> None:
        try:
            self._ended.set_result(asyncio.run(self._listen()))
        except BaseException as error:  # noqa: BLE001  told to who waits
            self._ended.set_exception(error)
            self._begun.set()

    async def _listen(self) -> "Counts":
        from flows.listen import listen

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._task = asyncio.ensure_future(listen(self._queue, self._stop, self._until_idle))
        self._begun.set()
        try:
            return await self._task
        finally:
            await send_all()
