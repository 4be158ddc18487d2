"""Reading order: columns one after the other, where a page's content goes across them; rows of tables kept."""

import re
from itertools import pairwise

from docmill.extract.pdf.page import Piece

__all__ = ["in_reading_order", "merged_rows"]

_MIN_GUTTER = 7  # points
_MIDDLE = (0.15, 0.85)  # of the text's width: where a gutter may be
_MAX_CROSSING = 0.2  # of the pieces: titles, figures' captions
_MIN_LINES = 5  # of a column
_MIN_CHARACTERS = 18  # of a column's line, in the middle: cells of tables are shorter
_JUMPS = 4  # from one column to the other that content in order does not make
_MOST_COLUMNS = 4  # recursion's depth
_CELL_GAP = 1.2  # of the type's size: narrower gaps are those of justified lines
_LABEL = re.compile(
    r"\W{1,3}|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.):]|\d+(?:\.\d+)+|§ ?[\d.]+"
)  # of an item or a heading
_ALIGNED = 3.0  # points
_ROW_DISTANCE = 3.0  # of the type's size


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


def merged_rows(pieces: list[Piece]) -> list[tuple[Piece, ...]]:
    """Pieces that follow each other on one line belong together: as the cells of a row, or as one line after all.

    A row stands by another line of several pieces whose gaps are at the same places.
    """
    lines: list[list[Piece]] = []
    for piece in pieces:
        last = lines[-1][-1] if lines else None
        if last is None or (last.row, last.page) != (piece.row, piece.page):
            lines.append([piece])
        elif piece.x0 - last.x1 < _CELL_GAP * last.size or _LABEL.fullmatch(last.text):
            lines[-1][-1] = _joined([last, piece])
        else:
            lines[-1].append(piece)
    around = [[], *lines, []]
    return [
        tuple(line) if len(line) == 1 or _aligned(line, before) or _aligned(line, after) else (_joined(line),)
        for before, line, after in zip(around, lines, around[2:], strict=False)
    ]


def _aligned(line: list[Piece], other: list[Piece]) -> bool:
    """Whether most cells after the first begin, end or stand in the middle where one of another line does."""
    if len(other) < 2 or abs(line[0].y0 - other[0].y0) > _ROW_DISTANCE * line[0].size:  # noqa: PLR2004
        return False
    places = [(piece.x0, piece.x1, (piece.x0 + piece.x1) / 2) for piece in other[1:]]
    fitting = sum(
        any(abs(mine - theirs) <= _ALIGNED for place in places for mine, theirs in zip(own, place, strict=True))
        for own in ((piece.x0, piece.x1, (piece.x0 + piece.x1) / 2) for piece in line[1:])
    )
    return 2 * fitting > len(line) - 1


def _joined(line: list[Piece]) -> Piece:
    first, last = line[0], line[-1]
    return Piece(
        text=" ".join(piece.text for piece in line), x0=first.x0, y0=first.y0, x1=last.x1, y1=first.y1,
        bold=first.bold, row=first.row, page=first.page, turned=first.turned,
    )  # fmt: skip
