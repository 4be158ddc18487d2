"""MIME messages, by the standard library's parser in its old, sturdy policy, with caps around it."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from contextlib import suppress
from email import policy
from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.message import Message
from email.parser import BytesParser
from typing import TypeAlias

from docmill.decode import decode_text
from docmill.detect import Detected
from docmill.detect.text import BOMS, wide_encoding
from docmill.extract.collect import Collector, tidy
from docmill.extract.limits import Limits
from docmill.extract.signed import signed_content
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Refusal
from schemas.document import Reason
from schemas.source import RawDocument

__all__ = [
    "LONGEST_HEADER",
    "SEALED",
    "Part",
    "attached",
    "content",
    "drops_space",
    "filename",
    "flows",
    "header",
    "is_attachment",
    "parse",
    "parts",
    "payload",
    "text",
]

Part: TypeAlias = "Message[str, str]"
LONGEST_HEADER = 4_096  # characters of a header that are looked at
SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
_UTF_7 = frozenset({"utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7"})
# Fields with their continuation lines, possessive: each byte is looked at once.
_FIELD = re.compile(rb"(?m)^[A-Za-z][A-Za-z0-9-]{0,60}:[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+")
_CONTENT_FIELD = re.compile(rb"(?mi)^Content-[A-Za-z-]{1,40}:[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")


def parse(data: bytes) -> Part:
    """The message in these bytes.

    Raises:
        UnreadableError: It is nested too deeply.
    """
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
    return text if len(text) <= LONGEST_HEADER else text[:LONGEST_HEADER].rstrip()


def parts(message: Part, limits: Limits, into: Collector) -> Iterator[Part]:
    """The message and its parts, depth first; attached messages are not entered."""
    waiting = [message]
    seen = 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > limits.parts:
            into.warn(f"partly_read: the first {limits.parts} parts of the message were read")
            return
        if (signed := _signed(part)) is not None:
            waiting.append(signed)
            continue
        yield part
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            inner = part.get_payload()
            waiting += [one for one in reversed(inner) if isinstance(one, Message)] if isinstance(inner, list) else []


def _signed(part: Part) -> "Part | None":
    """The message within a signature that is not beside its text but around it."""
    content = signed_content(payload(part)) if part.get_content_type() in SEALED else None
    return None if content is None else parse(content)


def flows(part: Part) -> bool:
    """Whether a plain text's lines are broken only for the way."""
    return _parameter(part, "format") == "flowed"


def drops_space(part: Part) -> bool:
    """Whether the space that such lines end in is no part of the text."""
    return _parameter(part, "delsp") == "yes"


def _parameter(part: Part, name: str) -> str:
    try:
        return str(part.get_param(name) or "").lower()
    except (LookupError, ValueError, UnicodeError):
        return ""


def attached(part: Part) -> bytes:
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


def payload(part: Part) -> bytes:
    """A part's bytes, as they were before they were encoded for the way."""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def content(part: Part) -> tuple[bytes, str | None]:
    """A part's bytes and their encoding; UTF-7, which no document but a mail may be in, as UTF-8."""
    data, charset = payload(part), _charset(part)
    if (charset or "").replace("_", "-") in _UTF_7:
        return data.decode("utf-7", "replace").encode(), "utf-8"
    return data, charset


def _charset(part: Part) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, UnicodeError):
        return None


def text(part: Part) -> str:
    """A part's text; empty if it cannot be decoded."""
    return decoded(*content(part))


def decoded(data: bytes, charset: str | None) -> str:
    """Text in a character set, or in one that is recognised; empty if it is in none."""
    declared = f"text/plain; charset={charset}" if charset else None
    found = decode_text(RawDocument(data=data, key="", media_type=declared), Detected("text/plain"))
    return "" if isinstance(found, Refusal) else found.text


def _cut(value: object) -> str:
    return str(value or "")[:LONGEST_HEADER]


def header(message: Part, name: str) -> str:
    """A header's value, its encoded words decoded, on one line."""
    value = _cut(_written(message, name))
    try:
        words = decode_header(value)
    except (HeaderParseError, ValueError):
        words = [(value, None)]
    decoded = [word if isinstance(word, str) else _word(word, charset) for word, charset in words]
    return " ".join(tidy("".join(decoded)).split())


def _written(message: Part, name: str) -> object:
    """A header's value as it stands; bytes that no encoded word holds are UTF-8, or in the text's own charset."""
    value = message.get(name)
    if not isinstance(value, Header):
        return value
    raw = next((text for key, text in message.raw_items() if key.lower() == name.lower()), "")
    data = raw.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeError:
        return _word(data, message.get_content_charset() or "cp1252")


def _word(word: bytes, charset: str | None) -> str:
    try:
        return word.decode(charset or "utf-8")
    except (LookupError, UnicodeError, ValueError):
        return word.decode("utf-8" if charset is None else "latin-1", "replace")


def is_attachment(part: Part) -> bool:
    """Whether a part is marked as a file of its own."""
    return _cut(part.get("Content-Disposition")).lower().lstrip().startswith("attachment")


def filename(part: Part) -> str | None:
    """The name a part was given, if it has one that can be read."""
    if len(str(part.get("Content-Disposition") or "")) + len(str(part.get("Content-Type") or "")) > LONGEST_HEADER:
        return None
    try:
        name = part.get_filename()
    except (LookupError, ValueError, TypeError, UnicodeError):
        return None
    return tidy(name) or None if name else None
