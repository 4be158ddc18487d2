"""Word (DOCX): the body with its tables and text boxes, notes, comments, charts; headers and footers set apart."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.ooxml import DRAWINGS, diagram, main_part, properties
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xml_stream import Element, attribute, local, units
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, RemovalReason

__all__ = ["read_docx"]

_UNITS = frozenset({"p", "tr"})
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED = frozenset({"pPr", "rPr", "del", "moveFrom", "instrText", "delText", "tblPr", "tcPr", "trPr", "sdtPr"})
_FURNITURE = {"header": RemovalReason.PAGE_HEADER, "footer": RemovalReason.PAGE_FOOTER}
_STYLES = (
    (("heading", "title", "subtitle"), BlockKind.HEADING),
    (("caption",), BlockKind.CAPTION),
    (("list",), BlockKind.LIST_ITEM),
    (("quote", "intense quote", "block text"), BlockKind.QUOTE),
)
_Style: TypeAlias = tuple[BlockKind, int | None]  # what its paragraphs are, and a heading's level
_LEVEL = re.compile(r"heading ([1-9])")
_DEEPEST = 6
_BODY_LEVEL = "9"
_MOST_BASES = 20  # styles a style inherits through


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    kind: BlockKind
    level: int | None


def read_docx(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks of a Word document in reading order; notes, comments and charts follow the body."""
    package = Package(data, limits)
    reader = _Reader(package, limits)
    body = main_part(package, "word/document.xml")
    reader.part(body)
    for part in package.related(body, "footnotes", "endnotes", "comments"):
        reader.optional(part, BlockKind.NOTE)
    for part in package.related(body, *DRAWINGS):
        try:
            diagram(package, part, limits, reader.into)
        except UnreadableError as error:
            reader.into.warn(f"partly_read: {error.message}")
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
        self._styles = _style_kinds(package, limits)

    def part(self, name: str, kind: BlockKind | None = None) -> None:
        for unit in units(self._package.chunks(name), _UNITS, self._limits, self.into.warnings):
            if local(unit) == "tr" and kind is None:
                self.into.row(_cells(unit))
                continue
            for paragraph in self._paragraphs(unit):
                self.into.add(kind or paragraph.kind, paragraph.text, level=None if kind else paragraph.level)

    def optional(self, name: str, kind: BlockKind) -> None:
        """A part the document is still worth reading without."""
        try:
            self.part(name, kind)
        except UnreadableError as error:
            self.into.warn(f"partly_read: {error.message}")

    def furniture(self, name: str, reason: RemovalReason) -> None:
        try:
            for unit in units(self._package.chunks(name), _UNITS, self._limits):
                for paragraph in self._paragraphs(unit):
                    self.into.leave_out(reason, paragraph.text)
        except UnreadableError as error:
            self.into.warn(f"partly_read: {error.message}")

    def _paragraphs(self, unit: Element) -> list[_Paragraph]:
        """A paragraph and those of the text boxes anchored in it."""
        parts: list[str] = []
        boxes: list[Element] = []
        _inline(unit, parts, boxes)
        found = [_Paragraph("".join(parts), *self._kind(unit))]
        for box in boxes:
            for child in _outermost(box):
                found += self._paragraphs(child)
        return found

    def _kind(self, paragraph: Element) -> _Style:
        """What a paragraph is, and of which level if it is a heading."""
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
                        kind = BlockKind.PARAGRAPH
                    elif numbers != ["0"] and kind is BlockKind.PARAGRAPH:
                        kind = BlockKind.LIST_ITEM
        return kind, level


def _outline(setting: Element) -> int | None:
    """The level of a heading, from 1, in Word's outline; None for body text."""
    level = attribute(setting, "val") or _BODY_LEVEL
    return min(int(level) + 1, _DEEPEST) if level.isdecimal() and level < _BODY_LEVEL else None


def _inline(element: Element, parts: list[str], boxes: list[Element]) -> None:
    """Text of an element's runs; text boxes are put aside, and the fallbacks for old programs passed over."""
    choices = {local(child) for child in element} if local(element) == "AlternateContent" else set()
    for child in element:
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in _BREAKS:
            parts.append(_BREAKS[name])
        elif name == "txbxContent":
            boxes.append(child)
        elif name not in _SKIPPED and not (name == "Fallback" and "Choice" in choices):
            _inline(child, parts, boxes)
            if name == "p":
                parts.append("\n")


def _cells(row: Element) -> list[str]:
    cells = []
    for cell in row.iter():
        if local(cell) != "tc" or any(local(above) == "tc" for above in cell.iterancestors()):
            continue
        parts: list[str] = []
        boxes: list[Element] = []
        _inline(cell, parts, boxes)
        for box in boxes:
            _inline(box, parts, [])
        cells.append("".join(parts))
    return cells


def _outermost(element: Element) -> list[Element]:
    found = []
    for child in element:
        found += [child] if local(child) in _UNITS else _outermost(child)
    return found


def _style_kinds(package: Package, limits: Limits) -> dict[str, _Style]:
    """What the document's styles, by id, make of a paragraph; a style without a say inherits."""
    part = next(iter(package.related(main_part(package, "word/document.xml"), "styles")), None)
    kinds: dict[str, _Style] = {}
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
    for identity, base in bases.items():
        for _ in range(_MOST_BASES):
            if base in kinds or base not in bases:
                break
            base = bases[base]  # noqa: PLW2901  up the chain
        if base in kinds:
            kinds[identity] = kinds[base]
    return kinds


def _kind_of_style(name: str, named: dict[str, Element]) -> _Style | None:
    for beginnings, kind in _STYLES:
        if name.startswith(beginnings):
            level = _LEVEL.fullmatch(name)
            return kind, min(int(level[1]), _DEEPEST) if level else 1 if name == "title" else None
    if "outlineLvl" in named and (outline := _outline(named["outlineLvl"])):
        return BlockKind.HEADING, outline
    return (BlockKind.LIST_ITEM, None) if "numPr" in named else None
