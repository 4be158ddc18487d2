"""Rows of tables in pieces of HTML, put in columns when all of them are known."""

from lxml.etree import _Element as Element

from docmill.extract.cells import Grid, aligned
from docmill.extract.collect import tidy
from docmill.extract.whole import whole
from schemas.document import Block, BlockKind

__all__ = ["Rows", "number_of"]


class Rows:
    """The rows of the tables, put in columns when all of them are known."""

    def __init__(self) -> None:
        self.open: Element | None = None
        self._cells: list[str] = []  # of the open row, that before its first cell among them
        self._spans: list[tuple[int, int]] = []
        self._grids: dict[Element | None, Grid] = {}  # by what holds the rows
        self._found: dict[Element | None, list[tuple[int, dict[int, str]]]] = {}  # by table: blocks' numbers, texts

    def begin_cell(self, cell: Element) -> None:
        """Note how many columns and rows a cell of the open row spans."""
        self._spans.append((number_of(cell, "colspan", 1), number_of(cell, "rowspan", 1)))

    def end_cell(self, pieces: list[str]) -> None:
        """Take what was read as the text of the last cell, or of the row before its first."""
        self._cells.append(tidy("".join(pieces)))
        pieces.clear()

    def end(self, pieces: list[str], blocks: list[Block]) -> None:
        """The open row as a block, its text still to come."""
        self.end_cell(pieces)
        row, self.open = self.open, None
        holder = row.getparent() if row is not None else None
        columns = self._grids.setdefault(holder, Grid()).columns(self._spans)
        texts = dict(zip(columns, self._cells[1:], strict=True))
        if self._cells[0]:
            texts[0] = f"{self._cells[0]} {texts.get(0, '')}"
        table = holder.getparent() if holder is not None and holder.tag != "table" else holder
        self._found.setdefault(table, []).append((len(blocks), texts))
        blocks.append(Block.model_construct(kind=BlockKind.TABLE, text=""))
        self._cells, self._spans = [], []

    def filled(self, blocks: list[Block]) -> tuple[Block, ...]:
        """The blocks, each row with its text; those without any are left out."""
        for rows in self._found.values():
            number = 0
            for (at, _), text in zip(rows, aligned([texts for _, texts in rows]), strict=True):
                number += bool(text)
                blocks[at] = Block.model_construct(kind=BlockKind.TABLE, text=text, number=number)
        return tuple(block for block in blocks if block.text)


def number_of(element: Element, name: str, usual: int) -> int:
    """The whole number that an attribute says, or what is usual."""
    value = whole((element.get(name) or "").strip())
    return usual if value is None else value
