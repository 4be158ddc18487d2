"""PowerPoint before 2007 (PPT): slides in order, with tables, notes and comments; a slide is a page."""

import io
from collections.abc import Iterator

import olefile

from docmill.detect.compound import BROKEN
from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.ole import read_stream, verdict
from docmill.extract.ppt.document import Place, comments, footers, places, targets
from docmill.extract.ppt.records import Code, Record
from docmill.extract.ppt.shapes import Shape, Table, shapes
from docmill.extract.ppt.stream import Objects
from docmill.extract.ppt.text import Text
from docmill.extract.summary import summary
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, RemovalReason

__all__ = ["read_ppt"]

_SLIDES, _MASTERS, _NOTES = 0, 1, 2  # kinds of lists
_HIDDEN = 4  # flag of a slide in the show
_TITLES = frozenset({13, 15, 17})  # placeholders; those of subtitles also hold lists
_LISTS = frozenset({14, 18, 19})
_FURNITURE = frozenset({7, 8, 9, 10})
_PICTURE = 11  # of the slide, on its page of notes
_TITLE_TEXTS, _LIST_TEXTS = frozenset({0, 5, 6}), frozenset({1, 7, 8})  # kinds of text


def read_ppt(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks slide by slide; what masters show on every slide is left out, with its reason.

    Raises:
        UnreadableError: It is broken, cut off or encrypted.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            objects = Objects(read_stream(ole, "PowerPoint Document"), read_stream(ole, "Current User"))
            metadata = summary(ole)
    except BROKEN as error:
        raise UnreadableError(*verdict(data, error)) from None
    return _Reader(objects, limits).read().extracted(metadata)


class _Reader:
    def __init__(self, objects: Objects, limits: Limits) -> None:
        self._objects = objects
        self._into = Collector(limits)
        document = list(found.within()) if (found := objects.document) else []
        self._targets = dict(targets(document))
        self._lists = {one.kind: list(places(one)) for one in document if one.code == Code.SLIDES}
        self._notes: dict[int, Record] = {}  # by their slides
        for place in self._lists.get(_NOTES, ()):
            page = objects.take(place.number)
            for atom in page.within() if page else ():
                if page and atom.code == Code.NOTES_ATOM:
                    self._notes[atom.number(0, 4)] = page

    def read(self) -> Collector:
        """All that is shown, and what is not."""
        slides = self._lists.get(_SLIDES, [])
        for number, place in enumerate(slides, 1):
            if self._into.full:
                self._into.warn(f"partly_read: slides 1 to {number - 1} of {len(slides)} were read")
                break
            page = self._objects.take(place.number)
            if page is None:
                self._into.warn(f"partly_read: slide {number} was not read")
                continue
            with self._into.shown(_is_shown(page)):
                self._slide(page, place, number)
        for place in self._lists.get(_MASTERS, ()):
            page = self._objects.take(place.number)
            for shape in shapes(page, self._into) if page else ():
                if isinstance(shape, Shape) and (shape.placeholder is None or shape.placeholder in _FURNITURE):
                    self._furniture(shape)
        return self._into

    def _slide(self, page: Record, place: Place, number: int) -> None:
        for shape in shapes(page, self._into):
            with self._into.shown(not shape.is_hidden):
                if isinstance(shape, Table):
                    self._table(shape, number)
                else:
                    self._shape(shape, place.outline, number)
        for text in footers(page):
            self._into.leave_out(RemovalReason.PAGE_FOOTER, text, number)
        notes = self._notes.pop(place.slide, None)
        for shape in shapes(notes, self._into) if notes else ():
            for one in shape.cells if isinstance(shape, Table) else (shape,):
                for paragraph in _paragraphs(one.texts) if one.placeholder not in {_PICTURE, *_FURNITURE} else ():
                    self._into.add(BlockKind.NOTE, paragraph, number)
        for comment in comments(page):
            self._into.add(BlockKind.NOTE, comment, number)

    def _shape(self, shape: Shape, outline: list[Text], number: int) -> None:
        if shape.placeholder in _FURNITURE:
            self._furniture(shape, number)
            return
        found = shape.texts
        if shape.reference is not None and shape.reference < len(outline):
            found = [*found, outline[shape.reference]]
            outline[shape.reference] = Text(0)  # another shape does not show it again
        for text in found:
            kind = _kind(shape, text)
            for paragraph in text.paragraphs():
                own = kind
                if kind is not BlockKind.HEADING and paragraph.has_bullet is not None:
                    own = BlockKind.LIST_ITEM if paragraph.has_bullet else BlockKind.PARAGRAPH
                level = paragraph.depth + 1 if own is BlockKind.LIST_ITEM else None
                self._into.add(own, paragraph.text, number, level)
        self._links(shape, found)

    def _table(self, table: Table, number: int) -> None:
        self._into.begin_table()
        for row in table.rows():
            self._into.row(("\n".join(_paragraphs(cell.texts)) if cell else "" for cell in row), number)
            for cell in row:
                if cell:
                    self._links(cell, cell.texts)

    def _links(self, shape: Shape, found: list[Text]) -> None:
        for text in found:
            for address, shown in text.addresses(self._targets):
                self._into.link(address, shown)
        if shape.link in self._targets:
            self._into.link(self._targets[shape.link], " ".join(_paragraphs(found)))

    def _furniture(self, shape: Shape, number: int | None = None) -> None:
        reason = RemovalReason.PAGE_FOOTER if shape.placeholder else RemovalReason.PAGE_HEADER
        self._into.leave_out(reason, "\n".join(_paragraphs(shape.texts)), number)


def _is_shown(page: Record) -> bool:
    """Whether a slide is part of the show."""
    return not any(one.number(10, 2) & _HIDDEN for one in page.within() if one.code == Code.SLIDE_SHOW)


def _kind(shape: Shape, text: Text) -> BlockKind:
    """What a shape's paragraphs are: by what it stands in for, else by the kind of its text in the outline."""
    if shape.placeholder is None and shape.reference is None:
        return BlockKind.PARAGRAPH
    if shape.placeholder in _TITLES or (shape.placeholder not in _LISTS and text.kind in _TITLE_TEXTS):
        return BlockKind.HEADING
    return BlockKind.LIST_ITEM if shape.placeholder in _LISTS or text.kind in _LIST_TEXTS else BlockKind.PARAGRAPH


def _paragraphs(found: list[Text]) -> Iterator[str]:
    return (paragraph.text for text in found for paragraph in text.paragraphs())
