"""The worker: fetch, refine and store many documents at once, each at most once and never a stale version."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version

from docmill.catalog.records import row_of, row_of_record
from docmill.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ObjectNotFoundError,
    PreconditionFailedError,
    StoreError,
    StoreUnreachableError,
)
from docmill.inbox import Pending, Record, look_up, read_record, read_records
from docmill.keys import Made, output_key
from docmill.retry import retrying
from docmill.sandbox import Refined, RefinePool
from docmill.store.base import ObjectInfo, ObjectStore, StoredObject
from schemas.catalog import CatalogRow
from schemas.document import Reason
from schemas.settings import Settings, split_location
from schemas.source import RawDocument, SourceObject

__all__ = ["Ending", "Result", "Worker"]

BYTES_IN_FLIGHT = 256 * 1024 * 1024
ROUNDS = 4  # tries at one document while its source or record keeps changing under us
WAITED_SECONDS = 0.05  # for a turn: longer, and another worker may have been faster
# What concerns the whole store, not one document.
FATAL = (AccessDeniedError, BucketNotFoundError, StoreUnreachableError)


class Ending(StrEnum):
    """How the work on one source object ended."""

    ENRICHED = "enriched"
    REJECTED = "rejected"
    DONE_ELSEWHERE = "done_elsewhere"  # another worker wrote the same record first
    SUPERSEDED = "superseded"  # the object was overwritten meanwhile; a later sweep does the new version
    GONE = "gone"  # the object was deleted meanwhile
    FAILED = "failed"  # the store would not serve this object; a later sweep tries again


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one source object; `row` is for the catalog, unless nothing can be said of this version."""

    source: SourceObject
    ending: Ending
    message: str | None = None
    row: CatalogRow | None = None


class Worker:
    """Processes source objects; any number of threads may call it.

    Args:
        inbox: Where documents are read.
        output: Where records are written.
        settings: For the output prefix, limits and number of threads.
        pool: Refines.
    """

    def __init__(self, inbox: ObjectStore, output: ObjectStore, settings: Settings, pool: RefinePool) -> None:
        self._inbox = inbox
        self._output = output
        self._settings = settings
        self._pool = pool
        _, self._prefix = split_location(settings.output or "")
        self._can = output.capabilities(self._prefix)
        self._threads = ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-io")
        self._room = _Room(BYTES_IN_FLIGHT)
        # One more than there are refining processes, so that none is idle while another worker's record is looked for.
        self._turns = threading.BoundedSemaphore(settings.workers + 1)

    def close(self) -> None:
        """Wait for documents under way and end the threads."""
        self._threads.shutdown(cancel_futures=True)

    def process(
        self,
        documents: Sequence[Pending],
        *,
        run_id: str | None = None,
        on_done: Callable[[Result], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> list[Result]:
        """Fetch, refine and store documents, many at once.

        Args:
            documents: What to process.
            run_id: The flow run, for the records' provenance.
            on_done: Told of each result as it comes, in this thread.
            cancelled: Once set, documents not begun are left out of the results.

        Raises:
            StoreError: The store refuses or does not answer at all; what was begun is finished first.
        """
        futures = [self._threads.submit(self._one, document, run_id, cancelled) for document in documents]
        try:
            return list(_collect(futures, on_done))
        except BaseException:
            for future in futures:
                future.cancel()
            wait(futures)
            raise

    def _one(self, document: Pending, run_id: str | None, cancelled: threading.Event | None) -> Result | None:
        if cancelled is not None and cancelled.is_set():
            return None
        with self._room.take(document.source.size):
            try:
                return self._unless_done(document, run_id)
            except FATAL:
                raise
            except StoreError as error:
                return self._failed(document, error, run_id)

    def _unless_done(self, document: Pending, run_id: str | None) -> Result:
        """The truth is on the records, not in the catalog: look before anything is done twice."""
        document = self._with_records(document)
        return self._done_elsewhere(document) or self._process(document, run_id)

    def _done_elsewhere(self, document: Pending) -> Result | None:
        done = [record for _, record in document.records if record.made and document.is_done_by(record.made)]
        for record in sorted(done, key=lambda record: -(record.made.attempts if record.made else 0)):
            if row := self._row_on(record.key):
                self._remove_others(document, record.key)
                return Result(document.source, Ending.DONE_ELSEWHERE, row=row)
        return None

    def _failed(self, document: Pending, error: StoreError, run_id: str | None) -> Result:
        """Tell the catalog, for a later sweep to try again; after the last attempt, quarantine."""
        source, attempts = document.source, self._attempts(document)
        if attempts >= self._settings.max_attempts:
            raw = RawDocument(data=b"", key=source.key, source=source)
            refined = self._pool.rejected(raw, Reason.UNREADABLE, str(error), run_id, stage="fetch")
            with suppress(StoreError):  # the output fails too: what went wrong first says more
                return self._write(self._with_records(document), refined, run_id)
        return Result(source, Ending.FAILED, str(error), self._failed_row(source, attempts, str(error), run_id))

    def _process(self, document: Pending, run_id: str | None) -> Result:
        for _ in range(ROUNDS):
            try:
                found = self._attempt(document, run_id)
            except AccessDeniedError as error:  # an object can have permissions and keys of its own
                return self._failed(document, error, run_id)
            if isinstance(found, Result):
                return found
            document = found
        return Result(document.source, Ending.FAILED, f"The object changed {ROUNDS} times while it was processed.")

    def _attempt(self, document: Pending, run_id: str | None) -> Result | Pending:
        """What became of the document, or the document as it is now, if it has to be done anew."""
        try:
            source, raw = self._fetch(document.source)
        except (ObjectNotFoundError, PreconditionFailedError) as error:
            return _unread(document.source, error)
        refined = self._refine(document, source, raw, run_id)
        if refined is None:
            document = self._with_records(document)
            return self._done_elsewhere(document) or document
        result = self._write(replace(document, source=source), refined, run_id)
        if result.row is None or self._can.compare_and_swap:
            return result
        # Without compare-and-swap a newer record may just have been overwritten by ours: look, and make it anew.
        current = look_up(self._inbox, source.key)
        if current is None:
            return Result(source, Ending.GONE, "The object was deleted while it was processed.")
        return result if current.source.etag == source.etag else self._with_records(current)

    def _fetch(self, source: SourceObject) -> tuple[SourceObject, RawDocument | None]:
        """The source as it was when read, with its version id, which listings leave out; None if it is too large."""
        if source.size > self._settings.max_object_mb * 1_000_000:
            return source, None
        stored = self._read(source)
        if stored.info.etag != source.etag:  # the store does not do conditional reads
            raise PreconditionFailedError(f"object {source.key!r} has another etag by now")
        found = source.model_copy(update={"version_id": stored.info.version_id, "size": len(stored.data)})
        return found, RawDocument(data=stored.data, key=source.key, media_type=_declared(stored.info), source=found)

    def _refine(
        self, document: Pending, source: SourceObject, raw: RawDocument | None, run_id: str | None
    ) -> Refined | None:
        """The record; None if another worker made one while this one waited for its turn."""
        if raw is None:
            limit = self._settings.max_object_mb * 1_000_000
            message = f"The object has {source.size} bytes; max_object_mb allows {limit:.0f}."
            raw = RawDocument(data=b"", key=source.key, source=source)
            return self._pool.rejected(raw, Reason.TOO_LARGE, message, run_id, stage="fetch")
        came = time.monotonic()
        with self._turns:
            if time.monotonic() - came > WAITED_SECONDS and self._is_enriched(document):
                return None
            return self._pool.refine(raw, run_id)

    def _is_enriched(self, document: Pending) -> bool:
        """Whether the record that is wanted is there by now. Only enriched ones are looked for: most are."""
        record = read_record(self._output, output_key(self._prefix, "enriched", document.source.key))
        return record is not None and document.is_done_by(record.made)

    def _read(self, source: SourceObject) -> StoredObject:
        try:
            return retrying(lambda: self._inbox.get(source.key, if_match=source.etag))
        except PreconditionFailedError:
            if not self._is_current(source):
                raise
            # Some stores refuse the right etag too: the caller compares what comes without the condition.
            return retrying(lambda: self._inbox.get(source.key))

    def _write(self, document: Pending, refined: Refined, run_id: str | None) -> Result:
        source = document.source
        made = Made.of(source, self._pool.fingerprint, self._attempts(document))
        key = output_key(self._prefix, refined.status, source.key)
        prior = dict(document.records).get(refined.status)
        for _ in range(ROUNDS):
            try:
                self._put(key, refined.record, made, prior)
            except PreconditionFailedError:
                prior = read_record(self._output, key)
                if prior and prior.made and prior.made.repeats(made):
                    if not self._is_ours(key, refined.record):
                        return Result(source, Ending.DONE_ELSEWHERE, row=self._row_on(key))
                elif not self._is_current(source):
                    return Result(source, Ending.SUPERSEDED, "The object was overwritten while it was processed.")
                else:
                    continue
            self._remove_others(document, key)
            row = row_of(source, refined, key, made, run_id)
            return Result(source, Ending(refined.status), refined.message, row)
        return Result(source, Ending.FAILED, f"Other writers changed the record {ROUNDS} times.")

    def _with_records(self, document: Pending) -> Pending:
        return replace(document, records=read_records(self._output, self._prefix, document.source.key))

    def _attempts(self, document: Pending) -> int:
        """Which try at this version by this pipeline it is."""
        fingerprint, before = document.instead_of or ("", 0)
        tries = [before] if fingerprint == self._pool.fingerprint else []
        made = Made.of(document.source, self._pool.fingerprint, attempts=0)
        tries += [r.made.attempts for _, r in document.records if r.made and r.made.repeats(made)]
        return max(tries, default=0) + 1

    def _row_on(self, key: str) -> CatalogRow | None:
        """The row of a record that is there already."""
        try:
            return row_of_record(retrying(lambda: self._output.get(key)))
        except ObjectNotFoundError:
            return None

    def _failed_row(self, source: SourceObject, attempts: int, message: str, run_id: str | None) -> CatalogRow:
        return CatalogRow(
            bucket=source.bucket,
            key=source.key,
            etag=source.etag,
            version_id=source.version_id,
            size=source.size,
            last_modified=source.last_modified,
            status="failed",
            message=message,
            attempts=attempts,
            output_key=None,
            pipeline_fingerprint=self._pool.fingerprint,
            docmill_version=version("docmill"),
            flow_run_id=run_id,
            processed_at=datetime.now(UTC),
        )

    def _put(self, key: str, record: bytes, made: Made, prior: Record | None) -> None:
        # A condition the store was seen to ignore or to get wrong is not sent.
        if_match = prior.etag if prior and self._can.put_if_match else None
        if_none_match = prior is None and self._can.put_if_none_match
        retrying(
            lambda: self._output.put(
                key,
                record,
                media_type="application/json",
                metadata=made.metadata(),
                if_match=if_match,
                if_none_match=if_none_match,
            )
        )

    def _remove_others(self, document: Pending, key: str) -> None:
        """An object has one record: enriched or quarantined, not both."""
        for _, record in document.records:
            if record.key != key:
                other = record.key
                retrying(lambda other=other: self._output.delete(other))  # type: ignore[misc]

    def _is_ours(self, key: str, record: bytes) -> bool:
        """Whether a write whose answer was lost on the way did take place: records hold the time they were made."""
        try:
            return retrying(lambda: self._output.get(key)).data == record
        except ObjectNotFoundError:
            return False

    def _is_current(self, source: SourceObject) -> bool:
        try:
            return retrying(lambda: self._inbox.head(source.key)).etag == source.etag
        except ObjectNotFoundError:
            return False


def _collect(futures: Sequence[Future[Result | None]], on_done: Callable[[Result], None] | None) -> Iterator[Result]:
    for future in as_completed(futures):
        result = future.result()
        if result is not None:
            if on_done is not None:
                on_done(result)
            yield result


def _unread(source: SourceObject, error: StoreError) -> Result:
    if isinstance(error, ObjectNotFoundError):
        return Result(source, Ending.GONE, "The object was deleted before it was read.")
    return Result(source, Ending.SUPERSEDED, "The object was overwritten before it was read.")


def _declared(info: ObjectInfo) -> str | None:
    """The uploader's media type; the one stores give to what came without is none."""
    return None if info.media_type in {None, "", "binary/octet-stream", "application/octet-stream"} else info.media_type


class _Room:
    """So many bytes may be in flight at once; a larger object goes alone."""

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._changed = threading.Condition()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        amount = min(amount, self._size)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= amount)
            self._free -= amount
        try:
            yield
        finally:
            with self._changed:
                self._free += amount
                self._changed.notify_all()
