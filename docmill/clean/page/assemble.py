"""From a page's blocks and the verdict on each to the document's blocks and the log of what was dropped."""

from collections.abc import Sequence
from itertools import groupby

from docmill.clean.sites import logged
from docmill.extract.cells import CELL_CHARACTERS, aligned
from docmill.extract.html.kinds import Place
from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape
from docmill.extract.html.tables import Tables
from docmill.maker import maker
from docmill.stage import Cleaned, Link
from schemas.document import Block, BlockKind, Removal, RemovalReason

__all__ = ["assemble"]

_block, _removal = maker(Block), maker(Removal)
_Row = tuple[int, dict[int, str]]  # of a table: its block's number, its texts by column


def assemble(
    page: Page,
    shape: Shape,
    where: Sequence[Place],
    reasons: list[RemovalReason | None],
    links: tuple[Link, ...] = (),
) -> Cleaned:
    """The kept blocks, cells of a table row put together, and a removal for every other.

    Args:
        page: The page.
        shape: Its.
        where: Each block's place in its structure.
        reasons: For every block of it, why it goes; None where it stays.
        links: Of the blocks that stay.
    """
    kept: list[Block] = []
    table, rows = -1, list[_Row]()  # the one whose rows are being read
    numbered = ((number, place) for number, place in enumerate(where) if reasons[number] is None)
    grid: Tables | None = None
    for row, members in groupby(numbered, key=lambda entry: entry[1].row):
        blocks = list(members)
        texts = [page.block_text[number] for number, _ in blocks]
        if row >= 0 and _is_row(blocks, texts):
            grid = grid or Tables.of(page, shape)
            if (own := grid.of_row(row)) != table:
                _fill(kept, rows)  # now: of a long page the rows of all tables would take much memory
                table, rows = own, []
            rows.append((len(kept), _row(grid, blocks, texts)))
            kept.append(_block(BlockKind.TABLE, "", None, None, None, None, None))
        else:
            kept += _separate(blocks, texts)
    _fill(kept, rows)
    removed = (
        _removal(None, None, None, place.kind, reason, logged(text, reason))
        for place, reason, text in zip(where, reasons, page.block_text, strict=True)
        if reason is not None
    )
    return Cleaned(blocks=tuple(kept), removed=tuple(removed), links=links)


def _fill(kept: list[Block], rows: list[_Row]) -> None:
    """Put a table's rows in their places, empty cells kept where another row has a text."""
    for at, ((number, _), text) in enumerate(zip(rows, aligned([texts for _, texts in rows]), strict=True), 1):
        kept[number] = _block(BlockKind.TABLE, text, None, None, None, None, at)


def _is_row(blocks: list[tuple[int, Place]], texts: list[str]) -> bool:
    """Whether what stands in a table's row is short enough for one; else the table lays out the page."""
    sizes: dict[int, int] = {}
    for (_, place), text in zip(blocks, texts, strict=True):
        if place.kind is BlockKind.HEADING or (place.kind is BlockKind.CODE and "\n" in text):
            return False
        sizes[place.cell] = sizes.get(place.cell, 0) + len(text)
    return max(sizes.values()) <= CELL_CHARACTERS


def _row(tables: Tables, blocks: list[tuple[int, Place]], texts: list[str]) -> dict[int, str]:
    """A row's texts by their columns."""
    found: dict[int, str] = {}
    for (_, place), text in zip(blocks, texts, strict=True):
        column = int(tables.column[place.cell])
        found[column] = f"{found[column]} {text}" if column in found else text
    return found


def _separate(blocks: list[tuple[int, Place]], texts: list[str]) -> list[Block]:
    found: list[Block] = []
    last_item = -1
    for (_, place), text in zip(blocks, texts, strict=True):
        kind, level, number = place.kind, place.level, place.number
        if kind is BlockKind.TABLE:  # of a table that lays out the page
            kind = BlockKind.PARAGRAPH
        elif kind is BlockKind.HEADING and place.item >= 0:
            last_item = place.item  # what follows in it is below a heading
        elif kind is BlockKind.LIST_ITEM:
            if place.item == last_item:  # a further paragraph of the same item
                kind, level, number = BlockKind.PARAGRAPH, None, None
            last_item = place.item
        found.append(_block(kind, text, None, None, None, level, number))
    return found
