"""Detect what a zip or OLE container is, by the names in its directory."""

import re
import struct
from collections.abc import Iterator

from docmill.detect.compound import outermost_names

__all__ = [
    "DOC",
    "DOCX",
    "EPUB",
    "MSG",
    "ODP",
    "ODS",
    "ODT",
    "OLE_ENCRYPTED",
    "OLE_UNKNOWN",
    "PPT",
    "PPTX",
    "TNEF",
    "XLS",
    "XLSX",
    "ole_media_type",
    "zip_media_type",
]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
EPUB = "application/epub+zip"
DOC = "application/msword"
PPT = "application/vnd.ms-powerpoint"
XLS = "application/vnd.ms-excel"
MSG = "application/vnd.ms-outlook"
TNEF = "application/vnd.ms-tnef"
OLE_UNKNOWN = "application/x-ole-storage"
OLE_ENCRYPTED = "application/x-ole-encrypted"  # an Office file locked with a password

_MAIN_PARTS = (("word/", DOCX), ("ppt/", PPTX), ("xl/", XLSX))
_MIMETYPES = {name.encode(): name for name in (ODT, ODS, ODP, EPUB)}
_LOCAL = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_MOST_NAMES = 5000
_LOCAL_WITHIN = 1 << 20  # bytes searched for local headers where the directory is missing
_OLE_STREAMS = (
    ("EncryptedPackage", OLE_ENCRYPTED),
    ("__properties_version1.0", MSG),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
)


def zip_media_type(data: bytes) -> str:
    """Which document format a zip is, or `application/zip`."""
    mimetype = re.match(rb"PK\x03\x04.{26}mimetype([\x20-\x7e]{1,80})", data[:200], re.DOTALL)
    if mimetype:
        declared = mimetype[1].partition(b"PK")[0].removesuffix(b"-template")
        if declared in _MIMETYPES:
            return _MIMETYPES[declared]
    names = set(_directory(data)) or set(_local_names(data))
    if "META-INF/container.xml" in names:
        return EPUB
    if "[Content_Types].xml" in names:
        for prefix, media_type in _MAIN_PARTS:
            if any(name.startswith(prefix) for name in names):
                return media_type
    return "application/zip"


def _directory(data: bytes) -> Iterator[str]:
    """Names in the central directory, the first few thousand."""
    end = data.rfind(b"PK\x05\x06", -66_000)
    if end < 0 or len(data) < end + 22:
        return
    size, offset = struct.unpack_from("<II", data, end + 12)
    at = end - size if 0 < size <= end else offset  # a prefix before the zip moves the directory
    for _ in range(_MOST_NAMES):
        if data[at : at + 4] != b"PK\x01\x02" or len(data) < at + 46:
            return
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        yield data[at + 46 : at + 46 + name].decode("utf-8", "replace").replace("\\", "/")
        at += 46 + name + extra + comment


def _local_names(data: bytes) -> Iterator[str]:
    """Names in the members' own headers, of a zip whose directory is lost."""
    for header in _LOCAL.finditer(data[:_LOCAL_WITHIN]):
        length = int.from_bytes(header[1], "little")
        yield data[header.end() : header.end() + length].decode("utf-8", "replace").replace("\\", "/")


def ole_media_type(data: bytes) -> str:
    """Which format an OLE compound file is, by its outermost streams: documents within one have streams, too.

    Of a file whose directory is broken or cut off any name that is found.
    """
    names = outermost_names(data)
    for name, media_type in _OLE_STREAMS:
        if name.encode("utf-16-le") in data if names is None else name.casefold() in names:
            return media_type
    return OLE_UNKNOWN
