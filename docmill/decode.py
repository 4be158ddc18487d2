"""Decode: bytes to text where they are text, with the media type and character encoding found on the way.

The order is that of the WHATWG Encoding Standard's sniffing, made strict: a byte order mark, then UTF-8 if
every byte fits, then what the document declares, then detection (chardet). Undecodable bytes become U+FFFD
and a warning; text that is mostly such bytes is refused. Formats whose readers take bytes pass through.
"""

import codecs
import re

import chardet

from docmill.detect import BINARY, CONTAINERS, UNKNOWN, Detected, detect
from docmill.detect.text import BOMS, wide_encoding
from docmill.mojibake import undone
from docmill.stage import Binary, Refusal, Text
from schemas.document import Reason
from schemas.source import RawDocument

__all__ = ["VERSION", "decode", "decode_text"]

VERSION = "9"
STAGE = "decode"

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9][\w.:-]{1,39})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Text encodings to Python, but no character sets: what they make of a document is not its text, and punycode is slow.
_NO_CHARSETS = frozenset(("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"))
# The standard's labels: these names are written for their supersets.
_SUPERSET = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
_ISO_2022 = re.compile(rb"\x1b\$[@B]|\x1b\([JI]")  # switches of ISO-2022-JP, which is ASCII otherwise
_SEVEN_BIT = ("iso2022", "hz")  # codecs whose bytes are all ASCII, and so UTF-8
_HEAD = 4096  # bytes looked at for markup and declarations
_CONTEXT = 1000  # bytes shown to the detector before the first bad one
_SAMPLE = 200_000  # bytes given to the detector, whose time grows with them
_VALID_A_BAD = 4  # valid characters for each bad byte in UTF-8 that was damaged
_MAX_LOST_SHARE = 0.1
_MARKS = frozenset(mark for mark, _ in BOMS)
_LATIN_MACS = frozenset({"mac-roman", "mac-turkish", "mac-iceland", "mac-latin2", "mac-croatian", "mac-romanian"})
_MAC_LETTERS = re.compile(rb"[\x81-\x84\x86-\x90\x98-\x9f]")  # in Windows code pages rare letters, or none
_OTHER_LETTERS = re.compile("[\u0370-\u05ff]+")  # Greek, Cyrillic, Armenian, Hebrew
_WITHIN_LATIN = re.compile("(?<=[A-Za-z])[\u0370-\u05ff]+|(?<![\u0370-\u05ff])[\u0370-\u05ff]+(?=[A-Za-z])")
# Control characters have no place in text; white space stays. C1 controls steer terminals as ESC does.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+")
_ASCII_CONTROLS = bytes([*range(9), *range(14, 28), 127])
_C1_CONTROL = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
_BLANK = b" \t\r\n\x00\x0b\x0c"
_SOMETHING = re.compile(rb"[^\x00 \t\r\n]")
_LOST, _BOM = "\N{REPLACEMENT CHARACTER}".encode(), codecs.BOM_UTF8
_FIRST = b"\xef"  # is found in no time, and in most texts not at all


def decode(raw: RawDocument) -> Text | Binary | Refusal:
    """Text, media type and encoding of a document, or its bytes for the format's reader, or why neither."""
    if not raw.data.strip(_BLANK) or raw.data in _MARKS:
        return Refusal(STAGE, Reason.EMPTY, "The file holds no text: it is empty or all white space.")
    found = detect(raw.data, raw.key, raw.media_type)
    if found.media_type in BINARY:
        return Binary(raw.data, found.media_type, found.warnings)
    if found.media_type in CONTAINERS and not found.is_text:
        message = f"The content is a container ({found.media_type}); its members are documents of their own."
        return Refusal(STAGE, Reason.UNSUPPORTED_MEDIA_TYPE, message)
    if not found.is_text:
        what = "binary data" if found.media_type == UNKNOWN else found.media_type
        return Refusal(STAGE, Reason.UNSUPPORTED_MEDIA_TYPE, f"The content is {what}, which docmill does not read.")
    return decode_text(raw, found)


def decode_text(raw: RawDocument, found: Detected) -> Text | Refusal:
    """The text of bytes known to be text, of the media type found."""
    bom = next(((mark, name) for mark, name in BOMS if raw.data.startswith(mark)), None)
    content, encoding = _read(raw, bom)
    if isinstance(content, bytes) and _is_plain(content):
        return Text(content, found.media_type, encoding, found.warnings)
    text = content if isinstance(content, str) else content.decode()
    if not text.strip("\x00 \t\r\n\ufeff"):
        return Refusal(STAGE, Reason.EMPTY, "The file holds no text: it is empty or all white space.")
    lost = text.count("\N{REPLACEMENT CHARACTER}")
    if lost > _MAX_LOST_SHARE * len(text):
        message = f"{lost} of {len(text)} characters could not be decoded as {encoding}."
        return Refusal(STAGE, Reason.UNDECODABLE_TEXT, message)
    warnings = found.warnings
    if lost:
        warnings += (f"undecodable_bytes: {lost} places could not be decoded as {encoding}",)
    sound = encoding == "utf-8" and not lost
    if _has_controls(raw.data if sound else text.encode("utf-8", "surrogatepass")):
        text, stray = _CONTROLS.subn("", undone(text))
        if stray:
            warnings += ("control_characters: removed from the text",)
    return Text(text, media_type=found.media_type, encoding=encoding, warnings=warnings)


def _is_plain(data: bytes) -> bool:
    """Whether UTF-8 holds something, and nothing that is counted or taken out."""
    if _FIRST in data and (_LOST in data or _BOM in data):
        return False
    return not _has_controls(data) and _SOMETHING.search(data) is not None


def _has_controls(data: bytes) -> bool:
    """On UTF-8, which is a twentieth of the search over characters."""
    return len(data.translate(None, _ASCII_CONTROLS)) < len(data) or _C1_CONTROL.search(data) is not None


def _read(raw: RawDocument, bom: tuple[bytes, str] | None) -> tuple[str | bytes, str]:
    """The text and its encoding; the bytes as they are where they are sound UTF-8."""
    data = raw.data
    if bom:
        return data[len(bom[0]) :].decode(bom[1], "replace"), bom[1]
    wide = wide_encoding(data[: _HEAD * 4])
    first_bad = _first_bad_byte(data)
    if wide or first_bad is None:
        known = wide or _seven_bit(raw)
        return (data.decode(known, "replace"), known) if known else (data, "utf-8")
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


def _seven_bit(raw: RawDocument) -> str | None:
    """The codec of text in which pairs of ASCII characters stand for others: seen or declared."""
    if not raw.data.isascii():
        return None
    if _ISO_2022.search(raw.data[:_SAMPLE]):
        return "iso2022_jp_ext"
    return next((name for name in _declared(raw) if name.startswith(_SEVEN_BIT)), None)


def _first_bad_byte(data: bytes) -> int | None:
    if data.isascii():
        return None
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
            b" ".decode(codec)
        except (LookupError, UnicodeError):  # nothing Python knows, or no encoding of text, as base64
            continue
        if codec in _NO_CHARSETS:
            continue
        # UTF-8 was tried already; UTF-16 declared in ASCII-compatible bytes is false.
        if not codec.startswith(("utf", "utf_")):
            known.append(_SUPERSET.get(codec, codec))
    return known


def _mixes_scripts(text: str) -> bool:
    """Whether most stretches of other letters stand within Latin words, as accented ones do read by a wrong table."""
    return 2 * len(_WITHIN_LATIN.findall(text)) > len(_OTHER_LETTERS.findall(text))


def _detected(sample: bytes) -> str | None:
    """The codec chardet sees in the bytes around the first one that is not UTF-8."""
    guess = chardet.detect(sample).get("encoding")
    try:
        codec = codecs.lookup(guess).name if guess else None
    except LookupError:
        return None
    if codec in _LATIN_MACS and not _MAC_LETTERS.search(sample):
        codec = "cp1252"  # Latin letters, few enough to be taken for a Macintosh's, which stand elsewhere
    if codec and _mixes_scripts(sample.decode(codec, "replace")):
        codec = "cp1252"
    return _SUPERSET.get(codec, codec) if codec else None
