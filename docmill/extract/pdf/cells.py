"""Cells of several lines: a page's content has all lines of one before those of the next, back at the row's top."""

from dataclasses import dataclass, replace

from docmill.extract.pdf.page import Piece

__all__ = ["Gathered", "gathered"]

_MOST_PIECES = 80  # of a row
_PITCH = 1.6  # times the type's size, at most between lines of a cell
_SAME_LINE = 2.0  # points
_ALIGNED = 3.0  # points
_GAP = 0.3  # of the type's size, at least between cells


@dataclass(frozen=True, slots=True)
class Gathered:
    """A page's pieces, those of a cell put together where that has several lines."""

    pieces: list[Piece]
    lines: dict[int, list[Piece]]  # by the identity of a cell of such a row, its lines

    def without(self, cells: set[int]) -> "Gathered":
        """The same, but for the lines of some cells, which are told by their identities, as they were."""
        pieces = [one for piece in self.pieces for one in (self.lines[id(piece)] if id(piece) in cells else [piece])]
        return Gathered(pieces, {cell: lines for cell, lines in self.lines.items() if cell not in cells})


def gathered(pieces: list[Piece]) -> Gathered:
    """Put together what would be the cells of a row, if there are rows like it beside it."""
    found: list[Piece] = []
    lines: dict[int, list[Piece]] = {}
    at = 0
    while at < len(pieces):
        cells = _row_at(pieces, at)
        if len(cells) < 2 or all(len(cell) == 1 for cell in cells):  # noqa: PLR2004
            found.append(pieces[at])
            at += 1
            continue
        row = pieces[at].row
        for cell in cells:
            found.append(_whole(cell, row))
            lines[id(found[-1])] = cell
            at += len(cell)
    return Gathered(found, lines)


def _row_at(pieces: list[Piece], at: int) -> list[list[Piece]]:
    first = pieces[at]
    cells = [[first]]
    right = first.x1
    for piece in pieces[at + 1 : at + _MOST_PIECES]:
        cell = cells[-1]
        if piece.page != first.page or piece.turned or first.turned:
            break
        if _continues(piece, cell):
            cell.append(piece)
        elif abs(piece.y0 - first.y0) <= _SAME_LINE and piece.x0 >= right + _GAP * first.size:
            cells.append([piece])
        else:
            break
        right = max(right, piece.x1)
    # Only what stands back at the top tells that the lines before are of one cell; further rows may be what follows.
    del cells[-1][max(map(len, cells[:-1]), default=1) :]
    return cells


def _continues(piece: Piece, cell: list[Piece]) -> bool:
    """Whether a piece stands right below the last line of a cell, aligned with its first."""
    first, last = cell[0], cell[-1]
    if not 0 < last.y0 - piece.y0 <= _PITCH * last.size:
        return False
    left, right = abs(piece.x0 - first.x0), abs(piece.x1 - first.x1)
    centred = abs(piece.x0 + piece.x1 - first.x0 - first.x1) <= 2 * _ALIGNED
    return left <= _ALIGNED or (centred and right > _ALIGNED)  # lines of running text end alike


def _whole(cell: list[Piece], row: int) -> Piece:
    return replace(
        cell[0],
        text=" ".join(piece.text for piece in cell),
        x0=min(piece.x0 for piece in cell),
        x1=max(piece.x1 for piece in cell),
        row=row,
        low=cell[-1].y0,
    )
