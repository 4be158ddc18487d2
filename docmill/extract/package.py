"""Zip-based documents (Office, OpenDocument, EPUB): their parts, read within bounds, and how parts relate."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xml_stream import Element, attribute, units
from schemas.document import Reason

__all__ = ["Package", "Relation", "related_to"]

_CHUNK = 1 << 16
_ENCRYPTED = 1
_MOST_MEMBERS = 20_000
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError)


class Relation(tuple[str, str, str]):
    """Id, type (the last part of its URI) and target part of a relationship between parts."""

    __slots__ = ()
    id = property(lambda self: self[0])
    type = property(lambda self: self[1])
    target = property(lambda self: self[2])


def related_to(element: Element, targets: Mapping[str, str]) -> str:
    """What an element leads to by the id of a relation, of targets by their ids; empty if to none of them."""
    return next((targets[value] for name, value in element.items() if name.endswith("}id") and value in targets), "")


class Package:
    """The parts of a zip-based document. Names never become paths; sizes are counted as they unpack."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Read the directory.

        Raises:
            UnreadableError: The zip is cut off, broken or absurd.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            if b"PK\x05\x06" not in data[-66_000:]:
                raise UnreadableError(Reason.TRUNCATED, "The file ends before its directory: it was cut off.") from None
            raise UnreadableError(Reason.CORRUPT, f"The file's zip directory is broken: {error}.") from None
        if len(self._zip.filelist) > _MOST_MEMBERS:
            raise UnreadableError(Reason.TOO_LARGE, f"The file packs more than {_MOST_MEMBERS} parts.")
        self._parts = {info.filename.replace("\\", "/").lstrip("/"): info for info in self._zip.filelist}
        self._folded = {name.casefold(): name for name in self._parts}
        self._left = limits.unpacked_bytes
        self._limits = limits

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts, as the directory lists them."""
        return tuple(self._parts)

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._folded

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part's bytes, piece by piece.

        Raises:
            UnreadableError: It is missing, encrypted or broken, or the document unpacks to too much.
        """
        info = self._parts.get(self._folded.get(name.casefold(), ""))
        if info is None:
            raise UnreadableError(Reason.CORRUPT, f"The file lacks its part {name[:100]!a}.")
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableError(Reason.ENCRYPTED, "The file is locked with a password.")
        if info.file_size > self._left:
            raise self._too_large()
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise self._too_large()
                    yield chunk
        except _BROKEN as error:
            raise UnreadableError(Reason.CORRUPT, f"The part {name[:100]!a} is broken: {error}.") from None

    def read(self, name: str) -> bytes:
        """A part's bytes, whole."""
        return b"".join(self.chunks(name))

    def relations(self, part: str) -> tuple[Relation, ...]:
        """The relationships of an Office part to others in the package, external ones left out."""
        folder = posixpath.dirname(part)
        found = []
        for element in self._relationships(part):
            target = unquote(element.get("Target") or "")
            if element.get("TargetMode") == "External" or not target:
                continue
            resolved = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            kind = (attribute(element, "Type") or "").rpartition("/")[2]
            found.append(Relation((element.get("Id") or "", kind, resolved.lstrip("/"))))
        return tuple(found)

    def links(self, part: str) -> dict[str, str]:
        """By their ids, the addresses outside the package that an Office part's links lead to."""
        return {
            element.get("Id") or "": element.get("Target") or ""
            for element in self._relationships(part)
            if element.get("TargetMode") == "External" and (attribute(element, "Type") or "").endswith("/hyperlink")
        }

    def _relationships(self, part: str) -> Iterator[Element]:
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", name + ".rels")
        return units(self.chunks(rels), {"Relationship"}, self._limits) if rels in self else iter(())

    def related(self, part: str, *kinds: str) -> list[str]:
        """Parts that `part` relates to by one of some types, that exist, in order."""
        return [r.target for r in self.relations(part) if r.type in kinds and r.target in self]

    def _too_large(self) -> UnreadableError:
        most = self._limits.unpacked_bytes >> 20
        return UnreadableError(Reason.TOO_LARGE, f"The file unpacks to more than {most} MB.")
