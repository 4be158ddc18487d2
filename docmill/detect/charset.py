"""Detect which encoding bytes are in that are no UTF-8: by what the document declares, and by chardet.

Latin-1, which servers and editors declare for anything, is believed only where the text is not of another alphabet or
country.
"""

import codecs
import re
from collections.abc import Sequence

import chardet

from docmill.language import identify
from schemas.source import RawDocument

__all__ = ["HEAD", "SAMPLE", "by_declaration", "declared", "guess_encoding"]

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9][\w.:-]{1,39})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Text encodings to Python, but no character sets: what they make of a document is not its text, and punycode is slow.
_NO_CHARSETS = frozenset(("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"))
# The standard's labels: these names are written for their supersets.
_SUPERSET = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
HEAD = 4096  # bytes looked at for markup and declarations
SAMPLE = 200_000  # bytes looked at, and given to the detector, whose time grows with them
_LATIN_1 = frozenset(("cp1252", "iso8859-15"))  # declared by servers and editors whatever the text is
_DENSE = 2  # bytes beside another that is no ASCII, for each by itself, of a text that is not in the Latin alphabet
_MANY_ACCENTS = 12
_TAG = re.compile(rb"<[^<>]*>")
_ALIKE = {"bs": "hr", "sr": "hr", "sk": "cs"}  # languages that are close, in much the same letters
_ACCENTS = re.compile(rb"[\x80-\xff]+")
_LATIN_MACS = frozenset({"mac-roman", "mac-turkish", "mac-iceland", "mac-latin2", "mac-croatian", "mac-romanian"})
_MAC_LETTERS = re.compile(rb"[\x81-\x84\x86-\x90\x98-\x9f]")  # in Windows code pages rare letters, or none
_OTHER_LETTERS = re.compile("[\u0370-\u05ff]+")  # Greek, Cyrillic, Armenian, Hebrew
_WITHIN_LATIN = re.compile("(?<=[A-Za-z])[\u0370-\u05ff]+|(?<![\u0370-\u05ff])[\u0370-\u05ff]+(?=[A-Za-z])")
# Of mainframes, in which a space is no ASCII: no file that is told for text by its lines is in one of them.
_MAINFRAMES = frozenset({"cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"})


def by_declaration(data: bytes, names: Sequence[str], sample: bytes) -> tuple[str, str] | None:
    """The text and its encoding by the first of those declared that the bytes fit; `sample` as for `guess_encoding`."""
    for name in names:
        if name in _LATIN_1 and (other := _other_than_latin(sample)):
            return data.decode(other, "replace"), other
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return None


def declared(raw: RawDocument) -> list[str]:
    """Codec names the upload's header and the document's head declare, in that order, supersets in place."""
    names = []
    if raw.media_type and (header := _HEADER_CHARSET.search(raw.media_type)):
        names.append(header[1])
    names += [m[1].decode("ascii") for m in _CHARSET.finditer(raw.data[:HEAD])][:2]
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


def _other_than_latin(sample: bytes) -> str | None:
    """The encoding of a text that is said to be Latin-1 and, by many letters, is of another alphabet or country.

    Of Latin letters the detector tells by a few accents: it is to have seen the language that they make of the text.
    """
    runs = list(map(len, _ACCENTS.findall(sample)))
    dense = sum(runs) - runs.count(1) > _DENSE * runs.count(1)
    if not dense and len(runs) < _MANY_ACCENTS:
        return None
    lines = _telling(_CHARSET.sub(b"", sample))
    guess, language = _detected(lines)
    if guess is None or guess in _LATIN_1:
        return None
    if dense:
        return guess
    spoken = identify(_TAG.sub(b" ", lines).decode(guess, "replace")).code
    return guess if _ALIKE.get(spoken, spoken) == _ALIKE.get(language or "", language) else None


def guess_encoding(sample: bytes) -> str | None:
    """The codec chardet sees in the lines that are not all ASCII: of code or English it would learn nothing."""
    codec, _ = _detected(_telling(sample))
    return codec


def _telling(sample: bytes) -> bytes:
    return b"\n".join([line for line in sample.splitlines() if not line.isascii()])


def _detected(lines: bytes) -> tuple[str | None, str | None]:
    """The codec that chardet sees in lines, and the language."""
    seen = chardet.detect(lines[:SAMPLE].replace(b"\0", b"\n"))
    guess, language = seen.get("encoding"), seen.get("language")
    try:
        codec = codecs.lookup(guess).name if guess else None
    except LookupError:
        codec = None
    if codec is None or codec in _MAINFRAMES:
        return None, None
    if codec in _LATIN_MACS and not _MAC_LETTERS.search(lines):
        codec = "cp1252"  # Latin letters, few enough to be taken for a Macintosh's, which stand elsewhere
    if _mixes_scripts(lines.decode(codec, "replace")):
        codec = "cp1252"
    return _SUPERSET.get(codec, codec), language
