"""EPUB: the chapters of the spine in order, each read as HTML."""

import posixpath
from urllib.parse import unquote

from docmill.extract.collect import Collector
from docmill.extract.embedded import html_blocks, html_text, take_html
from docmill.extract.limits import Limits
from docmill.extract.ooxml import dublin_core
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xml_stream import local, units
from docmill.stage import Extracted, Refusal
from schemas.document import Reason, RemovalReason

__all__ = ["read_epub"]

_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # obfuscation, no lock


def read_epub(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks of a book's chapters; metadata from its package document.

    Raises:
        UnreadableError: It is no zip, lacks its package document or its chapters, or is locked.
    """
    package = Package(data, limits)
    opf = _package_document(package, limits)
    into = Collector(limits)
    chapters, contents = _spine(package, opf, limits, into)
    if not chapters:
        raise UnreadableError(Reason.CORRUPT, "The book's package document lists no chapter that is there.")
    if not _locked(package, limits).isdisjoint(chapters):
        raise UnreadableError(Reason.ENCRYPTED, "The book's chapters are encrypted.")
    for number, chapter in enumerate(chapters, 1):
        if into.full or number > limits.parts:
            into.warn(f"partly_read: {number - 1} of {len(chapters)} chapters were read")
            break
        text = html_text(package.read(chapter))
        if chapter in contents:
            for block in html_blocks(text):
                into.leave_out(RemovalReason.NAVIGATION, block.text)
        else:
            take_html(text, into)
    return into.extracted(dublin_core(package, opf, limits, "metadata"))


def _locked(package: Package, limits: Limits) -> set[str]:
    """The parts that are encrypted; fonts may be made unusable elsewhere, which is no lock."""
    rights = "META-INF/encryption.xml"
    found = set()
    for entry in units(package.chunks(rights), {"EncryptedData"}, limits) if rights in package else ():
        named = {local(child): child for child in entry.iter()}
        method, target = (
            named[name].attrib if name in named else {} for name in ("EncryptionMethod", "CipherReference")
        )
        if method.get("Algorithm") not in _FONTS:
            found.add(unquote(target.get("URI") or "").lstrip("/"))
    return found


def _package_document(package: Package, limits: Limits) -> str:
    for rootfile in units(package.chunks("META-INF/container.xml"), {"rootfile"}, limits):
        if (path := unquote(rootfile.get("full-path") or "")) in package:
            return path
    raise UnreadableError(Reason.CORRUPT, "The book lacks its package document.")


def _spine(package: Package, opf: str, limits: Limits, into: Collector) -> tuple[list[str], set[str]]:
    """The chapters' parts in reading order, each once; and which of them are made for programs to navigate by."""
    folder = posixpath.dirname(opf)
    parts: dict[str, str] = {}
    order: dict[str, None] = {}
    contents: set[str] = set()
    for element in units(package.chunks(opf), {"item", "itemref"}, limits, into.warnings):
        if local(element) == "item":
            href = unquote((element.get("href") or "").partition("#")[0])
            part = parts[element.get("id") or ""] = posixpath.normpath(posixpath.join(folder, href))
            if "nav" in (element.get("properties") or "").split():
                contents.add(part)
        else:
            order[element.get("idref") or ""] = None
    listed = [parts[identity] for identity in order if identity in parts]
    found = [part for part in listed if part in package]
    if len(found) < len(listed):
        into.warn(f"partly_read: {len(listed) - len(found)} of {len(listed)} chapters are missing")
    return found, contents
