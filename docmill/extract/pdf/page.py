"""What PDFium sees on a page: lines of text in the order of its content, cut where wide gaps part them."""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

from docmill.extract.pdf.raised import with_marks
from docmill.extract.pdf.running_down import from_the_right, runs_down
from docmill.extract.pdf.turned_round import holds_right_to_left, in_logical_order

__all__ = ["Piece", "annotations", "has_image", "pieces", "unmapped_share", "upright_text"]

HYPHEN = "\ufffe"  # PDFium's sign for a hyphen at the end of a line, which it takes for a soft one
_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\r\n\ufffe]+\ufffe?")
_BOLD = re.compile(rb"bold|black|heavy|demi|(?:BX|CMB|CMSSBX)\d", re.IGNORECASE)  # in names of fonts, TeX's included
_FIXED = re.compile(rb"courier|mono|consol|menlo|typewriter|code|cmtt|fixed", re.IGNORECASE)
_GAP = 0.9  # of the type's size: wider than between words, even of justified lines
_BACK = -3.0  # of the type's size: further back another line begins, which PDFium may not see
_SAMPLE = 300  # characters of a page looked at for glyphs without a character
_DIRECTIONS = 40  # characters of a page asked for theirs
_QUARTER = 90  # degrees
_MOST_ANNOTATIONS = 1000
_SPOKEN = frozenset(
    {raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE,
     raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_CARET, raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_CIRCLE}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line; coordinates in points from the page's lower left corner, its text held upright."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    bold: bool
    row: int  # the line it is on, numbered in the page's content
    page: int
    turned: bool = False  # runs in another direction than most of the page's text
    fixed: bool = False  # in type whose letters are all equally wide, as that of code
    low: float | None = None  # where the last line of a cell of several stands

    @property
    def size(self) -> float:
        """The type's size: the height of its line box."""
        return self.y1 - self.y0

    @property
    def bottom(self) -> float:
        """The lower edge of the last line."""
        return self.y0 if self.low is None else self.low


def upright_text(page: pdfium.PdfPage) -> tuple[pdfium.PdfTextPage, int]:
    """The page's text, and by how many quarters of a circle most of it is turned clockwise.

    If it is not upright as the page is shown, the page is turned so that it is: PDFium gives lines in the order that
    they have as shown, which is backwards for some that run sideways.
    """
    textpage = page.get_textpage()
    quarter = _quarter(textpage)
    rotation = -_QUARTER * quarter % (4 * _QUARTER)
    if rotation == page.get_rotation() or not textpage.count_chars():
        return textpage, quarter
    textpage.close()
    page.set_rotation(rotation)
    return page.get_textpage(), quarter


def pieces(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, quarter: int, number: int) -> tuple[float, list[Piece]]:
    """The page's height in points, held so that its text is upright, and the text, line by line."""
    text = _text(textpage)
    found: list[Piece] = []
    left, bottom, right, top = page.get_mediabox()
    box = _Boxes(textpage, quarter, right, top)
    if not quarter and runs_down(text, box.of):
        box.lay_down()
    for row, line in enumerate(_LINE.finditer(text)):
        words = [(line.start() + word.start(), line.start() + word.end() - 1) for word in _WORD.finditer(line[0])]
        found += [_piece(text, span, box, row, number) for span in _parted(text, words, box)]
    if box.quarter != quarter:
        found = from_the_right(found, right - left)
    return (right - left if box.quarter % 2 else top - bottom), found


def _parted(text: str, words: list[tuple[int, int]], box: "_Boxes") -> Iterator[tuple[int, int]]:
    """First and last characters of the stretches of a line that wide gaps set apart, or steps back."""
    if not words:
        return
    start, previous = words[0]
    previous_start = start
    for first, last in words[1:]:
        gap, height = _gap(text, (previous_start, previous), (first, last), box), _height(box.loose(start))
        if gap > _GAP * height or gap < _BACK * height:
            yield start, previous
            start = first
        previous_start, previous = first, last
    yield start, previous


def _gap(text: str, word: tuple[int, int], after: tuple[int, int], box: "_Boxes") -> float:
    """How far a word is from the one before it in the content; to the left of it may be forward too."""
    if not holds_right_to_left(text[word[0]] + text[after[0]]):
        return box.of(after[0])[0] - box.of(word[1])[2]
    left, right = _extent(word, box), _extent(after, box)
    return max(right[0] - left[1], left[0] - right[1])


def _extent(word: tuple[int, int], box: "_Boxes") -> tuple[float, float]:
    edges = [box.of(at) for at in word]
    return min(edge[0] for edge in edges), max(edge[2] for edge in edges)


def _piece(text: str, span: tuple[int, int], box: "_Boxes", row: int, page: int) -> Piece:
    first, last = span
    left, _, right, _ = box.loose(first)
    end = last if text[last] != HYPHEN or last == first else last - 1
    middle = next(at for at in range((first + end) // 2, first - 1, -1) if not text[at].isspace())
    seen = (first, middle, end)  # a word may be set in another type
    _, bottom, _, top = sorted((box.loose(at) for at in seen), key=_height)[1]
    edge = box.of(end)
    said = with_marks(text, first, last + 1, box.loose)
    if holds_right_to_left(said):
        said = in_logical_order(text, first, last + 1, box.middle)
    return Piece(
        text=said, x0=min(left, edge[0]), y0=bottom, x1=max(right, edge[2]), y1=top,
        bold=sum(map(box.bold, seen)) > 1, row=row, page=page, turned=box.direction(first) not in {None, box.glyphs},
        fixed=all(map(box.fixed, {first, middle})),
    )  # fmt: skip


def _height(box: tuple[float, float, float, float]) -> float:
    return max(box[3] - box[1], 1.0)


def _text(textpage: pdfium.PdfTextPage) -> str:
    """The page's text with a character for each of PDFium's, so that indexes agree."""
    text = str(textpage.get_text_range())
    count = textpage.count_chars()
    if len(text) == count:
        return text
    codes = (raw.FPDFText_GetUnicode(textpage.raw, index) for index in range(count))
    return "".join(chr(code) if 0 < code <= 0x10FFFF else "\ufffd" for code in codes)  # noqa: PLR2004


def _quarter(textpage: pdfium.PdfTextPage) -> int:
    """By how many quarters of a circle most of the text is turned clockwise."""
    count = textpage.count_chars()
    seen = Counter(_direction(textpage.raw, index) for index in range(0, count, max(1, count // _DIRECTIONS)))
    return max((quarter for quarter in seen if quarter is not None), key=seen.__getitem__, default=0)


def _direction(textpage: object, index: int) -> int | None:
    """By how many quarters of a circle a character is turned clockwise; None of what PDFium adds, as blanks."""
    angle = raw.FPDFText_GetCharAngle(textpage, index)
    return None if angle < 0 else round(angle / (math.pi / 2)) % 4


class _Boxes:
    """The places of a page's characters, asked for without making objects."""

    def __init__(self, textpage: pdfium.PdfTextPage, quarter: int, right: float, top: float) -> None:
        """Of a page with edges at these points, most of whose text is turned by so many quarters of a circle."""
        self._raw = textpage.raw
        self._right, self._top = right, top
        self.quarter = self.glyphs = quarter  # of the lines, and of the characters in them
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._rect = raw.FS_RECTF()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()

    def lay_down(self) -> None:
        """See lines that run down, the next one to the left, as if they ran to the right, one below the other."""
        self.quarter = 1

    def of(self, index: int) -> tuple[float, float, float, float]:
        left, right, bottom, top = self._edges
        raw.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top)
        return self._upright(left.value, bottom.value, right.value, top.value)

    def middle(self, index: int) -> float:
        left, _, right, _ = self.of(index)
        return (left + right) / 2

    def loose(self, index: int) -> tuple[float, float, float, float]:
        raw.FPDFText_GetLooseCharBox(self._raw, index, self._rect)
        return self._upright(self._rect.left, self._rect.bottom, self._rect.right, self._rect.top)

    def direction(self, index: int) -> int | None:
        return _direction(self._raw, index)

    def _upright(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        match self.quarter:
            case 1:
                return self._top - top, left, self._top - bottom, right
            case 2:
                return self._right - right, self._top - top, self._right - left, self._top - bottom
            case 3:
                return bottom, self._right - right, top, self._right - left
        return left, bottom, right, top

    def bold(self, index: int) -> bool:
        if raw.FPDFText_GetFontWeight(self._raw, index) >= 600:  # noqa: PLR2004  CSS's semi-bold
            return True
        return _BOLD.search(self._font(index)) is not None

    def fixed(self, index: int) -> bool:
        return _FIXED.search(self._font(index)) is not None

    def _font(self, index: int) -> bytes:
        length = raw.FPDFText_GetFontInfo(self._raw, index, self._name, len(self._name), self._flags)
        return self._name.raw[: max(0, min(length, len(self._name)) - 1)]


def unmapped_share(textpage: pdfium.PdfTextPage) -> tuple[int, int]:
    """Of some of the page's characters, how many are glyphs the file names no character for; and how many were seen."""
    count = min(textpage.count_chars(), _SAMPLE)
    return sum(raw.FPDFText_HasUnicodeMapError(textpage.raw, index) == 1 for index in range(count)), count


def has_image(page: pdfium.PdfPage) -> bool:
    """Whether there is a picture on the page."""
    return next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None


def annotations(page: pdfium.PdfPage) -> Iterator[str]:
    """What readers' notes on the page say, and what its form's fields are filled with."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        subtype = raw.FPDFAnnot_GetSubtype(annotation)
        if subtype in _SPOKEN:
            yield _string(annotation, b"Contents")
        elif subtype == raw.FPDF_ANNOT_WIDGET and (value := _string(annotation, b"V")):
            name = _string(annotation, b"TU") or _string(annotation, b"T")
            yield f"{name}: {value}" if name else value
        raw.FPDFPage_CloseAnnot(annotation)


def _string(annotation: object, key: bytes) -> str:
    length = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < length < 1 << 20:  # noqa: PLR2004  an empty string is its two bytes of end
        return ""
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")
