"""A pair of ends, one for the parent and one for a child, between which messages of bytes go.

As multiprocessing's connections, at less cost a message: it mostly comes with one call, and what waits for it is in C.
"""

import socket

from docmill.sandbox.closing import Closing

__all__ = ["Channel", "open_channel"]

_LENGTH = 8  # bytes before each message, which say how long it is
_AT_ONCE = 1 << 16
_LARGE = 1 << 20


class Channel(Closing):
    """One end; processes may be given it when they start. One thread at a time reads, and one writes."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._rest = b""  # read already, of the next message
        self._seconds: float | None = None

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
        found = self._rest
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

    def _some(self, most: int) -> bytes:
        found = self._end.recv(most)
        if not found:
            raise EOFError
        return found


def open_channel() -> tuple[Channel, Channel]:
    """Both ends."""
    one, other = socket.socketpair()
    return Channel(one), Channel(other)
