"""What notifications wait in until their documents are done, and an in-memory one that keeps the same promises."""

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

__all__ = ["MemoryQueue", "Message", "MessageQueue"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was received: it comes again unless it is deleted in time."""

    id: str
    body: str
    receipt: str  # names this receipt of it
    received: int = 1  # times received so far, this one included


class MessageQueue(Protocol):
    """At-least-once delivery. Threads may share one. Every method may raise `StoreError`'s kinds."""

    @property
    def name(self) -> str:
        """What to call it in messages."""
        ...

    def receive(self, wait_seconds: float) -> Sequence[Message]:
        """Some messages, hidden from other receivers for a while; none if none came within `wait_seconds`."""
        ...

    def extend(self, messages: Collection[Message], seconds: int) -> None:
        """Keep messages hidden for so many seconds from now; 0 shows them again at once. Those gone are left out."""
        ...

    def delete(self, messages: Collection[Message]) -> None:
        """Remove messages: they are done with."""
        ...

    def send(self, body: str) -> None:
        """Add a message; once this returns it is durable."""
        ...


class MemoryQueue:
    """A `MessageQueue` in a list.

    Args:
        visibility_seconds: How long a received message stays hidden.
    """

    def __init__(self, visibility_seconds: float = 30) -> None:
        self._visibility = visibility_seconds
        self._changed = threading.Condition()
        self._messages: dict[str, Message] = {}
        self._visible_at: dict[str, float] = {}
        self._numbers = count()

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return "memory"

    def __len__(self) -> int:
        return len(self._messages)

    def receive(self, wait_seconds: float) -> Sequence[Message]:
        """At most ten visible messages, oldest first."""
        deadline = time.monotonic() + wait_seconds
        with self._changed:
            while not (found := self._visible()) and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(min(left, 0.05))
            return [self._hide(message) for message in found[:10]]

    def extend(self, messages: Collection[Message], seconds: int) -> None:
        """Hide the messages anew, if this receipt of them is the last."""
        with self._changed:
            for message in messages:
                if self._is_last(message):
                    self._visible_at[message.id] = time.monotonic() + seconds
            self._changed.notify_all()

    def delete(self, messages: Collection[Message]) -> None:
        """Remove messages."""
        with self._changed:
            for message in messages:
                self._messages.pop(message.id, None)
                self._visible_at.pop(message.id, None)

    def send(self, body: str) -> None:
        """Add a message."""
        self.add(str(next(self._numbers)), body)

    def add(self, message_id: str, body: str) -> None:
        """Add a message under an id of the caller's."""
        with self._changed:
            self._messages[message_id] = Message(message_id, body, receipt="", received=0)
            self._visible_at[message_id] = 0.0
            self._changed.notify_all()

    def _visible(self) -> list[Message]:
        now = time.monotonic()
        return [message for message in self._messages.values() if self._visible_at[message.id] <= now]

    def _hide(self, message: Message) -> Message:
        received = replace(message, received=message.received + 1, receipt=str(next(self._numbers)))
        self._messages[message.id] = received
        self._visible_at[message.id] = time.monotonic() + self._visibility
        return received

    def _is_last(self, message: Message) -> bool:
        return message.id in self._messages and self._messages[message.id].receipt == message.receipt
