"""One writer at a time, on a store that cannot refuse a write: a lock object, written and looked at again.

Source: Fischer's algorithm (Lamport, "A fast mutual exclusion algorithm", 1987, section 2): who finds the lock free
writes its name, waits longer than any write takes, and has the lock if its name is still there. It rests on time, so it
is a last resort; a commit lost in spite of it is made good by the next sweep, which finds the rows missing.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from uuid import uuid4

from docmill.errors import CatalogError, ObjectNotFoundError, StoreError
from docmill.retry import retrying
from docmill.store.base import ObjectStore

__all__ = ["StoreLock"]

SETTLE_SECONDS = 2.0  # longer than a small write takes
ABANDONED_SECONDS = 120.0  # a commit is far shorter; by this machine's clock alone
WAIT_SECONDS = 300.0
POLL_SECONDS = 0.5
_LOG = logging.getLogger(__name__)


class StoreLock:
    """A lock that processes anywhere share through one object. Threads may share it, and take turns.

    Args:
        store: Where the object is.
        key: Its key.
    """

    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store = store
        self._key = key
        self._turn = Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock and hold it.

        Raises:
            CatalogError: Others held it for five minutes.
            StoreError: The store fails.
        """
        name = uuid4().hex.encode()
        with self._turn:
            self._take(name)
            try:
                yield
            finally:
                self._let_go(name)

    def _let_go(self, name: bytes) -> None:
        try:
            if self._holder() == name:
                retrying(lambda: self._store.delete(self._key))
        except StoreError as error:  # what was done within is done
            _LOG.warning("the catalog's lock stays for %g s: %s", ABANDONED_SECONDS, error)

    def _take(self, name: bytes) -> None:
        end = time.monotonic() + WAIT_SECONDS
        seen: bytes | None = None
        since = time.monotonic()
        while time.monotonic() < end:
            holder = self._holder()
            if holder != seen:
                seen, since = holder, time.monotonic()
            if holder is None or time.monotonic() - since > ABANDONED_SECONDS:
                retrying(lambda: self._store.put(self._key, name))
                time.sleep(SETTLE_SECONDS)
                if self._holder() == name:
                    return
            else:
                time.sleep(POLL_SECONDS)
        raise CatalogError(
            f"the catalog's lock {self._key!r} in bucket {self._store.bucket!r} was never free",
            hint="if no docmill is running, delete that object",
        )

    def _holder(self) -> bytes | None:
        try:
            return retrying(lambda: self._store.get(self._key)).data
        except ObjectNotFoundError:
            return None
