"""OpenDocument text, spreadsheets and presentations (ODT, ODS, ODP)."""

import re
from typing import TypeAlias

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.odf_styles import Styles
from docmill.extract.ooxml import dublin_core
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, above, attribute, local, text_of, units
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason, RemovalReason

__all__ = ["read_odf"]

_STYLES = frozenset({"style", "list-style"})
_BLOCKS = frozenset({"h", "p", "list", "table-row"})
_UNITS = _BLOCKS | _STYLES
_PARAGRAPHS = frozenset({"h", "p"})
_ASIDES = frozenset({"note", "annotation", "text-box"})
_SKIPPED = frozenset({"note-citation", "date-string", "ruby-text", "tracked-changes"})
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"  # who wrote a comment, and when
_BREAKS = {"tab": "\t", "line-break": "\n"}
_OBJECT = re.compile(r"(?:\./)?Object \d+/content\.xml")
_FURNITURE = {
    "header": RemovalReason.PAGE_HEADER, "header-left": RemovalReason.PAGE_HEADER,
    "header-first": RemovalReason.PAGE_HEADER, "footer": RemovalReason.PAGE_FOOTER,
    "footer-left": RemovalReason.PAGE_FOOTER, "footer-first": RemovalReason.PAGE_FOOTER,
}  # fmt: skip
_MOST_SPACES = 100
_MOST_REPEATED = 5_000  # characters that a cell or row makes up, repeated
_MOST_DIGITS = 8
_DEEPEST = 6
_Place: TypeAlias = tuple[int, int | None] | None  # nesting and number of what begins a list's item


def read_odf(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks in reading order; a presentation's slides and a spreadsheet's sheets are pages."""
    package = Package(data, limits)
    manifest = "META-INF/manifest.xml"
    if manifest in package and b"encryption-data" in package.read(manifest):
        return Refusal("extract", Reason.ENCRYPTED, "The file is locked with a password.")
    reader = _Reader(Collector(limits), limits)
    if "styles.xml" in package:
        reader.furniture(package)
    reader.part(package, "content.xml")
    for name in package.names:
        if _OBJECT.fullmatch(name):
            reader.optional(package, name)
    metadata = dublin_core(package, "meta.xml", limits, "meta") if "meta.xml" in package else Metadata()
    return reader.into.extracted(metadata)


class _Reader:
    def __init__(self, into: Collector, limits: Limits) -> None:
        self.into = into
        self._limits = limits
        self._page: Element | None = None
        self._number = 0
        self._styles = Styles()
        self._counts: dict[tuple[str, int], int] = {}  # by list style and depth: items so far

    def part(self, package: Package, name: str) -> None:
        for unit in units(package.chunks(name), _UNITS, self._limits, self.into.warnings):
            around = {local(element): element for element in unit.iterancestors()}
            if local(unit) in _STYLES:
                self._styles.note(unit)
            elif "tracked-changes" in around:
                self.into.leave_out(RemovalReason.UNREADABLE, text_of(unit))
            else:
                self._unit(unit, around)

    def optional(self, package: Package, name: str) -> None:
        try:
            self.part(package, name)
        except UnreadableError as error:
            self.into.warn(f"partly_read: {error.message}")

    def furniture(self, package: Package) -> None:
        try:
            for element in units(package.chunks("styles.xml"), _STYLES | set(_FURNITURE), self._limits):
                if local(element) in _STYLES:
                    self._styles.note(element)
                    continue
                parts: list[str] = []
                _inline(element, parts, [])
                self.into.leave_out(_FURNITURE[local(element)], "".join(parts))
        except UnreadableError as error:
            self.into.warn(f"partly_read: {error.message}")

    def _unit(self, unit: Element, around: dict[str, Element]) -> None:
        page = self._turn(around)
        if local(unit) == "table-row":
            cells = [cell for cell in unit if local(cell) == "table-cell"]
            inner = _outermost(cells[0], _BLOCKS) if len(cells) == 1 and "spreadsheet" not in around else []
            if len(inner) > 1:  # a frame around some paragraphs, or a table within one
                for one in inner:
                    self._unit(one, around)
            else:
                self.into.of_table(above(unit, "table"))
                self._row(unit, page)
        elif local(unit) == "list":
            kind = BlockKind.NOTE if "notes" in around else BlockKind.LIST_ITEM
            self._list(unit, kind, page)
        else:
            title = any(attribute(frame, "class") in {"title", "subtitle"} for frame in around.values())
            kind = BlockKind.HEADING if title else BlockKind.NOTE if "notes" in around else BlockKind.PARAGRAPH
            self._paragraph(unit, kind, page)

    def _list(self, element: Element, kind: BlockKind, page: int | None, style: str = "", depth: int = 1) -> None:
        """A list's items with those of lists within them; a further paragraph of an item is none."""
        style = attribute(element, "style-name") or style
        first = self._styles.first(style, depth)
        goes_on = attribute(element, "continue-numbering") == "true" or attribute(element, "continue-list")
        if not goes_on:
            self._counts.pop((style, depth), None)
        for item in element:
            begun = local(item) != "list-item"
            for child in item:
                if local(child) == "list":
                    self._list(child, kind, page, style, depth + 1)
                elif local(child) in _PARAGRAPHS:
                    place: _Place = None if begun else (depth, self._next(style, depth, first, item))
                    begun = True
                    self._paragraph(child, kind, page, place)

    def _next(self, style: str, depth: int, first: int | None, item: Element) -> int | None:
        if first is None:
            return None
        own = whole(attribute(item, "start-value"), _MOST_DIGITS)
        number = own if own is not None else self._counts.get((style, depth), first - 1) + 1
        self._counts[style, depth] = number
        return number

    def _turn(self, around: dict[str, Element]) -> int | None:
        """The number of the page a unit is on; a spreadsheet's sheet opens with its name."""
        sheet = around.get("table") if "spreadsheet" in around else None
        page = around.get("page") if "presentation" in around else sheet
        if page is None:
            return None
        if page is not self._page:
            self._page = page
            self._number += 1
            if sheet is not None:
                self.into.add(BlockKind.CAPTION, attribute(sheet, "name") or "", self._number)
        return self._number

    def _paragraph(self, element: Element, kind: BlockKind, page: int | None, place: _Place = None) -> None:
        parts: list[str] = []
        asides: list[Element] = []
        _inline(element, parts, asides)
        level, number = place or (None, None)
        if local(element) == "h" and kind is not BlockKind.NOTE:
            outline = whole(attribute(element, "outline-level"), _MOST_DIGITS)
            kind, number = BlockKind.HEADING, None
            level = None if outline is None else min(outline, _DEEPEST)
        elif kind is BlockKind.LIST_ITEM and place is None:
            kind = BlockKind.PARAGRAPH
        elif kind is BlockKind.PARAGRAPH:
            kind, level = self._styles.kind(element)
        self.into.add(kind, "".join(parts), page, level or None, number)
        for aside in asides:
            boxed = BlockKind.PARAGRAPH if local(aside) == "text-box" else BlockKind.NOTE
            for paragraph in _outermost(aside):
                self._paragraph(paragraph, boxed, page)

    def _row(self, row: Element, page: int | None) -> None:
        cells: list[str] = []
        asides: list[Element] = []
        for cell in row:
            if local(cell) in {"table-cell", "covered-table-cell"}:
                parts: list[str] = []
                _inline(cell, parts, asides)
                text = "".join(parts) or attribute(cell, "value") or ""
                cells += [text] * _times(cell, "number-columns-repeated", len(text) or 1)
        for _ in range(_times(row, "number-rows-repeated", sum(map(len, cells)) or _MOST_REPEATED)):
            self.into.row(cells, page)
        for aside in asides:
            for paragraph in _outermost(aside):
                self._paragraph(paragraph, BlockKind.NOTE, page)


def _times(element: Element, name: str, characters: int) -> int:
    """How often a row or cell stands there that is written once; once if that makes it long: it only fills a sheet."""
    times = whole(attribute(element, name), _MOST_DIGITS) or 0
    return times if 0 < times * characters <= _MOST_REPEATED else 1


def _inline(element: Element, parts: list[str], asides: list[Element]) -> None:
    """Text of an element in order; notes, comments and text boxes are put aside."""
    parts.append(element.text or "")
    for child in element:
        name = local(child)
        if name in _ASIDES:
            asides.append(child)
        elif name in _BREAKS:
            parts.append(_BREAKS[name])
        elif name == "s":
            count = attribute(child, "c") or "1"
            parts.append(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))
        elif name not in _SKIPPED and not str(child.tag).startswith(_DUBLIN_CORE):
            _inline(child, parts, asides)
            if name in _PARAGRAPHS:
                parts.append("\n")
        parts.append(child.tail or "")


def _outermost(element: Element, names: frozenset[str] = _PARAGRAPHS) -> list[Element]:
    found = []
    for child in element:
        found += [child] if local(child) in names else _outermost(child, names)
    return found
