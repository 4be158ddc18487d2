"""Delimited text (CSV, TSV): a block a row."""

import csv
import re
from collections.abc import Iterator

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, RemovalReason

__all__ = ["read_table"]

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20
_SAID = re.compile(r"""\ufeff?"?sep=(\t|[^\s\w"])"?\r?\n""", re.IGNORECASE)  # as spreadsheets write it
_LONGEST_FIELD = 1 << 20  # characters; an unclosed quote makes one field of the rest of the file


def read_table(text: str, limits: Limits) -> Extracted | Refusal:
    """Rows by the delimiter that a first line `sep=;` names, else by that which divides the first lines most evenly.

    Quotes may hold line breaks.
    """
    into = Collector(limits)
    csv.field_size_limit(_LONGEST_FIELD)
    if "\n" not in text:
        text = text.replace("\r", "\n")  # line ends of old Macintosh programs
    if said := _SAID.match(text):
        into.leave_out(RemovalReason.BOILERPLATE, said[0])
        text = text[said.end() :]
    reader = csv.reader(_lines(text), delimiter=said[1] if said else _delimiter(text))
    try:
        for row in reader:
            into.row(row)
            if into.full:
                break
    except csv.Error as error:
        into.warn(f"partly_read: after line {reader.line_num} as plain lines: {error}")
        for line in text.splitlines()[max(0, reader.line_num - 1) :]:
            into.add(BlockKind.LINE, line)
    return into.extracted()


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, without copying the text."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _delimiter(text: str) -> str:
    """The delimiter the first lines hold most evenly."""
    lines = [line for line in text[:100_000].splitlines()[:_SAMPLE_LINES] if line.strip()]

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        most = max(set(counts), key=lambda n: (n > 0, counts.count(n)), default=0)
        return (counts.count(most), most) if most else (0, 0)

    return max(_DELIMITERS, key=evenness)
