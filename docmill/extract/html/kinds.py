"""What each block of a page is: a heading, an item of a list, a cell of a table, and where it stands in it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.shape import Shape
from schemas.document import BlockKind

__all__ = ["Place", "places"]

_KINDS = {
    "li": BlockKind.LIST_ITEM, "td": BlockKind.TABLE, "th": BlockKind.TABLE, "pre": BlockKind.CODE,
    "blockquote": BlockKind.QUOTE, "figcaption": BlockKind.CAPTION, "caption": BlockKind.CAPTION,
    **{f"h{level}": BlockKind.HEADING for level in range(1, 7)},
}  # fmt: skip


class Place(NamedTuple):  # a frozen dataclass takes three times as long to make
    """An element's part in the page's structure, its own or its ancestors'."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int | None = None  # of a heading (1 to 6) or of a list's nesting (from 1)
    number: int | None = None  # in an ordered list
    row: int = -1  # element that is the table row, -1 outside tables
    cell: int = -1  # element that is the cell
    item: int = -1  # element that is the list item


_NOWHERE = Place()
_LISTS = frozenset(("ul", "ol"))
_TELLING = _LISTS | _KINDS.keys() | {"tr"}


def places(shape: Shape) -> list[Place]:
    """The place of each block of a page."""
    tags = [f"h{level}" if level else tag for tag, level in zip(shape.tags, shape.level, strict=True)]
    told = np.array([tag in _TELLING for tag in tags], bool)[shape.signature]
    nearest = shape.innermost(told)
    found = _told(shape, tags, np.flatnonzero(told).tolist(), np.where(shape.parent < 0, -1, nearest[shape.parent]))
    return [found.get(element, _NOWHERE) for element in nearest[shape.box].tolist()]


def _told(shape: Shape, names: list[str], elements: list[int], above: NDArray[np.intp]) -> dict[int, Place]:
    """The places of the elements that have a part in the structure.

    Args:
        shape: The page's.
        names: Of each signature, the tag it counts as.
        elements: Those, in order.
        above: Of each element of the page, the innermost of them above it.
    """
    found: dict[int, Place] = {}
    depths: dict[int, int] = {}  # of lists, the element itself among them
    numbers: dict[int, int] = {}  # items so far of each ordered list
    tags = [names[signature] for signature in shape.signature[elements].tolist()]
    parents = shape.parent[elements]
    ordered = np.array([tag == "ol" for tag in shape.tags], bool)[shape.signature[parents]] & (parents >= 0)
    columns = (elements, tags, parents.tolist(), ordered.tolist(), above[elements].tolist())
    for element, tag, parent, is_numbered, over in zip(*columns, strict=True):
        around = found.get(over, _NOWHERE)
        lists = depths.get(over, 0)
        depths[element] = lists + (tag in _LISTS)
        kind = _KINDS.get(tag)
        if tag in _LISTS:
            place = around
        elif kind is None:  # a table's row
            place = Place(around.kind, around.level, around.number, element, -1, around.item)
        elif kind is BlockKind.HEADING:
            place = Place(kind, int(tag[1]), None, around.row, around.cell, around.item)
        elif kind is BlockKind.LIST_ITEM:
            number = None
            if is_numbered:
                before = numbers[parent] if parent in numbers else shape.first[shape.signature[parent]] - 1
                number = numbers[parent] = before + 1
            place = Place(kind, max(lists, 1), number, around.row, around.cell, element)
        elif kind is BlockKind.TABLE:
            place = Place(kind, None, None, around.row, element, -1)
        else:
            place = Place(kind, None, None, around.row, around.cell, around.item)
        found[element] = place
    return found
