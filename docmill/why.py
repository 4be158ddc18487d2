"""Everything known of one object, from the inbox, the records and the catalog, and what follows from it."""

import glob
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from docmill.catalog.table import Catalog
from docmill.catalog.without_record import REMOVAL
from docmill.history import is_doubtful
from docmill.inbox import find
from docmill.judgement import TRANSIENT, Judge, Standing, Verdict
from docmill.keys import Made, Status
from docmill.matching import KeyRules
from docmill.names import SEPARATOR
from docmill.other_outputs import within_outputs
from docmill.output import Record, read_records
from docmill.store.base import ObjectInfo, ObjectStore
from schemas.catalog import CatalogRow
from schemas.document import Reason
from schemas.settings import Settings, split_location

__all__ = ["Account", "Places", "account"]


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a key."""

    key: str
    found: ObjectInfo | None  # the object as it is now
    refusal: str | None  # why it is not a document, if it is none
    settles_at: datetime | None  # until when it is left alone, if it is too young
    rows: tuple[CatalogRow, ...]  # of the catalog, the current one last
    records: tuple[tuple[Status, Record], ...]
    taken: tuple[Made, ...]  # of records in the place of its own: another bucket's object of this key was faster
    next: str  # what happens to it, for a person
    member: str | None = None  # of the container `key`, if it is one that was asked for
    members: tuple[CatalogRow, ...] = ()  # their rows as of the container's current row

    @property
    def current(self) -> CatalogRow | None:
        """The catalog's current row."""
        return self.rows[-1] if self.rows else None


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that may know something of a key."""

    inbox: ObjectStore
    output: ObjectStore
    catalog: Catalog


def account(key: str, places: Places, settings: Settings, fingerprint: str) -> Account:
    """Ask everything that may know something of a key.

    Args:
        key: Of the source object, or of a container's member: the container's, `/!/` and the member's name.
        places: Whom to ask.
        settings: Patterns and limits.
        fingerprint: Of the present pipeline.

    Raises:
        StoreError: A store does not answer.
        CatalogError: The catalog cannot be read.
    """
    found, member = find(places.inbox, key), None  # what names a member may be longer than a key
    if found is None and SEPARATOR in key and not places.catalog.rows_of(key):
        key, _, member = key.partition(SEPARATOR)
        found = find(places.inbox, key)
    refusal = KeyRules(settings).refusal(key, found.size if found else 1)
    if refusal is None and within_outputs(places.inbox, split_location(settings.inbox or "")[1])(key):
        refusal = "it lies in another output location of docmill's"
    settles = found.last_modified + timedelta(seconds=settings.settle_seconds) if found else None
    if settles is None or settles <= datetime.now(UTC):
        settles = None
    rows = tuple(row for row in places.catalog.rows_of(key) if row.bucket == places.inbox.bucket)
    _, prefix = split_location(settings.output or "")
    there = read_records(places.output, prefix, key)
    taken = tuple(r.made for _, r in there if r.made and r.made.is_foreign(places.inbox.bucket))
    records = () if taken else there
    what = _Outlook(settings, fingerprint).next(found, refusal, settles, rows, records, taken)
    members = tuple(places.catalog.members_of(rows[-1])) if rows else ()
    if member is not None:
        members = tuple(row for row in members if row.member == member)
    return Account(key, found, refusal, settles, rows, records, taken, what, member, members)


class _Outlook:
    """Puts into words what the next sweep does."""

    def __init__(self, settings: Settings, fingerprint: str) -> None:
        self._settings = settings
        self._judge = Judge(settings)
        self._fingerprint = fingerprint

    def next(  # noqa: PLR0913, PLR0917  everything that is known
        self,
        found: ObjectInfo | None,
        refusal: str | None,
        settles: datetime | None,
        rows: tuple[CatalogRow, ...],
        records: tuple[tuple[Status, Record], ...],
        taken: tuple[Made, ...],
    ) -> str:
        row = rows[-1] if rows else None
        if refusal:
            return f"nothing: {refusal}"
        if found is None:
            return self._gone(row, records)
        if settles:
            until = f"{settles:%Y-%m-%d %H:%M:%S} UTC (settle_seconds)"
            return f"sweeps leave it alone until {until}, then process it; a listener does not wait"
        if taken:
            return f"every sweep fails it: its record's place holds that of s3://{taken[0].bucket}/{found.key}"
        verdict = self._judge.verdict(found.etag, found.size, Standing.of(row) if row else None)
        if verdict in {Verdict.NEW, Verdict.CHANGED} and any(r.made and r.made.etag == found.etag for _, r in records):
            return "the next sweep finds its record, and adds the row that the catalog lacks"
        return {
            Verdict.NEW: "the next sweep processes it: it is new",
            Verdict.CHANGED: "the next sweep processes it: it has changed since it was processed",
            Verdict.RETRY: "the next sweep tries it again",
        }.get(verdict) or self._done(rows, records)

    def _gone(self, row: CatalogRow | None, records: tuple[tuple[Status, Record], ...]) -> str:
        if row is None and not records:
            return "nothing: there is no such object, and there never was one as far as docmill knows"
        if row is not None and row.status == "deleted" and row.stage != REMOVAL:
            return "nothing: the object is deleted" + ("; its record is kept (on_delete)" if records else "")
        if self._settings.on_delete == "keep":
            return "the object is deleted: the next sweep notes that in the catalog, and keeps its record (on_delete)"
        return "the object is deleted: the next sweep removes its record, unless most are gone (max_removed_share)"

    def _done(self, rows: tuple[CatalogRow, ...], records: tuple[tuple[Status, Record], ...]) -> str:
        if is_doubtful(Standing.of(row) for row in rows):
            return "the next sweep looks for its record, which may have been removed, and makes it anew if it is gone"
        row = rows[-1] if rows else None
        if row is not None and row.output_key and not records:
            pattern = shlex.quote(glob.escape(row.key))
            return f"nothing: its record is gone; `docmill reprocess --key {pattern}` makes it anew"
        stale = row is not None and row.pipeline_fingerprint != self._fingerprint
        again = "; another pipeline made it: `docmill sweep --refresh` makes it anew" if stale else ""
        if row is None or row.status == "enriched":
            return f"nothing: it is done{again}"
        if row.reason == Reason.TOO_LARGE and row.stage == "fetch":
            return f"nothing, until max_object_mb allows its size: then the next sweep processes it{again}"
        if row.reason in TRANSIENT:
            return f"nothing: all {row.attempts} attempts failed; `docmill retry` makes another{again}"
        return f"nothing: it was rejected for good{again or '; another try would end the same'}"
