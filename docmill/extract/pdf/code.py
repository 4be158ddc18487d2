"""Code in a PDF: lines in type of fixed width, with their breaks and indents."""

from collections import Counter
from collections.abc import Iterator, Sequence

from docmill.extract.pdf.page import HYPHEN, Piece

__all__ = ["are_code", "code_text"]

_MOST_BLANKS = 100


def are_code(lines: Sequence[tuple[Piece, ...]]) -> list[bool]:
    """Of each line, whether it is one of several in type of fixed width, where the document's own is another."""
    fixed = [all(piece.fixed and not piece.turned for piece in line) for line in lines]
    sizes = Counter[bool]()
    for line, own in zip(lines, fixed, strict=True):
        sizes[own] += sum(len(piece.text) for piece in line)
    if sizes[True] >= sizes[False]:
        return [False] * len(lines)
    around = [False, *fixed, False]
    return [own and (before or after) for before, own, after in zip(around, fixed, around[2:], strict=False)]


def code_text(lines: Sequence[tuple[Piece, ...]]) -> str:
    """Lines of code, one or more, as one text."""
    left = min(line[0].x0 for line in lines)
    width = max((piece.x1 - piece.x0) / len(piece.text) for line in lines for piece in line) or 1.0
    return "\n".join("".join(_indented(line, left, width)) for line in lines).replace(HYPHEN, "-")


def _indented(line: tuple[Piece, ...], left: float, width: float) -> Iterator[str]:
    """A line's pieces, each as many blanks from what is before it as have room there."""
    for piece in line:
        yield " " * min(round((piece.x0 - left) / width), _MOST_BLANKS)
        yield piece.text
        left = piece.x1
