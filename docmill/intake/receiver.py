"""Long polling in a thread, for an event loop."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import wait

from docmill.intake.queue import Message, MessageQueue

__all__ = ["Receiver"]

POLL_SECONDS = 20.0
SLICE_SECONDS = 1.0
PAUSES = (1, 2, 5, 10, 30)  # seconds, after so many failures in a row
_LOG = logging.getLogger(__name__)


class Receiver:
    """Receives as long as there is room, and hands messages to the event loop it was made in.

    Args:
        queue: Received from.
        on_messages: Called in the event loop with what came; more is received when it has ended.
    """

    def __init__(
        self, queue: MessageQueue, on_messages: Callable[[Sequence[Message]], Coroutine[None, None, None]]
    ) -> None:
        self._queue = queue
        self._on_messages = on_messages
        self._loop = asyncio.get_running_loop()
        self._room = threading.Event()
        self._ended = threading.Event()
        # A daemon: a poll under way cannot be broken off, and what it still brings comes again to others.
        self._thread = threading.Thread(target=self._receive, name="docmill-receive", daemon=True)

    def start(self) -> None:
        """Begin to receive, once there is room."""
        self._thread.start()

    def make_room(self, *, room: bool) -> None:
        """Go on receiving, or pause after the poll under way."""
        if room:
            self._room.set()
        else:
            self._room.clear()

    def end(self) -> None:
        """Receive no more."""
        self._ended.set()
        self._room.set()

    def _receive(self) -> None:
        failures = 0
        while self._room.wait() and not self._ended.is_set():
            try:
                messages = self._queue.receive(POLL_SECONDS)
                if messages:
                    self._hand_over(messages)
            except Exception as error:  # noqa: BLE001  a listener gone deaf would lose sight of everything
                _LOG.warning("%s: %s", type(error).__name__, error)
                self._ended.wait(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
            else:
                failures = 0

    def _hand_over(self, messages: Sequence[Message]) -> None:
        if self._ended.is_set():  # what was let go of at the end may have come straight to this last poll
            self._queue.extend(messages, 0)
            return
        taken_in = asyncio.run_coroutine_threadsafe(self._on_messages(messages), self._loop)
        while not self._ended.is_set():
            if wait([taken_in], SLICE_SECONDS).done:
                taken_in.result()
                return
