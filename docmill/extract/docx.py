"""Word (DOCX): the body with its tables and text boxes, notes, comments, charts; headers and footers set apart."""

from collections.abc import Iterator

from docmill.extract.collect import Collector
from docmill.extract.docx_lists import Lists
from docmill.extract.docx_text import Runs, outermost, settings_of
from docmill.extract.limits import Limits
from docmill.extract.ooxml import DRAWINGS, diagram, main_part, properties
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.whole import whole
from docmill.extract.word_styles import DEEPEST, Style, WordParagraph, inherit, style_named
from docmill.extract.xml_stream import Element, above, attribute, local, units
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, RemovalReason

__all__ = ["read_docx"]

_UNITS = frozenset({"p", "tr"})
_CELLS = frozenset({"tc"})
_FURNITURE = {"header": RemovalReason.PAGE_HEADER, "footer": RemovalReason.PAGE_FOOTER}
_BODY_LEVEL = "9"
_MOST_SPAN = 63  # columns Word has at most


def read_docx(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks of a Word document in reading order; notes, comments and charts follow the body."""
    package = Package(data, limits)
    reader = _Reader(package, limits)
    body = main_part(package, "word/document.xml")
    reader.part(body)
    for part in package.related(body, "footnotes", "endnotes", "comments"):
        with reader.into.as_far_as_readable():
            reader.part(part, BlockKind.NOTE)
    for part in package.related(body, *DRAWINGS):
        with reader.into.as_far_as_readable():
            diagram(package, part, limits, reader.into)
    for name, reason in _FURNITURE.items():
        for part in package.related(body, name):
            reader.furniture(part, reason)
    if package.related(body, "aFChunk"):
        reader.into.warn("partly_read: documents embedded in this one were not read")
    return reader.into.extracted(properties(package, limits))


class _Reader:
    def __init__(self, package: Package, limits: Limits) -> None:
        self.into = Collector(limits)
        self._package = package
        self._limits = limits
        self._targets: dict[str, str] = {}  # of the links of the part that is being read
        main = main_part(package, "word/document.xml")
        self._styles = _style_kinds(package, main, limits)
        self._lists = Lists(package, main, limits)

    def part(self, name: str, kind: BlockKind | None = None) -> None:
        self._targets = self._package.links(name)
        for unit in units(self._package.chunks(name), _UNITS, self._limits, self.into.warnings):
            self._unit(unit, kind)

    def _unit(self, unit: Element, kind: BlockKind | None) -> None:
        if local(unit) == "tr" and kind is None:
            cells = outermost(unit, _CELLS)
            inner = outermost(cells[0], _UNITS) if len(cells) == 1 else []
            if len(inner) > 1:  # a frame around some paragraphs, or a table within one
                for one in inner:
                    self._unit(one, kind)
            else:
                self.into.of_table(above(unit, "tbl"))
                self.into.row(self._cells(unit))
            return
        for paragraph in self._paragraphs(unit):
            if kind:
                self.into.add(kind, paragraph.text)
            else:
                paragraph.put(self.into)

    def furniture(self, name: str, reason: RemovalReason) -> None:
        with self.into.as_far_as_readable(), self.into.shown(False):  # its links are none of the document's
            for unit in units(self._package.chunks(name), _UNITS, self._limits):
                for paragraph in self._paragraphs(unit):
                    self.into.leave_out(reason, paragraph.text)

    def _runs(self, element: Element) -> Runs:
        """What an element says; what Word does not show of it is logged."""
        runs = Runs.of(element)
        for text in runs.unseen:
            self.into.leave_out(RemovalReason.UNREADABLE, text)
        for target, text in runs.links:
            self.into.link(self._targets.get(target, target), text)
        return runs

    def _cells(self, row: Element) -> Iterator[str]:
        """A row's cells; one that spans several columns is followed by empty ones."""
        yield from [""] * _span(row, "trPr", "gridBefore", 0)
        for cell in outermost(row, _CELLS):
            runs = self._runs(cell)
            yield "".join([runs.text, *(self._runs(box).text for box in runs.boxes)])
            yield from [""] * (_span(cell, "tcPr", "gridSpan", 1) - 1)

    def _paragraphs(self, unit: Element) -> list[WordParagraph]:
        """A paragraph and those of the text boxes anchored in it."""
        runs = self._runs(unit)
        place = self._lists.note(unit, has_text=bool(runs.text.strip()))
        found = [WordParagraph.at(runs.text, self._kind(unit), place)]
        for box in runs.boxes:
            for child in outermost(box, _UNITS):
                found += self._paragraphs(child)
        return found

    def _kind(self, paragraph: Element) -> Style:
        """What a paragraph is, and of which level if it is a heading or its style is of lists of some depth."""
        kind, level = BlockKind.PARAGRAPH, None
        for setting in next((child for child in paragraph if local(child) == "pPr"), ()):
            match local(setting):
                case "pStyle":
                    kind, level = self._styles.get(attribute(setting, "val") or "", (kind, level))
                case "outlineLvl" if outline := _outline(setting):
                    return BlockKind.HEADING, outline
                case "numPr":
                    numbers = [attribute(child, "val") for child in setting if local(child) == "numId"]
                    if numbers == ["0"] and kind is BlockKind.LIST_ITEM:  # taken out of the list its style is of
                        kind, level = BlockKind.PARAGRAPH, None
                    elif numbers != ["0"] and kind is BlockKind.PARAGRAPH:
                        kind = BlockKind.LIST_ITEM
        return kind, level


def _outline(setting: Element) -> int | None:
    """The level of a heading, from 1, in Word's outline; None for body text."""
    level = attribute(setting, "val") or _BODY_LEVEL
    return min(int(level) + 1, DEEPEST) if level.isdecimal() and level < _BODY_LEVEL else None


def _span(element: Element, settings: str, name: str, usual: int) -> int:
    """How many columns a row's or cell's settings say."""
    value = whole(next((attribute(one, "val") for one in settings_of(element, settings, name)), None))
    return usual if value is None else min(value, _MOST_SPAN)


def _style_kinds(package: Package, main: str, limits: Limits) -> dict[str, Style]:
    """What the document's styles, by id, make of a paragraph; a style without a say inherits."""
    part = next(iter(package.related(main, "styles")), None)
    kinds: dict[str, Style] = {}
    bases: dict[str, str] = {}
    if part is None:
        return kinds
    try:
        for style in units(package.chunks(part), {"style"}, limits):
            identity = attribute(style, "styleId") or ""
            named = {local(child): child for child in style.iter()}
            name = (attribute(named["name"], "val") or "").lower() if "name" in named else ""
            if kind := _kind_of_style(name, named):
                kinds[identity] = kind
            elif "basedOn" in named:
                bases[identity] = attribute(named["basedOn"], "val") or ""
    except UnreadableError:
        return {}
    inherit(kinds, bases)
    return kinds


def _kind_of_style(name: str, named: dict[str, Element]) -> Style | None:
    if said := style_named(name):
        return said
    if "outlineLvl" in named and (outline := _outline(named["outlineLvl"])):
        return BlockKind.HEADING, outline
    return (BlockKind.LIST_ITEM, None) if "numPr" in named else None
