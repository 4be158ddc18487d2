"""What each block of a page is: a heading, an item of a list, a cell of a table, and where it stands in it."""

from typing import NamedTuple

from docmill.extract.html.page import Page
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


def places(page: Page) -> list[Place]:
    """The place of every element, in the page's order of elements."""
    tags = [tag for tag, *_ in page.signatures]
    kinds = [_KINDS.get(tag) or tag == "tr" for tag in tags]
    nests = [tag in ("ul", "ol") for tag in tags]
    found: list[Place] = [_NOWHERE]  # that of element n is n + 1: the root's parent is -1
    depth = [0]  # of lists
    numbers: dict[int, int] = {}  # items so far of each ordered list
    for element, (parent, signature) in enumerate(zip(page.element_parent, page.element_signature, strict=True)):
        above = found[parent + 1]
        lists = depth[parent + 1]
        depth.append(lists + nests[signature])
        kind = kinds[signature]
        if not kind:
            found.append(above)
        elif kind is True:
            found.append(Place(above.kind, above.level, above.number, element, -1, above.item))
        elif kind is BlockKind.HEADING:
            found.append(Place(kind, int(tags[signature][1]), None, above.row, above.cell, above.item))
        elif kind is BlockKind.LIST_ITEM:
            number = None
            if parent >= 0 and tags[page.element_signature[parent]] == "ol":
                number = numbers[parent] = numbers.get(parent, 0) + 1
            found.append(Place(kind, max(lists, 1), number, above.row, above.cell, element))
        elif kind is BlockKind.TABLE:
            found.append(Place(kind, None, None, above.row, element, -1))
        else:
            found.append(Place(kind, None, None, above.row, above.cell, above.item))
    return found[1:]
