"""Rows of a spreadsheet's sheet, in whichever form it is kept: cells in their columns, what is not shown apart."""

import re
from collections.abc import Iterable

from docmill.extract.cells import as_row
from docmill.extract.collect import Collector
from docmill.extract.unreadable import UnreadableError
from schemas.document import BlockKind, Reason, RemovalReason

__all__ = ["Columns", "Repeated", "printed", "sheet_name_kind"]

_MOST_GAP = 200  # columns filled up
_MOST_CHARACTERS = 100_000_000  # of text all cells of a workbook may repeat
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d+|[A-Za-z])')  # formatting and fields of a printed header
_DEFAULT_NAME = re.compile(r"[^\W\d_]+ ?\d+")  # Sheet1 in any language says nothing of its contents


class Repeated:
    """Counts the text of a workbook's cells, many of which may say the same."""

    def __init__(self) -> None:
        self._characters = 0

    def note(self, text: str) -> str:
        """Count a cell's text.

        Raises:
            UnreadableError: The cells repeat a long text too often.
        """
        self._characters += len(text)
        if self._characters > _MOST_CHARACTERS:
            raise UnreadableError(Reason.TOO_LARGE, f"The sheets repeat more than {_MOST_CHARACTERS} characters.")
        return text


class Columns:
    """A sheet's columns: the first one, and those that its author hid."""

    def __init__(self) -> None:
        self.first = 0
        self.hidden: set[int] = set()

    def put(self, cells: Iterable[tuple[int | None, str]], page: int, into: Collector) -> None:
        """Take a row of cells, each with its column, or None where it is the next; those that are missing are empty."""
        texts: list[str] = []
        unseen: list[str] = []
        at = self.first
        for place, text in cells:
            if place is not None and place != at:
                texts += [""] * sum(one not in self.hidden for one in range(at, min(place, at + _MOST_GAP)))
                at = place
            (unseen if at in self.hidden else texts).append(text)
            at += 1
        into.row(texts, page)
        if unseen:
            into.leave_out(RemovalReason.UNREADABLE, as_row(unseen), page)


def sheet_name_kind(name: str) -> BlockKind:
    """What a sheet's name is to what stands on it."""
    return BlockKind.CAPTION if _DEFAULT_NAME.fullmatch(name) else BlockKind.HEADING


def printed(text: str) -> str:
    """A printed header or footer without its codes."""
    return _CODES.sub(" ", text)
