"""What a run tells people: names, summaries and tables for the Prefect UI. Text from documents is never markup here."""

import re
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest

from docmill.result import Ending, Result
from docmill.survey import Tally
from schemas.catalog import CatalogRow

__all__ = ["Report", "Summary", "plain", "run_name", "sweep_markdown"]

SLOWEST = 5
LINKS = 20
REJECTIONS = 500
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~&-])")
_MADE = frozenset({Ending.ENRICHED, Ending.REJECTED})
_MEANINGS = {
    Ending.FAILED: "the store would not serve them: the next sweep tries again",
    Ending.SUPERSEDED: "overwritten meanwhile: the next sweep does what is there now",
    Ending.GONE: "deleted meanwhile",
    Ending.DONE_ELSEWHERE: "another worker was faster",
}
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

    def add(self, endings: Iterable[Ending]) -> None:
        """Count more documents."""
        self.endings.update(endings)

    def line(self) -> str:
        """One truthful line: `3 of 25 rejected, 22 enriched`."""
        counts = self.endings
        rejected = [f"{counts[Ending.REJECTED]} of {counts.total()} rejected"] if counts[Ending.REJECTED] else []
        parts = rejected + [f"{counts[e]} {e.value.replace('_', ' ')}" for e in _ORDER if counts[e]]
        parts += [f"{self.buried} deleted"] if self.buried else []
        return ", ".join(parts) or "nothing to do"


def sweep_markdown(summary: Summary, tally: Tally, seconds: float, held: str | None = None) -> str:
    """What a sweep did and left: the pages of its `ingest` runs say what the documents were.

    Args:
        summary: What it did.
        tally: What it saw.
        seconds: It took.
        held: Why it removed no records, if that needs a decision.
    """
    ended = {_explained(ending): count for ending, count in summary.endings.most_common()}
    rest = {"found deleted": summary.buried, "done before": tally.done, "still being written": tally.settling}
    counts = ended | rest | {"left out by the patterns": tally.excluded}
    return "\n".join(
        [
            f"**{_markdown(summary.line())}** in {seconds:.1f} s.",
            "",
            *([f"**To be decided:** {_markdown(held, 400)}.", ""] if held else []),
            "| documents | |",
            "|---|---:|",
            *(f"| {_markdown(name)} | {count:,} |" for name, count in counts.items() if count),
            "",
            "What they were, the slowest, and why others were rejected: see its `ingest` runs.",
        ]
    )


def _explained(ending: Ending) -> str:
    name, meaning = ending.value.replace("_", " "), _MEANINGS.get(ending)
    return f"{name} ({meaning})" if meaning else name


def run_name(verb: str, place: str, summary: Summary) -> str:
    """A run's name that says what it did: `ingest s3://inbox: 3 of 25 rejected, 22 enriched`."""
    return plain(f"{verb} {place}: {summary.line()}", 180)


class Report:
    """What a run has done so far, told of each document as it is done, from any thread; it does not keep their rows.

    Deliberately opaque to Prefect, as `docmill.batch.Batch`.

    Args:
        total: Documents the run has to do.
    """

    __slots__ = ("_enriched", "_links", "_lock", "_members", "_reasons", "_records", "_rejections", "_slowest",
                 "_start", "_total", "endings", "summary")  # fmt: skip

    def __init__(self, total: int) -> None:
        self.summary = Summary()
        self.endings: dict[str, Ending] = {}  # by source key
        self._total = total
        self._start = time.monotonic()
        self._lock = threading.Lock()
        self._enriched = _Enriched()
        self._members = Counter(all=0, rejected=0)
        self._records = 0
        self._slowest: list[tuple[float, str, int]] = []  # milliseconds, key, bytes
        self._links: list[tuple[str, str | None]] = []  # what it is called, the record's key
        self._rejections: dict[str, dict[str, str]] = {}  # by source key
        self._reasons: dict[str, str] = {}  # by source key, of what this run did not enrich

    def note(self, result: Result) -> None:
        """One more document is done, or one that was comes again: its shard is tried anew where the store was away."""
        key = result.source.key
        with self._lock:
            before = self.endings.get(key)
            if before in _MADE and result.ending is Ending.DONE_ELSEWHERE:
                return  # here it was, before that
            if before is not None:
                self.summary.endings[before] -= 1
                self._rejections.pop(key, None)
                self._reasons.pop(key, None)
            self.summary.add([result.ending])
            self.endings[key] = result.ending
            self._members.update(all=result.members, rejected=result.members_rejected)
            if result.row and result.row.output_key:
                self._note_record(result.row)
            if result.row and result.row.reason and result.ending is not Ending.DONE_ELSEWHERE:
                self._reasons[key] = result.row.reason
            if result.ending not in {Ending.ENRICHED, Ending.DONE_ELSEWHERE} and len(self._rejections) < REJECTIONS:
                self._rejections[key] = _rejection(result)

    def _note_record(self, row: CatalogRow) -> None:
        self._records += 1
        self._slowest = nlargest(SLOWEST, [*self._slowest, (row.milliseconds, row.key, row.size)])
        if len(self._links) < LINKS:
            self._links.append((row.title or row.key, row.output_key))
        if row.status == "enriched":
            self._enriched.add(row)

    @property
    def done(self) -> int:
        """Documents so far."""
        return self.summary.endings.total()

    @property
    def percent(self) -> float:
        """Of the run's documents."""
        return 100.0 * self.done / max(1, self._total)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return max(1e-9, time.monotonic() - self._start)

    def progress(self, requests: int, most: int) -> str:
        """For people: `412 of 1,000 documents, 37.1 a second, 3 rejected`.

        Args:
            requests: What the store may be asked at once now.
            most: And at best.
        """
        endings = self.summary.endings
        parts = [f"{self.done:,} of {self._total:,} documents", f"{self.done / self.seconds:.1f} a second"]
        parts += [f"{endings[e]:,} {e.value}" for e in (Ending.REJECTED, Ending.FAILED) if endings[e]]
        parts += [f"the store is busy: {requests} of {most} requests at once"] if requests < most else []
        return ", ".join(parts)

    def markdown(self, output_bucket: str, *, replaced: int = 0) -> str:
        """The run's summary: counts, rate, what the documents were, the slowest, and where records lie.

        Args:
            output_bucket: Where records lie.
            replaced: Refining processes that were stopped or lost, and replaced, meanwhile.
        """
        found, rate = self._enriched, self.done / self.seconds
        lines = [
            f"**{_markdown(self.summary.line())}** in {self.seconds:.1f} s, {rate:.1f} documents a second.",
            "",
            *(f"- {_markdown(_explained(e))}: {self.summary.endings[e]}" for e in _MEANINGS if self.summary.endings[e]),
            *([f"- not enriched: {_tally(Counter(self._reasons.values()))}"] if self._reasons else []),
            f"- members of containers: {self._members['all']}, {self._members['rejected']} rejected",
            f"- refining processes replaced: {replaced}",
            f"- lines removed: {found.lines_removed}",
            f"- languages: {_tally(found.languages)}",
            f"- content types: {_tally(found.content_types)}",
            f"- topics: {_tally(found.topics)}",
            "",
            f"### Slowest {len(self._slowest)}",
            "",
            "| document | bytes | ms |",
            "|---|---:|---:|",
            *(f"| {_markdown(key)} | {size} | {spent:.0f} |" for spent, key, size in self._slowest),
            "",
            f"### Records (first {len(self._links)} of {self._records})",
            "",
            *(f"- {_markdown(name)}: {_markdown(f's3://{output_bucket}/{key}', 400)}" for name, key in self._links),
        ]
        return "\n".join(lines)

    def rejections(self) -> list[dict[str, str]]:
        """A row for each document that is not enriched and each that will be tried again, with the reason."""
        counts = self.summary.endings
        rest = counts.total() - counts[Ending.ENRICHED] - counts[Ending.DONE_ELSEWHERE] - len(self._rejections)
        more = {"document": f"and {rest} more", "outcome": "", "reason": "", "message": ""}
        return [*self._rejections.values(), *([more] if rest else [])]


@dataclass(slots=True)
class _Enriched:
    """What the enriched documents of a run were."""

    lines_removed: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    content_types: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)

    def add(self, row: CatalogRow) -> None:
        self.lines_removed += row.lines_removed
        self.languages[row.language or "none"] += 1
        self.content_types[row.content_type or "none"] += 1
        self.topics.update(row.topics)


def _rejection(result: Result) -> dict[str, str]:
    return {
        "document": plain(result.source.key, 300),
        "outcome": result.ending.value,
        "reason": result.row.reason.value if result.row and result.row.reason else "",
        "message": plain(result.message or "", 300),
    }


def _tally(counts: Counter[str]) -> str:
    return ", ".join(f"{_markdown(value)} {count}" for value, count in counts.most_common(12)) or "–"
