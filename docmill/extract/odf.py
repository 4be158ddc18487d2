"""OpenDocument text, spreadsheets and presentations (ODT, ODS, ODP)."""

import re

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.ooxml import dublin_core
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xml_stream import Element, attribute, local, units
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason, RemovalReason

__all__ = ["read_odf"]

_UNITS = frozenset({"h", "p", "list", "table-row"})
_PARAGRAPHS = frozenset({"h", "p"})
_ASIDES = frozenset({"note", "annotation", "text-box"})
_SKIPPED = frozenset({"note-citation", "creator", "date", "date-string", "ruby-text", "tracked-changes"})
_BREAKS = {"tab": "\t", "line-break": "\n"}
_OBJECT = re.compile(r"(?:\./)?Object \d+/content\.xml")
_FURNITURE = {
    "header": RemovalReason.PAGE_HEADER, "header-left": RemovalReason.PAGE_HEADER,
    "header-first": RemovalReason.PAGE_HEADER, "footer": RemovalReason.PAGE_FOOTER,
    "footer-left": RemovalReason.PAGE_FOOTER, "footer-first": RemovalReason.PAGE_FOOTER,
}  # fmt: skip
_MOST_SPACES = 100
_MOST_REPEATED = 5_000  # characters that a cell or row makes up, repeated
_MOST_DIGITS = 9


def read_odf(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks in reading order; a presentation's slides and a spreadsheet's sheets are pages."""
    package = Package(data, limits)
    manifest = "META-INF/manifest.xml"
    if manifest in package and b"encryption-data" in package.read(manifest):
        return Refusal("extract", Reason.ENCRYPTED, "The file is locked with a password.")
    reader = _Reader(Collector(limits), limits)
    reader.part(package, "content.xml")
    for name in package.names:
        if _OBJECT.fullmatch(name):
            reader.optional(package, name)
    if "styles.xml" in package:
        reader.furniture(package)
    metadata = dublin_core(package, "meta.xml", limits, "meta") if "meta.xml" in package else Metadata()
    return reader.into.extracted(metadata)


class _Reader:
    def __init__(self, into: Collector, limits: Limits) -> None:
        self.into = into
        self._limits = limits
        self._page: Element | None = None
        self._number = 0

    def part(self, package: Package, name: str) -> None:
        for unit in units(package.chunks(name), _UNITS, self._limits, self.into.warnings):
            around = {local(element): element for element in unit.iterancestors()}
            if "tracked-changes" not in around:
                self._unit(unit, around)

    def optional(self, package: Package, name: str) -> None:
        try:
            self.part(package, name)
        except UnreadableError as error:
            self.into.warn(f"partly_read: {error.message}")

    def furniture(self, package: Package) -> None:
        try:
            for element in units(package.chunks("styles.xml"), set(_FURNITURE), self._limits):
                parts: list[str] = []
                _inline(element, parts, [])
                self.into.leave_out(_FURNITURE[local(element)], "".join(parts))
        except UnreadableError as error:
            self.into.warn(f"partly_read: {error.message}")

    def _unit(self, unit: Element, around: dict[str, Element]) -> None:
        page = self._turn(around)
        if local(unit) == "table-row":
            self._row(unit, page)
        elif local(unit) == "list":
            kind = BlockKind.NOTE if "notes" in around else BlockKind.LIST_ITEM
            for paragraph in _outermost(unit):
                self._paragraph(paragraph, kind, page)
        else:
            title = any(attribute(frame, "class") in {"title", "subtitle"} for frame in around.values())
            kind = BlockKind.HEADING if title else BlockKind.NOTE if "notes" in around else BlockKind.PARAGRAPH
            self._paragraph(unit, kind, page)

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

    def _paragraph(self, element: Element, kind: BlockKind, page: int | None) -> None:
        parts: list[str] = []
        asides: list[Element] = []
        _inline(element, parts, asides)
        heading = local(element) == "h" and kind is not BlockKind.NOTE
        self.into.add(BlockKind.HEADING if heading else kind, "".join(parts), page)
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
                cells += [text] * _times(cell, "number-columns-repeated", len(text))
        for _ in range(_times(row, "number-rows-repeated", sum(map(len, cells)))):
            self.into.row(cells, page)
        for aside in asides:
            for paragraph in _outermost(aside):
                self._paragraph(paragraph, BlockKind.NOTE, page)


def _times(element: Element, name: str, characters: int) -> int:
    """How often a row or cell stands there that is written once; once if that makes it long: it only fills a sheet."""
    count = attribute(element, name) or "1"
    times = int(count) if count.isdecimal() and len(count) < _MOST_DIGITS else 1
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
        elif name not in _SKIPPED:
            _inline(child, parts, asides)
            if name in _PARAGRAPHS:
                parts.append("\n")
        parts.append(child.tail or "")


def _outermost(element: Element) -> list[Element]:
    found = []
    for child in element:
        found += [child] if local(child) in _PARAGRAPHS else _outermost(child)
    return found
