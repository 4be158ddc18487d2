"""A pair of ends, one for the parent and one for a child, between which messages of bytes go.

As multiprocessing's connections, at less cost a message: it mostly comes with one call, and what waits for it is in C.
"""

import os
import select
import socket
import time
from collections.abc import Callable
from functools import cached_property

from docmill.sandbox.closing import Closing

__all__ = ["Channel", "open_channel"]

_LENGTH = 8  # bytes before each message, which say how long it is
_AT_ONCE = 1 << 16
_LARGE = 1 << 20
_AWAKE_SECONDS = 500e-6


class Channel(Closing):
    """One end; processes may be given it when they start. One thread at a time reads, and one writes."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._rest = b""  # read already, of the next message
        self._seconds: float | None = None
        self._soon = False  # whether the last message came within `_AWAKE_SECONDS`

    def close(self) -> None:
        """Close this end; the other is told."""
        self._end.close()

    def send(self, message: bytes) -> None:
        """Send a message.

        Raises:
            OSError: The other end has gone.
        """
        length = len(message).to_bytes(_LENGTH, "little")
        if len(message) < _AT_ONCE:
            self._end.sendall(length + message)
        else:
            self._end.sendall(length)
            self._end.sendall(message)

    def receive(self, most: int | None = None, seconds: float | None = None) -> bytes:
        """The next message.

        Args:
            most: Bytes it may have.
            seconds: That may pass before anything comes.

        Raises:
            TimeoutError: They passed.
            EOFError: The other end has gone.
            OSError: It is longer.
        """
        if seconds != self._seconds:
            self._end.settimeout(seconds)
            self._seconds = seconds
        found = self._rest or self._first()
        while len(found) < _LENGTH:
            found += self._some(_AT_ONCE)
        end = _LENGTH + int.from_bytes(found[:_LENGTH], "little")
        if most is not None and end > _LENGTH + most:
            raise OSError(f"a message of {end - _LENGTH} bytes")
        message, self._rest = found[_LENGTH:end], found[end:]
        return message if len(found) >= end else self._whole(message, end - _LENGTH)

    def _whole(self, begun: bytes, size: int) -> bytes:
        parts, left = [begun], size - len(begun)
        while left:
            parts.append(self._some(min(left, _LARGE)))
            left -= len(parts[-1])
        return b"".join(parts)

    def _first(self) -> bytes:
        """A message's beginning; awaited without sleeping while messages come at once: to wake takes longer."""
        began = time.perf_counter()
        if self._soon:
            while not self._there() and time.perf_counter() - began < _AWAKE_SECONDS:
                pass
        found = self._some(_AT_ONCE)
        self._soon = time.perf_counter() - began < _AWAKE_SECONDS
        return found

    @cached_property
    def _there(self) -> Callable[[], object]:
        """Tells whether there is something to read, leaving the core to others where that can be done."""
        rest = getattr(os, "sched_yield", None)
        if rest is None or not hasattr(select, "poll"):
            return lambda: True
        poll = select.poll()
        poll.register(self._end, select.POLLIN)

        def there() -> bool:
            found = bool(poll.poll(0))
            if not found:
                rest()
            return found

        return there

    def _some(self, most: int) -> bytes:
        found = self._end.recv(most)
        if not found:
            raise EOFError
        return found


def open_channel() -> tuple[Channel, Channel]:
    """Both ends."""
    one, other = socket.socketpair()
    return Channel(one), Channel(other)
