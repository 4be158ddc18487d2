"""Asking a store that is busy less: fewer requests at once after each refusal, a little more after each success.

Additive increase, multiplicative decrease. Source: Chiu, Jain, "Analysis of the Increase and Decrease Algorithms for
Congestion Avoidance", 1989.
"""

import builtins
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from docmill.errors import StoreUnreachableError, TransientStoreError
from docmill.store.base import Capabilities, ObjectInfo, ObjectStore, StoredObject

__all__ = ["EasedStore", "Pressure"]

T = TypeVar("T")
DECREASE = 0.5
_LOG = logging.getLogger("docmill")


class Pressure:
    """How many requests may be under way at once; any number of threads ask.

    Args:
        most: Without refusals.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = float(most)
        self.refusals = 0
        self._active = 0
        self._silent_since: float | None = None  # since when no request has been answered, though one was asked
        self._asked = 0
        self._eased_after = 0  # requests
        self._changed = threading.Condition()

    def ask(self, request: Callable[[], T]) -> T:
        """The request's answer; waits for its turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._active < max(1, int(self.allowed)))
            self._active += 1
            self._asked += 1
            number = self._asked
            self._silent_since = self._silent_since or time.monotonic()
        refused, answered = False, True
        try:
            return request()
        except TransientStoreError:
            refused = True
            raise
        except StoreUnreachableError:
            answered = False
            raise
        finally:
            with self._changed:
                self._active -= 1
                if answered:
                    self._silent_since = time.monotonic() if self._active else None
                self._adjust(number, refused=refused)
                self._changed.notify_all()

    def silence(self) -> float:
        """Seconds since the store answered anything, if it is asked."""
        with self._changed:
            return time.monotonic() - self._silent_since if self._silent_since else 0.0

    def _adjust(self, number: int, *, refused: bool) -> None:
        if not refused:
            if self.allowed < self.most:
                self.allowed = min(self.most, self.allowed + 1 / self.allowed)
                if self.allowed >= self.most:
                    _LOG.info("the store takes %d requests at once again", self.most)
            return
        self.refusals += 1
        if number <= self._eased_after:  # what was asked before the store was eased says nothing new
            return
        if self.allowed >= self.most:
            _LOG.warning("the store is busy or failing: it is asked less")
        self._eased_after = self._asked
        self.allowed = max(1.0, self.allowed * DECREASE)


class EasedStore:
    """An `ObjectStore` whose single requests wait for their turn.

    Args:
        store: The store.
        pressure: Shared with other stores of the same server.
    """

    def __init__(self, store: ObjectStore, pressure: Pressure) -> None:
        self._store = store
        self._pressure = pressure

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._store.bucket

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Every object whose key starts with `prefix`."""
        return self._store.list(prefix)

    def list_level(self, prefix: str) -> tuple[builtins.list[ObjectInfo], builtins.list[str]] | None:
        """The objects directly under `prefix` and its folders; None if they are too many for one page."""
        return self._pressure.ask(lambda: self._store.list_level(prefix))

    def keys_after(self, prefix: str, after: str) -> tuple[builtins.list[str], bool]:
        """The first keys under `prefix` that come after a key, as many as a page holds, and whether there are more."""
        return self._pressure.ask(lambda: self._store.keys_after(prefix, after))

    def head(self, key: str) -> ObjectInfo:
        """The object's description, metadata included."""
        return self._pressure.ask(lambda: self._store.head(key))

    def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
        """The object's bytes; with `if_match`, only if it still has that etag."""
        return self._pressure.ask(lambda: self._store.get(key, if_match=if_match))

    def put(  # noqa: PLR0913  the protocol's
        self,
        key: str,
        data: bytes,
        *,
        media_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_match: str | None = None,
        if_none_match: bool = False,
    ) -> str:
        """Write an object and return its etag; with a condition, only where it holds."""
        return self._pressure.ask(
            lambda: self._store.put(
                key, data, media_type=media_type, metadata=metadata, if_match=if_match, if_none_match=if_none_match
            )
        )

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """Remove an object, with `if_match` only if it still has that etag; no error if there is none."""
        self._pressure.ask(lambda: self._store.delete(key, if_match=if_match))

    def capabilities(self, scratch_prefix: str = "") -> Capabilities:
        """Try out, once an instance, what the store can do."""
        return self._store.capabilities(scratch_prefix)
