"""Where a PDF's pages lead: the addresses of their link annotations, with the text below them."""

import ctypes
from collections.abc import Iterator
from itertools import groupby

import pypdfium2 as pdfium
from pypdfium2 import raw

__all__ = ["page_links"]

_MOST_LINKS = 1000  # of a page
_LONGEST = 1 << 12  # bytes of an address
_MARGIN = 1.0  # points by which a link's box is less than its letters' own


def page_links(
    document: pdfium.PdfDocument, page: pdfium.PdfPage, text: pdfium.PdfTextPage
) -> Iterator[tuple[str, str]]:
    """Addresses and texts, in the page's order; a link over several lines is one."""
    for address, parts in groupby(_boxes(document, page), lambda link: link[0]):
        shown = [str(text.get_text_bounded(*box)) for _, box in parts]
        yield address, " ".join(" ".join(shown).split())


def _boxes(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> Iterator[tuple[str, tuple[float, ...]]]:
    place, link, box = ctypes.c_int(0), raw.FPDF_LINK(), raw.FS_RECTF()
    for _ in range(_MOST_LINKS):
        if not raw.FPDFLink_Enumerate(page.raw, place, link):
            return
        address = _address(document, link)
        if address and raw.FPDFLink_GetAnnotRect(link, box):
            bottom, top = sorted((box.bottom, box.top))
            margin = min(_MARGIN, (top - bottom) / 4)
            yield address, (box.left, bottom + margin, box.right, top - margin)


def _address(document: pdfium.PdfDocument, link: object) -> str:
    action = raw.FPDFLink_GetAction(link)
    if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
        return ""
    buffer = ctypes.create_string_buffer(_LONGEST)
    length = raw.FPDFAction_GetURIPath(document.raw, action, buffer, _LONGEST)
    return buffer.raw[: length - 1].decode("utf-8", "replace") if 0 < length <= _LONGEST else ""
