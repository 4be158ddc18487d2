"""Reading order: columns one after the other, where a page's content goes across them; rows of tables kept."""

import re
from collections.abc import Iterable
from itertools import pairwise

from docmill.extract.pdf.page import Piece

__all__ = ["in_reading_order", "is_figure", "merged_rows", "stands_alike"]

_MIN_GUTTER = 7  # points
_MIDDLE = (0.15, 0.85)  # of the text's width: where a gutter may be
_MAX_CROSSING = 0.2  # of the pieces: titles, figures' captions
_MIN_LINES = 5  # of a column
_MIN_CHARACTERS = 18  # of a column's line, in the middle: cells of tables are shorter
_JUMPS = 4  # from one column to the other that content in order does not make
_MOST_COLUMNS = 4  # recursion's depth
_CELL_GAP = 1.2  # of the type's size: narrower gaps may be those of justified lines
_LEADERS = re.compile(r"[.·…_]{4}$")  # lead to what stands behind them
# With its unit or currency, at most.
_FIGURE = re.compile(r"[^\W\d_]{0,3} ?(?:[^\w\s]{0,3}\d{1,12}(?: (?=[\d€$£¥%]))?){1,8}[^\w\s]{0,3}[^\W\d_]{0,3}")
_SURE_CELLS = 2  # after the first, by which a line is one of a table
_MOST_CELLS = 200
_LABEL_GAP = 4.0  # of the type's size, at most between a label and what it labels
_LABEL = re.compile(
    r"\W{1,3}|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.):]|\d+(?:\.\d+)+|§ ?[\d.]+"
)  # of an item or a heading
_ALIGNED, _SAME = 3.0, 1.0  # points
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
        if last is None or (last.row, last.page) != (piece.row, piece.page) or piece.x0 < last.x0:
            lines.append([piece])
        elif len(lines[-1]) == 1 and _is_label(last, piece):
            lines[-1][-1] = _joined([last, piece])
        else:
            lines[-1].append(piece)
    around = [[], *lines, []]
    lines = [_cells(line, before, after) for before, line, after in zip(around, lines, around[2:], strict=False)]
    around = [[], [], *lines, [], []]
    rows = [
        len(line) == 1 or _is_row(line, *around[at : at + 2], *around[at + 3 : at + 5]) for at, line in enumerate(lines)
    ]
    return [tuple(line) if is_row else (_joined(line),) for line, is_row in zip(lines, rows, strict=True)]


def _is_label(piece: Piece, after: Piece) -> bool:
    """Whether a piece is the number or sign of an item or a heading that stands behind it."""
    if after.x0 - piece.x1 > _LABEL_GAP * piece.size or not _LABEL.fullmatch(piece.text):
        return False
    return piece.text[0].isalpha() or not after.text[0].isdigit()


def _cells(line: list[Piece], *others: list[Piece]) -> list[Piece]:
    """A line's pieces, put together over narrow gaps, but for where a line next to it has a column.

    A column is told by figures, or by whatever stands there if the line has several others.
    """
    near = [pair for other in others if len(other) > 1 and _is_near(line, other) for pair in pairwise(other)]
    near = near[:_MOST_CELLS] if len(line) < _MOST_CELLS else []
    wide = [piece for last, piece in near if _is_apart(last, piece)]
    figures = [piece for _, piece in near if _FIGURE.fullmatch(piece.text)]
    wide_figures = [piece for piece in wide if _FIGURE.fullmatch(piece.text)]
    parted = [_is_apart(last, piece) for last, piece in pairwise(line)]
    some = any(parted)

    def is_cell(last: Piece, piece: Piece, among: list[Piece]) -> bool:
        return not _LEADERS.search(last.text) and stands_alike(piece, among)

    for at, (last, piece) in enumerate(pairwise(line)):
        figure = _FIGURE.fullmatch(piece.text) is not None
        columns = wide if figure else wide_figures if some else []
        columns = [*columns, *figures] if figure and some else columns
        parted[at] = parted[at] or is_cell(last, piece, columns)
    if sum(parted) >= _SURE_CELLS:
        pieces = [piece for _, piece in near]
        parted = [own or is_cell(*pair, pieces) for own, pair in zip(parted, pairwise(line), strict=True)]
    cells = line[:1]
    for piece, own in zip(line[1:], parted, strict=True):
        if own:
            cells.append(piece)
        else:
            cells[-1] = _joined([cells[-1], piece])
    return cells


def is_figure(text: str) -> bool:
    """Whether a text is a number, with its unit or currency at most."""
    return _FIGURE.fullmatch(text) is not None


def _is_apart(piece: Piece, after: Piece) -> bool:
    return after.x0 - piece.x1 >= _CELL_GAP * piece.size


def _is_row(line: list[Piece], above: list[Piece], before: list[Piece], after: list[Piece], below: list[Piece]) -> bool:
    """Whether a line stands as one of those next to it does, or ends in a figure as one a line further does."""
    if _aligned(line, before) or _aligned(line, after):
        return True
    return _FIGURE.fullmatch(line[-1].text) is not None and (_aligned(line, above) or _aligned(line, below))


def _is_near(line: list[Piece], other: list[Piece]) -> bool:
    return line[0].page == other[0].page and abs(line[0].y0 - other[0].y0) <= _ROW_DISTANCE * line[0].size


def stands_alike(piece: Piece, others: Iterable[Piece]) -> bool:
    """Whether a piece begins, ends or stands in the middle where another does."""
    return any(
        abs(piece.x0 - other.x0) <= _ALIGNED
        or abs(piece.x1 - other.x1) <= _ALIGNED
        or abs(piece.x0 + piece.x1 - other.x0 - other.x1) <= 2 * _ALIGNED
        for other in others
    )


def _aligned(line: list[Piece], other: list[Piece]) -> bool:
    """Whether most cells after the first stand where one of another line does, or begin where all of a shorter do."""
    if len(other) < 2 or not _is_near(line, other):  # noqa: PLR2004
        return False
    begins = [piece.x0 for piece in line[1:]]
    if len(other) == len(line) - 1 and all(any(abs(one.x0 - x0) <= _SAME for x0 in begins) for one in other[1:]):
        return True
    return 2 * sum(stands_alike(piece, other[1:]) for piece in line[1:]) > len(line) - 1


def _joined(line: list[Piece]) -> Piece:
    first, last = line[0], line[-1]
    return Piece(
        text=" ".join(piece.text for piece in line), x0=first.x0, y0=first.y0, x1=last.x1, y1=first.y1,
        bold=first.bold, row=first.row, page=first.page, turned=first.turned, fixed=all(piece.fixed for piece in line),
    )  # fmt: skip
