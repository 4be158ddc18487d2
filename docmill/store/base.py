"""What docmill needs of an object store, and the words for it."""

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

__all__ = ["Capabilities", "ObjectInfo", "ObjectStore", "StoredObject"]


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object, without its bytes. A listing leaves `metadata` and `media_type` empty."""

    key: str
    etag: str  # without quotes
    size: int  # bytes
    last_modified: datetime  # aware, UTC
    version_id: str | None = None
    media_type: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)  # lower-case names


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object with its bytes."""

    info: ObjectInfo
    data: bytes


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a bucket's store was seen to do (not what it says it does)."""

    get_if_match: bool  # a read with a stale etag is refused
    put_if_none_match: bool  # a write over an existing object is refused on request
    put_if_match: bool  # a write over another version is refused on request, over the right one accepted
    delete_if_match: bool  # so is the removal of another version
    list_after: bool  # a listing that begins behind a key leaves nothing out

    @property
    def compare_and_swap(self) -> bool:
        """Whether writes can be made safe against another writer."""
        return self.put_if_none_match and self.put_if_match


class ObjectStore(Protocol):
    """One bucket. Implementations are safe to share between threads.

    Every method may raise `AccessDeniedError`, `BucketNotFoundError`, `StoreUnreachableError` or
    `TransientStoreError` besides what it names.
    """

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        ...

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Every object whose key starts with `prefix`, page by page, in the server's order."""
        ...

    def list_level(self, prefix: str) -> tuple[builtins.list[ObjectInfo], builtins.list[str]] | None:
        """The objects directly under `prefix` (empty or ending in `/`) and its folders, each ending in `/`.

        None if they are too many for one page.
        """
        ...

    def keys_after(self, prefix: str, after: str) -> tuple[builtins.list[str], bool]:
        """The first keys under `prefix` that come after a key, as many as one page holds, and whether there are more.

        Most stores tell them in the order of their UTF-8, some in one of their own, or not behind `after` alone.
        """
        ...

    def head(self, key: str) -> ObjectInfo:
        """The object's description, metadata included.

        Raises:
            ObjectNotFoundError: No such key.
        """
        ...

    def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
        """The object's bytes; with `if_match`, only if it still has that etag.

        Raises:
            ObjectNotFoundError: No such key.
            PreconditionFailedError: It has another etag by now.
        """
        ...

    def put(  # noqa: PLR0913  one parameter a header of the request
        self,
        key: str,
        data: bytes,
        *,
        media_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_match: str | None = None,
        if_none_match: bool = False,
    ) -> str:
        """Write an object and return its etag; with a condition, only where it holds.

        Args:
            key: At most 1,024 bytes in UTF-8.
            data: The object's bytes.
            media_type: Sent as Content-Type.
            metadata: User metadata; names lower-case ASCII, values ASCII.
            if_match: Write only over the version with this etag.
            if_none_match: Write only if there is no such key.

        Raises:
            PreconditionFailedError: The condition did not hold.
            InvalidKeyError: The store cannot hold this key.
        """
        ...

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """Remove an object, with `if_match` only if it still has that etag; no error if there is none.

        Raises:
            PreconditionFailedError: It has another etag by now; some stores say so as well if there is none.
        """
        ...

    def capabilities(self, scratch_prefix: str = "") -> Capabilities:
        """Try out, once an instance, what the store can do, on a scratch object under `scratch_prefix`."""
        ...
