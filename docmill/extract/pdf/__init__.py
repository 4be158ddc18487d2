"""PDF, by PDFium; right-to-left scripts by pypdf."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import pypdfium2 as pdfium
from pypdfium2 import raw

from docmill.author_names import declared_authors
from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.ooxml import useful_title
from docmill.extract.pdf import page as on_page
from docmill.extract.pdf.bomb import is_bomb
from docmill.extract.pdf.furniture import running_lines
from docmill.extract.pdf.links import page_links
from docmill.extract.pdf.order import in_reading_order
from docmill.extract.pdf.paragraphs import Found, blocks_of, dehyphenated, joined, levels
from docmill.extract.pdf.right_to_left import is_right_to_left, page_lines
from docmill.extract.pdf.rows import merged_rows
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason

__all__ = ["read_pdf"]

_DATE = re.compile(r"D?:?(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-]\d\d)'?(\d\d)?)?")
_END = b"%%EOF"
_CATALOG = re.compile(rb"(?<!\d)(\d{1,8}) (\d{1,5}) obj\s{0,4}<<[^>]{0,200}/Type\s{0,4}/Catalog\b")
_END_WITHIN = 2048  # bytes from the end within which the file says that it ends
_MIN_CHARACTERS = 8  # of a page that holds text
_MAX_UNMAPPED = 0.5
_GARBAGE = re.compile("[\x00-\x08\x0e-\x1f\ufffd\uffff\ue000-\uf0b6\uf0b8-\uf8ff]")
_MAX_GARBAGE = 0.3
_SENTENCE_END = (".", "!", "?", "؟", "۔", ":", "׃")


def read_pdf(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks in reading order with their pages; running headers and footers are left out with their reason.

    Raises:
        UnreadableError: It is locked, cut off or broken; holds pictures of text only; or names no characters.
    """
    if is_bomb(data, limits.unpacked_bytes):
        raise UnreadableError(Reason.TOO_LARGE, f"A stream unpacks to more than {limits.unpacked_bytes >> 20} MB.")
    document = _opened(data)
    try:
        return _Reader(data, document, limits).read()
    finally:
        document.close()


def _opened(data: bytes) -> pdfium.PdfDocument:
    """The document; of a file without its trailer, what its catalog leads to."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        code = raw.FPDF_GetLastError()
        if code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY} or "assword" in str(error):
            raise UnreadableError(Reason.ENCRYPTED, "The file is locked with a password.") from None
    with suppress(pdfium.PdfiumError):
        if root := _CATALOG.search(data):
            return pdfium.PdfDocument(data + b"\ntrailer<</Root %b %b R>>\n%%%%EOF\n" % (root[1], root[2]))
    if _END not in data[-_END_WITHIN:]:
        raise UnreadableError(Reason.TRUNCATED, "The file breaks off before its end.")
    raise UnreadableError(Reason.CORRUPT, "The file is broken beyond repair.")


class _Reader:
    def __init__(self, data: bytes, document: pdfium.PdfDocument, limits: Limits) -> None:
        self._data = data
        self._document = document
        self._limits = limits
        self._into = Collector(limits)
        self._pages: list[tuple[float, list[on_page.Piece]]] = []
        self._notes: list[tuple[str, int]] = []
        self._pictures: list[int] = []  # pages that show a picture and no text
        self._unread: list[int] = []
        self._unmapped = self._sampled = 0

    def read(self) -> Extracted | Refusal:
        self._load()
        characters = "".join(piece.text for _, pieces in self._pages for piece in pieces)
        self._refuse(characters)
        founds = self._right_to_left() if is_right_to_left(characters) else self._left_to_right()
        texts = dehyphenated([found.text for found in founds])
        for found, text, level in zip(founds, texts, levels(founds), strict=True):
            if found.begins:
                self._into.begin_table()
            self._into.add(found.kind, text, found.page, level)
        for note, number in self._notes:
            self._into.add(BlockKind.NOTE, note, number)
        return self._into.extracted(_metadata(self._document))

    def _load(self) -> None:
        total = len(self._document)
        if not total:
            raise UnreadableError(Reason.CORRUPT, "The file has no pages.")
        if total > self._limits.pages:
            self._into.warn(f"partly_read: pages 1 to {self._limits.pages} of {total} were read")
        pieces = 0
        for index in range(min(total, self._limits.pages)):
            try:
                self._load_page(index)
            except pdfium.PdfiumError:
                self._unread.append(index + 1)
                self._pages.append((1.0, []))
            pieces += len(self._pages[-1][1])
            if pieces > self._limits.blocks:
                self._into.warn(f"partly_read: pages 1 to {index + 1} of {total} were read")
                break
        if len(self._unread) == len(self._pages):
            raise UnreadableError(Reason.CORRUPT, "None of the file's pages can be read.")
        if self._unread:
            self._into.warn(f"partly_read: {_listed(self._unread)} could not be read")
        if _END not in self._data[-_END_WITHIN:]:
            self._into.warn(f"truncated: the file breaks off; {len(self._pages)} pages were recovered")

    def _load_page(self, index: int) -> None:
        page = self._document[index]
        textpage, quarter = on_page.upright_text(page)
        try:
            height, pieces = on_page.pieces(page, textpage, quarter, index + 1)
            unmapped, sampled = on_page.unmapped_share(textpage)
            self._unmapped += unmapped
            self._sampled += sampled
            for address, shown in page_links(self._document, page, textpage):
                self._into.link(address, shown)
            self._notes += [(note, index + 1) for note in on_page.annotations(page)]
            self._pages.append((height, pieces))
            if sum(len(piece.text) for piece in pieces) < _MIN_CHARACTERS and on_page.has_image(page):
                self._pictures.append(index + 1)
        finally:
            textpage.close()
            page.close()

    def _refuse(self, characters: str) -> None:
        """Refuse what holds no text, or none that can be read."""
        if self._pictures and len(characters) < _MIN_CHARACTERS * len(self._pages) and not self._notes:
            raise UnreadableError(
                Reason.NEEDS_OCR,
                f"The file is a scan: {_listed(self._pictures)} of {len(self._pages)} hold pictures, no text.",
            )
        garbage = len(_GARBAGE.findall(characters))
        if garbage > _MAX_GARBAGE * len(characters) or self._unmapped > _MAX_UNMAPPED * max(self._sampled, 1):
            raise UnreadableError(
                Reason.UNDECODABLE_TEXT, "Most of the file's glyphs are not mapped to characters; it would need OCR."
            )
        if self._pictures:
            self._into.warn(f"needs_ocr: {_listed(self._pictures)} are pictures without text")

    def _left_to_right(self) -> list[Found]:
        running = running_lines(self._pages)
        lines = []
        for _, pieces in self._pages:
            for piece in pieces:
                if reason := running.get(id(piece)):
                    self._into.leave_out(reason, piece.text, piece.page)
            lines += merged_rows(in_reading_order([piece for piece in pieces if id(piece) not in running]))
        return list(blocks_of(lines))

    def _right_to_left(self) -> list[Found]:
        founds = []
        for number, (_, pieces) in enumerate(self._pages, 1):
            lines = page_lines(self._data, number - 1)
            if lines is None:
                lines = [piece.text for piece in pieces]
            founds += [Found(BlockKind.PARAGRAPH, text, number) for text in _paragraphs(lines)]
        return founds


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Lines up to one that ends a sentence."""
    group: list[str] = []
    for line in lines:
        group.append(line.strip())
        if group[-1].endswith(_SENTENCE_END):
            yield joined(group)
            group = []
    if group:
        yield joined(group)


def _listed(pages: list[int]) -> str:
    shown = ", ".join(map(str, pages[:10]))
    return f"page{'s' if len(pages) > 1 else ''} {shown}{' and others' if len(pages) > 10 else ''}"  # noqa: PLR2004


def _metadata(document: pdfium.PdfDocument) -> Metadata:
    fields = document.get_metadata_dict(skip_empty=True)
    return Metadata(
        title=useful_title(fields.get("Title")),
        authors=declared_authors(fields.get("Author", "")),
        published=_date(fields.get("CreationDate")),
        modified=_date(fields.get("ModDate")),
    )


def _date(text: str | None) -> str | None:
    """ISO 8601 of a PDF date, `D:20240131120000+01'00'`."""
    found = _DATE.match(text or "")
    if not found:
        return None
    year, month, day, hour, minute, second, zulu, zone, zone_minute = found.groups()
    day = f"{year}-{month}-{day}"
    offset = "Z" if zulu else f"{zone}:{zone_minute or '00'}" if zone else ""
    moment = f"{day}T{hour}:{minute}:{second or '00'}{offset}" if hour else day
    return next((date for date in (moment, day) if _is_date(date)), None)


def _is_date(text: str) -> bool:
    with suppress(ValueError):
        return bool(datetime.fromisoformat(text))
    return False
