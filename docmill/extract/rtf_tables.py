"""RTF's tables: cells kept on one line, and where one table ends and the next begins."""

import re

__all__ = ["BEGINS_TABLE", "with_marked_tables", "with_whole_cells"]

BEGINS_TABLE = "\x03"  # mark in a row's text: it is the first of a table
_IN_CELL = re.compile(r"\\(?:(?P<word>pard|intbl|par|line)(?![a-z])|.)|[{}]", re.DOTALL)
_OF_ROW = re.compile(r"\\(?P<word>trowd|trhdr|cellx|row|nesttableprops|nestrow)(?P<number>-?\d{1,7})?(?![a-z\d])")
_SAME = 20  # twips by which edges of the same column may differ


def with_whole_cells(source: str) -> str:
    """The file with no line ends within the cells of its tables."""
    if "\\intbl" not in source:
        return source
    kept: list[str] = []
    open_groups: list[bool] = []
    in_table, end = False, 0
    for token in _IN_CELL.finditer(source):
        word = token["word"]
        if token[0] == "{":
            open_groups.append(in_table)
        elif token[0] == "}":
            in_table = open_groups.pop() if open_groups else False
        elif word in {"pard", "intbl"}:
            in_table = word == "intbl"
        elif word and in_table:
            kept += [source[end : token.start()], "\\~"]
            end = token.end()
    return "".join(kept) + source[end:]


def with_marked_tables(source: str) -> str:
    """The file with marks in the rows that begin a table right below another.

    Such a row is a heading's where the one before is none, or has none of the columns of the table above.
    """
    if "\\row" not in source:
        return source
    kept: list[str] = []
    end = 0
    row, table = _Row(), _Row()
    outer: list[_Row] = []
    for token in _OF_ROW.finditer(source):
        match token["word"]:
            case "trowd":
                row = _Row()
            case "trhdr":
                row.is_heading = True
            case "cellx":
                row.edges.append(int(token["number"] or 0))
            case "nesttableprops":
                outer.append(row)
            case "nestrow":
                row = outer.pop() if outer else row
            case _:
                if row.is_of_another(table):
                    kept += [source[end : token.start()], BEGINS_TABLE]
                    end = token.start()
                    table = _Row()
                table.edges += [edge for edge in row.edges[:-1] if not table.has(edge)]
                table.is_heading = row.is_heading
    return "".join(kept) + source[end:]


class _Row:
    """A row as it is set, or the inner edges of a table's rows so far, and whether the last was a heading's."""

    def __init__(self) -> None:
        self.edges: list[int] = []  # right edges of its cells
        self.is_heading = False

    def has(self, edge: int) -> bool:
        return any(abs(edge - own) <= _SAME for own in self.edges)

    def is_of_another(self, table: "_Row") -> bool:
        inner = self.edges[:-1]
        if not inner or not table.edges:
            return False
        return (self.is_heading and not table.is_heading) or not any(map(table.has, inner))
