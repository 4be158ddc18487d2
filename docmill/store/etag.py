"""Entity tags: what a store calls a version of an object, usually the MD5 of its bytes."""

import hashlib
import re

__all__ = ["bare", "may_be_of", "quoted"]

_MD5 = re.compile(r"[0-9a-fA-F]{32}")


def bare(etag: str) -> str:
    """As docmill keeps it; a weak one, which proxies that compress make of it, as the one it was made of."""
    return etag.removeprefix("W/").strip('"')


def quoted(etag: str) -> str:
    """As HTTP writes it."""
    return f'"{etag}"'


def may_be_of(etag: str, data: bytes) -> bool:
    """Whether the etag is the MD5 of these bytes, or no MD5 at all: of an object written in parts, say."""
    return not _MD5.fullmatch(etag) or hashlib.md5(data, usedforsecurity=False).hexdigest() == etag.lower()
