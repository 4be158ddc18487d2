"""From a page's blocks and the verdict on each to the document's blocks and the log of what was dropped."""

from collections.abc import Sequence
from itertools import groupby

from docmill.clean.sites import logged
from docmill.extract.html.kinds import Place
from docmill.extract.html.page import Page
from docmill.maker import maker
from docmill.stage import Cleaned, Link
from schemas.document import Block, BlockKind, Removal, RemovalReason

__all__ = ["assemble"]

_block, _removal = maker(Block), maker(Removal)
_CELL_CHARACTERS = 300  # a table whose cells are longer lays out a page


def assemble(
    page: Page, where: Sequence[Place], reasons: list[RemovalReason | None], links: tuple[Link, ...] = ()
) -> Cleaned:
    """The kept blocks, cells of a table row put together, and a removal for every other.

    Args:
        page: The page.
        where: Each block's place in its structure.
        reasons: For every block of it, why it goes; None where it stays.
        links: Of the blocks that stay.
    """
    kept: list[Block] = []
    numbered = ((number, place) for number, place in enumerate(where) if reasons[number] is None)
    for row, members in groupby(numbered, key=lambda entry: entry[1].row):
        blocks = list(members)
        texts = [page.block_text[number] for number, _ in blocks]
        if row >= 0 and all(_is_cell(place, text) for (_, place), text in zip(blocks, texts, strict=True)):
            kept.append(_row(blocks, texts))
        else:
            kept += _separate(blocks, texts)
    removed = (
        _removal(None, None, None, place.kind, reason, logged(text, reason))
        for place, reason, text in zip(where, reasons, page.block_text, strict=True)
        if reason is not None
    )
    return Cleaned(blocks=tuple(kept), removed=tuple(removed), links=links)


def _is_cell(place: Place, text: str) -> bool:
    lays_out = place.kind is BlockKind.HEADING or (place.kind is BlockKind.CODE and "\n" in text)
    return not lays_out and len(text) <= _CELL_CHARACTERS


def _row(blocks: list[tuple[int, Place]], texts: list[str]) -> Block:
    cells = groupby(zip(blocks, texts, strict=True), key=lambda entry: entry[0][1].cell)
    text = " | ".join(" ".join(text.replace("\n", " ") for _, text in members) for _, members in cells)
    return _block(BlockKind.TABLE, text, None, None, None, None, None)


def _separate(blocks: list[tuple[int, Place]], texts: list[str]) -> list[Block]:
    found: list[Block] = []
    last_item = -1
    for (_, place), text in zip(blocks, texts, strict=True):
        kind, level, number = place.kind, place.level, place.number
        if kind is BlockKind.TABLE:  # of a table that lays out the page
            kind = BlockKind.PARAGRAPH
        elif kind is BlockKind.LIST_ITEM:
            if place.item == last_item:  # a further paragraph of the same item
                kind, level, number = BlockKind.PARAGRAPH, None, None
            last_item = place.item
        found.append(_block(kind, text, None, None, None, level, number))
    return found
