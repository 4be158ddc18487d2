"""Lines of a page's content: what stands side by side as the cells of a row, and what is one line after all."""

import re
from collections.abc import Iterable
from itertools import pairwise

from docmill.extract.pdf.cells import Gathered, gathered
from docmill.extract.pdf.page import Piece

__all__ = ["is_figure", "merged_rows", "stands_alike"]

_CELL_GAP = 1.2  # of the type's size: narrower gaps may be those of justified lines
_LEADERS = re.compile(r"[.·…_]{4}$")  # lead to what stands behind them
# With its unit or currency, at most.
_FIGURE = re.compile(r"[^\W\d_]{0,3} ?(?:[^\w\s]{0,3}\d{1,12}(?: (?=[\d€$£¥%]))?){1,8}[^\w\s]{0,3}[^\W\d_]{0,3}")
_FURTHER = 5  # rows up and down, which those between may part that are set otherwise
_SURE_CELLS = 2  # after the first, by which a line is one of a table
_MOST_CELLS = 200
_LABEL_GAP = 4.0  # of the type's size, at most between a label and what it labels
_LABEL = re.compile(
    r"\W{1,3}|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.):]|\d+(?:\.\d+)+|§ ?[\d.]+"
)  # of an item or a heading
_ALIGNED, _SAME = 3.0, 1.0  # points
_ROW_DISTANCE = 3.0  # of the type's size


def merged_rows(pieces: list[Piece]) -> list[tuple[Piece, ...]]:
    """Pieces that follow each other on one line belong together: as the cells of a row, or as one line after all.

    A row stands by another line of several pieces whose gaps are at the same places.
    """
    whole = gathered(pieces)
    lines = _lines(whole)
    rows = _rows(lines)
    if whole.lines:
        doubted = {
            id(piece)
            for line, is_row in zip(lines, rows, strict=True)
            if not is_row or len(line) == 1 or _is_label(*line[:2])
            for piece in line
        }
        whole = whole.without(doubted & whole.lines.keys())
        lines = _lines(whole)
        rows = _rows(lines)
    return [tuple(line) if is_row else (_joined(line),) for line, is_row in zip(lines, rows, strict=True)]


def _lines(whole: Gathered) -> list[list[Piece]]:
    """Pieces that follow each other on one line."""
    lines: list[list[Piece]] = []
    for piece in whole.pieces:
        last = lines[-1][-1] if lines else None
        if last is None or (last.row, last.page) != (piece.row, piece.page) or piece.x0 < last.x0:
            lines.append([piece])
        elif len(lines[-1]) == 1 and id(last) not in whole.lines and _is_label(last, piece):
            lines[-1][-1] = _joined([last, piece])
        else:
            lines[-1].append(piece)
    around = [[], *lines, []]
    return [
        line if id(line[0]) in whole.lines else _cells(line, before, after)
        for before, line, after in zip(around, lines, around[2:], strict=False)
    ]


def _rows(lines: list[list[Piece]]) -> list[bool]:
    """Of each line, whether it is a row, or a single piece."""
    around = [[], [], *lines, [], []]
    rows = [
        len(line) == 1 or _is_row(line, *around[at : at + 2], *around[at + 3 : at + 5]) for at, line in enumerate(lines)
    ]
    several = [at for at, line in enumerate(lines) if _SURE_CELLS < len(line) <= _MOST_CELLS]
    for place, at in enumerate(several):
        others = several[max(0, place - _FURTHER) : place] + several[place + 1 : place + 1 + _FURTHER]
        rows[at] = rows[at] or _begins_as(lines[at], [lines[other] for other in others])
    for at, line in enumerate(lines):
        above = lines[max(at - _SURE_CELLS, 0) : at]
        rows[at] = rows[at] or (len(above) == _SURE_CELLS and _is_below_lone_cell(line, *above))
    for at, line in enumerate(lines):  # what columns are called
        below = lines[at + 1] if at + 1 < len(lines) else []
        if not rows[at] and len(line) > _SURE_CELLS and line[0].bold and len(below) > 1 and rows[at + 1]:
            rows[at] = _is_near(line, below)
    return rows


def _is_below_lone_cell(line: list[Piece], above: list[Piece], lone: list[Piece]) -> bool:
    """Whether a cell begins where that of a row does, and the one piece that stands between them."""
    if len(lone) > 1 or len(above) < 2 or not (_is_near(line, lone) and _is_near(lone, above)):  # noqa: PLR2004
        return False
    places = [piece.x0 for piece in line[1:] if abs(piece.x0 - lone[0].x0) <= _SAME]
    return any(abs(piece.x0 - x0) <= _SAME for x0 in places for piece in above[1:])


def _begins_as(line: list[Piece], others: list[list[Piece]]) -> bool:
    """Whether the cells of a line begin just where some of others do, further up or down the page."""
    others = [other for other in others if other[0].page == line[0].page]
    if _is_justified(line):
        return False
    begins = [(piece.x0, piece.text) for other in others for piece in other[1:]]
    alike = [
        any(abs(piece.x0 - x0) <= _SAME and piece.text != text for x0, text in begins)  # a phrase may come again
        for piece in line[1:]
    ]
    return all(alike) and any(abs(line[0].x0 - other[0].x0) <= _SAME for other in others)


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
    figures = [piece for _, piece in near if is_figure(piece.text)]
    wide_figures = [piece for piece in wide if is_figure(piece.text)]
    parted = [_is_apart(last, piece) for last, piece in pairwise(line)]
    some = any(parted)

    def is_cell(last: Piece, piece: Piece, among: list[Piece]) -> bool:
        return not _LEADERS.search(last.text) and stands_alike(piece, among)

    for at, (last, piece) in enumerate(pairwise(line)):
        figure = is_figure(piece.text)
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


def _is_justified(line: list[Piece]) -> bool:
    """Whether all gaps of a line are equally wide, as of running text that is spread over a narrow column.

    Those of cells are if what stands in them is.
    """
    if len(line) <= _SURE_CELLS or any(is_figure(piece.text) for piece in line):
        return False
    gaps = [after.x0 - piece.x1 for piece, after in pairwise(line)]
    widths = [piece.x1 - piece.x0 for piece in line[:-1]]
    return max(gaps) - min(gaps) <= 2 * _SAME < max(widths) - min(widths)


def is_figure(text: str) -> bool:
    """Whether a text is a number, with its unit or currency at most."""
    return _FIGURE.fullmatch(text) is not None


def _is_apart(piece: Piece, after: Piece) -> bool:
    return after.x0 - piece.x1 >= _CELL_GAP * piece.size


def _is_row(line: list[Piece], above: list[Piece], before: list[Piece], after: list[Piece], below: list[Piece]) -> bool:
    """Whether a line stands as one of those next to it does, or ends in a figure as one a line further does."""
    if _is_justified(line):
        return False
    if any(_aligned(line, other) for other in (before, after) if not _is_justified(other)):
        return True
    return is_figure(line[-1].text) and (_aligned(line, above) or _aligned(line, below))


def _is_near(line: list[Piece], other: list[Piece]) -> bool:
    upper, lower = (line, other) if line[0].y0 > other[0].y0 else (other, line)
    distance = min(piece.bottom for piece in upper) - lower[0].y0
    return line[0].page == other[0].page and abs(distance) <= _ROW_DISTANCE * line[0].size


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
    if (
        len(other) == len(line) - 1
        and not _is_justified(line)
        and all(any(abs(one.x0 - x0) <= _SAME for x0 in begins) for one in other[1:])
    ):
        return True
    return 2 * sum(stands_alike(piece, other[1:]) for piece in line[1:]) > len(line) - 1


def _joined(line: list[Piece]) -> Piece:
    first, last = line[0], line[-1]
    return Piece(
        text=" ".join(piece.text for piece in line), x0=first.x0, y0=first.y0, x1=last.x1, y1=first.y1,
        bold=first.bold, row=first.row, page=first.page, turned=first.turned, fixed=all(piece.fixed for piece in line),
    )  # fmt: skip
