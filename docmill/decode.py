"""Decode: bytes to text, with the media type and character encoding found on the way.

The order is that of the WHATWG Encoding Standard's sniffing, made strict: a byte order mark, then UTF-8 if
every byte fits, then what the document declares, then detection (chardet). Undecodable bytes become U+FFFD
and a warning; text that is mostly such bytes is refused.
"""

import codecs
import re
from pathlib import PurePosixPath

import chardet

from docmill.stage import Refusal, Text
from schemas.document import Reason
from schemas.source import RawDocument

__all__ = ["VERSION", "decode"]

VERSION = "1"
STAGE = "decode"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x7fELF", "application/x-elf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (rb"{\rtf", "application/rtf"),
)
_HTML = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<(?:div|p|article|section|table|h1|title|meta)[\s>]",
    re.IGNORECASE,
)
_HTML_FIRST = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html[\s>]|head[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9][\w.:-]{1,39})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# The standard's labels: these names are written for their supersets.
_SUPERSET = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp"})
_MARKDOWN_NAMES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_HEAD = 4096  # bytes looked at for markup and declarations
_CONTEXT = 1000  # bytes shown to the detector before the first bad one
_SAMPLE = 200_000  # bytes given to the detector, whose time grows with them
_CONTROL = bytes(range(9)) + bytes(range(14, 27)) + bytes(range(28, 32))
_VALID_A_BAD = 4  # valid characters for each bad byte in UTF-8 that was damaged
_MAX_CONTROL_SHARE = 0.02
_MAX_LOST_SHARE = 0.1
_WARN_EXTENSIONS = {"text/html": _HTML_NAMES, "text/markdown": _MARKDOWN_NAMES}


def decode(raw: RawDocument) -> Text | Refusal:
    """Text, media type and encoding of a document, or why there is none to be had."""
    data = raw.data
    if not data.strip(b" \t\r\n\x00\x0b\x0c"):
        return Refusal(STAGE, Reason.EMPTY, "The file holds no text: it is empty or all white space.")
    bom = next(((mark, name) for mark, name in _BOMS if data.startswith(mark)), None)
    if bom is None and (kind := _binary(data)):
        return Refusal(STAGE, Reason.UNSUPPORTED_MEDIA_TYPE, f"The content is {kind}, which docmill does not read.")
    text, encoding = _read(raw, bom)
    lost = text.count("\N{REPLACEMENT CHARACTER}")
    if lost > _MAX_LOST_SHARE * len(text):
        message = f"{lost} of {len(text)} characters could not be decoded as {encoding}."
        return Refusal(STAGE, Reason.UNDECODABLE_TEXT, message)
    warnings: tuple[str, ...] = (
        (f"undecodable_bytes: {lost} places could not be decoded as {encoding}",) if lost else ()
    )
    if "\x00" in text:
        warnings += ("nul_characters: removed from the text",)
        text = text.replace("\x00", "")
    media_type = _media_type(raw, data if bom is None else text[:_HEAD].encode())
    return Text(
        text=text,
        media_type=media_type,
        encoding=encoding,
        warnings=warnings + _disagreement(raw, media_type),
    )


def _binary(data: bytes) -> str | None:
    """A name for content that is no text, else None."""
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    head = data[: _HEAD * 4]
    if b"\x00" in head and _utf16_guess(head) is None:
        return "binary"
    controls = len(head) - len(head.translate(None, _CONTROL))
    return "binary" if controls > _MAX_CONTROL_SHARE * len(head) else None


def _utf16_guess(head: bytes) -> str | None:
    """UTF-16 without a mark: Latin text in it has a zero in every other byte."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _read(raw: RawDocument, bom: tuple[bytes, str] | None) -> tuple[str, str]:
    data = raw.data
    if bom:
        return data[len(bom[0]) :].decode(bom[1], "replace"), bom[1]
    wide = _utf16_guess(data[: _HEAD * 4]) if b"\x00" in data[:_HEAD] else None
    first_bad = _first_bad_byte(data)
    if wide or first_bad is None:
        return data.decode(wide or "utf-8", "replace"), wide or "utf-8"
    repaired = data.decode("utf-8", "replace")
    if _is_damaged_utf8(repaired[:_SAMPLE]):
        return repaired, "utf-8"
    for name in _declared(raw):
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    if guess := _detected(data[max(0, first_bad - _CONTEXT) :][:_SAMPLE]):
        return data.decode(guess, "replace"), guess
    return repaired, "utf-8"


def _first_bad_byte(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _is_damaged_utf8(text: str) -> bool:
    """Many valid multi-byte characters for each bad byte do not come about by chance in another encoding."""
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    return bad * _VALID_A_BAD <= sum(c > "\x7f" for c in text) - bad


def _declared(raw: RawDocument) -> list[str]:
    """Codec names the upload's header and the document's head declare, in that order, supersets in place."""
    names = []
    if raw.media_type and (header := _HEADER_CHARSET.search(raw.media_type)):
        names.append(header[1])
    names += [m[1].decode("ascii") for m in _CHARSET.finditer(raw.data[:_HEAD])][:2]
    known = []
    for name in names:
        try:
            codec = codecs.lookup(name).name
        except LookupError:
            continue
        # UTF-8 was tried already; UTF-16 declared in ASCII-compatible bytes is false.
        if not codec.startswith(("utf", "utf_")):
            known.append(_SUPERSET.get(codec, codec))
    return known


def _detected(sample: bytes) -> str | None:
    """The codec chardet sees in the bytes around the first one that is not UTF-8."""
    guess = chardet.detect(sample).get("encoding")
    try:
        codec = codecs.lookup(guess).name if guess else None
    except LookupError:
        return None
    return _SUPERSET.get(codec, codec) if codec else None


def _media_type(raw: RawDocument, head: bytes) -> str:
    extension = PurePosixPath(raw.key).suffix.lower()
    if _HTML_FIRST.match(head):
        return "text/html"
    declared = (raw.media_type or "").partition(";")[0].strip().lower()
    if extension in _MARKDOWN_NAMES or declared == "text/markdown":
        return "text/markdown"
    claims_html = extension in _HTML_NAMES or declared in {"text/html", "application/xhtml+xml"}
    tags = len(_HTML.findall(head[:_HEAD]))
    return "text/html" if tags and (claims_html or (head.lstrip()[:1] == b"<" and tags > 1)) else "text/plain"


def _disagreement(raw: RawDocument, media_type: str) -> tuple[str, ...]:
    extension = PurePosixPath(raw.key).suffix.lower()
    for kind, names in _WARN_EXTENSIONS.items():
        if (extension in names) != (media_type == kind) and extension and (extension in names or extension == ".txt"):
            return (f"media_type_mismatch: the name ends in {extension} but the content is {media_type}",)
    return ()
