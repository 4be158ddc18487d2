"""What is to be done about an object: the rule that the sweep applies to millions and `docmill why` explains of one."""

from enum import StrEnum
from typing import NamedTuple

from docmill.catalog.without_record import REMOVAL, REMOVED
from schemas.catalog import CatalogRow
from schemas.document import Reason
from schemas.settings import Settings

__all__ = ["TRANSIENT", "Judge", "Standing", "Verdict"]

# What another try may change. All else follows from the bytes and the pipeline, and would come out the same.
TRANSIENT = frozenset({Reason.TIMEOUT, Reason.MEMORY, Reason.CRASH, Reason.UNREADABLE})


class Verdict(StrEnum):
    """What a sweep makes of an object of the inbox that is a document."""

    NEW = "new"  # the catalog does not know it
    CHANGED = "changed"  # it has another etag than the version that was processed
    RETRY = "retry"  # what failed may succeed now
    STALE = "stale"  # made by another pipeline, and the sweep refreshes
    DONE = "done"


class Standing(NamedTuple):
    """What the catalog's current row says of a key, as far as it decides anything. A tuple: a sweep makes millions."""

    key: str
    etag: str
    status: str
    reason: str | None
    stage: str | None
    attempts: int
    fingerprint: str
    milliseconds: float
    selected: bool  # by the condition of a reprocessing
    sequence: int
    processed_at: int  # microseconds since 1970

    @classmethod
    def of(cls, row: CatalogRow) -> "Standing":
        """Of a whole row."""
        moment = round(row.processed_at.timestamp() * 1_000_000)
        return cls(
            row.key, row.etag, row.status, row.reason, row.stage, row.attempts, row.pipeline_fingerprint,
            row.milliseconds, True, row.sequence, moment,
        )  # fmt: skip

    @property
    def order(self) -> tuple[int, int]:
        """Of a key's rows the one with the greatest is current."""
        return self.sequence, self.processed_at

    @property
    def is_removal(self) -> bool:
        """Whether it says that the key's record is about to be removed, or was."""
        return self.status == "deleted" and self.stage in {REMOVAL, REMOVED}


class Judge:
    """Decides by listing and catalog alone.

    Args:
        settings: For the number of attempts and the size limit.
        fingerprint: Of the present pipeline, if what another one made is to be made anew.
    """

    def __init__(self, settings: Settings, fingerprint: str | None = None) -> None:
        self._max_attempts = settings.max_attempts
        self._max_bytes = settings.max_object_mb * 1_000_000
        self._fingerprint = fingerprint

    def verdict(self, etag: str, size: int, standing: Standing | None) -> Verdict:
        """What to do about an object with this etag and size."""
        if standing is None or standing.status == "deleted":
            return Verdict.NEW
        if standing.etag != etag:
            return Verdict.CHANGED
        if self._may_pass(size, standing):
            return Verdict.RETRY
        if self._fingerprint not in {None, standing.fingerprint}:
            return Verdict.STALE
        return Verdict.DONE

    def _may_pass(self, size: int, standing: Standing) -> bool:
        if standing.status == "failed":  # there is no record: it can never be done with
            return True
        if standing.reason == Reason.TOO_LARGE:  # the limit may have been raised; not what it unpacks to
            return standing.stage == "fetch" and size <= self._max_bytes
        return standing.reason in TRANSIENT and standing.attempts < self._max_attempts
