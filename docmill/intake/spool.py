"""A message queue in a folder: what the webhook was posted survives the process and the machine's loss of power."""

import os
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import uuid4

from docmill.errors import ConfigError, TransientStoreError
from docmill.intake.queue import MemoryQueue, Message

__all__ = ["SpoolQueue"]

SUFFIX = ".message"
UNFINISHED = ".part"


class SpoolQueue:
    """A `MessageQueue` of one file a message. One process at a time may use a folder.

    Args:
        folder: Made if need be; the messages it holds are received first, oldest first.
        limit: Messages it takes; more are refused.
        visibility_seconds: How long a received message stays hidden.

    Raises:
        ConfigError: The folder cannot be used.
    """

    def __init__(self, folder: Path, limit: int, visibility_seconds: float = 60) -> None:
        self._folder = folder
        self._limit = limit
        self._waiting = MemoryQueue(visibility_seconds)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for unfinished in folder.glob(f"*{UNFINISHED}"):
                unfinished.unlink()
            for file in sorted(folder.glob(f"*{SUFFIX}")):
                self._waiting.add(file.name, file.read_text(encoding="utf-8", errors="replace"))
        except OSError as error:
            raise ConfigError(f"cannot use the folder {folder}: {error}", hint="set DOCMILL_STATE_DIR") from error

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return str(self._folder)

    def __len__(self) -> int:
        return len(self._waiting)

    def receive(self, wait_seconds: float) -> Sequence[Message]:
        """At most ten messages."""
        return self._waiting.receive(wait_seconds)

    def extend(self, messages: Collection[Message], seconds: int) -> None:
        """Hide messages anew."""
        self._waiting.extend(messages, seconds)

    def delete(self, messages: Collection[Message]) -> None:
        """Remove messages.

        Raises:
            TransientStoreError: The disk does not let us: they come again.
        """
        try:
            for message in messages:
                (self._folder / message.id).unlink(missing_ok=True)
        except OSError as error:
            raise TransientStoreError(f"cannot remove from {self._folder}: {error}") from error
        self._waiting.delete(messages)

    def send(self, body: str) -> None:
        """Add a message; once this returns it is on the disk.

        Raises:
            TransientStoreError: The folder is full, by the limit or by the disk.
        """
        if len(self) >= self._limit:
            raise TransientStoreError(f"{self._limit} messages wait in {self._folder} already")
        name = f"{time.time_ns():020}-{uuid4().hex}{SUFFIX}"
        try:
            _write_durably(self._folder / name, body.encode())
        except OSError as error:
            raise TransientStoreError(f"cannot write to {self._folder}: {error}") from error
        self._waiting.add(name, body)


def _write_durably(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it is there whole or not at all."""
    unfinished = path.with_suffix(UNFINISHED)
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError:  # on a full disk, say, where it would be posted again and again
        unfinished.unlink(missing_ok=True)
        raise
    if sys.platform != "win32":  # there a folder cannot be opened
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
