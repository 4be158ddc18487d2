"""Where a source object's records lie, and what their user metadata says of the version they were made from.

Records lie at `{prefix}enriched/{source key}.json` or `{prefix}quarantine/{source key}.json`. A source key for
which that would pass S3's 1,024 bytes, or that some stores would write under another name or refuse, is cut, made
harmless, and ends in `~` and the SHA-256 of the whole key instead:
`{prefix}enriched/{harmless beginning of the key}~{64 hexadecimal digits}.json`. Such are keys with a backslash, a NUL,
or a part that is empty (as in `a//b`, `/a` and `a/`), `.`, `..` or longer than 250 bytes.

Members of containers lie below: `{prefix}enriched/{source key}/!/{member}.json`, those of a container within at
`…/!/{container}/!/{member}.json`. A member whose name is no plain relative path, or is too long, or is not the first of
its name, is written `…/!/{harmless beginning}~{64 hexadecimal digits}.json`. No two documents share a key.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from docmill.errors import ConfigError
from docmill.names import SEPARATOR
from docmill.place import MemberPath
from schemas.source import SourceObject

__all__ = ["FOLDERS", "OWN_FOLDERS", "Made", "Status", "member_key", "members_prefix", "output_key"]

Status = Literal["enriched", "rejected"]
FOLDERS: Mapping[Status, str] = {"enriched": "enriched/", "rejected": "quarantine/"}
# All of docmill's own under the output location: nothing there is a document, should it be the inbox's bucket too.
OWN_FOLDERS = (
    *FOLDERS.values(), "catalog/", "catalog-lock", "schemas/", "leases/", "quarantine-messages/", "labels/",
    "profiles/", ".docmill-probe/",
)  # fmt: skip
MAX_KEY_BYTES = 1024
_MAX_MEMBERS_PREFIX = 780  # bytes: what a member's own part may need is left
_MAX_PART = 250  # bytes of a part of a key: with the suffix, what file systems under some stores allow
_MAX_HARMLESS = 150  # bytes of a part that is followed by a digest
_SUFFIX = ".json"


def output_key(prefix: str, status: Status, source_key: str) -> str:
    """The record's key for a source key; different source keys never share one.

    Raises:
        ConfigError: The prefix leaves no room for a key.
    """
    return _key(prefix + FOLDERS[status], source_key, _SUFFIX, MAX_KEY_BYTES)


def members_prefix(prefix: str, status: Status, source_key: str) -> str:
    """What the keys of all records of a container's members begin with, and no other key."""
    return _key(prefix + FOLDERS[status], source_key, SEPARATOR, _MAX_MEMBERS_PREFIX)


def member_key(prefix: str, status: Status, source_key: str, path: MemberPath) -> str:
    """The key of the record of a member at a path within a container; different members never share one."""
    head = members_prefix(prefix, status, source_key)
    name = SEPARATOR.join(part for part, _ in path)
    key = head + name + _SUFFIX
    if len(key.encode()) <= MAX_KEY_BYTES and all(number == 1 and _is_plain(part) for part, number in path):
        return key
    digest = hashlib.sha256(json.dumps([source_key, path]).encode()).hexdigest()
    harmless = re.sub(r"[^\w.-]+", "_", name).encode()[:_MAX_HARMLESS].decode("utf-8", "ignore")
    return f"{head}{harmless}~{digest}{_SUFFIX}"


def _key(head: str, source_key: str, suffix: str, most: int) -> str:
    key = head + source_key + suffix
    # A key that merely looks like a hashed one, or a member's, is hashed too: it cannot be taken for another's.
    return key if len(key.encode()) <= most and _is_kept(source_key) else _hashed(head, source_key, suffix, most)


def _hashed(head: str, source_key: str, suffix: str, most: int) -> str:
    tail = f"~{hashlib.sha256(source_key.encode()).hexdigest()}{suffix}"
    room = most - len((head + tail).encode())
    if room < 0:
        raise ConfigError(f"the output prefix {head[:40]!r}… is too long", hint="keep it under 700 bytes")
    harmless = "/".join(map(_harmless, source_key.split("/")))
    return head + harmless.encode()[:room].decode("utf-8", "ignore") + tail


def _harmless(part: str) -> str:
    if part in {"", ".", "..", "!"}:
        return "_"
    return re.sub(r"[\\\0]", "_", part).encode()[:_MAX_HARMLESS].decode("utf-8", "ignore")


def _is_kept(source_key: str) -> bool:
    """Whether every store keeps it as it is, and it cannot be taken for a hashed one or a member's."""
    if _looks_hashed(source_key) or SEPARATOR in source_key or not {"\\", "\0"}.isdisjoint(source_key):
        return False
    parts = source_key.split("/")
    return {"", ".", ".."}.isdisjoint(parts) and all(len(part.encode()) <= _MAX_PART for part in parts)


def _is_plain(name: str) -> bool:
    """Whether a member's name is a relative path that every store keeps as it is."""
    if _looks_hashed(name) or "\\" in name or name.endswith("…") or not name.isprintable():
        return False
    return all(
        part not in {"", ".", "..", "!"} and part == part.strip() and len(part.encode()) <= _MAX_HARMLESS
        for part in name.split("/")
    )


def _looks_hashed(source_key: str) -> bool:
    _, mark, digest = source_key.rpartition("~")
    return (
        bool(mark) and len(digest) == hashlib.sha256().digest_size * 2 and all(c in "0123456789abcdef" for c in digest)
    )


@dataclass(frozen=True, slots=True)
class Made:
    """The version of a source object a record was made from, and by which pipeline: the truth on the output object."""

    etag: str
    version_id: str | None
    fingerprint: str
    attempts: int = 1  # tries at this version by this pipeline
    members: int = 0  # records of members written before it, at all depths
    member: str | None = None  # the id of a member's record
    bucket: str | None = None  # of the source object; None if the record does not say

    @classmethod
    def of(cls, source: SourceObject, fingerprint: str, attempts: int = 1) -> "Made":
        """What a record made now from this source object says."""
        return cls(source.etag, source.version_id, fingerprint, attempts, bucket=source.bucket)

    @classmethod
    def read(cls, metadata: Mapping[str, str]) -> "Made | None":
        """From a record's user metadata; None if it is not docmill's."""
        if "docmill-source-etag" not in metadata:
            return None
        return cls(
            etag=unquote(metadata["docmill-source-etag"]),
            version_id=unquote(metadata.get("docmill-source-version", "")) or None,
            fingerprint=metadata.get("docmill-fingerprint", ""),
            attempts=int(attempts) if (attempts := metadata.get("docmill-attempts", "")).isdecimal() else 1,
            members=int(members) if (members := metadata.get("docmill-members", "")).isdecimal() else 0,
            member=metadata.get("docmill-member"),
            bucket=unquote(metadata.get("docmill-source-bucket", "")) or None,
        )

    def metadata(self) -> dict[str, str]:
        """As user metadata: ASCII only."""
        of_members = {"docmill-members": str(self.members)} if self.members else {}
        of_member = {"docmill-member": self.member} if self.member else {}
        return {
            "docmill-source-bucket": quote(self.bucket or "", safe="-"),
            "docmill-source-etag": quote(self.etag, safe="-"),
            "docmill-source-version": quote(self.version_id or "", safe="-"),
            "docmill-fingerprint": self.fingerprint,
            "docmill-attempts": str(self.attempts),
            **of_members,
            **of_member,
        }

    def repeats(self, other: "Made") -> bool:
        """Whether it is of the same version by the same pipeline as another, in as many attempts or more."""
        same = self._is_of(other.bucket, other.etag, other.version_id) and self.fingerprint == other.fingerprint
        return same and self.attempts >= other.attempts

    def covers(self, source: SourceObject, fingerprint: str | None) -> bool:
        """Whether it is of this very version, and, if one is given, by this pipeline."""
        return self._is_of(source.bucket, source.etag, source.version_id) and fingerprint in {None, self.fingerprint}

    def is_foreign(self, bucket: str | None) -> bool:
        """Whether it is of an object of another bucket, of the same key."""
        return None not in {self.bucket, bucket} and self.bucket != bucket

    def _is_of(self, bucket: str | None, etag: str, version_id: str | None) -> bool:
        """A listing does not tell version ids, so they count only where both are known."""
        if self.is_foreign(bucket):
            return False
        return self.etag == etag and (None in {self.version_id, version_id} or self.version_id == version_id)
