"""Excel (XLSX): a heading a sheet, a block a row; text boxes, comments and charts; printed headers set apart."""

import re

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.ooxml import DRAWINGS, diagram, main_part, paragraph_text, properties
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xlsx_cells import Cells, column
from docmill.extract.xml_stream import Element, is_fallback, local, units
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, Reason, RemovalReason

__all__ = ["read_xlsx"]

_HEADERS = frozenset({"oddHeader", "evenHeader", "firstHeader"})
_FOOTERS = frozenset({"oddFooter", "evenFooter", "firstFooter"})
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d+|[A-Za-z])')  # formatting and fields of a printed header
_FOR_OLD_PROGRAMS = "[Threaded comment]"
_MOST_GAP = 200  # columns filled up
_DEFAULT_NAME = re.compile(r"[^\W\d_]+ ?\d+")  # Sheet1 in any language says nothing of its contents


def read_xlsx(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks sheet by sheet; formulas by their last computed values, dates in ISO 8601."""
    package = Package(data, limits)
    into = Collector(limits)
    main = main_part(package, "xl/workbook.xml")
    cells = Cells(package, main, limits)
    for number, (name, part) in enumerate(_sheets(package, main, limits), 1):
        if part not in package or into.full:
            into.warn(f"partly_read: sheet {number} was not read")
            continue
        into.add(BlockKind.CAPTION if _DEFAULT_NAME.fullmatch(name) else BlockKind.HEADING, name, number)
        try:
            _sheet(package, part, number, cells, limits, into)
        except UnreadableError as error:
            if error.reason is not Reason.CORRUPT:
                raise
            into.warn(f"partly_read: sheet {number}: {error.message}")
    return into.extracted(properties(package, limits))


def _sheets(package: Package, main: str, limits: Limits) -> list[tuple[str, str]]:
    """Names and parts of the sheets, in the workbook's order."""
    targets = {relation.id: relation.target for relation in package.relations(main)}
    return [
        (
            sheet.get("name") or "",
            next((targets[v] for k, v in sheet.items() if k.endswith("}id") and v in targets), ""),
        )
        for sheet in units(package.chunks(main), {"sheet"}, limits)
    ]


def _sheet(  # noqa: PLR0913, PLR0917  a sheet in its workbook
    package: Package, part: str, number: int, cells: Cells, limits: Limits, into: Collector
) -> None:
    first = 0
    into.begin_table()
    for unit in units(package.chunks(part), {"row", "dimension"} | _HEADERS | _FOOTERS, limits, into.warnings):
        if local(unit) == "row":
            into.row(_row(unit, cells, first), number)
        elif local(unit) == "dimension":
            first = column(unit.get("ref") or "") or 0
        else:
            reason = RemovalReason.PAGE_HEADER if local(unit) in _HEADERS else RemovalReason.PAGE_FOOTER
            into.leave_out(reason, _CODES.sub(" ", unit.text or ""), number)
    for comments in package.related(part, "comments", "threadedComment"):
        _comments(package, comments, number, limits, into)
    for drawing in package.related(part, "drawing"):
        for box in units(package.chunks(drawing), {"p"}, limits, into.warnings):
            if is_fallback(box):  # "This chart isn't available in your version of Excel."
                into.leave_out(RemovalReason.BOILERPLATE, paragraph_text(box), number)
            else:
                into.add(BlockKind.PARAGRAPH, paragraph_text(box), number)
        for chart in package.related(drawing, *DRAWINGS):
            diagram(package, chart, limits, into, number)


def _comments(package: Package, part: str, number: int, limits: Limits, into: Collector) -> None:
    for comment in units(package.chunks(part), {"comment", "threadedComment"}, limits, into.warnings):
        text = _runs(comment)
        if text.startswith(_FOR_OLD_PROGRAMS):  # the threads are a part of their own
            into.leave_out(RemovalReason.DUPLICATE, text, number)
        else:
            into.add(BlockKind.NOTE, text, number)


def _row(row: Element, cells: Cells, first: int) -> list[str]:
    """The texts of a row's cells from the sheet's first column on, also of those that the file leaves out."""
    texts: list[str] = []
    for cell in row.iterchildren("{*}c"):
        place = column(cell.get("r") or "")
        texts += [""] * min((place if place is not None else first + len(texts)) - first - len(texts), _MOST_GAP)
        texts.append(cells.text(cell))
    return texts


def _runs(element: Element) -> str:
    return "".join(child.text or "" for child in element.iter() if local(child) in {"t", "text"})
