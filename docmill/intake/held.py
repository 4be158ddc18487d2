"""The messages a listener has received and not yet let go of: each waits, or is worked on."""

from collections.abc import Sequence
from dataclasses import dataclass

from docmill.intake.queue import Message

__all__ = ["Held", "Holding"]


@dataclass(frozen=True, slots=True)
class Held:
    """A message, and the keys of the inbox it is about."""

    message: Message
    keys: tuple[str, ...]


class Holding:
    """All of them, by message id."""

    def __init__(self) -> None:
        self._waiting: dict[str, Held] = {}  # oldest first
        self._working: dict[str, Held] = {}

    @property
    def waiting(self) -> int:
        """Messages no one works on."""
        return len(self._waiting)

    @property
    def messages(self) -> list[Message]:
        """Every message."""
        return [held.message for held in (*self._waiting.values(), *self._working.values())]

    def take_in(self, held: Held) -> None:
        """Have a message wait."""
        self._waiting[held.message.id] = held

    def next_batch(self, most: int) -> list[Held]:
        """Messages about no object that is being worked on, to work on now: the others wait, and will find it done."""
        busy = {key for held in self._working.values() for key in held.keys}
        batch = [held for held in self._waiting.values() if busy.isdisjoint(held.keys)][:most]
        for held in batch:
            self._working[held.message.id] = self._waiting.pop(held.message.id)
        return batch

    def drop(self, batch: Sequence[Held]) -> None:
        """Messages that were worked on are held no longer."""
        for held in batch:
            self._working.pop(held.message.id, None)
