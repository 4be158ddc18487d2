"""Pages of Chinese and Japanese whose lines run down, the next to the left, as novels and gazettes have them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # which imports this
    from docmill.extract.pdf.page import Piece

__all__ = ["from_the_right", "runs_down"]

Box = tuple[float, float, float, float]  # left, bottom, right, top

# Two characters of which neither is punctuation, which stands elsewhere in its square.
_TWO = re.compile(r"(?=([\u3041-\u30fe\u3400-\u9fff])\s{0,2}([\u3041-\u30fe\u3400-\u9fff]))")
_ASKED = 60  # pairs of a page
_LEAST = 8
_GAP = 0.9  # of the type's size: wider than between characters of a justified line
_TIER = 5  # lines of one of several parts of a page, below each other
_ASIDE = 0.5  # of a character's width: how far the next below it may be to a side


def runs_down(text: str, box: Callable[[int], Box]) -> bool:
    """Whether most characters of a page's text have the one after them below them, not beside.

    Args:
        text: The page's.
        box: Where the character of an index stands.
    """
    if text.isascii():
        return False
    pairs = [(found.start(1), found.start(2)) for found in _TWO.finditer(text)]
    pairs = pairs[:: max(1, len(pairs) // _ASKED)]
    return len(pairs) >= _LEAST and 2 * sum(_is_below(box(one), box(after)) for one, after in pairs) > len(pairs)


def _is_below(one: Box, after: Box) -> bool:
    aside = abs((one[0] + one[2]) - (after[0] + after[2])) / 2
    down = (one[1] + one[3] - after[1] - after[3]) / 2
    return aside < _ASIDE * max(one[2] - one[0], 1.0) and down > aside


def from_the_right(pieces: "list[Piece]", width: float) -> "list[Piece]":
    """The lines of such a page, held so that they run to the right, each in one piece, tier below tier.

    Args:
        pieces: As PDFium has them: it ends lines where the kind of letters changes, and gives them from the left.
        width: Of the page.
    """
    laid: list[Piece] = []
    for tier, part in enumerate(_tiers(pieces)):
        start, down = min(piece.x0 for piece in part), tier * width
        laid += [
            replace(piece, x0=piece.x0 - start, x1=piece.x1 - start, y0=piece.y0 - down, y1=piece.y1 - down, row=row)
            for row, line in enumerate(_lines(part), len(laid))
            for piece in _joined(line)
        ]
    return laid


def _tiers(pieces: "list[Piece]") -> "list[list[Piece]]":
    """Parts of the page that hold some lines each and that a blank strip sets apart, from the top."""
    tiers: list[list[Piece]] = []
    end = 0.0
    for piece in sorted(pieces, key=lambda one: one.x0):
        if tiers and (piece.x0 < end or len(tiers[-1]) < _TIER):
            tiers[-1].append(piece)
        else:
            tiers.append([piece])
        end = max(end, piece.x1)
    if len(tiers) > 1 and len(tiers[-1]) < _TIER:
        tiers[-2:] = [tiers[-2] + tiers[-1]]
    return tiers


def _lines(pieces: "list[Piece]") -> "list[list[Piece]]":
    lines: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: -(one.y0 + one.y1)):
        if lines and lines[-1][0].y0 < (piece.y0 + piece.y1) / 2 < lines[-1][0].y1:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return lines


def _joined(line: "list[Piece]") -> "Iterator[Piece]":
    """The stretches of a line that no wide gap parts."""
    first, *others = sorted(line, key=lambda one: one.x0)
    for piece in others:
        if piece.x0 - first.x1 < _GAP * first.size:
            first = replace(first, text=first.text + piece.text, x1=max(first.x1, piece.x1))
        else:
            yield first
            first = piece
    yield first
