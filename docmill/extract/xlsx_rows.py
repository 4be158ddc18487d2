"""The rows of a spreadsheet's sheet: cells in their columns, those that are not shown apart, and where cells lead."""

import re
from collections.abc import Mapping

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.package import Package, related_to
from docmill.extract.sheet_rows import Columns
from docmill.extract.whole import whole
from docmill.extract.xlsx_cells import Cells, column
from docmill.extract.xml_stream import Element, local, units

__all__ = ["ROW_UNITS", "Rows", "cell_links"]

ROW_UNITS = frozenset({"row", "col", "sheetPr", "dimension"})
_LAST_COLUMN = 16_384
_ON = frozenset({"1", "true"})
_LEADS = re.compile(r'_?(?:xlfn\.)?HYPERLINK\("([^"\s]+)"', re.IGNORECASE)  # a formula


def cell_links(package: Package, part: str, limits: Limits) -> dict[str, str]:
    """The addresses that a sheet's cells lead to, by where they stand; the sheet names them behind all its rows."""
    targets = package.links(part)
    found: dict[str, str] = {}
    if targets:
        for link in units(package.chunks(part), {"hyperlink"}, limits):
            found[(link.get("ref") or "").partition(":")[0]] = related_to(link, targets)
    return found


class Rows:
    """Reads a sheet's rows in order.

    What its author hid is logged. What a filter hides, or an outline that is folded up, is a view of what is there.
    """

    def __init__(self, cells: Cells, links: Mapping[str, str]) -> None:
        self._cells = cells
        self._links = links
        self._columns = Columns()
        self._is_filtered = False

    def take(self, unit: Element, page: int, into: Collector) -> None:
        """Take a row, or what the sheet says of its rows and columns before them."""
        match local(unit):
            case "row":
                self._row(unit, page, into)
            case "dimension":
                self._columns.first = column(unit.get("ref") or "") or 0
            case "sheetPr":
                self._is_filtered = unit.get("filterMode") in _ON
            case "col" if _is_hidden(unit):
                first, last = whole(unit.get("min")) or 1, whole(unit.get("max")) or 0
                self._columns.hidden.update(range(first - 1, min(last, _LAST_COLUMN)))

    def _row(self, row: Element, page: int, into: Collector) -> None:
        """The cells from the sheet's first column on, also those that the file leaves out."""
        cells: list[tuple[int | None, str]] = []
        with into.shown(self._is_filtered or not _is_hidden(row)):
            for cell in row.iterchildren("{*}c"):
                reference = cell.get("r") or ""
                text = self._cells.text(cell)
                cells.append((column(reference), text))
                if address := (self._links.get(reference) if self._links else None) or _formula_link(cell):
                    into.link(address, text)
            self._columns.put(cells, page, into)


def _is_hidden(line: Element) -> bool:
    """Whether a row or a column is hidden, and not only folded up as a detail."""
    return line.get("hidden") in _ON and not whole(line.get("outlineLevel"))


def _formula_link(cell: Element) -> str:
    if cell.get("t") != "str":
        return ""
    formula = next(cell.iterchildren("{*}f"), None)
    leads = _LEADS.match(formula.text or "") if formula is not None else None
    return leads[1] if leads else ""
