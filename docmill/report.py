"""What a run tells people: names, summaries and tables for the Prefect UI. Text from documents is never markup here."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from docmill.result import Ending, Result

__all__ = ["Summary", "plain", "rejection_rows", "run_name", "summary_markdown"]

SLOWEST = 5
LINKS = 20
REJECTIONS = 500
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~&-])")
_ORDER = (Ending.ENRICHED, Ending.FAILED, Ending.SUPERSEDED, Ending.GONE, Ending.DONE_ELSEWHERE)


def plain(text: str, most: int = 120) -> str:
    """Untrusted text for a terminal or a table: no control or bidirectional characters, one line, cut."""
    kept = "".join(
        " " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"}
    )
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _markdown(text: str, most: int = 120) -> str:
    return _MARKUP.sub(r"\\\1", plain(text, most))


@dataclass(slots=True)
class Summary:
    """What a run did, in numbers."""

    endings: Counter[Ending] = field(default_factory=Counter)
    buried: int = 0  # objects found deleted

    @classmethod
    def of(cls, results: Iterable[Result]) -> "Summary":
        """Of these results."""
        found = cls()
        found.add(results)
        return found

    def add(self, results: Iterable[Result]) -> None:
        """Count more results."""
        self.endings.update(result.ending for result in results)

    def line(self) -> str:
        """One truthful line: `3 of 25 rejected, 22 enriched`."""
        counts = self.endings
        rejected = [f"{counts[Ending.REJECTED]} of {counts.total()} rejected"] if counts[Ending.REJECTED] else []
        parts = rejected + [f"{counts[e]} {e.value.replace('_', ' ')}" for e in _ORDER if counts[e]]
        parts += [f"{self.buried} deleted"] if self.buried else []
        return ", ".join(parts) or "nothing to do"


def run_name(verb: str, place: str, summary: Summary) -> str:
    """A run's name that says what it did: `ingest s3://inbox: 3 of 25 rejected, 22 enriched`."""
    return plain(f"{verb} {place}: {summary.line()}", 180)


def summary_markdown(results: Sequence[Result], seconds: float, output_bucket: str, *, replaced: int = 0) -> str:
    """The run's summary: counts, rate, what the documents were, the slowest, and where records lie.

    Args:
        results: What became of the source objects.
        seconds: The run's time.
        output_bucket: Where records lie.
        replaced: Refining processes that were stopped or lost, and replaced, meanwhile.
    """
    rows = [result.row for result in results if result.row and result.row.output_key]
    enriched = [row for row in rows if row.status == "enriched"]
    rate = len(results) / max(seconds, 1e-9)
    members = sum(result.members for result in results)
    lines = [
        f"**{_markdown(Summary.of(results).line())}** in {seconds:.1f} s, {rate:.1f} documents a second.",
        "",
        "| | |",
        "|---|---|",
        f"| members of containers | {members}, {sum(result.members_rejected for result in results)} rejected |",
        f"| refining processes replaced | {replaced} |",
        f"| lines removed | {sum(row.lines_removed for row in enriched)} |",
        f"| languages | {_tally(row.language for row in enriched)} |",
        f"| content types | {_tally(row.content_type for row in enriched)} |",
        f"| topics | {_tally(topic for row in enriched for topic in row.topics)} |",
        "",
        f"### Slowest {min(SLOWEST, len(rows))}",
        "",
        "| document | bytes | ms |",
        "|---|---:|---:|",
        *(
            f"| {_markdown(row.key)} | {row.size} | {row.milliseconds:.0f} |"
            for row in sorted(rows, key=lambda row: -row.milliseconds)[:SLOWEST]
        ),
        "",
        f"### Records (first {min(LINKS, len(rows))} of {len(rows)})",
        "",
        *(
            f"- {_markdown(row.title or row.key)}: {_markdown(f's3://{output_bucket}/{row.output_key}', 400)}"
            for row in rows[:LINKS]
        ),
    ]
    return "\n".join(lines)


def rejection_rows(results: Sequence[Result]) -> list[dict[str, str]]:
    """A row for each document that is not enriched and each that will be tried again, with the reason."""
    rows = [
        {
            "document": plain(result.source.key, 300),
            "outcome": result.ending.value,
            "reason": result.row.reason.value if result.row and result.row.reason else "",
            "message": plain(result.message or "", 300),
        }
        for result in results
        if result.ending not in {Ending.ENRICHED, Ending.DONE_ELSEWHERE}
    ]
    if len(rows) > REJECTIONS:
        rest = len(rows) - REJECTIONS
        return [*rows[:REJECTIONS], {"document": f"and {rest} more", "outcome": "", "reason": "", "message": ""}]
    return rows


def _tally(values: Iterable[str | None]) -> str:
    counts = Counter(value or "none" for value in values)
    return ", ".join(f"{_markdown(str(value))} {count}" for value, count in counts.most_common(12)) or "–"
