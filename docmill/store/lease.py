"""A lease: one holder at a time of a name in a bucket, taken with compare-and-swap, that ends if its holder dies.

What it protects has to be right without it: a holder that was frozen does not know that its lease ran out. Age is told
by the store's clock alone, so that the machines' clocks may differ. Source: Gray, Cheriton, "Leases", SOSP 1989.
"""

import json
import logging
import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import uuid4

from docmill.errors import ObjectNotFoundError, PreconditionFailedError, StoreError
from docmill.retry import retrying
from docmill.store.base import ObjectStore

__all__ = ["Holder", "Lease", "read_holder"]

TRIES = 5  # against others that take or release it in the same moment
SETTLE_SECONDS = 1.0  # where there is no compare-and-swap: whoever wrote last within it has the lease
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease."""

    token: str
    name: str  # for people: host and process
    seconds: float  # without renewal, until it ends
    etag: str = ""
    renewed_at: datetime | None = None  # by the store's clock

    def __str__(self) -> str:
        since = f", renewed {self.renewed_at:%Y-%m-%d %H:%M:%S} UTC" if self.renewed_at else ""
        return f"{self.name}{since}"


class Lease:
    """This process's claim to a lease; renewed in the background once taken.

    Args:
        store: Where it lies.
        prefix: What scratch objects' keys start with.
        key: Its key.
        seconds: How long it outlives its holder.
    """

    def __init__(self, store: ObjectStore, prefix: str, key: str, seconds: float) -> None:
        self._store, self._prefix, self._key, self._seconds = store, prefix, key, seconds
        self._can = store.capabilities(prefix)
        self._me = Holder(uuid4().hex, f"process {os.getpid()} on {socket.gethostname()}", seconds)
        self._etag = ""
        self._living = ("", 0.0)  # the etag of another's lease, and until when by this machine's uptime it holds
        self._renewals = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self.lost = False

    def take(self) -> Holder | None:
        """Take it, if no one living holds it.

        Returns:
            None, or who holds it.

        Raises:
            StoreError: The store cannot be asked.
        """
        for _ in range(TRIES):
            holder, etag = _read(self._store, self._key)
            if holder is not None and not self._is_dead(holder):
                return holder
            if retrying(partial(self._write, etag)) and self._is_mine():
                self._thread = threading.Thread(target=self._renew, name="docmill-lease", daemon=True)
                self._thread.start()
                return None
        return holder or Holder("", "another process, just now", self._seconds)

    def release(self) -> None:
        """Let go of it, if it is still ours; the next one need not wait."""
        self._ended.set()
        if self._thread is None:
            return
        self._thread.join()
        if not self.lost:
            with suppress(StoreError):  # it ends by itself
                self._store.put(self._key, b"{}", if_match=self._etag if self._can.put_if_match else None)

    def _is_dead(self, holder: Holder) -> bool:
        """Whether it was not renewed for too long, by the store's clock, read off a scratch object when that may be."""
        etag, until = self._living
        if holder.etag == etag and time.monotonic() < until:
            return False  # who waits asks every second, and in versioned buckets each scratch object would stay
        key = f"{self._prefix}.docmill-probe/{uuid4().hex}"
        retrying(lambda: self._store.put(key, b""))
        now = retrying(lambda: self._store.head(key)).last_modified
        retrying(lambda: self._store.delete(key))
        left = holder.seconds - (now - (holder.renewed_at or now)).total_seconds()
        self._living = holder.etag, time.monotonic() + left
        return left < 0

    def _write(self, over: str | None) -> bool:
        """Write our claim over the version with this etag, or over none; whether that went through."""
        body = {"token": self._me.token, "name": self._me.name, "seconds": self._seconds, "renewals": self._renewals}
        try:
            self._etag = self._store.put(
                self._key,
                json.dumps(body).encode(),
                media_type="application/json",
                if_match=over if over and self._can.put_if_match else None,
                if_none_match=over is None and self._can.put_if_none_match,
            )
        except PreconditionFailedError:
            return self._is_mine()  # the answer to a first, successful try may have been lost
        if not self._can.compare_and_swap:
            time.sleep(SETTLE_SECONDS)
        return True

    def _is_mine(self) -> bool:
        holder, etag = _read(self._store, self._key)
        if holder is None or holder.token != self._me.token:
            return False
        self._etag = etag or self._etag
        return True

    def _renew(self) -> None:
        renewed = time.monotonic()
        while not self._ended.wait(self._seconds / 3):
            self._renewals += 1
            try:
                self.lost = not (self._write(self._etag) if self._can.put_if_match else self._is_mine_rewritten())
            except StoreError as error:
                _LOG.warning("a lease could not be renewed: %s", error)
                self.lost = time.monotonic() - renewed > self._seconds
            else:
                renewed = time.monotonic()
            if self.lost:
                _LOG.warning("the lease %s ran out, or another process has it", self._key)
                return

    def _is_mine_rewritten(self) -> bool:
        return self._is_mine() and self._write(self._etag)


def read_holder(store: ObjectStore, key: str) -> Holder | None:
    """Who holds a lease, or held it when it died; None if it is free.

    Raises:
        StoreError: The store cannot be asked.
    """
    return _read(store, key)[0]


def _read(store: ObjectStore, key: str) -> tuple[Holder | None, str | None]:
    """The holder and the etag of what is written; a lease that was released has an etag but no holder."""
    try:
        stored = retrying(lambda: store.get(key))
    except ObjectNotFoundError:
        return None, None
    info = stored.info
    try:
        found = json.loads(stored.data)
        return Holder(found["token"], found["name"], float(found["seconds"]), info.etag, info.last_modified), info.etag
    except (ValueError, TypeError, KeyError):
        return None, info.etag
