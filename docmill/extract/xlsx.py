"""Excel (XLSX): a heading a sheet, a block a row; text boxes, comments and charts; printed headers set apart."""

from typing import NamedTuple

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.ooxml import DRAWINGS, diagram, links, main_part, paragraph_text, properties
from docmill.extract.package import Package, related_to
from docmill.extract.sheet_rows import printed, sheet_name_kind
from docmill.extract.xlsx_cells import Cells
from docmill.extract.xlsx_rows import ROW_UNITS, Rows, cell_links
from docmill.extract.xml_stream import Element, is_fallback, local, units
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, RemovalReason

__all__ = ["read_xlsx"]

_HEADERS = frozenset({"oddHeader", "evenHeader", "firstHeader"})
_FOOTERS = frozenset({"oddFooter", "evenFooter", "firstFooter"})
_FOR_OLD_PROGRAMS = "[Threaded comment]"


def read_xlsx(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks sheet by sheet; formulas by their last computed values, dates in ISO 8601."""
    package = Package(data, limits)
    into = Collector(limits)
    main = main_part(package, "xl/workbook.xml")
    cells = Cells(package, main, limits)
    for number, sheet in enumerate(_sheets(package, main, limits), 1):
        if sheet.part not in package or into.full:
            into.warn(f"partly_read: sheet {number} was not read")
            continue
        with into.shown(sheet.is_shown):
            into.add(sheet_name_kind(sheet.name), sheet.name, number)
            with into.unless_corrupt(f"sheet {number}"):
                _sheet(package, sheet.part, number, cells, limits, into)
    return into.extracted(properties(package, limits))


class _Sheet(NamedTuple):
    name: str
    part: str
    is_shown: bool


def _sheets(package: Package, main: str, limits: Limits) -> list[_Sheet]:
    """The sheets, in the workbook's order."""
    targets = {relation.id: relation.target for relation in package.relations(main)}
    return [
        _Sheet(
            sheet.get("name") or "",
            related_to(sheet, targets),
            sheet.get("state", "visible") == "visible",
        )
        for sheet in units(package.chunks(main), {"sheet"}, limits)
    ]


def _sheet(  # noqa: PLR0913, PLR0917  a sheet in its workbook
    package: Package, part: str, number: int, cells: Cells, limits: Limits, into: Collector
) -> None:
    rows = Rows(cells, cell_links(package, part, limits))
    into.begin_table()
    for unit in units(package.chunks(part), ROW_UNITS | _HEADERS | _FOOTERS, limits, into.warnings):
        if local(unit) in ROW_UNITS:
            rows.take(unit, number, into)
        else:
            reason = RemovalReason.PAGE_HEADER if local(unit) in _HEADERS else RemovalReason.PAGE_FOOTER
            into.leave_out(reason, printed(unit.text or ""), number)
    for comments in package.related(part, "comments", "threadedComment"):
        _comments(package, comments, number, limits, into)
    for drawing in package.related(part, "drawing"):
        targets = package.links(drawing)
        for box in units(package.chunks(drawing), {"p"}, limits, into.warnings):
            if is_fallback(box):  # "This chart isn't available in your version of Excel."
                into.leave_out(RemovalReason.BOILERPLATE, paragraph_text(box), number)
                continue
            into.add(BlockKind.PARAGRAPH, paragraph_text(box), number)
            for address, text in links(box, targets):
                into.link(address, text)
        for chart in package.related(drawing, *DRAWINGS):
            diagram(package, chart, limits, into, number)


def _comments(package: Package, part: str, number: int, limits: Limits, into: Collector) -> None:
    for comment in units(package.chunks(part), {"comment", "threadedComment"}, limits, into.warnings):
        text = _runs(comment)
        if text.startswith(_FOR_OLD_PROGRAMS):  # the threads are a part of their own
            into.leave_out(RemovalReason.DUPLICATE, text, number)
        else:
            into.add(BlockKind.NOTE, text, number)


def _runs(element: Element) -> str:
    return "".join(child.text or "" for child in element.iter() if local(child) in {"t", "text"})
