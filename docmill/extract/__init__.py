"""Extract: a document to blocks in reading order, with the metadata it declares."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from docmill.extract.collect import tidy
from docmill.extract.guard import bounded_html
from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Binary, Extracted, Metadata, Refusal, Text

__all__ = ["VERSION", "Limits", "extract", "preload"]

VERSION = "24"
STAGE = "extract"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
# Media type: module and function, imported when first needed.
_TEXT = {
    "text/html": ("html", "read_html"),
    "text/markdown": ("markdown", "read_markdown"),
    "text/plain": ("text", "read_lines"),
}
_OTHERS = {
    "text/csv": ("table", "read_table"),
    "text/tab-separated-values": ("table", "read_table"),
    "text/calendar": ("calendar", "read_calendar_file"),
    "text/vtt": ("subtitles", "read_subtitles"),
    "application/x-subrip": ("subtitles", "read_subtitles"),
    "application/json": ("json_data", "read_json"),
    "application/jsonl": ("json_data", "read_json_lines"),
    "application/pdf": ("pdf", "read_pdf"),
    "application/rtf": ("rtf", "read_rtf"),
    "application/xml": ("xml", "read_xml"),
    "application/rss+xml": ("feed", "read_feed"),
    "application/atom+xml": ("feed", "read_feed"),
    "application/epub+zip": ("epub", "read_epub"),
    "application/msword": ("doc", "read_doc"),
    "application/vnd.ms-excel": ("xls", "read_xls"),
    "application/vnd.ms-powerpoint": ("ppt", "read_ppt"),
    "application/vnd.ms-outlook": ("msg", "read_msg"),
    "application/vnd.ms-tnef": ("tnef", "read_tnef"),
    "application/x-ole-encrypted": ("locked", "read_locked"),
    "application/x-ole-storage": ("ole", "read_unknown"),
    "message/rfc822": ("mail", "read_mail"),
    _OFFICE + "wordprocessingml.document": ("docx", "read_docx"),
    _OFFICE + "presentationml.presentation": ("pptx", "read_pptx"),
    _OFFICE + "spreadsheetml.sheet": ("xlsx", "read_xlsx"),
    _OPEN + "text": ("odf", "read_odf"),
    _OPEN + "spreadsheet": ("odf", "read_odf"),
    _OPEN + "presentation": ("odf", "read_odf"),
}


def extract(content: Text | Binary, limits: Limits | None = None) -> Extracted | Refusal:
    """Blocks and declared metadata, by the reader of the media type; nothing said of them steers a terminal."""
    try:
        found = _read(content, limits or Limits())
    except UnreadableError as error:
        return Refusal(STAGE, error.reason, tidy(error.message))
    if isinstance(found, Refusal):
        return found
    warnings = tuple(tidy(warning) for warning in found.warnings)
    return replace(found, metadata=_harmless(found.metadata), warnings=warnings)


def _read(content: Text | Binary, limits: Limits) -> Extracted | Refusal:
    if isinstance(content, Binary):
        return _reader(*_OTHERS[content.media_type])(content.data, limits)
    if content.media_type not in _TEXT:
        return _reader(*_OTHERS[content.media_type])(content.text, limits)
    reader = _reader(*_TEXT[content.media_type])
    if content.media_type != "text/html":
        return reader(content.text)
    markup, warnings = bounded_html(content.utf8)
    found = reader(markup)
    return replace(found, warnings=warnings + found.warnings) if isinstance(found, Extracted) else found


def _harmless(metadata: Metadata) -> Metadata:
    """The metadata on one line each, without control characters."""

    def line(value: str | None) -> str | None:
        return " ".join(tidy(value).split()) or None if value else None

    return replace(
        metadata,
        title=line(metadata.title),
        authors=tuple(name for author in metadata.authors if (name := line(author))),
        published=line(metadata.published),
        modified=line(metadata.modified),
        site_name=line(metadata.site_name),
        url=line(metadata.url),
        image=line(metadata.image),
        licence=line(metadata.licence),
        language=line(metadata.language),
    )


def preload() -> None:
    """Import every reader now."""
    for module, name in (*_TEXT.values(), *_OTHERS.values()):
        _reader(module, name)


def _reader(module: str, name: str) -> Callable[..., Extracted | Refusal]:
    reader: Callable[..., Extracted | Refusal] = getattr(import_module(f"docmill.extract.{module}"), name)
    return reader
