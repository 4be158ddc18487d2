"""Word before 2007 (DOC): the body with its tables and text boxes, notes, comments; headers and footers set apart."""

import io
from collections.abc import Iterator
from itertools import islice

import olefile

from docmill.detect.compound import BROKEN
from docmill.extract.binary import number
from docmill.extract.collect import Collector
from docmill.extract.doc.fib import Fib, Part
from docmill.extract.doc.fields import take_fields
from docmill.extract.doc.formatting import ParagraphSettings, Runs
from docmill.extract.doc.lists import numbering
from docmill.extract.doc.styles import Styles, fonts
from docmill.extract.doc.tables import Tables
from docmill.extract.doc.text import Piece, Text, pieces, stretches
from docmill.extract.doc.word_6 import charset_of
from docmill.extract.limits import Limits
from docmill.extract.numbering import Place
from docmill.extract.ole import read_stream, verdict
from docmill.extract.summary import summary
from docmill.extract.unreadable import UnreadableError
from docmill.extract.word_styles import WordParagraph
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, RemovalReason

__all__ = ["read_doc"]

_SEPARATORS = 6  # of notes, which stand before the headers
_HEADERS = frozenset({0, 1, 4})  # of the six of a section: on even pages, odd ones, the first; others are footers
_SHAPE, _BOX = 26, 22  # bytes
_SHAPE_OF_BOX = 14  # bytes before a box names its shape


def read_doc(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks of a Word document in reading order; notes and comments follow the body.

    Raises:
        UnreadableError: It is broken, cut off, encrypted, or from before Word 6.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            fib = Fib.of(read_stream(ole, "WordDocument"))
            reader = _Reader(fib, read_stream(ole, fib.table), read_stream(ole, "Data"), limits)
            metadata = summary(ole)
    except BROKEN as error:
        raise UnreadableError(*verdict(data, error)) from None
    return reader.read().extracted(metadata)


class _Reader:
    def __init__(self, fib: Fib, table: bytes, data: bytes, limits: Limits) -> None:
        def part(one: int) -> bytes:
            return fib.part(table, one)

        self._part = part
        self._data = data
        self._into = Collector(limits)
        self._stories = [*fib.stories.spans()]
        is_old = fib.is_old
        characters = Runs.of_characters(fib.data, part(Part.CHARACTERS), is_old=is_old)
        if fib.whole is None:
            parts = pieces(part(Part.PIECES), len(fib.data), is_old=is_old)
        else:
            end = min(self._stories[-1].stop, max(len(fib.data) - fib.whole, 0))
            parts = [Piece(range(end), fib.whole, 1)]
        if parts[-1].span.stop < self._stories[0].stop:
            self._into.warn("partly_read: the text ends before what the file announces; it may have been cut off")
        charset = charset_of(fib.language) if is_old else "cp1252"
        self._text = Text(fib.data, parts, characters, fonts(part(Part.FONTS), is_old=is_old), charset)
        self._paragraphs = Runs.of_paragraphs(fib.data, part(Part.PARAGRAPHS), is_old=is_old)
        self._styles = Styles.of(part(Part.STYLES), is_old=is_old)
        self._numbering = numbering(fib, table)
        self._boxes: dict[int, list[range]] = {}  # by their shapes
        self._shapes: list[tuple[int, int]] = []  # by the characters they are anchored at

    def read(self) -> Collector:
        body, footnotes, headers, _, comments, endnotes, boxes, header_boxes = self._stories
        for story in (headers, header_boxes):
            with self._into.shown(False):  # their links are none of the document's
                self._take_fields(story)
        for story in (body, footnotes, comments, endnotes, boxes):
            self._take_fields(story)
        self._note_boxes(boxes)
        self._body(body)
        for left in [span for spans in self._boxes.values() for span in spans]:
            for paragraph in self._of_box(left):
                paragraph.put(self._into)
        for story in (footnotes, endnotes, comments):
            for text in self._texts(story):
                self._into.add(BlockKind.NOTE, text)
        self._running(headers)
        for text in self._texts(header_boxes):
            self._into.leave_out(RemovalReason.PAGE_HEADER, text)
        return self._into

    def _take_fields(self, story: range) -> None:
        for link in list(take_fields(self._text, story)):
            self._into.link(link.address, self._text.shown(link.span)[0])

    def _body(self, story: range) -> None:
        tables = Tables(self._into)
        for span, settings, mark in self._placed(story):
            if settings.depth:
                tables.take([self._paragraph(span, settings), *self._anchored(span)], settings, mark)
                continue
            tables.end()
            self._paragraph(span, settings).put(self._into)
            for paragraph in self._anchored(span):
                paragraph.put(self._into)
        tables.end()

    def _placed(self, story: range) -> Iterator[tuple[range, ParagraphSettings, str]]:
        """A story's paragraphs, their settings, and the marks that end them."""
        for span, place in self._text.placed(story):
            yield span, self._paragraphs.settings(place, self._data), self._text.characters[span.stop : span.stop + 1]

    def _paragraph(self, span: range, settings: ParagraphSettings) -> WordParagraph:
        text = self._shown(span)
        style = self._styles.kind(settings)
        one, level = self._styles.place(settings)
        place = self._numbering.note(str(one), level, has_text=bool(text.strip())) if one else Place()
        return WordParagraph.at(text, style, place)

    def _shown(self, span: range) -> str:
        """What a stretch says; what Word does not show of it is logged."""
        text, unseen = self._text.shown(span)
        for one in unseen:
            self._into.leave_out(RemovalReason.UNREADABLE, one)
        return text

    def _texts(self, story: range) -> Iterator[str]:
        return (self._shown(span) for span, _ in self._text.placed(story))

    def _note_boxes(self, story: range) -> None:
        """Which shapes have text, and where they are anchored in the body."""
        plc = self._part(Part.BOXES)
        count = max(len(plc) - 4, 0) // (4 + _BOX)
        for index, span in enumerate(stretches(plc, count, story)):
            shape = number(plc, 4 * (count + 1) + _BOX * index + _SHAPE_OF_BOX, 4)
            self._boxes.setdefault(shape, []).append(span)
        plc = self._part(Part.SHAPES)
        count = max(len(plc) - 4, 0) // (4 + _SHAPE)
        shapes = ((number(plc, 4 * at, 4), number(plc, 4 * (count + 1) + _SHAPE * at, 4)) for at in range(count))
        self._shapes = sorted((shape for shape in shapes if shape[1] in self._boxes), reverse=True)

    def _anchored(self, span: range) -> Iterator[WordParagraph]:
        """The paragraphs of the boxes that are anchored in a paragraph, or before it."""
        while self._shapes and self._shapes[-1][0] <= span.stop:
            for box in self._boxes.pop(self._shapes.pop()[1], ()):
                yield from self._of_box(box)

    def _of_box(self, box: range) -> Iterator[WordParagraph]:
        return (self._paragraph(span, settings) for span, settings, _ in self._placed(box))

    def _running(self, story: range) -> None:
        """Headers and footers of sections."""
        plc = self._part(Part.HEADERS)
        spans = stretches(plc, len(plc) // 4 - 1, story)
        for index, span in enumerate(islice(spans, _SEPARATORS, None)):
            is_header = index % 6 in _HEADERS
            for text in self._texts(span):
                self._into.leave_out(RemovalReason.PAGE_HEADER if is_header else RemovalReason.PAGE_FOOTER, text)
