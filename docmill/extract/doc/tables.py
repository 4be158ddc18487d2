"""Tables of a Word document (DOC): paragraphs to cells, rows and columns, by the marks that end them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from docmill.extract.collect import Collector
from docmill.extract.doc.formatting import ParagraphSettings
from docmill.extract.word_styles import WordParagraph

__all__ = ["Tables"]

_SAME = 20  # twips by which edges of the same column may differ
_MOST_COLUMNS = 200  # of a table, for its columns to be told by their edges
_DEEPEST = 20  # tables in each other; those within are text of a cell
_ENDS_CELL = "\x07"
_Cell: TypeAlias = "list[WordParagraph | _Row]"  # its paragraphs, and the rows of tables in it


@dataclass(slots=True, eq=False)
class _Row:
    table: "_Table"
    edges: Sequence[int]
    cells: list[_Cell]


@dataclass(slots=True, eq=False)
class _Table:
    """A table that has begun: the row and the cell that are not ended yet."""

    cells: list[_Cell] = field(default_factory=list)
    cell: _Cell = field(default_factory=list)
    edges: set[int] = field(default_factory=set)  # left ones of the cells of all its rows
    inner: set[int] = field(default_factory=set)  # edges between the cells
    lefts: list[int] | None = None  # of its columns, once they are asked for

    def end_cell(self) -> None:
        self.cells.append(self.cell)
        self.cell = []

    def end_row(self, edges: Sequence[int]) -> _Row:
        """The row that ends here; it is of another table, right below this one, if they have no column in common."""
        inner = edges[1:-1]
        is_of_another = inner and self.inner and not any(map(self._has, inner))
        row = _Row(_Table() if is_of_another else self, edges, self.cells)
        row.table.edges.update(edges[:-1])
        row.table.inner.update(inner)
        self.cells = []
        return row

    def _has(self, edge: int) -> bool:
        return any(abs(edge - own) <= _SAME for own in self.inner)

    def columns(self, row: _Row) -> list[str]:
        """A row's texts, with an empty one after a cell that spans several columns for each but the first of them."""
        texts = ["\n".join(_texts(cell)) for cell in row.cells]
        if self.lefts is None:
            self.lefts = _apart(sorted(self.edges))
        if len(row.edges) != len(texts) + 1 or len(self.lefts) > _MOST_COLUMNS:
            return texts
        placed: list[str] = []
        for edge, text in zip(row.edges, texts, strict=False):
            placed += [""] * (sum(left + _SAME < edge for left in self.lefts) - len(placed))
            placed.append(text)
        return placed


class Tables:
    """Puts the tables of a story together; a table is handed on once it has ended."""

    def __init__(self, into: Collector) -> None:
        self._into = into
        self._open: list[_Table] = []  # each within a cell of the one before
        self._rows: list[_Row] = []  # of the outermost

    def take(self, paragraphs: list[WordParagraph], settings: ParagraphSettings, mark: str) -> None:
        """Take a paragraph of a cell, with those of boxes that are anchored in it, or what ends a row."""
        depth = min(settings.depth, _DEEPEST)
        while len(self._open) > depth:
            self._leave()
        while len(self._open) < depth:
            self._open.append(_Table())
        table, is_outermost = self._open[-1], depth == 1
        if settings.ends_row if is_outermost else settings.ends_inner_row:
            row = table.end_row(settings.edges)
            self._take_row(row)
            self._open[-1] = row.table
            return
        table.cell += paragraphs
        if (mark == _ENDS_CELL) if is_outermost else settings.ends_inner_cell and settings.depth <= _DEEPEST:
            table.end_cell()

    def end(self) -> None:
        """Hand on what there is of a table."""
        while self._open:
            self._leave()
        rows, self._rows = self._rows, []
        for row in rows:
            self._put(row)

    def _leave(self) -> None:
        """End the innermost table; what has no end of its own ends with it."""
        table = self._open[-1]
        if table.cell:
            table.end_cell()
        if table.cells:
            self._take_row(table.end_row(()))
        self._open.pop()

    def _take_row(self, row: _Row) -> None:
        if len(self._open) > 1:
            self._open[-2].cell.append(row)
        else:
            self._rows.append(row)

    def _put(self, row: _Row) -> None:
        if len(row.cells) == 1 and len(row.cells[0]) > 1:  # a frame around some paragraphs, or a table within one
            for part in row.cells[0]:
                if isinstance(part, _Row):
                    self._put(part)
                else:
                    part.put(self._into)
        elif row.cells:
            self._into.of_table(row.table)
            self._into.row(row.table.columns(row))


def _texts(cell: _Cell) -> Iterator[str]:
    for part in cell:
        if isinstance(part, _Row):
            for inner in part.cells:
                yield from _texts(inner)
        else:
            yield part.text


def _apart(edges: Sequence[int]) -> list[int]:
    """Edges in order, of those close to each other the first."""
    found: list[int] = []
    for edge in edges:
        if not found or edge > found[-1] + _SAME:
            found.append(edge)
    return found
