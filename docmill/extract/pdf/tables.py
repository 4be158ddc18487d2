"""Tables of a PDF: rows whose cells stand in columns, empty ones in their places, and lines that a cell goes on in."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from docmill.extract.cells import as_row
from docmill.extract.pdf.order import is_figure, stands_alike
from docmill.extract.pdf.page import Piece

__all__ = ["TABLE_GAP", "Row", "table_at"]

Line = tuple[Piece, ...]
TABLE_GAP = 3.0  # times the type's size: from one table to the next
_LOOKED_AT = 40  # last rows that a line is compared to
_CLOSER = 0.8  # of the way to the row below: so near a line above goes on in it
_MOST_COLUMNS = 100
_TOUCH = 1.0  # points by which a cell may reach into the column beside its own
_MOST_CLASHES = 0.2  # of the rows, in which two cells are of one column


@dataclass(slots=True)
class Row:
    """A row, as it is put together."""

    line: Line
    cells: dict[int, str] = field(default_factory=dict)
    clashes: bool = False  # two of its pieces are of one column

    def take(self, columns: "_Columns", line: Line) -> None:
        """Put a line's pieces in their columns."""
        for piece in line:
            at = columns.of(piece)[0]
            self.clashes |= line is self.line and at in self.cells
            self.cells[at] = f"{self.cells[at]} {piece.text}" if at in self.cells else piece.text


def table_at(lines: Sequence[Line], at: int, is_row: Callable[[int], bool]) -> tuple[list[tuple[Line, str]], int]:
    """The rows of the table whose first is there, each with the line it begins in and its text; and what follows it.

    Args:
        lines: Of the document.
        at: Where a line of several pieces is.
        is_row: Whether what stands at a place may be of a table at all.
    """
    found = [lines[at]]
    sure = at + 1  # up to here
    for place in range(at + 1, len(lines)):
        line = lines[place]
        if not is_row(place) or not _is_below(line[0], found[-1][0]):
            break
        if len(line) == 1 and not _is_lone_cell(line[0], found, lines[place + 1] if place + 1 < len(lines) else ()):
            break
        found.append(line)
        if len(line) > 1 or _Columns(found[-_LOOKED_AT:-1]).of(line[0])[0] > 0:
            sure = place + 1
    del found[sure - at :]
    columns = _Columns(found)
    rows = _rows(found, columns) if len(columns) <= _MOST_COLUMNS else []
    if len(columns) > _MOST_COLUMNS or sum(row.clashes for row in rows) > _MOST_CLASHES * len(rows):
        return [(line, as_row(piece.text for piece in line)) for line in found], sure
    return [(row.line, as_row(row.cells.get(one, "") for one in range(len(columns) + 1))) for row in rows], sure


def _rows(lines: list[Line], columns: "_Columns") -> list[Row]:
    rows: list[Row] = []
    for above, line, below in zip([None, *lines], lines, [*lines[1:], None], strict=False):
        if above is None or not rows or not _goes_on(above, line, below, columns, rows[-1]):
            rows.append(Row(line))
        rows[-1].take(columns, line)
    return rows


def _goes_on(above: Line, line: Line, below: Line | None, columns: "_Columns", row: Row) -> bool:
    """Whether a line stands nearer to that above than to that below, and has fewer cells, of words."""
    if below is None or any(is_figure(piece.text) for piece in line):
        return False
    own = {columns.of(piece)[0] for piece in line}
    step, rest = above[0].y0 - line[0].y0, line[0].y0 - below[0].y0
    return own < set(row.cells) and step <= _CLOSER * rest


def _is_below(piece: Piece, last: Piece) -> bool:
    return piece.page == last.page and not piece.turned and 0 < last.y0 - piece.y0 <= TABLE_GAP * piece.size


def _is_lone_cell(piece: Piece, rows: list[Line], below: Line) -> bool:
    """Whether a line of one piece is a cell: it stands in a column, and if that is the first, between two rows."""
    columns = _Columns(rows[-_LOOKED_AT:])
    touched = columns.of(piece)
    if len(touched) > 1 or touched[0] >= len(columns):
        return False
    if not stands_alike(piece, columns.pieces[touched[0]]):
        return False
    if touched[0] > 0:
        return True
    return len(below) > 1 and _is_below(below[0], piece) and all(len(columns.of(one)) == 1 for one in below)


class _Columns:
    """The columns of some rows: where the cells of most of them stand, and others beside these."""

    def __init__(self, rows: Sequence[Line]) -> None:
        counts = Counter(len(row) for row in rows if len(row) > 1)
        usual = max(counts, key=lambda count: (counts[count], count), default=0)
        spans = [
            (min(piece.x0 for piece in cells), max(piece.x1 for piece in cells))
            for cells in zip(*(row for row in rows if len(row) == usual), strict=True)
        ][: _MOST_COLUMNS + 1]
        for piece in (piece for row in rows for piece in row):
            if len(spans) <= _MOST_COLUMNS and not any(_meet(piece, span) for span in spans):
                spans.append((piece.x0, piece.x1))
        self._spans = sorted(spans)
        self.pieces: list[list[Piece]] = [[] for _ in range(len(spans) + 1)]
        for row in rows:
            for piece in row:
                self.pieces[self.of(piece)[0]].append(piece)

    def __len__(self) -> int:
        return len(self._spans)

    def of(self, piece: Piece) -> list[int]:
        """The columns a piece reaches into; where it is in none, that there is none."""
        return [at for at, span in enumerate(self._spans) if _meet(piece, span)] or [len(self._spans)]


def _meet(piece: Piece, span: tuple[float, float]) -> bool:
    return piece.x0 < span[1] - _TOUCH and piece.x1 > span[0] + _TOUCH
