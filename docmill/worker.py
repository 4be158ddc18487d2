"""The worker: fetch, refine and store many documents at once, each at most once and never a stale version."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace

from docmill.catalog.without_record import row_of_failure
from docmill.collected import collected
from docmill.delivery import OVERWRITTEN, Delivery, OnRow
from docmill.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ObjectNotFoundError,
    PreconditionFailedError,
    StoreError,
    StoreUnreachableError,
)
from docmill.fetch import Fetcher, too_large
from docmill.inbox import Pending, look_up
from docmill.keys import Made
from docmill.lookahead import Lookahead
from docmill.members import MemberWriter, SupersededError, TakenError
from docmill.order import Company, Order, Turns
from docmill.output import ROUNDS
from docmill.result import Ending, Result
from docmill.room import Room
from docmill.sandbox import Pool, Refined
from docmill.stage import Refusal
from docmill.store.base import ObjectStore
from docmill.store.pressure import EasedStore, Pressure
from schemas.catalog import CatalogRow
from schemas.document import Reason
from schemas.settings import Settings
from schemas.source import RawDocument, SourceObject

__all__ = ["Worker"]

BYTES_IN_FLIGHT = 256 * 1024 * 1024
# What concerns the whole store, not one document.
FATAL = (AccessDeniedError, BucketNotFoundError, StoreUnreachableError)


class Worker:
    """Processes source objects; any number of threads may call it.

    Args:
        inbox: Where documents are read.
        output: Where records are written.
        settings: For the output prefix, limits and number of threads.
        pool: Refines.
    """

    def __init__(self, inbox: ObjectStore, output: ObjectStore, settings: Settings, pool: Pool) -> None:
        # One measure for both: they usually are one server, and each document is asked of one and written to the other.
        self.pressure = Pressure(2 * settings.io_threads)
        self._inbox = EasedStore(inbox, self.pressure)
        self._settings = settings
        self._pool = pool
        self._fetcher = Fetcher(self._inbox, settings.max_object_mb)
        self._delivery = Delivery(EasedStore(output, self.pressure), settings, pool, self._fetcher.is_current)
        self._threads = ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-io")
        self._company = Company()
        self._room = Room(BYTES_IN_FLIGHT)
        self._turns = Turns(settings.workers)

    def close(self) -> None:
        """Wait for documents under way and end the threads."""
        self._threads.shutdown(cancel_futures=True)
        self._delivery.close()

    def process(
        self,
        documents: Sequence[Pending],
        *,
        run_id: str | None = None,
        on_done: Callable[[Result], None] | None = None,
        on_row: OnRow | None = None,
        cancelled: threading.Event | None = None,
    ) -> list[Result]:
        """Fetch, refine and store documents, many at once, in the order of their keys.

        Args:
            documents: What to process.
            run_id: The flow run, for the records' provenance.
            on_done: Told of each result as it comes, in this thread.
            on_row: Given rows that are no result's own, from any thread: of each member of a container, once its record
                is written and before the container's, maybe twice, and also if the container proves to be done; and of
                the record that is left where another worker wrote one beside a result's.
            cancelled: Once set, documents not begun are left out of the results, and soon those that take long.

        Raises:
            StoreError: The store refuses or does not answer at all; what was begun is finished first.
        """
        documents = sorted(documents, key=lambda document: document.source.key)
        batch = _Batch(Order(documents), self._delivery.lookahead(documents), run_id, on_row, cancelled)
        futures = [self._threads.submit(self._next, batch) for _ in documents]
        try:
            results = list(collected(futures, on_done, cancelled or threading.Event()))
        except BaseException:
            for future in futures:
                future.cancel()
            wait(futures)
            raise
        left = {}
        for key in batch.ahead.doubled() if batch.ahead else ():
            if row := self._part(key):  # another worker wrote one beside ours since we looked
                left[key] = row
                if on_row:
                    on_row(row)
        if left:
            results = [replace(result, row=left.get(result.source.key, result.row)) for result in results]
        return results

    def part(self, keys: Iterable[str]) -> list[CatalogRow]:
        """Leave one record of those of the objects that have two, since a worker died over its work.

        Returns:
            The rows of those that are left: the catalog may have one of the other.

        Raises:
            StoreError: The stores do not answer.
        """
        return [row for row in self._threads.map(self._part, keys) if row]

    def _part(self, key: str) -> CatalogRow | None:
        if current := look_up(self._inbox, key):
            document = self._delivery.with_records(current)
            if len(document.records) > 1 and (left := self._delivery.done_elsewhere(document, None)):
                return left.row
        return None

    def _next(self, batch: "_Batch") -> Result | None:
        document = batch.order.take()
        with self._room.take(document.source.size):
            if batch.cancelled is not None and batch.cancelled.is_set():
                return None
            result = self._one(document, batch)
        if result.ending is Ending.DONE_ELSEWHERE:
            batch.order.met_another()
            self._company.met()
        else:
            self._company.not_met()
        return result

    def _one(self, document: Pending, batch: "_Batch") -> Result:
        try:
            return self._unless_done(document, batch)
        except FATAL:
            raise
        except StoreError as error:
            return self._failed(document, error, batch.run_id)

    def _unless_done(self, document: Pending, batch: "_Batch") -> Result:
        """The truth is on the records, not in the catalog: look before anything is done twice."""
        document = self._delivery.with_records(document, None if self._company.expected else batch.ahead)
        ended = self._delivery.taken(document, batch.run_id)
        ended = ended or self._delivery.done_elsewhere(document, batch.on_row)
        return ended or self._process(document, batch.run_id, batch.on_row)

    def _failed(self, document: Pending, error: StoreError, run_id: str | None) -> Result:
        """Tell the catalog, for a later sweep to try again; after the last attempt, quarantine."""
        source, attempts = document.source, self._delivery.attempts(document)
        if document.failures and document.failures[0] == self._pool.fingerprint:
            attempts = max(attempts, document.failures[1] + 1)
        if attempts >= self._settings.max_attempts:
            raw = RawDocument(data=b"", key=source.key, source=source)
            refined = self._pool.rejected(raw, Refusal("fetch", Reason.UNREADABLE, str(error)), run_id)
            with suppress(StoreError):  # the output fails too: what went wrong first says more
                if self._fetcher.may_be_current(source):
                    self._delivery.remove_members(source, lambda: self._fetcher.may_be_current(source))
                document = self._delivery.with_records(document)
                if written := self._delivery.write(document, refined, 0, run_id, attempts):
                    return written
        made = Made.of(source, self._pool.fingerprint, attempts)
        return Result(source, Ending.FAILED, str(error), row_of_failure(source, made, str(error), run_id))

    def _process(self, document: Pending, run_id: str | None, on_row: OnRow | None) -> Result:
        for _ in range(ROUNDS):
            found = self._attempt(document, run_id, on_row)
            if isinstance(found, Result):
                return found
            document = found
        return Result(document.source, Ending.FAILED, f"The object changed {ROUNDS} times while it was processed.")

    def _attempt(self, document: Pending, run_id: str | None, on_row: OnRow | None) -> Result | Pending:
        """What became of the document, or the document as it is now, if it has to be done anew."""
        try:
            raw = self._fetcher.fetch(document.source)
        except AccessDeniedError as error:  # an object can have permissions and keys of its own
            return self._failed(document, error, run_id)
        except (ObjectNotFoundError, PreconditionFailedError) as error:
            return _unread(document.source, error)
        document = replace(document, source=raw.source or document.source)
        members = self._delivery.members(document, run_id, on_row)
        result = self._make(document, raw, members, run_id)
        if result is None:
            return self._as_now(document, on_row)
        superseded = result.ending is Ending.SUPERSEDED and members.count
        if not superseded and (result.row is None or self._delivery.output.can.compare_and_swap):
            return result
        # Without compare-and-swap a newer record may just have been overwritten by ours, as a newer version's
        # members may always have been: look, and make it anew.
        source = document.source
        current = look_up(self._inbox, source.key)
        if current is None:
            return self._gone(source)
        return result if current.source.etag == source.etag and not superseded else self._delivery.with_records(current)

    def _as_now(self, document: Pending, on_row: OnRow | None) -> Result | Pending:
        """What another worker made of an object, or the object as it is by now."""
        current = look_up(self._inbox, document.source.key)
        if current is None:
            return self._gone(document.source)
        same = current.source.etag == document.source.etag
        document = self._delivery.with_records(document if same else current)
        return self._delivery.done_elsewhere(document, on_row) or document

    def _gone(self, source: SourceObject) -> Result:
        self._delivery.remove_members(source, lambda: look_up(self._inbox, source.key) is None)
        return Result(source, Ending.GONE, "The object was deleted while it was processed.")

    def _make(self, document: Pending, raw: RawDocument, members: MemberWriter, run_id: str | None) -> Result | None:
        """Refine an object and write its records, its own last; None if another worker wrote one meanwhile."""
        superseded = Result(document.source, Ending.SUPERSEDED, OVERWRITTEN)
        try:
            refined = self._refine(document, raw, members, run_id)
            members.wait()
            if refined is None:
                return None
            if members.count or members.had:
                members.remove_stale()
        except SupersededError:
            members.end()
            return superseded
        except TakenError as error:
            members.end()
            return self._delivery.taken_by(error.record, document, run_id)
        result = self._delivery.write(document, refined, members.count, run_id)
        return replace(result, members=members.count, members_rejected=members.rejected) if result else None

    def _refine(self, document: Pending, raw: RawDocument, members: MemberWriter, run_id: str | None) -> Refined | None:
        """The record; None if another worker made one while this one waited for its turn."""
        if refusal := too_large(document.source.size, self._fetcher.most_mb):
            return self._pool.rejected(raw, refusal, run_id)
        with self._turns.one() as waited:
            if waited and self._company.expected and self._delivery.is_enriched(document):
                return None
            return self._pool.refine(raw, run_id, members.add)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the documents of one call have in common."""

    order: Order[Pending]
    ahead: Lookahead | None
    run_id: str | None
    on_row: OnRow | None
    cancelled: threading.Event | None


def _unread(source: SourceObject, error: StoreError) -> Result:
    if isinstance(error, ObjectNotFoundError):
        return Result(source, Ending.GONE, "The object was deleted before it was read.")
    return Result(source, Ending.SUPERSEDED, "The object was overwritten before it was read.")
