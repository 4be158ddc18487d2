"""A dump's lines as cleaning left them, and where its title and its text stand among them."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

import re2

from docmill.bylines import lead_in, lines_with_labels
from docmill.dates import MENTION, find_date
from docmill.rows import rows_with
from docmill.stage import Cleaned
from schemas.document import RemovalReason

__all__ = ["DAY", "Dump", "Row", "read_dump"]

_RUNNING = 80  # characters of a line of running text
_LOOKED_AT = 2_000  # of a line, to learn its words
_MOST = 5_000  # lines among which a document's bylines are
_LONGEST = 160  # and of a byline, at most
_BULLETS = frozenset("•*-")
_DATED = 10  # words of a line that is mostly a date
DAY = re.compile(rf"{MENTION.pattern}|\d{{1,2}}-\d{{1,2}}-\d{{4}}")
# What every day that is found has of: a year, or days, months and years of two digits; RE2 finds it in one pass.
_MAYBE_DAY = re2.compile(r"(?:19|20)\d\d|\d[-/.][\s\x{a0}]?\d\d?[-/.][\s\x{a0}]?\d\d|[٠-٩۰-۹०-९]{2}".encode())


class Row(NamedTuple):  # a frozen dataclass takes three times as long to make
    """A line that is not blank."""

    text: str
    number: int
    reason: RemovalReason | None  # why cleaning took it out

    @property
    def is_running(self) -> bool:
        """Whether it is long enough to be of the text."""
        return len(self.text) >= _RUNNING

    @property
    def is_short(self) -> bool:
        """Whether it may be a byline."""
        return len(self.text) <= _LONGEST

    @property
    def is_item(self) -> bool:
        """Whether it is marked as an item of a list."""
        return self.text[:1] in _BULLETS


@dataclass(frozen=True)
class Dump:
    """The lines, and of which of them the title and the first running text below it are (as indices)."""

    rows: Sequence[Row]
    title: int
    text: int
    named: str | None = None  # the title, which may stand in no line

    @cached_property
    def days(self) -> list[str | None]:
        """The day that each line names, if it is short."""
        return [find_date(row.text) if at in self._may_date else None for at, row in enumerate(self.rows)]

    @cached_property
    def dated(self) -> list[bool]:
        """Which lines say little but a day."""
        return [
            at in self._may_date
            and len(row.text.split()) <= _DATED
            and (self.days[at] is not None or DAY.search(row.text) is not None)
            for at, row in enumerate(self.rows)
        ]

    @cached_property
    def _may_date(self) -> frozenset[int]:
        """Short lines that may name a day."""
        found = rows_with(_MAYBE_DAY, self._data, self._ends)
        return frozenset([at for at in found if self.rows[at].is_short])

    @cached_property
    def labelled(self) -> frozenset[int]:
        """Lines that may hold a label, such as `By`."""
        return frozenset(lines_with_labels(self._data, self._ends))

    @cached_property
    def whole(self) -> str:
        """All lines."""
        return "\n".join([row.text for row in self.rows])

    @cached_property
    def _encoded(self) -> list[bytes]:
        return [row.text.encode("utf-8", "replace") for row in self.rows]

    @cached_property
    def _data(self) -> bytes:
        return b"\n".join(self._encoded)

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate([len(line) + 1 for line in self._encoded]))

    @cached_property
    def led_in(self) -> frozenset[int]:
        """Lines that begin with a label of authors."""
        return frozenset([at for at in self.labelled if lead_in(self.rows[at].text)])

    def has_small(self, word: str) -> bool:
        """Whether a word stands somewhere in small letters, as it is given."""
        place = self._beginnings.find(word)
        while place >= 0:
            around = self._beginnings[max(0, place - 1) : place], self._beginnings[place + len(word)]
            if not any(character.isalnum() for character in around):
                return True
            place = self._beginnings.find(word, place + 1)
        return False

    @cached_property
    def _beginnings(self) -> str:
        return "\n".join([row.text[:_LOOKED_AT] for row in self.rows]) + "\n"

    @cached_property
    def times(self) -> Counter[str]:
        """How often each line stands there."""
        return Counter([row.text for row in self.rows])

    @cached_property
    def running(self) -> str:
        """How the lines of running text begin, each after a line break."""
        return "".join(["\n" + row.text[:_RUNNING] for row in self.rows if row.is_running])

    @cached_property
    def notices(self) -> str:
        """Lines that say who owns the site, in lower case."""
        notices = [row for row in self.rows if "©" in row.text or row.reason is RemovalReason.LEGAL]
        return "\n".join([row.text[:_LOOKED_AT] for row in notices]).casefold()


def read_dump(cleaned: Cleaned) -> Dump:
    """Of what cleaning kept and took out; of blocks without lines, nothing."""
    removed, blocks = cleaned.removed[:_MOST], cleaned.blocks[:_MOST]  # both in order: those after are no first lines
    rows = [Row(removal.text, removal.start_line, removal.reason) for removal in removed if removal.start_line]
    rows += [Row(block.text, block.start_line, None) for block in blocks if block.start_line]
    rows = sorted(rows, key=attrgetter("number"))[:_MOST]
    kept = [block.start_line for block in cleaned.blocks if block.start_line]
    named = next((b.start_line for b in cleaned.blocks if b.start_line and b.text == cleaned.title), None)
    title = bisect_left(rows, named or (kept[0] if kept else 0), key=attrgetter("number"))
    begin = title if named else title - 1
    text = next((at for at in range(begin + 1, len(rows)) if rows[at].is_running and rows[at].reason is None), title)
    return Dump(rows, begin, text, cleaned.title)
