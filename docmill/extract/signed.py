"""Signed messages whose content is within the signature (S/MIME, RFC 8551; CMS, RFC 5652)."""

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["signed_content"]

_SIGNED = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2, signedData
_OBJECT, _OCTETS, _FIRST = 0x06, 0x04, 0xA0  # tags: what is meant, bytes, what is marked as the first option
_NESTED = 0x20  # bit of the tags of what holds others
_LONG, _MOST_LENGTH_BYTES = 0x80, 4
_DEEPEST = 12


class _Value(NamedTuple):
    tag: int
    begins: int
    ends: int  # of what it holds
    beyond: int  # where the next begins


def signed_content(data: bytes) -> bytes | None:
    """The message within a signature; None if these bytes hold none, as those of an encrypted one."""
    try:
        kind, signed = list(_within(data, _value(data, 0)))[:2]
        if kind.tag != _OBJECT or data[kind.begins : kind.ends] != _SIGNED:
            return None
        (inner,) = _within(data, signed)
        content = list(_within(data, inner))[2]
        marked = [one for one in _within(data, content) if one.tag == _FIRST]
        return b"".join(octets for one in marked for octets in _octets(data, one)) or None
    except (ValueError, IndexError):
        return None


def _value(data: bytes, at: int, depth: int = 0) -> _Value:
    """The value that begins there (X.690): its length is said, or it ends with two zeros.

    Raises:
        ValueError: There is none.
    """
    if depth > _DEEPEST:
        raise ValueError
    tag, length = data[at], data[at + 1]
    begins = at + 2
    if length == _LONG:
        end = begins
        while data[end : end + 2] != b"\0\0":
            end = _value(data, end, depth + 1).beyond
        return _Value(tag, begins, end, end + 2)
    if length > _LONG:
        size = length - _LONG
        if size > _MOST_LENGTH_BYTES:
            raise ValueError
        length = int.from_bytes(data[begins : begins + size], "big")
        begins += size
    if begins + length > len(data):
        raise ValueError
    return _Value(tag, begins, begins + length, begins + length)


def _within(data: bytes, value: _Value) -> Iterator[_Value]:
    at = value.begins
    while at < value.ends:
        one = _value(data, at)
        yield one
        at = one.beyond


def _octets(data: bytes, value: _Value, depth: int = 0) -> Iterator[bytes]:
    """Bytes, which may be in pieces."""
    if value.tag == _OCTETS:
        yield data[value.begins : value.ends]
    elif value.tag & _NESTED and depth < _DEEPEST:
        for one in _within(data, value):
            yield from _octets(data, one, depth + 1)
