"""The columns of a page's table cells, where some span several columns or rows."""

from dataclasses import dataclass

import numpy as np

from docmill.arrays import Index
from docmill.extract.cells import Grid
from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape

__all__ = ["Tables"]

_CELLS = frozenset(("td", "th"))
_SECTIONS = frozenset(("thead", "tbody", "tfoot"))


@dataclass(frozen=True, slots=True)
class Tables:
    """Where the cells and rows of a page's tables stand."""

    column: Index  # of each element that is a cell, from 0
    _shape: Shape

    @classmethod
    def of(cls, page: Page, shape: Shape) -> "Tables":
        """Those of a page."""
        cells = np.flatnonzero(np.array([tag in _CELLS for tag in shape.tags], bool)[shape.signature])
        column = np.zeros(len(shape.parent), np.intp)
        ordered = cells[np.argsort(shape.parent[cells], kind="stable")]  # row by row
        row = shape.parent[ordered]
        begins = np.flatnonzero(np.diff(row, prepend=-2))
        counts = np.diff(begins, append=len(ordered))
        column[ordered] = np.arange(len(ordered)) - np.repeat(begins, counts)
        if page.spans:
            rows = row[begins]
            holders = shape.parent[rows]
            told = np.isin(holders, shape.parent[shape.parent[list(page.spans)]])
            grids: dict[int, Grid] = {}
            places = zip(holders[told].tolist(), begins[told].tolist(), counts[told].tolist(), strict=True)
            for holder, first, count in places:
                members = ordered[first : first + count]
                spans = [page.spans.get(cell, (1, 1)) for cell in members.tolist()]
                column[members] = grids.setdefault(holder, Grid()).columns(spans)
        return cls(column, shape)

    def of_row(self, row: int) -> int:
        """The element that is the table a row belongs to."""
        holder = int(self._shape.parent[row])
        in_section = holder >= 0 and self._shape.tags[self._shape.signature[holder]] in _SECTIONS
        return int(self._shape.parent[holder]) if in_section else holder
