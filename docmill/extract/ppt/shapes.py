"""The shapes of a slide (PPT): what each stands in for, whether it is shown, tables of shapes ([MS-ODRAW] 2.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from docmill.extract.binary import signed
from docmill.extract.collect import Collector
from docmill.extract.ppt.records import Code, Record
from docmill.extract.ppt.text import Text, action, texts

__all__ = ["Shape", "Table", "shapes"]

_DEEPEST = 40  # groups in each other
_BOOLEANS, _TABLE = 0x3BF, 0x39F  # properties
_HIDDEN = 0x20002  # says so, and is so
_IS_TABLE = 1
_PROPERTY = 6  # bytes
_CELLS = frozenset({1, 202})  # kinds of shapes that cells are
_MOST_COLUMNS = 200  # of a table, for its cells to be told where they stand


@dataclass(slots=True)
class Shape:
    """A shape with text, or a cell."""

    kind: int = 0
    texts: list[Text] = field(default_factory=list)
    reference: int | None = None  # number of the text in the outline that it shows
    placeholder: int | None = None
    link: int = 0
    left: int = 0
    top: int = 0
    is_hidden: bool = False
    is_table: bool = False  # the shape of a group that is one


@dataclass(slots=True)
class Table:
    """Cells that are set out as a table."""

    cells: list[Shape]
    is_hidden: bool

    def rows(self) -> Iterator[list[Shape | None]]:
        """Row by row, the cells by their places; None where none begins."""
        cells = [cell for cell in self.cells if cell.kind in _CELLS]
        columns = {left: place for place, left in enumerate(sorted({cell.left for cell in cells}))}
        by_row: dict[int, dict[int, Shape]] = {}
        for cell in cells:
            by_row.setdefault(cell.top, {})[columns[cell.left]] = cell
        for _, row in sorted(by_row.items()):
            yield (
                [row.get(place) for place in range(max(row) + 1)] if len(columns) <= _MOST_COLUMNS else [*row.values()]
            )


def shapes(page: Record, into: Collector) -> Iterator[Shape | Table]:
    """The shapes of a slide, a page of notes or a master, as they are stacked; those of a table are one."""
    for drawing in page.within():
        if drawing.code == Code.DRAWING:
            for holder in drawing.within():
                if holder.code == Code.DRAWINGS:
                    yield from _of_group(list(holder.within()), 0, into)


def _of_group(group: Sequence[Record], depth: int, into: Collector) -> Iterator[Shape | Table]:
    if depth > _DEEPEST:
        into.warn(f"partly_read: shapes in more than {_DEEPEST} groups were not read")
        return
    own = _shape(group[0]) if depth and group and group[0].code == Code.SHAPE else Shape()
    if own.is_table:
        yield Table([_shape(one) for one in group[1:] if one.code == Code.SHAPE], own.is_hidden)
        return
    for record in group:
        inner = _of_group(list(record.within()), depth + 1, into) if record.code == Code.GROUP else ()
        for found in (_shape(record),) if record.code == Code.SHAPE else inner:
            found.is_hidden |= own.is_hidden
            yield found


def _shape(record: Record) -> Shape:
    shape = Shape()
    for part in record.within():
        if part.code == Code.SHAPE_ATOM:
            shape.kind = part.kind
        elif part.code in Code.PROPERTIES:
            _take_properties(shape, part)
        elif part.code == Code.PLACE:
            shape.left, shape.top = signed(part.content, 0, 4), signed(part.content, 4, 4)
        elif part.code == Code.CLIENT_DATA:
            for one in part.within():
                if one.code == Code.PLACEHOLDER:
                    shape.placeholder = one.number(4, 1)
                elif one.code == Code.ACTION:
                    shape.link = action(one)
        elif part.code == Code.TEXT_BOX:
            within = list(part.within())
            shape.texts += texts(within)
            shape.reference = next((one.number(0, 4) for one in within if one.code == Code.TEXT_REFERENCE), None)
    return shape


def _take_properties(shape: Shape, part: Record) -> None:
    for place in range(min(part.kind, (part.ends - part.begins) // _PROPERTY)):
        name, value = part.number(_PROPERTY * place, 2) & 0x3FFF, part.number(_PROPERTY * place + 2, 4)
        if name == _BOOLEANS:
            shape.is_hidden |= value & _HIDDEN == _HIDDEN
        elif name == _TABLE:
            shape.is_table = bool(value & _IS_TABLE)
