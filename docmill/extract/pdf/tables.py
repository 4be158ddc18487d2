"""Tables of a PDF: rows whose cells stand in columns, empty ones in their places, and lines that a cell goes on in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from docmill.extract.cells import as_row
from docmill.extract.pdf.page import Piece
from docmill.extract.pdf.rows import is_figure, stands_alike

__all__ = ["TABLE_GAP", "Row", "table_at"]

Line = tuple[Piece, ...]
TABLE_GAP = 3.0  # times the type's size: from one table to the next
_LOOKED_AT = 40  # last rows that a line is compared to
_CLOSER = 0.85  # of the way from a row to the next: so near below it a line is more of it
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
        if not is_row(place) or not _is_below(line[0], found[-1]):
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
    first = [at for at, line in enumerate(lines) if at and columns.of(line[0])[0] == 0]
    pitch = min((_step(lines[at - 1], lines[at]) for at in first), default=0.0)  # from a row to the next
    rows: list[Row] = []
    for at, line in enumerate(lines):
        if not rows or not (_step(lines[at - 1], line) <= _CLOSER * pitch and _goes_on(line, columns, rows[-1])):
            rows.append(Row(line))
        rows[-1].take(columns, line)
    return rows


def _goes_on(line: Line, columns: "_Columns", row: Row) -> bool:
    """Whether a line may be more of a row: it has fewer cells, of words."""
    own = {columns.of(piece)[0] for piece in line}
    return own < set(row.cells) and not any(is_figure(piece.text) for piece in line)


def _step(above: Line, line: Line) -> float:
    return _bottom(above) - line[0].y0


def _bottom(line: Line) -> float:
    return min(piece.bottom for piece in line)


def _is_below(piece: Piece, above: Line) -> bool:
    last = _bottom(above)
    return piece.page == above[0].page and not piece.turned and 0 < last - piece.y0 <= TABLE_GAP * piece.size


def _is_lone_cell(piece: Piece, rows: list[Line], below: Line) -> bool:
    """Whether a line of one piece is a cell: it stands in a column, and if that is the first, between two rows."""
    columns = _Columns(rows[-_LOOKED_AT:])
    touched = columns.of(piece)
    if (len(touched) > 1 and touched[0] > 0) or touched[0] >= len(columns):
        return False
    if not stands_alike(piece, columns.pieces[touched[0]]):
        return False
    if touched[0] > 0:
        return True
    if len(below) < 2 or not _is_below(below[0], (piece,)):  # noqa: PLR2004
        return False
    return any(stands_alike(one, columns.pieces[columns.of(one)[0]]) for one in below[1:])


@dataclass(slots=True, eq=False)
class _Span:
    """How far the cells of a column reach, and the rows that have one in it."""

    x0: float
    x1: float
    rows: set[int]

    def take(self, other: "_Span") -> bool:
        """Join with another, unless a row has cells in both."""
        if self.rows & other.rows:
            return False
        self.x0, self.x1 = min(self.x0, other.x0), max(self.x1, other.x1)
        self.rows |= other.rows
        return True


class _Columns:
    """The columns of some rows: where cells stand below each other and none reaches across."""

    def __init__(self, rows: Sequence[Line]) -> None:
        spans: list[_Span] = []
        placed = [(piece, row) for row, line in enumerate(rows) for piece in line]
        for piece, row in sorted(placed, key=lambda one: one[0].x1 - one[0].x0):
            met = [span for span in spans if _meet(piece, (span.x0, span.x1))]
            if not met and len(spans) > _MOST_COLUMNS:
                continue
            whole = _Span(piece.x0, piece.x1, {row})
            if all(whole.take(span) for span in met):
                spans = [span for span in spans if span not in met] + [whole]
        self._spans = sorted((span.x0, span.x1) for span in spans)
        self.pieces: list[list[Piece]] = [[] for _ in range(len(spans) + 1)]
        for piece, _ in placed:
            self.pieces[self.of(piece)[0]].append(piece)

    def __len__(self) -> int:
        return len(self._spans)

    def of(self, piece: Piece) -> list[int]:
        """The columns a piece reaches into; where it is in none, that there is none."""
        return [at for at, span in enumerate(self._spans) if _meet(piece, span)] or [len(self._spans)]


def _meet(piece: Piece, span: tuple[float, float]) -> bool:
    return piece.x0 < span[1] - _TOUCH and piece.x1 > span[0] + _TOUCH
