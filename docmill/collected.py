"""The results of documents that are done side by side, as they come, until the work is cancelled."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future

from docmill.result import Result

__all__ = ["collected"]

GRACE_SECONDS = 1.5  # for documents that are being refined when the work is cancelled
POLL_SECONDS = 0.25  # between looks whether it is


def collected(
    futures: Sequence[Future[Result | None]], on_done: Callable[[Result], None] | None, cancelled: threading.Event
) -> Iterator[Result]:
    """Each result, once it is there and `on_done` was told; what takes long is left out once `cancelled` is set."""
    ended: queue.SimpleQueue[Future[Result | None]] = queue.SimpleQueue()
    for future in futures:
        future.add_done_callback(ended.put)
    left, deadline = len(futures), float("inf")
    while left:
        if cancelled.is_set() and deadline == float("inf"):
            deadline = time.monotonic() + GRACE_SECONDS
        if time.monotonic() > deadline:
            return  # the others end by themselves, and the next sweep finds their records
        try:
            result = ended.get(timeout=POLL_SECONDS).result()
        except queue.Empty:
            continue
        left -= 1
        if result is not None:
            if on_done is not None:
                on_done(result)
            yield result
