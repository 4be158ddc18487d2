"""OpenDocument text, spreadsheets and presentations (ODT, ODS, ODP)."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeAlias

from docmill.extract.cells import as_row
from docmill.extract.collect import Collector
from docmill.extract.formula import read_formula
from docmill.extract.limits import Limits
from docmill.extract.odf_columns import Columns, is_collapsed, times
from docmill.extract.odf_styles import Styles
from docmill.extract.odf_text import BOXES, PARAGRAPHS, Inline, outermost
from docmill.extract.ooxml import dublin_core
from docmill.extract.package import Package
from docmill.extract.sheet_rows import sheet_name_kind
from docmill.extract.unreadable import UnreadableError
from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, above, attribute, local, text_of, units
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason, RemovalReason

__all__ = ["read_odf"]

_STYLES = frozenset({"style", "list-style"})
_BLOCKS = frozenset({"h", "p", "list", "table-row"})
_UNITS = _BLOCKS | _STYLES | {"table-column"}
_OBJECT = re.compile(r"(?:\./)?Object \d+/content\.xml")
_FURNITURE = {
    "header": RemovalReason.PAGE_HEADER, "header-left": RemovalReason.PAGE_HEADER,
    "header-first": RemovalReason.PAGE_HEADER, "footer": RemovalReason.PAGE_FOOTER,
    "footer-left": RemovalReason.PAGE_FOOTER, "footer-first": RemovalReason.PAGE_FOOTER,
}  # fmt: skip
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
    reader = _Reader(Collector(limits), limits, _formulas(package, limits))
    if "styles.xml" in package:
        reader.furniture(package)
    reader.part(package, "content.xml")
    for name in package.names:
        if _OBJECT.fullmatch(name):
            with reader.into.as_far_as_readable():
                reader.part(package, name)
    metadata = dublin_core(package, "meta.xml", limits, "meta") if "meta.xml" in package else Metadata()
    return reader.into.extracted(metadata)


def _formulas(package: Package, limits: Limits) -> dict[str, str]:
    """The formulas that are objects of their own, by the folder of each."""
    found: dict[str, str] = {}
    for name in package.names:
        folder, _, part = name.rpartition("/")
        if part == "content.xml" and folder:
            with suppress(UnreadableError):
                for element in units(package.chunks(name), {"math"}, limits):
                    found[folder] = read_formula(element)
    return found


class _Reader:
    def __init__(self, into: Collector, limits: Limits, formulas: Mapping[str, str]) -> None:
        self.into = into
        self._formulas = formulas
        self._limits = limits
        self._page: Element | None = None
        self._number = 0
        self._styles = Styles()
        self._columns = Columns()
        self._table: Element | None = None  # that the last row was of
        self._waiting: list[tuple[Element, int | None, bool]] = []  # its notes, which follow it; page, whether shown
        self._counts: dict[tuple[str, int], int] = {}  # by list style and depth: items so far

    def part(self, package: Package, name: str) -> None:
        for unit in units(package.chunks(name), _UNITS, self._limits, self.into.warnings):
            around = {local(element): element for element in unit.iterancestors()}
            if local(unit) in _STYLES:
                self._styles.note(unit)
            elif local(unit) == "table-column":
                self._columns.note(unit)
            elif "tracked-changes" in around:
                self.into.leave_out(RemovalReason.UNREADABLE, text_of(unit))
            else:
                self._end_table(above(unit, "table") if local(unit) == "table-row" else None)
                with self.into.shown(not any(map(self._styles.hides, unit.iterancestors()))):
                    self._unit(unit, around)
        self._end_table(None)

    def furniture(self, package: Package) -> None:
        with self.into.as_far_as_readable():
            for element in units(package.chunks("styles.xml"), _STYLES | set(_FURNITURE), self._limits):
                if local(element) in _STYLES:
                    self._styles.note(element)
                    continue
                self.into.leave_out(_FURNITURE[local(element)], Inline(self._styles).read(element).text)

    def _unit(self, unit: Element, around: dict[str, Element]) -> None:
        page = self._turn(around)
        if local(unit) == "table-row":
            cells = [cell for cell in unit if local(cell) == "table-cell"]
            inner = list(outermost(cells[0], _BLOCKS)) if len(cells) == 1 and "spreadsheet" not in around else []
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
                elif local(child) in PARAGRAPHS:
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
                name = attribute(sheet, "name") or ""
                self.into.add(sheet_name_kind(name), name, self._number)
        return self._number

    def _paragraph(self, element: Element, kind: BlockKind, page: int | None, place: _Place = None) -> None:
        inline = self._inline(element)
        level, number = place or (None, None)
        if local(element) == "h" and kind is not BlockKind.NOTE:
            outline = whole(attribute(element, "outline-level"), _MOST_DIGITS)
            kind, number = BlockKind.HEADING, None
            level = None if outline is None else min(outline, _DEEPEST)
        elif kind is BlockKind.LIST_ITEM and place is None:
            kind = BlockKind.PARAGRAPH
        elif kind is BlockKind.PARAGRAPH:
            kind, level = self._styles.kind(element)
        with self.into.shown(not self._styles.hides(element)):
            if kind is BlockKind.CODE:
                self.into.add_code(inline.text, page)
            else:
                self.into.add(kind, inline.text, page, level or None, number)
        for aside in inline.asides:
            self._aside(aside, page)

    def _inline(self, element: Element) -> Inline:
        """What an element says; its links are noted, and what is not shown of it is logged."""
        inline = Inline(self._styles, self._formulas).read(element)
        for text in inline.unseen:
            self.into.leave_out(RemovalReason.UNREADABLE, text)
        for address, text in inline.links:
            self.into.link(address, text)
        return inline

    def _aside(self, aside: Element, page: int | None) -> None:
        """A note or a comment, or what a text box holds."""
        is_box = local(aside) in BOXES
        for one in outermost(aside, _BLOCKS if is_box else PARAGRAPHS):
            match local(one):
                case "table-row":
                    self.into.of_table(above(one, "table"))
                    self._row(one, page)
                case "list":
                    self._list(one, BlockKind.LIST_ITEM, page)
                case _:
                    self._paragraph(one, BlockKind.PARAGRAPH if is_box else BlockKind.NOTE, page)

    def _end_table(self, following: Element | None) -> None:
        """The notes of a table behind it, unless its rows go on."""
        if following is not self._table:
            self._table, waiting, self._waiting = following, self._waiting, []
            for aside, page, is_shown in waiting:
                with self.into.shown(is_shown):
                    self._aside(aside, page)

    def _row(self, row: Element, page: int | None) -> None:
        cells: list[str] = []
        hidden: list[str] = []
        at, table = 0, above(row, "table")
        is_shown = self.into.is_shown and not is_collapsed(row)
        for cell in row:
            if local(cell) in {"table-cell", "covered-table-cell"}:
                inline = self._inline(cell)
                self._waiting += [(aside, page, is_shown) for aside in inline.asides]
                text = inline.text or attribute(cell, "value") or ""
                end = at + times(cell, "number-columns-repeated")
                shown = self._columns.shown(table, at, end)
                cells += [text] * _filling(shown, len(text) or 1)
                hidden += [] if shown else [text]
                at = end
        with self.into.shown(is_shown):
            for _ in range(_filling(times(row, "number-rows-repeated"), sum(map(len, cells)) or _MOST_REPEATED)):
                self.into.row(cells, page)
        if hidden:
            self.into.leave_out(RemovalReason.UNREADABLE, as_row(hidden), page)


def _filling(repeated: int, characters: int) -> int:
    """How often to write what is repeated; once if that makes it long: it only fills a sheet."""
    return repeated if repeated * characters <= _MOST_REPEATED else 1
