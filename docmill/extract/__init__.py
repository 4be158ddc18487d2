"""Extract: a document to blocks in reading order, with the metadata it declares."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from docmill.extract.guard import bounded_html
from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Binary, Extracted, Refusal, Text

__all__ = ["VERSION", "Limits", "extract", "preload"]

VERSION = "2"
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
    "application/json": ("json_data", "read_json"),
    "application/jsonl": ("json_data", "read_json_lines"),
    "application/pdf": ("pdf", "read_pdf"),
    "application/rtf": ("rtf", "read_rtf"),
    "application/xml": ("xml", "read_xml"),
    "application/rss+xml": ("feed", "read_feed"),
    "application/atom+xml": ("feed", "read_feed"),
    "application/epub+zip": ("epub", "read_epub"),
    "application/vnd.ms-outlook": ("msg", "read_msg"),
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
    """Blocks and declared metadata, by the reader of the media type."""
    if isinstance(content, Text) and content.media_type in _TEXT:
        text, warnings = bounded_html(content.text) if content.media_type == "text/html" else (content.text, ())
        found = _reader(*_TEXT[content.media_type])(text)
        return replace(found, warnings=warnings + found.warnings) if isinstance(found, Extracted) else found
    reader = _reader(*_OTHERS[content.media_type])
    try:
        return reader(content.text if isinstance(content, Text) else content.data, limits or Limits())
    except UnreadableError as error:
        return Refusal(STAGE, error.reason, error.message)


def preload() -> None:
    """Import every reader now."""
    for module, name in (*_TEXT.values(), *_OTHERS.values()):
        _reader(module, name)


def _reader(module: str, name: str) -> Callable[..., Extracted | Refusal]:
    reader: Callable[..., Extracted | Refusal] = getattr(import_module(f"docmill.extract.{module}"), name)
    return reader
