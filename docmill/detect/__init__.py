"""Detect: what a file is, from its content; its name and declared type only break ties.

Magic numbers first, then the directory of a zip or OLE container, then what the text looks like. Cheap: it reads a
prefix and, of a zip, its directory; the rest is left to the readers.
"""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePosixPath

from docmill.detect.packed import (
    DOC,
    DOCX,
    EPUB,
    MSG,
    ODP,
    ODS,
    ODT,
    OLE_ENCRYPTED,
    OLE_UNKNOWN,
    PPT,
    PPTX,
    TNEF,
    XLS,
    XLSX,
    ole_media_type,
    zip_media_type,
)
from docmill.detect.text import BOMS, CONTROLS, text_media_type, wide_encoding

__all__ = ["BINARY", "CONTAINERS", "UNKNOWN", "Detected", "detect"]

UNKNOWN = "application/octet-stream"
# Documents whose readers take bytes. XML declares its own encoding; mail has one a part.
BINARY = frozenset(
    {
        "application/pdf", "application/rtf", "application/xml", "application/rss+xml", "application/atom+xml",
        "message/rfc822", DOCX, PPTX, XLSX, ODT, ODS, ODP, EPUB, DOC, PPT, XLS, MSG, OLE_ENCRYPTED, OLE_UNKNOWN,
        TNEF,
    }
)  # fmt: skip
CONTAINERS = frozenset(
    {
        "application/zip", "application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz",
        "application/zstd", "application/mbox", "application/warc", "application/x-arc", "application/jsonl",
    }
)  # fmt: skip
_TEXT = frozenset(
    {
        "text/plain", "text/html", "text/markdown", "text/csv", "text/tab-separated-values", "text/calendar",
        "text/vtt", "application/json", "application/jsonl", "application/x-subrip",
    }
)  # fmt: skip
_DATA = tomllib.loads((files("docmill.detect") / "media_types.toml").read_text(encoding="utf-8"))
_MAGIC = sorted((bytes.fromhex(magic), kind) for kind, magics in _DATA["magic"].items() for magic in magics)
_EXTENSIONS = {ext: kind for kind, extensions in _DATA["extensions"].items() for ext in extensions}
_RELATED = {kind: frozenset(extensions) for kind, extensions in _DATA["related"].items()}
_HEAD = 16_384  # bytes looked at
_TAR = slice(257, 262)
_MAX_CONTROL_SHARE = {
    False: 0.02,
    True: 0.2,
}  # of bytes; what is all ASCII otherwise is damaged text, or padded with zeros
_CHECKSUM = re.compile(rb" *([0-7]{1,7})[\0 ]{1,2}\0*")
_PDF_WITHIN = 1024  # bytes before %PDF- that readers tolerate
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


@dataclass(frozen=True, slots=True)
class Detected:
    """A media type and what is odd about it."""

    media_type: str
    warnings: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether its reader takes decoded text rather than bytes."""
        return self.media_type in _TEXT


def detect(data: bytes, key: str = "", declared: str | None = None) -> Detected:
    """The media type of some bytes.

    Args:
        data: The whole file; only its beginning and a zip's directory are looked at.
        key: Its name, of which the extension breaks ties.
        declared: The media type the uploader declared, parameters and all.
    """
    extension = PurePosixPath(key).suffix.lower()
    claimed = (declared or "").partition(";")[0].strip().lower()
    media_type = _binary(data) or text_media_type(data, _EXTENSIONS.get(extension, claimed))
    return Detected(media_type, _disagreement(extension, media_type))


def _binary(data: bytes) -> str | None:
    """The media type by magic number; `application/octet-stream` for other bytes that are no text; else None."""
    if data.startswith(_ZIP):
        return zip_media_type(data)
    kind: str | None = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind == OLE_UNKNOWN:
        return ole_media_type(data)
    if kind:
        return kind
    if data.startswith(tuple(bom for bom, _ in BOMS)) or wide_encoding(data[:_HEAD]):
        return None
    if data[_TAR] == b"ustar" or _is_old_tar(data):
        return "application/x-tar"
    return _by_statistics(data)


def _by_statistics(data: bytes) -> str | None:
    head = data[:_HEAD]
    if data[4:8] == b"ftyp":
        return "video/mp4"
    if data[:4] == b"RIFF":
        return "image/webp" if data[8:12] == b"WEBP" else "application/x-riff"
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "application/pdf"
    if (rtf := re.match(rb"\s*\{\\rtf", head)) and rtf.end() < _PDF_WITHIN:
        return "application/rtf"
    controls = len(head) - len(head.translate(None, CONTROLS))
    return UNKNOWN if controls > _MAX_CONTROL_SHARE[head.isascii()] * len(head) else None


def _is_old_tar(data: bytes) -> bool:
    """A tar header from before POSIX: its checksum is right."""
    header = data[:512]
    if len(header) < 512 or not header[0] or not (sums := _CHECKSUM.fullmatch(header[148:156])):  # noqa: PLR2004
        return False
    return sum(header[:148]) + 8 * ord(" ") + sum(header[156:]) == int(sums[1], 8)


def _disagreement(extension: str, media_type: str) -> tuple[str, ...]:
    expected = _EXTENSIONS.get(extension)
    if expected in {None, media_type} or extension in _RELATED.get(media_type, ()):
        return ()
    return (f"media_type_mismatch: the name ends in {extension} but the content is {media_type}",)
