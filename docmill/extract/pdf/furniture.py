"""Running headers, footers and page numbers: lines at the edges of pages that come again on other pages."""

import re
from collections import defaultdict

from docmill.extract.pdf.page import Piece
from schemas.document import RemovalReason

__all__ = ["running_lines"]

Page = tuple[float, list[Piece]]  # height in points, pieces
_EDGE = 0.14  # of the page's height, at the top and at the bottom
_LINES = 3  # outermost rows of a page looked at
_SAME_HEIGHT = 4.0  # points
_FEW_PAGES = 5
_SHARE = 0.25  # of longer documents' pages: headers change with the chapter and the side
_PAGE = re.compile(r"\W*(?:\d+|[ivxl]+)\W*")
_NUMBER = re.compile(r"\d+|\b[ivxl]{1,6}\b")


def running_lines(pages: list[Page]) -> dict[int, RemovalReason]:
    """What to leave out: the identities (`id`) of pieces, and why."""
    places: dict[tuple[RemovalReason, str], list[tuple[int, Piece]]] = defaultdict(list)
    for number, (height, pieces) in enumerate(pages):
        for reason, piece in _edges(height, pieces):
            places[reason, _NUMBER.sub("#", piece.text.casefold())].append((number, piece))
    needed = 2 if len(pages) <= _FEW_PAGES else max(3, _SHARE * len(pages))
    found: dict[int, RemovalReason] = {}
    for (reason, _), seen in places.items():
        level = sorted(piece.y0 for _, piece in seen)[len(seen) // 2]
        there = [(number, piece) for number, piece in seen if abs(piece.y0 - level) <= _SAME_HEIGHT]
        if len({number for number, _ in there}) >= needed:
            found |= {id(piece): reason for _, piece in there}
    for height, pieces in pages:  # what stands on a line with a page number, as a chapter's name, runs too
        edges = list(_edges(height, pieces))
        rows = {
            (reason, round(piece.y0)) for reason, piece in edges if _PAGE.fullmatch(piece.text) and id(piece) in found
        }
        found |= {id(piece): reason for reason, piece in edges if (reason, round(piece.y0)) in rows}
    return found


def _edges(height: float, pieces: list[Piece]) -> list[tuple[RemovalReason, Piece]]:
    rows = sorted({round(piece.y0) for piece in pieces})
    bottom, top = set(rows[:_LINES]), set(rows[-_LINES:])
    found = []
    for piece in pieces:
        if piece.y0 < _EDGE * height and round(piece.y0) in bottom:
            found.append((RemovalReason.PAGE_FOOTER, piece))
        elif piece.y1 > (1 - _EDGE) * height and round(piece.y0) in top:
            found.append((RemovalReason.PAGE_HEADER, piece))
    return found
