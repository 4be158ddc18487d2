"""Outlook messages (MSG): the properties of a compound file that hold subject, correspondents and text ([MS-OXMSG])."""

import io
import struct
from collections.abc import Iterator

import olefile

from docmill.author_names import declared_authors
from docmill.detect.compound import BROKEN
from docmill.extract.collect import Collector
from docmill.extract.embedded import html_text
from docmill.extract.limits import Limits
from docmill.extract.mail import Attachment
from docmill.extract.ole import read_stream, verdict
from docmill.extract.outlook import charset_of, date_of, decoded, take_body
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason

__all__ = ["msg_attachments", "read_msg"]

_SUBJECT, _BODY, _HTML, _RTF = "0037", "1000", "1013", "1009"
_SENDER, _ADDRESS, _SMTP, _TO, _CC, _CLASS = "0C1A", "0C1F", "5D01", "0E04", "0E03", "001A"
_DATES = (0x00390040, 0x0E060040)  # submitted, delivered: times in 100 ns since 1601
_CODE_PAGE, _HTML_CODE_PAGE = 0x3FFD0003, 0x3FDE0003
_HEADER, _ENTRY = 32, 16  # bytes of the properties stream
_DATA, _LONG_NAME, _NAME, _TYPE = "3701", "3707", "3704", "370E"


def read_msg(data: bytes, limits: Limits) -> Extracted | Refusal:
    """A message's subject, correspondents and text; attachments are documents of their own.

    Raises:
        UnreadableError: The compound file is broken or cut off, or the message is encrypted.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return _read(_Properties(ole, ""), limits)
    except BROKEN as error:
        raise UnreadableError(*verdict(data, error)) from None


def msg_attachments(data: bytes, limits: Limits) -> Iterator[Attachment]:
    """The files attached to a message, in order, the first so many.

    Raises:
        UnreadableError: The compound file is broken or cut off.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            message = _Properties(ole, "")
            storages = dict.fromkeys(path[0] for path in ole.listdir() if path[0].startswith("__attach_version1.0_"))
            for storage in list(storages)[: limits.parts]:
                found = _Properties(ole, storage + "/", message.charset)
                if content := found.raw(_DATA + "0102"):
                    name = found.text(_LONG_NAME) or found.text(_NAME)
                    yield Attachment(name or None, found.text(_TYPE) or "application/octet-stream", content)
    except BROKEN as error:
        raise UnreadableError(*verdict(data, error)) from None


class _Properties:
    """Properties of a message or an attachment, each a stream of its own."""

    def __init__(self, ole: "olefile.OleFileIO", prefix: str, charset: str | None = None) -> None:
        self._ole = ole
        self._prefix = prefix
        self._numbers = self._fixed() if not prefix else {}
        self.charset = charset or charset_of(self._numbers.get(_CODE_PAGE, 0))  # of text that is not in UTF-16
        self.html_charset = charset_of(self._numbers.get(_HTML_CODE_PAGE, 0))

    def raw(self, name: str) -> bytes:
        return read_stream(self._ole, f"{self._prefix}__substg1.0_{name}")

    def text(self, tag: str) -> str:
        if wide := self.raw(tag + "001F"):
            return wide.decode("utf-16-le", "replace").strip("\x00")
        return decoded(self.raw(tag + "001E"), self.charset)

    def _fixed(self) -> dict[int, int]:
        """The message's properties that are numbers or times, by their tags."""
        entries = read_stream(self._ole, "__properties_version1.0")[_HEADER:]
        places = range(0, len(entries) - _ENTRY + 1, _ENTRY)
        return {struct.unpack_from("<I", entries, at)[0]: struct.unpack_from("<Q", entries, at + 8)[0] for at in places}

    def date(self) -> str | None:
        return date_of(next((self._numbers[tag] for tag in _DATES if self._numbers.get(tag)), None))


def _read(message: _Properties, limits: Limits) -> Extracted | Refusal:
    into = Collector(limits)
    subject = " ".join(message.text(_SUBJECT).split())
    sender, address = message.text(_SENDER), message.text(_SMTP) or message.text(_ADDRESS)
    address = address if "@" in address and address != sender else ""
    into.add(BlockKind.HEADING, subject)
    shown = {"From": f"{sender} <{address}>" if address else sender, "To": message.text(_TO), "Cc": message.text(_CC)}
    for name, value in shown.items():
        if value.strip():
            into.add(BlockKind.LINE, f"{name}: {value[:4096]}")
    told = len(into.blocks)
    html = message.raw(_HTML + "0102")
    rich = html_text(html, message.html_charset) if html else message.text(_HTML)
    take_body(message.text(_BODY), rich, message.raw(_RTF + "0102"), into, limits)
    if len(into.blocks) == told and "smime" in message.text(_CLASS).lower():
        raise UnreadableError(Reason.ENCRYPTED, "The message is encrypted.")
    author = sender.strip() or address
    return into.extracted(Metadata(title=subject or None, authors=declared_authors(author), published=message.date()))
