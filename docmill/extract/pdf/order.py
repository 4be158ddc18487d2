"""Reading order: columns one after the other, where a page's content goes across them."""

from itertools import pairwise

from docmill.extract.pdf.page import Piece

__all__ = ["in_reading_order"]

_MIN_GUTTER = 7  # points
_MIDDLE = (0.15, 0.85)  # of the text's width: where a gutter may be
_MAX_CROSSING = 0.2  # of the pieces: titles, figures' captions
_MIN_LINES = 5  # of a column
_MIN_CHARACTERS = 18  # of a column's line, in the middle: cells of tables are shorter
_JUMPS = 4  # from one column to the other that content in order does not make
_MOST_COLUMNS = 4  # recursion's depth


def in_reading_order(pieces: list[Piece], depth: int = 0) -> list[Piece]:
    """The pieces of a page, column by column if its content jumps between columns; else as they are."""
    gutter = _gutter(pieces) if depth < _MOST_COLUMNS else None
    if gutter is None or not _jumps(pieces, gutter):
        return pieces
    ordered: list[Piece] = []
    left: list[Piece] = []
    right: list[Piece] = []

    def flush() -> None:
        for column in (left, right):
            ordered.extend(in_reading_order(column, depth + 1))
            column.clear()

    for piece in sorted(pieces, key=lambda p: (-round(p.y0 / 3), p.x0)):
        if piece.x1 <= gutter[1]:
            left.append(piece)
        elif piece.x0 >= gutter[0]:
            right.append(piece)
        else:
            flush()
            ordered.append(piece)
    flush()
    return ordered


def _gutter(pieces: list[Piece]) -> tuple[float, float] | None:
    """The widest upright strip hardly any text crosses, with columns of prose on either side."""
    if len(pieces) < 2 * _MIN_LINES:
        return None
    start, end = int(min(p.x0 for p in pieces)), int(max(p.x1 for p in pieces)) + 1
    if not 0 < end - start < 20_000:  # noqa: PLR2004  the largest page a PDF may have is 14,400 points
        return None
    covered = [0] * (end - start + 2)
    for piece in pieces:
        covered[max(0, int(piece.x0) - start)] += 1
        covered[min(end - start, int(piece.x1) - start) + 1] -= 1
    most = _MAX_CROSSING * len(pieces)
    best: tuple[int, int] | None = None
    run = count = 0
    for offset, change in enumerate(covered):
        count += change
        run = run + 1 if count <= most else 0
        inside = _MIDDLE[0] < (offset - run / 2) / (end - start) < _MIDDLE[1]
        if run >= _MIN_GUTTER and inside and (best is None or run > best[1] - best[0]):
            best = offset - run, offset
    if best is None:
        return None
    gutter = (float(best[0] + start), float(best[1] + start))
    sides = [p for p in pieces if p.x1 <= gutter[1]], [p for p in pieces if p.x0 >= gutter[0]]
    return gutter if all(_is_prose(side) for side in sides) else None


def _is_prose(column: list[Piece]) -> bool:
    lengths = sorted(len(piece.text) for piece in column)
    return len(column) >= _MIN_LINES and lengths[len(lengths) // 2] >= _MIN_CHARACTERS


def _jumps(pieces: list[Piece], gutter: tuple[float, float]) -> bool:
    """Whether the content goes back and forth over the gutter."""
    sides = [piece.x0 >= gutter[0] for piece in pieces if piece.x1 <= gutter[1] or piece.x0 >= gutter[0]]
    changes = sum(one != other for one, other in pairwise(sides))
    return changes > max(_JUMPS, len(sides) / 5)
