"""Finding out what an object store can do, by trying it: documentation and version numbers have both been wrong."""

from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from threading import Lock
from uuid import uuid4

from docmill.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    InvalidKeyError,
    ObjectNotFoundError,
    PreconditionFailedError,
    StoreError,
    StoreUnreachableError,
    TransientStoreError,
)
from docmill.retry import retrying
from docmill.store.base import Capabilities, ObjectStore

__all__ = ["CachedProbe", "probe"]

STALE_ETAG = "0" * 32  # well-formed, so that a store cannot refuse it for its form

# These say nothing about the condition: the probe fails with them.
_UNRELATED = (
    AccessDeniedError,
    BucketNotFoundError,
    InvalidKeyError,
    ObjectNotFoundError,
    StoreUnreachableError,
    TransientStoreError,
)


class _Answer(Enum):
    DONE = auto()
    REFUSED = auto()
    UNSUPPORTED = auto()


class CachedProbe:
    """Probes a store the first time it is asked, however many threads ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: Capabilities | None = None

    def __call__(self, store: ObjectStore, scratch_prefix: str) -> Capabilities:
        """What `probe` found; it is tried again after passing faults."""
        with self._lock:
            if self._found is None:
                self._found = retrying(lambda: probe(store, scratch_prefix))
            return self._found


def probe(store: ObjectStore, scratch_prefix: str = "") -> Capabilities:
    """Try out conditional reads, writes and removals, and listings, on two scratch objects, and remove them.

    A store that ignores a condition, or refuses one that holds, cannot do it. At most fifteen requests.

    Args:
        store: Where to try; needs the right to read, write and delete under `scratch_prefix`.
        scratch_prefix: What the scratch objects' keys start with.

    Raises:
        StoreError: A scratch object cannot be written, read or removed.
    """
    name = f"{scratch_prefix}.docmill-probe/{uuid4().hex}"
    keys = name, f"{name}.d/b"
    try:
        found = _try_out(store, *keys)
    except BaseException:
        for key in keys:
            with suppress(StoreError):  # what went wrong first says more
                store.delete(key)
        raise
    for key in keys:
        store.delete(key)
    return found


def _try_out(store: ObjectStore, key: str, nested: str) -> Capabilities:
    creates = _ask(lambda: store.put(key, b"new", if_none_match=True)) is _Answer.DONE
    if not creates:
        store.put(key, b"new")
    keeps = _ask(lambda: store.put(key, b"again", if_none_match=True)) is _Answer.REFUSED
    reads = _ask(lambda: store.get(key, if_match=STALE_ETAG)) is _Answer.REFUSED
    etag = store.head(key).etag
    reads = reads and _ask(lambda: store.get(key, if_match=etag)) is _Answer.DONE  # some refuse the right one too
    guards = _ask(lambda: store.put(key, b"lost update", if_match=STALE_ETAG)) is _Answer.REFUSED
    etag = store.head(key).etag  # one of the writes above may have gone through
    swaps = guards and _ask(lambda: store.put(key, b"update", if_match=etag)) is _Answer.DONE
    etag = store.put(nested, b"new")
    listed = _tells_what_is_after(store, nested)
    spares = _ask(lambda: store.delete(nested, if_match=STALE_ETAG)) is _Answer.REFUSED
    return Capabilities(
        get_if_match=reads,
        put_if_none_match=creates and keeps,
        put_if_match=swaps,
        delete_if_match=spares and _ask(lambda: store.delete(nested, if_match=etag)) is _Answer.DONE,
        list_after=listed,
    )


def _tells_what_is_after(store: ObjectStore, nested: str) -> bool:
    """Whether what is in a folder comes behind a key that sorts between it and the folder: SeaweedFS leaves it out."""
    folder, _, _ = nested.rpartition("/")
    try:
        return store.keys_after(folder, f"{folder} ") == ([nested], False)
    except _UNRELATED:
        raise
    except StoreError:
        return False


def _ask(request: Callable[[], object]) -> _Answer:
    try:
        request()
    except PreconditionFailedError:
        return _Answer.REFUSED
    except _UNRELATED:
        raise
    except StoreError:  # such as 501 Not Implemented
        return _Answer.UNSUPPORTED
    return _Answer.DONE
