"""What the inbox holds that is not done: its listing and the catalog, joined by key."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from types import TracebackType
from typing import Self

from docmill.catalog.arrow import values_of
from docmill.catalog.table import Catalog, literal
from docmill.catalog.without_record import REMOVAL
from docmill.history import current_of, doubtful_of
from docmill.inbox import Pending
from docmill.judgement import Judge, Standing, Verdict
from docmill.listing import list_objects
from docmill.matching import KeyRules
from docmill.other_outputs import folders_of, output_root
from docmill.part import WHOLE, Part
from docmill.spill import PARTITIONS, Spill
from docmill.store.base import ObjectStore
from schemas.settings import Settings, split_location
from schemas.source import SourceObject

__all__ = ["Survey", "Tally", "Vanished"]

# A row's part that decides, in the order of `Standing`'s fields.
_COLUMNS = {
    "key": "key",
    "etag": "etag",
    "status": "status",
    "reason": "reason",
    "stage": "stage",
    "attempts": "attempts",
    "fingerprint": "pipeline_fingerprint",
    "milliseconds": "milliseconds",
    "selected": "true",
    "sequence": "sequence",
    "processed_at": "CAST(arrow_cast(processed_at, 'Timestamp(Microsecond, Some(\"UTC\"))') AS BIGINT)",
}
_DOCUMENT, _EXCLUDED, _SETTLING = range(3)


@dataclass(frozen=True, slots=True)
class Vanished:
    """A key whose object was processed and is not listed any more."""

    key: str
    standing: Standing


@dataclass(slots=True)
class Tally:
    """What a survey saw, complete once it is read to its end."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    excluded: int = 0
    settling: int = 0
    vanished: int = 0
    statuses: Counter[str] = field(default_factory=Counter)  # of those processed at their present version
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)  # and stages, of those not enriched
    made_by: Counter[str] = field(default_factory=Counter)  # as statuses, by pipeline fingerprint
    selected: int = 0
    selected_milliseconds: float = 0.0
    oldest_pending: float | None = None  # seconds since 1970, of its last modification

    @property
    def pending(self) -> int:
        """Objects to be processed."""
        return sum(count for verdict, count in self.verdicts.items() if verdict is not Verdict.DONE)

    @property
    def done(self) -> int:
        """Objects that are done."""
        return self.verdicts[Verdict.DONE]

    @property
    def objects(self) -> int:
        """Documents in the inbox."""
        return sum(self.verdicts.values()) + self.settling

    def count(self, verdict: Verdict, known: Standing | None, modified: float) -> None:
        """Take note of one document, last modified so many seconds after 1970."""
        self.verdicts[verdict] += 1
        if verdict is not Verdict.DONE:
            self.oldest_pending = min(self.oldest_pending or modified, modified)
        if known is None or verdict in {Verdict.NEW, Verdict.CHANGED}:
            return
        self.statuses[known.status] += 1
        if known.status != "enriched":
            self.reasons[known.reason or known.status, known.stage or "fetch"] += 1
        self.made_by[known.fingerprint] += 1


class Survey:
    """One comparison of an inbox with its catalog. Exact, in bounded memory, without comparing clocks.

    Entering it lists the inbox and reads the catalog, setting both apart by key in temporary files once they are large;
    iterating it joins them, part by part, and gives what is to be done, in no order. The one use of a clock is
    `settle_seconds`.

    Args:
        inbox: Where documents are dropped.
        catalog: What became of them.
        settings: Patterns, limits and prefixes.
        fingerprint: If given, what another pipeline made is to be made anew.
        pick: If given, only what is done or has failed at its present etag and is picked is to be done, anew.
        where: An SQL condition over the catalog's columns, for `Standing.selected`.
        part: Keys outside it are not looked at: they are another worker's.
        stopped: Once set, listing and reading end soon, and nothing more is given: it may not be known.
    """

    def __init__(  # noqa: PLR0913  what is compared, and what for
        self,
        inbox: ObjectStore,
        catalog: Catalog,
        settings: Settings,
        *,
        fingerprint: str | None = None,
        pick: Callable[[Standing], bool] | None = None,
        where: str | None = None,
        part: Part = WHOLE,
        stopped: Event | None = None,
    ) -> None:
        self.tally = Tally()
        self._stopped = stopped or Event()
        self._part = part
        self._inbox = inbox
        self._catalog = catalog
        self._settings = settings
        _, self._prefix = split_location(settings.inbox or "")
        self._rules = KeyRules(settings)
        self._judge = Judge(settings, fingerprint)
        self._fingerprint = fingerprint
        self._pick = pick
        self._columns = _COLUMNS | ({"selected": f"coalesce(({where}\n), false)"} if where else {})
        self._listed = Spill()
        self._known = Spill()
        self._rows_read = self._objects_listed = 0
        self._others: tuple[str, ...] = ()  # folders of other output locations in the inbox

    def __enter__(self) -> Self:
        try:
            self._read_catalog()
            self._list_inbox()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def __iter__(self) -> Iterator[Pending | Vanished]:
        for number in range(PARTITIONS):
            if self._stopped.is_set():
                return
            yield from self._join(number)

    def progress(self) -> str:
        """For people who wait until it is entered: what is read of the catalog and the inbox, from any thread."""
        if not self._objects_listed:
            return f"reading the catalog: {self._rows_read:,} rows so far"
        return f"listing the inbox: {self._objects_listed:,} objects so far"

    def count_gone(self) -> tuple[int, int]:
        """How many documents will prove to be gone, of how many that were processed: told before any is given."""
        gone = known = 0
        for number in range(PARTITIONS):
            alive = {key for key, standing in current_of(self._rows(number)).items() if self._is_alive(standing)}
            known += len(alive)
            gone += len(alive.difference(record[0] for record in self._listed.read(number)))
        return gone, known

    def _close(self) -> None:
        self._listed.close()
        self._known.close()

    def _read_catalog(self) -> None:
        for batch in self._catalog.scan(self._columns, f"bucket = {literal(self._inbox.bucket)} AND member IS NULL"):
            if self._stopped.is_set():
                return
            self._rows_read += batch.num_rows
            for record in values_of(batch):
                if self._part.holds(record[0]):
                    self._known.add(record)

    def _list_inbox(self) -> None:
        young = datetime.now(UTC) - timedelta(seconds=self._settings.settle_seconds)
        roots: set[str] = set()
        for info in list_objects(self._inbox, self._prefix):
            if self._stopped.is_set():
                return
            self._objects_listed += 1
            if self._rules.is_output(info.key):
                continue
            if (root := output_root(info.key)) is not None:
                roots.add(root)
            if not self._part.holds(info.key):
                continue
            state = _DOCUMENT
            if self._rules.refusal(info.key, info.size):
                state = _EXCLUDED
            elif self._settings.settle_seconds and info.last_modified > young:
                state = _SETTLING
            self._listed.add((info.key, info.etag, info.size, info.last_modified.timestamp(), state))
        self._others = folders_of(roots)

    def _join(self, number: int) -> Iterator[Pending | Vanished]:
        rows = self._rows(number)
        standings, doubtful = current_of(rows), doubtful_of(rows)
        listed = {record[0]: record for record in self._listed.read(number)}  # a moving listing may say a key twice
        for key, etag, size, modified, state in listed.values():
            current = standings.pop(key, None)
            if state != _EXCLUDED and key.startswith(self._others):
                state = _EXCLUDED  # noqa: PLW2901
            if state == _DOCUMENT:
                verdict = self._judge.verdict(etag, size, current)
                if verdict is Verdict.DONE and key in doubtful:
                    verdict = Verdict.NEW
                self.tally.count(verdict, current, modified)
                if verdict is not Verdict.DONE or self._pick is not None:
                    source = self._source(key, etag, size, modified)
                    if found := self._pending(source, verdict, current):
                        yield found
            else:
                self.tally.excluded += state == _EXCLUDED
                self.tally.settling += state == _SETTLING
        for standing in standings.values():
            if self._is_alive(standing):
                self.tally.vanished += 1
                yield Vanished(standing.key, standing)

    def _rows(self, number: int) -> list[Standing]:
        """The catalog's rows of a part of the keys."""
        return [Standing._make(record) for record in self._known.read(number)]

    def _is_alive(self, standing: Standing) -> bool:
        """Whether the object was there when it was looked at last, or its record is still to go; if the inbox's."""
        alive = standing.status != "deleted" or standing.stage == REMOVAL
        return alive and standing.key.startswith(self._prefix)

    def _source(self, key: str, etag: str, size: int, modified: float) -> SourceObject:
        moment = datetime.fromtimestamp(modified, UTC)
        return SourceObject(bucket=self._inbox.bucket, key=key, etag=etag, size=size, last_modified=moment)

    def _pending(self, source: SourceObject, verdict: Verdict, known: Standing | None) -> Pending | None:
        tries = (known.fingerprint, known.attempts) if known else None
        failed = known is not None and known.status == "failed"
        redo, failures = (None, tries) if failed else (tries, None)
        if self._pick is not None:
            if known is None or verdict in {Verdict.NEW, Verdict.CHANGED} or not self._pick(known):
                return None
            self.tally.selected += 1
            self.tally.selected_milliseconds += known.milliseconds
            return Pending(source, instead_of=redo, failures=failures)
        return Pending(
            source,
            fingerprint=self._fingerprint if verdict is Verdict.STALE else None,
            instead_of=redo if verdict is Verdict.RETRY else None,
            failures=failures if verdict is Verdict.RETRY else None,
        )
