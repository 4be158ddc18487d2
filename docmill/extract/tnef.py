"""Outlook's packet of a mail (TNEF, `winmail.dat`): its text, and the files in it ([MS-OXTNEF])."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from docmill.author_names import declared_authors
from docmill.extract.binary import number, wide_text
from docmill.extract.collect import Collector
from docmill.extract.embedded import html_text
from docmill.extract.limits import Limits
from docmill.extract.mail import Attachment
from docmill.extract.outlook import charset_of, date_of, decoded, take_body
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind

__all__ = ["read_tnef", "tnef_attachments"]

_HEADER, _ATTRIBUTE = 6, 9  # bytes; those of an attribute before its data
_SUBJECT, _BODY, _CODE_PAGE, _PROPERTIES = 0x8004, 0x800C, 0x9007, 0x9003
_BEGINS_FILE, _FILE_NAME, _FILE, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_P_SUBJECT, _P_BODY, _P_HTML, _P_RTF, _P_SENDER, _P_SENT = 0x0037, 0x1000, 0x1013, 0x1009, 0x0C1A, 0x0039
_P_DATA, _P_LONG_NAME, _P_NAME, _P_TYPE = 0x3701, 0x3707, 0x3704, 0x370E
_NAMED, _MANY = 0x8000, 0x1000  # properties with names of their own; types of several values
_WIDE, _OBJECT = 0x1F, 0x0D
_OF_OWN_SIZE = frozenset({_OBJECT, 0x1E, _WIDE, 0x102})
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}  # bytes by type, as they are kept


@dataclass(slots=True)
class _Part:
    """The message, or a file in it: attributes and properties by number."""

    attributes: dict[int, bytes] = field(default_factory=dict)
    properties: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # type and value

    @property
    def charset(self) -> str | None:
        """What the message's texts are encoded in that are no properties in UTF-16."""
        return charset_of(number(self.attributes.get(_CODE_PAGE, b""), 0, 4))

    def raw(self, name: int) -> bytes:
        return self.properties.get(name, (0, b""))[1]

    def text(self, name: int, charset: str | None) -> str:
        kind, value = self.properties.get(name, (0, b""))
        return wide_text(value).strip("\0") if kind == _WIDE else decoded(value, charset)

    def said(self, name: int, attribute: int, charset: str | None) -> str:
        """What a property says, or else an attribute, as older programs have it."""
        return self.text(name, charset) or decoded(self.attributes.get(attribute, b""), charset)


class _Packet(NamedTuple):
    parts: list[_Part]  # the message, and the files in it
    is_whole: bool


def read_tnef(data: bytes, limits: Limits) -> Extracted | Refusal:
    """The message's subject, sender and text; files are documents of their own."""
    (message, *_), is_whole = _parts(data, limits)
    charset = message.charset
    into = Collector(limits)
    if not is_whole:
        into.warn("partly_read: the packet was cut off, or holds too many files")
    subject = message.said(_P_SUBJECT, _SUBJECT, charset)
    into.add(BlockKind.HEADING, " ".join(subject.split()))
    sender = message.text(_P_SENDER, charset)
    if sender.strip():
        into.add(BlockKind.LINE, f"From: {sender[:4096]}")
    plain = message.said(_P_BODY, _BODY, charset)
    html = html_text(raw, charset) if (raw := message.raw(_P_HTML)) else ""
    take_body(plain, html, message.raw(_P_RTF), into, limits)
    return into.extracted(
        Metadata(
            title=subject or None,
            authors=declared_authors(sender),
            published=date_of(number(message.raw(_P_SENT), 0, 8)),
        )
    )


def tnef_attachments(data: bytes, limits: Limits) -> Iterator[Attachment]:
    """The files in it, in order, the first so many."""
    message, *files = _parts(data, limits).parts
    charset = message.charset
    for one in files:
        kind, content = one.properties.get(_P_DATA, (0, b""))
        content = one.attributes.get(_FILE) or (content[16:] if kind == _OBJECT else content)
        if content:
            name = one.said(_P_LONG_NAME, _FILE_NAME, charset) or one.text(_P_NAME, charset)
            yield Attachment(name or None, one.text(_P_TYPE, charset) or "application/octet-stream", content)


def _parts(data: bytes, limits: Limits) -> _Packet:
    """The message, and the files in it."""
    found = [_Part()]
    at = _HEADER
    while at + _ATTRIBUTE <= len(data):
        name, size = number(data, at + 1, 2), number(data, at + 5, 4)
        value = data[at + _ATTRIBUTE : at + _ATTRIBUTE + size]
        if name == _BEGINS_FILE:
            if len(found) > limits.parts:
                return _Packet(found, is_whole=False)
            found.append(_Part())
        elif name in {_PROPERTIES, _FILE_PROPERTIES}:
            found[-1].properties |= dict(_properties(value))
        else:
            found[-1].attributes[name] = value
        at += _ATTRIBUTE + size + 2
    return _Packet(found, is_whole=at <= len(data))


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Properties by number, with type and value; of several values the first."""
    at = 4
    for _ in range(number(data, 0, 4)):
        if at + 4 > len(data):
            return
        kind, name = number(data, at, 2), number(data, at + 2, 2)
        at += 4
        if name >= _NAMED:
            at += 24 if not number(data, at + 16, 4) else 24 + _padded(number(data, at + 20, 4))
        plain = kind & ~_MANY
        count = 1
        if kind & _MANY or plain in _OF_OWN_SIZE:
            count, at = number(data, at, 4), at + 4
        if plain not in _OF_OWN_SIZE:
            if plain not in _SIZES:
                return
            yield name, (plain, data[at : at + _SIZES[plain]])
            at += _SIZES[plain] * count
            continue
        for place in range(count):
            if at + 4 > len(data):
                return
            size = number(data, at, 4)
            if not place:
                yield name, (plain, data[at + 4 : at + 4 + size])
            at += 4 + _padded(size)


def _padded(size: int) -> int:
    return -(-size // 4) * 4
