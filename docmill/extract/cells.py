"""Rows of tables as text: cells parted by bars, empty ones in their places, so that columns stay below each other."""

import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["CELL_CHARACTERS", "Grid", "aligned", "as_row"]

CELL_CHARACTERS = 300  # a table whose cells are longer lays out a page
_MOST_SPAN = 200  # columns or rows that a cell is taken to span
_BAR = re.compile(r"(?<=\S) \| (?=\S)")  # in a cell: between spaces it parts two
_SPARSE, _MANY = 4, 16  # a row of so many times more places than texts, and so many more, is hardly one of a table


def as_row(cells: Iterable[str]) -> str:
    """A row: its cells, each on one line, empty ones among them; those after the last text are left out.

    Of a row that is nearly all empty, as in a sheet with a note far to the right, only the texts.
    """
    texts = [_BAR.sub("|", " ".join(cell.split())) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    filled = [text for text in texts if text]
    if len(texts) > _SPARSE * len(filled) + _MANY:
        texts = filled
    return "|".join(f" {text} " if text else " " for text in texts).strip()


def aligned(rows: Sequence[Mapping[int, str]]) -> list[str]:
    """A table's rows, each from its texts by column; columns in which no row has any are left out."""
    columns = sorted({column for row in rows for column, text in row.items() if text})
    return [as_row(row.get(column, "") for column in columns) for row in rows]


class Grid:
    """Tells the columns of a table's cells, row by row, where some span several columns or rows."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}  # by column: rows below that a cell above reaches into

    def columns(self, spans: Iterable[tuple[int, int]]) -> list[int]:
        """The first column, from 0, of each cell of the next row.

        Args:
            spans: How many columns and rows each cell spans.
        """
        found: list[int] = []
        reaching = dict[int, int]()
        column = 0
        for wide, high in spans:
            while self._taken.get(column, 0):
                column += 1
            found.append(column)
            for _ in range(min(max(wide, 1), _MOST_SPAN)):
                if high > 1:
                    reaching[column] = min(high, _MOST_SPAN) - 1
                column += 1
        self._taken = {at: left - 1 for at, left in self._taken.items() if left > 1} | reaching
        return found
