"""Which columns of OpenDocument's tables are shown."""

from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, above, attribute

__all__ = ["Columns", "is_collapsed", "times"]

_MOST_DIGITS = 8


class Columns:
    """The columns of the table that is being read: tables declare them before their rows."""

    def __init__(self) -> None:
        self._table: object = None
        self._count = 0
        self._hidden: list[tuple[int, int]] = []  # the first of some, and that behind the last

    def note(self, column: Element) -> None:
        """Take a column, or several alike."""
        table = above(column, "table")
        if table is not self._table:
            self._table, self._count, self._hidden = table, 0, []
        first, self._count = self._count, self._count + times(column, "number-columns-repeated")
        if is_collapsed(column):
            self._hidden.append((first, self._count))

    def shown(self, table: Element | None, first: int, end: int) -> int:
        """How many of a table's columns from one up to another are shown."""
        hidden = self._hidden if table is self._table else []
        return end - first - sum(max(min(end, to) - max(first, begin), 0) for begin, to in hidden)


def is_collapsed(line: Element) -> bool:
    """Whether a row or a column is hidden, and not only folded up as a detail or left out by a filter."""
    if attribute(line, "visibility") != "collapse":
        return False
    group = above(line, "table-row-group" if "row" in str(line.tag) else "table-column-group")
    return group is None or attribute(group, "display") != "false"


def times(element: Element, name: str) -> int:
    """How often a row, column or cell stands there that is written once."""
    return max(whole(attribute(element, name), _MOST_DIGITS) or 1, 1)
