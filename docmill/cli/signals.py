"""Ending cleanly: Ctrl-C and SIGTERM unwind the stack, so that every server started is stopped."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["interrupt", "stopped_by_signals", "wait_for_signal"]

Handler = Callable[[int, FrameType | None], object]


def interrupt(_number: int = 0, _frame: FrameType | None = None) -> None:
    """Do what Ctrl-C does: raise KeyboardInterrupt in the main thread, or cancel its event loop's main task."""
    signal.raise_signal(signal.SIGINT)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within, SIGTERM and SIGHUP do what Ctrl-C does; not SIGHUP where `nohup` had it ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    # Also where the shell had Ctrl-C ignored, as it does for commands in the background.
    handlers: dict[signal.Signals, Handler] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: interrupt}
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        handlers[signal.SIGHUP] = interrupt
    before = {name: signal.signal(name, handler) for name, handler in handlers.items()}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def wait_for_signal() -> None:
    """Sleep until Ctrl-C or SIGTERM."""
    try:
        while True:  # in slices: on Windows a lock that waits is deaf to Ctrl-C
            threading.Event().wait(1)
    except KeyboardInterrupt:
        return
