"""Blocks as Markdown: headings, lists, tables, quotes and code keep their shape."""

import re
from collections.abc import Iterable
from itertools import groupby, pairwise

from schemas.document import Block, BlockKind

__all__ = ["to_markdown"]

_MARKER = re.compile(r"^(\s*)([#>|]|[-+*](?=\s)|\d+(?=[.)]\s)|~~~|[-=_](?=[-=_ ]*$))", re.MULTILINE)
_OWN_MARKER = re.compile(r"(?:[-*+•·●▪◦‣○■□▶➢\uf0b7–]|(\d{1,3}[.)]))[^\S\n]+(?=\S)")
_SIGN = re.compile(r"[\\<&*_`\]]")  # is found in no time, and in most texts not at all
_MARKUP = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|<(?=[A-Za-z/!?])|&(?=#?\w{1,31};)|\*(?=\S)|(?<=\S)\*|`|\](?=\()"
    r"|(?<!\w)_++(?=\S)|(?<=[^\s_])_++(?!\w)"
)
_BAR = re.compile(r"(?<=[^ ])\||\|(?=[^ ])")  # within a cell; cells are parted by one between spaces
_PARTING = re.compile(r"(?<!\S)\|(?!\S)")
_FENCE = re.compile(r"`{3,}")


def to_markdown(blocks: Iterable[Block]) -> str:
    """CommonMark with tables, one paragraph a block; text that would read as markup is escaped."""
    parts: list[str] = []
    previous: Block | None = None
    for kind, members in groupby(blocks, lambda block: block.kind):
        run = list(members)
        if previous is not None:
            parts.append("\n\n")
        if kind is BlockKind.TABLE:
            parts.append("\n\n".join(map(_table, _tables(run))))
        elif kind is BlockKind.LIST_ITEM:
            parts.append(_list(run))
        else:
            parts.append(_separate(run))
        previous = run[-1]
    return "".join(parts)


def _separate(blocks: list[Block]) -> str:
    parts: list[str] = []
    previous: Block | None = None
    for block in blocks:
        if previous is not None:
            parts.append("\n" if _is_next_line(previous, block) else "\n\n")
        parts.append(_RENDERERS.get(block.kind, _paragraph)(block))
        previous = block
    return "".join(parts)


def _is_next_line(previous: Block, block: Block) -> bool:
    """Whether a line of a text stood right below the one before."""
    return block.kind is BlockKind.LINE and block.start_line is not None and previous.end_line == block.start_line - 1


def _escaped(text: str) -> str:
    if not _SIGN.search(text):
        return text
    return _MARKUP.sub(lambda signs: "".join(f"\\{sign}" for sign in signs[0]), text)


def _paragraph(block: Block) -> str:
    return _text(block.text)


def _text(text: str) -> str:
    text = _escaped(text)
    if "\n" in text:
        return _MARKER.sub(_harmless, text)
    marker = _MARKER.match(text)
    return f"{_harmless(marker)}{text[marker.end() :]}" if marker else text


def _harmless(marker: re.Match[str]) -> str:
    """A marker escaped: of a number the dot or bracket after it."""
    return f"{marker[1]}{marker[2]}\\" if marker[2].isdigit() else f"{marker[1]}\\{marker[2]}"


def _heading(block: Block) -> str:
    return f"{'#' * (block.level or 2)} {_escaped(' '.join(block.text.split()))}"


def _list(items: list[Block]) -> str:
    """Items below each other, each as far in as the text of the one it belongs to; the first not at all."""
    outermost = (items[0].level or 1) - 1
    columns = [0]  # where an item of each depth starts
    parts: list[str] = []
    for block in items:
        depth = max((block.level or 1) - outermost, 1)
        del columns[depth:]
        indent = " " * columns[-1]
        marker, text = _marked(block)
        columns.append(columns[-1] + len(marker))
        parts.append(indent + marker + _text(text).replace("\n", "\n" + " " * columns[-1]))
    return "\n".join(parts)


def _marked(item: Block) -> tuple[str, str]:
    """An item's marker and its text; of lists that are written out, as in plain text, the text has the marker."""
    if item.number is not None:
        return f"{item.number}. ", item.text
    if own := _OWN_MARKER.match(item.text):
        return f"{own[1]} " if own[1] else "- ", item.text[own.end() :]
    return "- ", item.text


def _tables(rows: list[Block]) -> list[list[Block]]:
    """Rows by the table they are of: the first of each has the number 1, or none."""
    begins = [0, *(at for at, row in enumerate(rows) if at and row.number == 1), len(rows)]
    return [rows[first:end] for first, end in pairwise(begins)]


def _table(rows: list[Block]) -> str:
    """Rows, the first filled up to as many cells as any has: readers drop the cells beyond it."""
    lines = [_BAR.sub(r"\|", _escaped(" ".join(block.text.split()))) for block in rows]
    cells = [len(_PARTING.findall(line)) + 1 for line in lines]
    rule = "|" + " --- |" * max(cells)
    first = f"| {lines[0]} |" + " |" * (max(cells) - cells[0])
    return "\n".join([first, rule, *(f"| {line} |" for line in lines[1:])])


def _code(block: Block) -> str:
    longest = max((len(run) for run in _FENCE.findall(block.text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{block.text}\n{fence}"


def _quote(block: Block) -> str:
    return "> " + _paragraph(block).replace("\n", "\n> ")


_RENDERERS = {BlockKind.HEADING: _heading, BlockKind.CODE: _code, BlockKind.QUOTE: _quote}
