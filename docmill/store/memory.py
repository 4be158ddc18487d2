"""The in-memory fake: keeps the protocol's promises, as the contract tests hold it to them."""

import builtins
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock

from docmill.errors import ObjectNotFoundError, PreconditionFailedError
from docmill.store.base import Capabilities, ObjectInfo, StoredObject
from docmill.store.limits import check_key, check_metadata
from docmill.store.probe import CachedProbe

__all__ = ["MemoryStore"]

PAGE = 1000  # as S3's


class MemoryStore:
    """An `ObjectStore` in a dictionary.

    Args:
        bucket: The name it goes by.
        conditional_writes: If false it ignores `if_match` and `if_none_match` on `put`, as some S3-compatible
            stores do.
    """

    def __init__(self, bucket: str = "memory", *, conditional_writes: bool = True) -> None:
        self._bucket = bucket
        self._conditional_writes = conditional_writes
        self._objects: dict[str, StoredObject] = {}
        self._lock = Lock()
        self._probe = CachedProbe()

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._bucket

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """The objects under `prefix`, deliberately not sorted: newest key first."""
        with self._lock:
            found = [stored.info for key, stored in self._objects.items() if key.startswith(prefix)]
        return (replace(info, media_type=None, metadata={}) for info in reversed(found))

    def list_level(self, prefix: str) -> tuple[builtins.list[ObjectInfo], builtins.list[str]] | None:
        """The objects directly under `prefix` and its folders; None if they are too many for one page."""
        folders: set[str] = set()
        objects = []
        for info in self.list(prefix):
            name, slash, _ = info.key[len(prefix) :].partition("/")
            if slash:
                folders.add(prefix + name + slash)
            else:
                objects.append(info)
        return (objects, sorted(folders)) if len(objects) + len(folders) <= PAGE else None

    def keys_after(self, prefix: str, after: str) -> tuple[builtins.list[str], bool]:
        """The first keys under `prefix` that come after a key, as many as a page holds, and whether there are more."""
        keys = sorted((i.key for i in self.list(prefix) if i.key.encode() > after.encode()), key=str.encode)
        return keys[:PAGE], len(keys) > PAGE

    def head(self, key: str) -> ObjectInfo:
        """The object's description, metadata included."""
        return self.get(key).info

    def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
        """The object's bytes; with `if_match`, only if it still has that etag."""
        check_key(key)
        with self._lock:
            stored = self._objects.get(key)
        if stored is None:
            raise ObjectNotFoundError(f"no object {key!r} in bucket {self._bucket!r}")
        if if_match is not None and stored.info.etag != if_match:
            raise PreconditionFailedError(f"object {key!r} has another etag by now")
        return stored

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
        """Write an object and return its etag, the MD5 of its bytes; with a condition, only where it holds."""
        check_key(key)
        check_metadata(metadata or {})
        info = ObjectInfo(
            key=key,
            etag=hashlib.md5(data, usedforsecurity=False).hexdigest(),
            size=len(data),
            last_modified=datetime.now(UTC),
            media_type=media_type,
            metadata=dict(metadata or {}),
        )
        with self._lock:
            if self._conditional_writes:
                self._check_condition(key, if_match, if_none_match=if_none_match)
            self._objects[key] = StoredObject(info, bytes(data))
        return info.etag

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """Remove an object, with `if_match` only if it still has that etag; no error if there is none."""
        check_key(key)
        with self._lock:
            if self._conditional_writes and key in self._objects:
                self._check_condition(key, if_match, if_none_match=False)
            self._objects.pop(key, None)

    def capabilities(self, scratch_prefix: str = "") -> Capabilities:
        """What it can do, found out like any store's."""
        return self._probe(self, scratch_prefix)

    def _check_condition(self, key: str, if_match: str | None, *, if_none_match: bool) -> None:
        existing = self._objects.get(key)
        if if_none_match and existing is not None:
            raise PreconditionFailedError(f"there is an object {key!r} already")
        if if_match is not None and (existing is None or existing.info.etag != if_match):
            raise PreconditionFailedError(f"object {key!r} has another etag by now")
