"""Tell on which day a plain-text dump was published.

Dumps name many days: of other articles, of comments, of events. Each line that names one gets a score, a weighted sum
of what is seen of it and around it; the weights were fitted like those of authors (training/bylines.py).
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from docmill.bylines import label_of, read_fields
from docmill.dates import find_date
from docmill.describe.choice import choose, read_weights
from docmill.describe.dump import Dump
from schemas.document import RemovalReason

__all__ = ["FEATURES", "Day", "find_day", "looked_at"]

_JUST_BELOW, _BELOW = 3, 10  # lines
_EDGE = " \t\n.|·•-–—/,;()[]\xa0"
_LABEL = 40  # characters
_LABELS = ("date", "author", "other", "source", "")
_WEIGHTS = read_weights("days.toml")


@dataclass(frozen=True, slots=True)
class Day:
    """A line that names a day, and what stands around it."""

    at: int  # index among the dump's rows
    day: str  # ISO 8601
    label: str  # "date", "author", "other", "source" or ""
    words: int
    dump: Dump
    earlier: int  # lines that name a day before it
    rivals: int  # other days named in such lines
    times: int  # lines that name the same day
    oldest: bool
    latest: bool

    @property
    def reason(self) -> RemovalReason | None:
        """Why cleaning took the line out."""
        return self.dump.rows[self.at].reason


FEATURES: dict[str, Callable[[Day], float]] = {
    "date": lambda day: day.label == "date",
    "author": lambda day: day.label == "author",
    "other": lambda day: day.label == "other",
    "alone": lambda day: day.dump.dated[day.at],
    "words": lambda day: math.log1p(day.words),
    "after_title": lambda day: 0 < day.at - day.dump.title <= _JUST_BELOW,
    "below_title": lambda day: _JUST_BELOW < day.at - day.dump.title <= _BELOW,
    "in_title": lambda day: day.dump.rows[day.at].text == day.dump.named,
    "far_above": lambda day: math.log1p(max(0, day.dump.title - day.at)),
    "far_below": lambda day: math.log1p(max(0, day.at - day.dump.title)),
    "within_text": lambda day: math.log1p(max(0, day.at - day.dump.text)),
    "first": lambda day: not day.earlier,
    "earlier": lambda day: math.log1p(day.earlier),
    "rivals": lambda day: math.log1p(day.rivals),
    "times": lambda day: math.log(day.times),
    "oldest": lambda day: day.oldest,
    "latest": lambda day: day.latest,
    "related": lambda day: day.reason is RemovalReason.RELATED_LINKS,
    "legal": lambda day: day.reason is RemovalReason.LEGAL,
    "kept": lambda day: day.reason is None,
}


def find_day(dump: Dump) -> Day | None:
    """The line that names the day of publication; None where no line is likely enough to."""
    return choose(FEATURES, _WEIGHTS, looked_at(dump))


def looked_at(dump: Dump) -> Iterator[Day]:
    """Lines that name a day, in order."""
    found = [(at, *named) for at, day in enumerate(dump.days) if day is not None and (named := _named(dump, at, day))]
    times = Counter(day for _, day, _ in found)
    oldest, latest = min(times, default=""), max(times, default="")
    for earlier, (at, day, label) in enumerate(found):
        yield Day(
            at=at,
            day=day,
            label=label,
            words=len(dump.rows[at].text.split()),
            dump=dump,
            earlier=earlier,
            rivals=len(times) - 1,
            times=times[day],
            oldest=day == oldest,
            latest=day == latest,
        )


def _named(dump: Dump, at: int, day: str) -> tuple[str, str] | None:
    """The day a line names, and the label of it, on the line or above; None where it tells only of an update."""
    line = dump.rows[at].text
    above = dump.rows[at - 1].text.strip(_EDGE) if at else ""
    label = (label_of(above) if len(above) <= _LABEL else None) or ""
    fields = read_fields(line) if at in dump.labelled else []
    labelled = [(kind, found) for kind, value in fields if (found := find_date(value))] or [(label, day)]
    updated = {found for kind, found in labelled if kind == "modified"}
    told = [entry for wanted in _LABELS for entry in labelled if entry[0] == wanted]
    if updated and not told:
        return (day, "") if day not in updated else None
    label, day = next(iter(told), ("", day))
    return day, label
