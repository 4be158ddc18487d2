"""Where a source object's record lies, and what its user metadata says of the version it was made from.

Records lie at `{prefix}enriched/{source key}.json` or `{prefix}quarantine/{source key}.json`. A source key for
which that would pass S3's 1,024 bytes is cut and ends in `~` and the SHA-256 of the whole key instead:
`{prefix}enriched/{first bytes of the key}~{64 hexadecimal digits}.json`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from docmill.errors import ConfigError
from schemas.source import SourceObject

__all__ = ["FOLDERS", "OWN_FOLDERS", "Made", "Status", "output_key"]

Status = Literal["enriched", "rejected"]
FOLDERS: Mapping[Status, str] = {"enriched": "enriched/", "rejected": "quarantine/"}
# All that docmill writes under the output location: nothing there is a document, should it be the inbox's bucket too.
OWN_FOLDERS = (
    *FOLDERS.values(), "catalog/", "catalog-lock", "schemas/", "leases/", "quarantine-messages/", ".docmill-probe/"
)  # fmt: skip
MAX_KEY_BYTES = 1024
_SUFFIX = ".json"


def output_key(prefix: str, status: Status, source_key: str) -> str:
    """The record's key for a source key; different source keys never share one.

    Raises:
        ConfigError: The prefix leaves no room for a key.
    """
    head = prefix + FOLDERS[status]
    key = head + source_key + _SUFFIX
    # A key that merely looks like a hashed one is hashed too, so that it cannot be taken for another's.
    if len(key.encode()) <= MAX_KEY_BYTES and not _looks_hashed(source_key):
        return key
    tail = f"~{hashlib.sha256(source_key.encode()).hexdigest()}{_SUFFIX}"
    room = MAX_KEY_BYTES - len((head + tail).encode())
    if room < 0:
        raise ConfigError(f"the output prefix {prefix[:40]!r}… is too long", hint="keep it under 900 bytes")
    return head + source_key.encode()[:room].decode("utf-8", "ignore") + tail


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

    @classmethod
    def of(cls, source: SourceObject, fingerprint: str, attempts: int = 1) -> "Made":
        """What a record made now from this source object says."""
        return cls(source.etag, source.version_id, fingerprint, attempts)

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
        )

    def metadata(self) -> dict[str, str]:
        """As user metadata: ASCII only."""
        return {
            "docmill-source-etag": quote(self.etag, safe="-"),
            "docmill-source-version": quote(self.version_id or "", safe="-"),
            "docmill-fingerprint": self.fingerprint,
            "docmill-attempts": str(self.attempts),
        }

    def repeats(self, other: "Made") -> bool:
        """Whether it is of the same version by the same pipeline as another, in as many attempts or more."""
        versions = (self.version_id, other.version_id)
        same_version = None in versions or versions[0] == versions[1]
        same = (self.etag, self.fingerprint) == (other.etag, other.fingerprint) and same_version
        return same and self.attempts >= other.attempts

    def covers(self, source: SourceObject, fingerprint: str | None) -> bool:
        """Whether it is of this very version, and, if one is given, by this pipeline.

        A listing does not tell version ids, so they count only where both are known.
        """
        versions = (self.version_id, source.version_id)
        same_version = None in versions or versions[0] == versions[1]
        return self.etag == source.etag and same_version and fingerprint in {None, self.fingerprint}
