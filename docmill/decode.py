"""Decode: bytes to text where they are text, with the media type and character encoding found on the way.

The order is that of the WHATWG Encoding Standard's sniffing, made strict: a byte order mark, then UTF-8 if
every byte fits, then what the document declares, then detection (chardet). Undecodable bytes become U+FFFD
and a warning; text that is mostly such bytes is refused. Formats whose readers take bytes pass through.
"""

import codecs
import re

from docmill.detect import BINARY, CONTAINERS, UNKNOWN, Detected, detect
from docmill.detect.charset import HEAD, SAMPLE, by_declaration, declared, guess_encoding
from docmill.detect.text import BOMS, wide_encoding
from docmill.mojibake import undone
from docmill.stage import Binary, Refusal, Text
from schemas.document import Reason
from schemas.source import RawDocument

__all__ = ["VERSION", "decode", "decode_text"]

VERSION = "10"
STAGE = "decode"

_ISO_2022 = re.compile(rb"\x1b\$[@B]|\x1b\([JI]")  # switches of ISO-2022-JP, which is ASCII otherwise
_SEVEN_BIT = ("iso2022", "hz")  # codecs whose bytes are all ASCII, and so UTF-8
_CONTEXT = 1000  # bytes before the first bad one that are looked at too
_VALID_A_BAD = 4  # valid characters for each bad byte in UTF-8 that was damaged
_BY_CHANCE = 12  # bytes of UTF-8 there may be in another encoding
_MAX_LOST_SHARE = 0.1
_MARKS = frozenset(mark for mark, _ in BOMS)
# Control characters have no place in text; white space stays. C1 controls steer terminals as ESC does.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+")
_ASCII = bytes(range(128))
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
    if bom and not _is_false_mark(data, bom[0]):
        return data[len(bom[0]) :].decode(bom[1], "replace"), bom[1]
    data = data.removeprefix(bom[0]) if bom else data
    wide = wide_encoding(data[: HEAD * 4])
    first_bad = _first_bad_byte(data)
    if wide or first_bad is None:
        known = wide or _seven_bit(raw)
        return (data.decode(known, "replace"), known) if known else (data, "utf-8")
    if parted := _parted(data):
        return parted, "utf-8"
    repaired = data.decode("utf-8", "replace")
    if _is_damaged_utf8(repaired[:SAMPLE]):
        return repaired, "utf-8"
    sample = data[max(0, first_bad - _CONTEXT) :][:SAMPLE]
    if found := by_declaration(data, declared(raw), sample):
        return found
    guess = guess_encoding(sample)
    return (data.decode(guess, "replace"), guess) if guess else (repaired, "utf-8")


def _parted(data: bytes) -> str | None:
    """UTF-8 among which lines of another encoding stand, as in files that were put together."""
    if _foreign(data[:SAMPLE]) is None or (foreign := _foreign(data)) is None:
        return None
    guess = guess_encoding(foreign)
    if guess is None:
        return None
    lines = data.split(b"\n")
    return "\n".join(
        [line.decode() if _first_bad_byte(line) is None else line.decode(guess, "replace") for line in lines]
    )


def _foreign(data: bytes) -> bytes | None:
    """The lines that are no UTF-8, not even damaged, where most of what is no ASCII is in lines that are."""
    foreign = b"\n".join([line for line in data.split(b"\n") if _first_bad_byte(line) is not None])
    beyond = _beyond_ascii(foreign)
    if _beyond_ascii(data) - beyond < max(beyond, _BY_CHANCE) or _is_damaged_utf8(foreign.decode("utf-8", "replace")):
        return None
    return foreign


def _beyond_ascii(data: bytes) -> int:
    return len(data.translate(None, _ASCII))


def _is_false_mark(data: bytes, mark: bytes) -> bool:
    """Whether what follows the mark of UTF-8 is none: some programs put it before whatever they were given."""
    return (
        mark == _BOM
        and _first_bad_byte(data) is not None
        and not _is_damaged_utf8(data[:SAMPLE].decode(errors="replace"))
    )


def _seven_bit(raw: RawDocument) -> str | None:
    """The codec of text in which pairs of ASCII characters stand for others: seen or declared."""
    if not raw.data.isascii():
        return None
    if _ISO_2022.search(raw.data[:SAMPLE]):
        return "iso2022_jp_ext"
    return next((name for name in declared(raw) if name.startswith(_SEVEN_BIT)), None)


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
