"""Records of a container's members: written as they come, several at a time; those of members that are gone, removed.

The container's own record is written after them by the worker: it is the commit point. Writing them is idempotent, so
work that was cut short is simply done again.
"""

import hashlib
import threading
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from docmill.errors import PreconditionFailedError, TransientStoreError
from docmill.keys import FOLDERS, Made, member_key, members_prefix
from docmill.output import ROUNDS, Output, Record, read_record
from docmill.place import Place
from docmill.room import Room
from docmill.sandbox import Refined
from schemas.source import SourceObject

__all__ = ["MemberWriter", "SupersededError", "TakenError", "remove_members"]


REMOVED_AT_ONCE, FEW = 8, 16  # members; few are removed one by one
CHECK_EVERY = 1000  # members, after which it is looked whether there is a newer version of the container


class SupersededError(Exception):
    """A container was overwritten while its members were written. Stays between the writer and the worker."""


class TakenError(Exception):
    """In a member's place lies the record of another bucket's. Stays between the writer and the worker."""

    def __init__(self, record: Record) -> None:
        super().__init__(record.key)
        self.record = record


class MemberWriter:
    """Writes the records of one container's members.

    Args:
        output: Where to.
        source: The container.
        made: What the records say they were made from.
        earlier: What the container's records say that there were.
        threads: Do the writing.
        room: Bounds the bytes waiting to be written, of all containers together.
        is_current: Whether there is no newer version of the container; asked from time to time.
        written: Told of each record, its key and what its metadata say once it is written, from any thread.
    """

    def __init__(  # noqa: PLR0913, PLR0917  what the worker shares with it
        self,
        output: Output,
        source: SourceObject,
        made: Made,
        earlier: Sequence[Made],
        threads: ThreadPoolExecutor,
        room: Room,
        is_current: Callable[[], bool],
        written: Callable[[Refined, str, Made], None],
    ) -> None:
        self._output = output
        self._source = source
        self._made = made
        self.had = any(known.members for known in earlier)
        self._met = self.had  # whether records of members are there already
        self._older = {known.etag for known in (made, *earlier)}  # versions that are not newer than this one
        self._threads = threads
        self._room = room
        self._is_current = is_current
        self._written = written
        self.rejected = 0
        self._keys = array("Q")  # digests of the keys written: 8 bytes each, however many there are
        self._changed = threading.Condition()
        self._pending = 0
        self._error: Exception | None = None

    @property
    def count(self) -> int:
        """Members so far."""
        return len(self._keys)

    def add(self, refined: Refined) -> None:
        """Have a record written; waits while too much is waiting.

        Raises:
            SupersededError: There is a newer version of the container.
            TakenError: One lies where another bucket's does.
            StoreError: An earlier one could not be written.
        """
        if self._error is not None:
            self.wait()  # no record comes after the container is given up
        self.rejected += refined.status == "rejected"
        key = member_key(self._output.prefix, refined.status, self._source.key, refined.path)
        self._keys.append(_digest(key))
        self._room.acquire(len(refined.record))
        with self._changed:
            self._pending += 1
        self._threads.submit(self._write, refined, key)
        if self.count % CHECK_EVERY == 0 and not self._is_current():
            raise SupersededError

    def wait(self) -> None:
        """Wait until all are written.

        Raises:
            SupersededError: There is a newer version of the container.
            TakenError: One lies where another bucket's does.
            StoreError: One could not be.
        """
        self.end()
        if self._error is not None:
            raise self._error

    def end(self) -> None:
        """Wait until no more is being written, whatever became of it."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending == 0)

    def remove_stale(self) -> None:
        """Remove records of members that an earlier version had, or that ended otherwise then.

        Raises:
            SupersededError: There is a newer version of the container: records may be its own.
        """
        if not self._is_current():
            raise SupersededError
        kept = array("Q", sorted(self._keys))

        def is_stale(key: str) -> bool:
            at = bisect_left(kept, digest := _digest(key))
            return at == len(kept) or kept[at] != digest

        bucket, key = self._source.bucket, self._source.key
        if not remove_members(self._output, bucket, key, self._is_current, is_stale):
            raise SupersededError

    def _write(self, refined: Refined, key: str) -> None:
        try:
            identity = Place.of(self._source.key, self._source, 0).at(refined.path, 0).id
            made = replace(self._made, member=identity)
            self._put(key, refined.record, made)
            self._written(refined, key, made)
        except Exception as error:  # noqa: BLE001  raised again in the thread that waits
            self._error = self._error or error
        finally:
            self._room.release(len(refined.record))
            with self._changed:
                self._pending -= 1
                self._changed.notify_all()

    def _put(self, key: str, record: bytes, made: Made) -> None:
        """Write a record, but not over that of a newer version: another worker may be at it, or done."""
        prior = read_record(self._output.store, key) if self._met else None
        for _ in range(ROUNDS):
            if prior and prior.made and prior.made.is_foreign(self._source.bucket):
                raise TakenError(prior)
            if prior and not (prior.made and prior.made.etag in self._older) and not self._is_current():
                raise SupersededError
            try:
                self._output.put(key, record, made, prior)
            except PreconditionFailedError:
                self._met = True
                prior = read_record(self._output.store, key)
            else:
                return
        raise TransientStoreError(f"other writers changed {key} {ROUNDS} times")


def remove_members(
    output: Output,
    bucket: str,
    source_key: str,
    may_go: Callable[[], bool],
    is_stale: Callable[[str], bool] = lambda _key: True,
) -> bool:
    """Remove the records of a container's members: all of them, or those whose keys are stale.

    Those of another bucket's container of the same key stay: it may be under way.

    Returns:
        Whether they are gone; else `may_go`, which is asked before each, has said no, or one was written anew:
        there is a newer container.
    """
    stopped = threading.Event()

    def remove(key: str) -> None:
        if stopped.is_set():
            return
        found = read_record(output.store, key)
        if found is None or (found.made and found.made.is_foreign(bucket)):
            return
        if not may_go() or not output.remove(found):
            stopped.set()

    for status in FOLDERS:
        listed = output.store.list(members_prefix(output.prefix, status, source_key))
        stale = [info.key for info in listed if is_stale(info.key)]
        with ThreadPoolExecutor(REMOVED_AT_ONCE if len(stale) > FEW else 1, "docmill-remove") as threads:
            for _ in threads.map(remove, stale):
                if stopped.is_set():
                    return False
    return not stopped.is_set()


def _digest(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest())
