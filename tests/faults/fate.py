"""One simulated process: what it asks of the stores goes through its fate, which may damage the answer or end it."""

import builtins
import random
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from docmill.catalog import Catalog
from docmill.errors import CatalogError, StoreError, StoreUnreachableError, TransientStoreError
from docmill.intake.queue import Message, MessageQueue
from docmill.store.base import Capabilities, ObjectInfo, ObjectStore, StoredObject
from docmill.store.probe import CachedProbe
from schemas.catalog import CatalogRow

__all__ = ["Fate", "FatedCatalog", "FatedQueue", "FatedStore", "KilledError"]

T = TypeVar("T")
KINDS: Mapping[str, type[StoreError]] = {
    "500": TransientStoreError,
    "503 SlowDown": TransientStoreError,
    "timeout": StoreUnreachableError,
    "reset": TransientStoreError,
    "truncated": TransientStoreError,
    "wrong checksum": StoreError,
}


class KilledError(BaseException):
    """SIGKILL: nothing handles it, and whatever is tried on the way up has no effect."""


class Fate:
    """What befalls a process.

    Args:
        chance: Decides.
        counts: Told what was done to it.
        share: Of requests, that fail; half of those take effect all the same, and only the answer is lost.
        dies_at: The number of the request at which it is killed, if it gets so far.
        after: Whether that request takes effect first.
        between: Done before some requests: what the rest of the world is up to meanwhile.
    """

    def __init__(
        self,
        chance: random.Random,
        counts: Counter[str],
        *,
        share: float = 0.0,
        dies_at: int | None = None,
        after: bool = False,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self._chance, self._counts, self._share = chance, counts, share
        self._dies_at, self._after, self._between = dies_at, after, between
        self._lock = threading.Lock()
        self.requests = 0
        self.dead = False

    def meet(self, action: Callable[[], T], error: type[Exception] | None = None) -> T:
        """Do a request, or not; `error` is what this kind of request fails with, if not with any store's error."""
        with self._lock:
            self._check()
            self.requests += 1
            last = self.requests == self._dies_at
            if last and not self._after:
                self._die()
            self._between()
            kind = self._chance.choice(list(KINDS)) if self._chance.random() < self._share else None
            takes_effect = kind is None or self._chance.random() < 1 / 2
        if not takes_effect:
            self._fail(kind, error)
        try:
            answer = action()
        finally:  # a refusal is an answer too
            with self._lock:
                self._check()
                if last:
                    self._die()
        if kind is not None:
            self._fail(kind, error)
        return answer

    def _check(self) -> None:
        if self.dead:
            raise KilledError

    def _die(self) -> None:
        self.dead = True
        self._counts["killed"] += 1
        raise KilledError

    def _fail(self, kind: str | None, error: type[Exception] | None) -> None:
        name = kind or ""
        self._counts[f"commit: {name}" if error is CatalogError else name] += 1
        raise (error or KINDS[name])(name)


class FatedStore:
    """An `ObjectStore` as the process sees it."""

    def __init__(self, store: ObjectStore, fate: Fate) -> None:
        self._store, self._fate = store, fate
        self._probe = CachedProbe()

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._store.bucket

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """As the store's."""
        return self._fate.meet(lambda: iter(tuple(self._store.list(prefix))))

    def list_level(self, prefix: str) -> tuple[builtins.list[ObjectInfo], builtins.list[str]] | None:
        """As the store's."""
        return self._fate.meet(lambda: self._store.list_level(prefix))

    def keys_after(self, prefix: str, after: str) -> tuple[builtins.list[str], bool]:
        """As the store's."""
        return self._fate.meet(lambda: self._store.keys_after(prefix, after))

    def head(self, key: str) -> ObjectInfo:
        """As the store's."""
        return self._fate.meet(lambda: self._store.head(key))

    def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
        """As the store's."""
        return self._fate.meet(lambda: self._store.get(key, if_match=if_match))

    def put(self, key: str, data: bytes, **conditions: object) -> str:
        """As the store's."""
        return self._fate.meet(lambda: self._store.put(key, data, **conditions))

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """As the store's."""
        self._fate.meet(lambda: self._store.delete(key, if_match=if_match))

    def capabilities(self, scratch_prefix: str = "") -> Capabilities:
        """Found out by this process's own requests."""
        return self._probe(self, scratch_prefix)


class FatedCatalog(Catalog):
    """A catalog as the process sees it."""

    def __init__(self, location: str, fate: Fate) -> None:
        super().__init__(location)
        self._fate = fate

    def append(self, rows: Sequence[CatalogRow]) -> None:
        """Commit rows, unless that fails."""
        if rows:
            self._fate.meet(lambda: super(FatedCatalog, self).append(rows), CatalogError)


class FatedQueue:
    """A `MessageQueue` as the process sees it."""

    def __init__(self, queue: MessageQueue, fate: Fate) -> None:
        self._queue, self._fate = queue, fate

    @property
    def name(self) -> str:
        """The queue's."""
        return self._queue.name

    def receive(self, wait_seconds: float) -> Sequence[Message]:
        """As the queue's."""
        return self._fate.meet(lambda: self._queue.receive(wait_seconds))

    def extend(self, messages: Collection[Message], seconds: int) -> None:
        """As the queue's."""
        self._fate.meet(lambda: self._queue.extend(messages, seconds))

    def delete(self, messages: Collection[Message]) -> None:
        """As the queue's."""
        self._fate.meet(lambda: self._queue.delete(messages))

    def send(self, body: str) -> None:
        """As the queue's."""
        self._fate.meet(lambda: self._queue.send(body))
