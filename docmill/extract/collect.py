"""Gather what a reader finds: blocks in order, what it left out, and what it could not read."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from docmill.extract.cells import as_row
from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from docmill.mojibake import undone
from docmill.stage import Extracted, Link, Metadata, Refusal
from schemas.document import Block, BlockKind, Reason, Removal, RemovalReason

__all__ = ["UNSEEN", "Collector", "tidy", "tidy_code"]

_LOGGED_CHARACTERS = 200
UNSEEN = " \n\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # characters that show nothing
# Controls and lone surrogates, which no JSON reader or terminal should meet; U+FFFE and U+FFFF are no characters.
_STRAY = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[\s]*")


def tidy(text: str) -> str:
    """Text without control characters, spaces folded, line breaks kept."""
    return _BREAKS.sub("\n", _SPACE.sub(" ", _without_stray(text))).strip()


def _without_stray(text: str) -> str:
    return _STRAY.sub("", undone(text)) if _STRAY.search(text) else text


def tidy_code(text: str) -> str:
    """Code without control characters, its indents kept."""
    lines = _without_stray(text).replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


class Collector:
    """Blocks, removals and warnings of one document, up to a number of blocks."""

    def __init__(self, limits: Limits) -> None:
        self.blocks: list[Block] = []
        self.warnings: list[str] = []
        self._removed: dict[tuple[RemovalReason, str], Removal] = {}
        self._links: dict[Link, None] = {}
        self.is_shown = True  # what is added
        self._code: list[tuple[str, int | None]] = []  # lines of code, one below the other, and their page
        self._limits = limits
        self._begins_table = False
        self._table: object = None

    @property
    def full(self) -> bool:
        """Whether more blocks would be left unread; the document then says so."""
        return len(self.blocks) >= self._limits.blocks

    def add(
        self,
        kind: BlockKind,
        text: str,
        page: int | None = None,
        level: int | None = None,
        number: int | None = None,
    ) -> None:
        """Take a block, if there is any text in it."""
        self._end_code()
        text = tidy_code(text) if kind is BlockKind.CODE else tidy(text)
        if not text.strip(UNSEEN):
            return
        if not self.is_shown:
            self.leave_out(RemovalReason.UNREADABLE, text, page)
            return
        if self.full:
            self.warn(f"partly_read: the first {self._limits.blocks} blocks of text were read")
            return
        if kind is BlockKind.TABLE and number is None:
            number = self._row_number()
        self.blocks.append(Block.model_construct(kind=kind, text=text, page=page, level=level, number=number))

    def add_code(self, line: str, page: int | None = None) -> None:
        """Take a line of code; those right below each other, blank ones among them, are one block."""
        if self._code and self._code[0][1] != page:
            self._end_code()
        self._code.append((line, page))

    def _end_code(self) -> None:
        if lines := self._code:
            self._code = []
            self.add(BlockKind.CODE, "\n".join(line for line, _ in lines), lines[0][1])

    def take(self, blocks: Iterable[Block]) -> None:
        """Take the blocks of a piece of a document, such as HTML within it."""
        for block in blocks:
            self.add(block.kind, block.text, level=block.level, number=block.number)

    def link(self, url: str, text: str) -> None:
        """Note where a text leads; what leads nowhere outside the document is for annotate to drop."""
        if self.is_shown and url and len(self._links) < self._limits.blocks:
            self._links.setdefault(Link(url, tidy(text)))

    @contextmanager
    def shown(self, is_shown: bool) -> Iterator[None]:  # noqa: FBT001  a condition, told where it is met
        """Whether the document's programs show what is added meanwhile; what they do not is logged, and no block."""
        before, self.is_shown = self.is_shown, self.is_shown and is_shown
        try:
            yield
        finally:
            self.is_shown = before

    @contextmanager
    def as_far_as_readable(self) -> Iterator[None]:
        """What the document is still worth reading without: where it cannot be read, that is a warning."""
        try:
            yield
        except UnreadableError as error:
            self.warn(f"partly_read: {error.message}")

    @contextmanager
    def unless_corrupt(self, part: str) -> Iterator[None]:
        """One of many parts, after whose damage others can be read; what else is wrong holds for all.

        Raises:
            UnreadableError: It is locked or too large.
        """
        try:
            yield
        except UnreadableError as error:
            if error.reason is not Reason.CORRUPT:
                raise
            self.warn(f"partly_read: {part}: {error.message}")

    def begin_table(self) -> None:
        """The next row is the first of a table, also right below one of another."""
        self._begins_table = True

    def of_table(self, table: object) -> None:
        """The next row is of this table; a table begins if the row before was of another."""
        if table is not self._table:
            self._table = table
            self.begin_table()

    def row(self, cells: Iterable[str], page: int | None = None) -> None:
        """Take a table's row, if there is any text in it; empty cells keep their places."""
        self.add(BlockKind.TABLE, as_row(map(tidy, cells)), page)

    def _row_number(self) -> int:
        last = self.blocks[-1] if self.blocks and not self._begins_table else None
        self._begins_table = False
        return (last.number or 0) + 1 if last is not None and last.kind is BlockKind.TABLE else 1

    def leave_out(self, reason: RemovalReason, text: str, page: int | None = None) -> None:
        """Log what is not the document's own text, once however often it is repeated."""
        if text := tidy(text):
            if len(self._removed) >= self._limits.blocks:
                self.warn(f"partly_read: of what was left out, the first {self._limits.blocks} texts are logged")
                return
            removal = Removal.model_construct(
                kind=BlockKind.PARAGRAPH, reason=reason, text=text[:_LOGGED_CHARACTERS], page=page
            )
            self._removed.setdefault((reason, text), removal)

    def warn(self, warning: str) -> None:
        """Note a warning, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def extracted(self, metadata: Metadata | None = None) -> Extracted | Refusal:
        """Everything found; a refusal if that is nothing. What only headers say is the document then."""
        self._end_code()
        if not self.blocks:
            for removal in self._removed.values():
                self.add(removal.kind, removal.text, removal.page)
            self._removed = {}
        if not self.blocks:
            return Refusal("extract", Reason.EMPTY, "The document holds no text.")
        return Extracted(
            blocks=tuple(self.blocks),
            metadata=metadata or Metadata(),
            links=tuple(self._links),
            warnings=tuple(self.warnings),
            removed=tuple(self._removed.values()),
        )
