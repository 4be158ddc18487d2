"""Mail (RFC 5322, MIME), by the standard library's parser in its old, sturdy policy, with caps around it."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from docmill.decode import decode_text
from docmill.detect import Detected
from docmill.detect.text import BOMS, wide_encoding
from docmill.extract.calendar import read_calendar
from docmill.extract.collect import Collector, tidy
from docmill.extract.embedded import html_blocks, html_text
from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason
from schemas.source import RawDocument

__all__ = ["Attachment", "attachments", "plain_body", "read_mail"]

_LONGEST_HEADER = 4_096  # characters of a header that are looked at
_UTF_7 = frozenset({"utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7"})
_SHOWN = ("From", "To", "Cc", "Date")
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
_RICHER = 4  # times as much text in the HTML as in the plain part: the plain part is a stub
# Fields with their continuation lines, possessive: each byte is looked at once.
_FIELD = re.compile(rb"(?m)^[A-Za-z][A-Za-z0-9-]{0,60}:[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+")
_CONTENT_FIELD = re.compile(rb"(?mi)^Content-[A-Za-z-]{1,40}:[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or message that came with a mail."""

    name: str | None
    media_type: str
    data: bytes


def read_mail(data: bytes, limits: Limits) -> Extracted | Refusal:
    """A message's subject, correspondents and text; attachments are documents of their own.

    Raises:
        UnreadableError: It is encrypted, or nested too deeply.
    """
    message = _parsed(data)
    into = Collector(limits)
    subject = _header(message, "Subject")
    into.add(BlockKind.HEADING, subject)
    for name in _SHOWN:
        if value := _header(message, name):
            into.add(BlockKind.LINE, f"{name}: {value}")
        if len(str(message.get(name) or "")) >= _LONGEST_HEADER - 1:
            into.warn(f"partly_read: of overlong header fields the first {_LONGEST_HEADER} bytes were read")
    told = len(into.blocks)
    parts = list(_parts(message, limits, into))
    for part in _chosen(parts):
        _body(part, into)
    for part in parts:
        if _is_invitation(part) and not read_calendar(_text(part), into):
            into.warn("partly_read: a calendar part of the message holds no event that could be read")
    if len(into.blocks) == told and any(part.get_content_type() in _SEALED for part in parts):
        raise UnreadableError(Reason.ENCRYPTED, "The message is encrypted.")
    _warn_of_defects(parts, into)
    return into.extracted(_metadata(message, subject))


def attachments(data: bytes, limits: Limits) -> Iterator[Attachment]:
    """The files and messages attached to a message, in order, the first so many.

    Raises:
        UnreadableError: It is nested too deeply.
    """
    for part in _parts(_parsed(data), limits, Collector(limits)):
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            yield Attachment(_filename(part), "message/rfc822", _attached_message(part))
        elif not part.is_multipart() and not _is_body(part) and not _is_invitation(part):
            yield Attachment(_filename(part), part.get_content_type(), _payload(part))


def _attached_message(part: "Message[str, str]") -> bytes:
    """The bytes of an attached message, which some programs encode though the standard forbids it."""
    inner = part.get_payload(0)
    data = inner.as_bytes() if isinstance(inner, Message) else b""
    match _cut(part.get("Content-Transfer-Encoding")).strip().lower():
        case "base64":
            with suppress(binascii.Error):
                return base64.b64decode(data)
        case "quoted-printable":
            return quopri.decodestring(data)
    return data


def plain_body(text: str, into: Collector) -> None:
    """The paragraphs of a plain text body; quoted lines are quotes."""
    for paragraph in re.split(r"\n[ \t\r]*\n", text.replace("\r\n", "\n")):
        quoted = paragraph.lstrip().startswith(">")
        into.add(BlockKind.QUOTE if quoted else BlockKind.PARAGRAPH, re.sub(r"(?m)^(?:> ?)+", "", paragraph))


def _parsed(data: bytes) -> "Message[str, str]":
    bom = next((pair for pair in BOMS if data.startswith(pair[0])), (b"", None))
    wide = bom[1] if bom[1] != "utf-8" else None
    if encoding := wide or wide_encoding(data[:4096]):
        data = data[len(bom[0]) :].decode(encoding, "replace").encode()
    else:
        data = data[len(bom[0]) :]
    try:
        return BytesParser(policy=policy.compat32).parsebytes(_capped(data))
    except RecursionError:
        raise UnreadableError(Reason.CORRUPT, "The message is nested too deeply.") from None


def _capped(data: bytes) -> bytes:
    """The message with overlong header fields cut: the parser takes quadratic time over some."""
    end = found.end() if (found := _HEADERS_END.search(data)) else len(data)
    return _FIELD.sub(_cut_field, data[:end]) + _CONTENT_FIELD.sub(_cut_field, data[end:])


def _cut_field(field: re.Match[bytes]) -> bytes:
    text = field[0]
    return text if len(text) <= _LONGEST_HEADER else text[:_LONGEST_HEADER].rstrip()


def _parts(message: "Message[str, str]", limits: Limits, into: Collector) -> Iterator["Message[str, str]"]:
    """The message and its parts, depth first; attached messages are not entered."""
    waiting = [message]
    seen = 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > limits.parts:
            into.warn(f"partly_read: the first {limits.parts} parts of the message were read")
            return
        yield part
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            inner = part.get_payload()
            waiting += [one for one in reversed(inner) if isinstance(one, Message)] if isinstance(inner, list) else []


def _chosen(parts: list["Message[str, str]"]) -> list["Message[str, str]"]:
    """The parts to show: of alternatives the plain one, unless it is a stub for the HTML."""
    bodies = [part for part in parts if not part.is_multipart() and _is_body(part)]
    plain = [part for part in bodies if part.get_content_type() != "text/html"]
    html = [part for part in bodies if part.get_content_type() == "text/html"]
    alternative = any(part.get_content_type() == "multipart/alternative" for part in parts)
    if not (plain and html and alternative):
        return bodies
    shown = sum(len(block.text) for part in html for block in html_blocks(html_text(*_content(part))))
    told = sum(len(_text(part).split()) and len(_text(part)) for part in plain)
    return html if shown > _RICHER * told else plain


def _is_invitation(part: "Message[str, str]") -> bool:
    """Whether a part is a calendar that mail programs show as the message's own, not as a file."""
    disposition = _cut(part.get("Content-Disposition")).lower().lstrip()
    return part.get_content_type() == "text/calendar" and not disposition.startswith("attachment")


def _is_body(part: "Message[str, str]") -> bool:
    if part.get_content_maintype() != "text" or part.get_content_subtype() in {"calendar", "x-vcard", "vcard"}:
        return False
    return not _cut(part.get("Content-Disposition")).lower().lstrip().startswith("attachment")


def _body(part: "Message[str, str]", into: Collector) -> None:
    if part.get_content_type() == "text/html":
        for block in html_blocks(html_text(*_content(part))):
            into.add(block.kind, block.text)
    else:
        plain_body(_text(part), into)


def _payload(part: "Message[str, str]") -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _content(part: "Message[str, str]") -> tuple[bytes, str | None]:
    """A part's bytes and their encoding; UTF-7, which no document but a mail may be in, as UTF-8."""
    data, charset = _payload(part), _charset(part)
    if (charset or "").replace("_", "-") in _UTF_7:
        return data.decode("utf-7", "replace").encode(), "utf-8"
    return data, charset


def _charset(part: "Message[str, str]") -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, UnicodeError):
        return None


def _text(part: "Message[str, str]") -> str:
    data, charset = _content(part)
    declared = f"text/plain; charset={charset}" if charset else None
    text = decode_text(RawDocument(data=data, key="", media_type=declared), Detected("text/plain"))
    return "" if isinstance(text, Refusal) else text.text


def _cut(value: object) -> str:
    return str(value or "")[:_LONGEST_HEADER]


def _header(message: "Message[str, str]", name: str) -> str:
    """A header's value, its encoded words decoded, on one line."""
    value = _cut(message.get(name))
    try:
        words = decode_header(value)
    except (HeaderParseError, ValueError):
        words = [(value, None)]
    parts = [word if isinstance(word, str) else _word(word, charset) for word, charset in words]
    return " ".join(tidy("".join(parts)).split())


def _word(word: bytes, charset: str | None) -> str:
    try:
        return word.decode(charset or "utf-8")
    except (LookupError, UnicodeError, ValueError):
        return word.decode("utf-8" if charset is None else "latin-1", "replace")


def _filename(part: "Message[str, str]") -> str | None:
    if len(str(part.get("Content-Disposition") or "")) + len(str(part.get("Content-Type") or "")) > _LONGEST_HEADER:
        return None
    try:
        name = part.get_filename()
    except (LookupError, ValueError, TypeError, UnicodeError):
        return None
    return tidy(name) or None if name else None


def _metadata(message: "Message[str, str]", subject: str) -> Metadata:
    name, address = parseaddr(_header(message, "From"))
    try:
        sent = parsedate_to_datetime(_header(message, "Date")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        sent = None
    author = name or address
    language = _header(message, "Content-Language").split(",")[0].strip()
    return Metadata(
        title=subject or None, authors=(author,) if author else (), published=sent, language=language or None
    )


def _warn_of_defects(parts: list["Message[str, str]"], into: Collector) -> None:
    defects = sorted({type(defect).__name__.removesuffix("Defect") for part in parts for defect in part.defects})
    if defects:
        into.warn(f"repaired: the message is malformed ({', '.join(defects)})")
