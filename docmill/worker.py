"""The worker: fetch, refine and store many documents at once, each at most once and never a stale version."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from docmill.containers import SEPARATOR
from docmill.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ObjectNotFoundError,
    PreconditionFailedError,
    StoreError,
    StoreUnreachableError,
)
from docmill.inbox import Pending, Record, look_up, read_record
from docmill.keys import Made, output_key
from docmill.members import MemberWriter, SupersededError, remove_members
from docmill.retry import retrying
from docmill.room import Room
from docmill.sandbox import Pool, Refined
from docmill.store.base import ObjectInfo, ObjectStore, StoredObject
from schemas.catalog import CatalogRow
from schemas.document import Reason
from schemas.settings import Settings, split_location
from schemas.source import RawDocument, SourceObject

__all__ = ["Ending", "Result", "Worker"]

BYTES_IN_FLIGHT = 256 * 1024 * 1024
MEMBER_BYTES_IN_FLIGHT = 64 * 1024 * 1024
ROUNDS = 4  # tries at one document while its source or record keeps changing under us
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
    """What became of one source object; `row` is set if a record was written."""

    source: SourceObject
    ending: Ending
    message: str | None = None
    row: CatalogRow | None = None
    members: int = 0  # of a container, at all depths
    members_rejected: int = 0


class Worker:
    """Processes source objects; any number of threads may call it.

    Args:
        inbox: Where documents are read.
        output: Where records are written.
        settings: For the output prefix, limits and number of threads.
        pool: Refines.
    """

    def __init__(self, inbox: ObjectStore, output: ObjectStore, settings: Settings, pool: Pool) -> None:
        self._inbox = inbox
        self._output = output
        self._settings = settings
        self._pool = pool
        _, self._prefix = split_location(settings.output or "")
        self._most_bytes = settings.max_object_mb * 1_000_000
        self._can = output.capabilities(self._prefix)
        self._threads = ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-io")
        # Members are written by threads of their own: those of `process` wait for them.
        self._member_threads = ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-members")
        self._room = Room(BYTES_IN_FLIGHT)
        self._member_room = Room(MEMBER_BYTES_IN_FLIGHT)

    def close(self) -> None:
        """Wait for documents under way and end the threads."""
        self._threads.shutdown(cancel_futures=True)
        self._member_threads.shutdown()

    def process(
        self,
        documents: Sequence[Pending],
        *,
        run_id: str | None = None,
        on_done: Callable[[Result], None] | None = None,
        on_member: Callable[[Result], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> list[Result]:
        """Fetch, refine and store documents, many at once.

        Args:
            documents: What to process.
            run_id: The flow run, for the records' provenance.
            on_done: Told of each result as it comes, in this thread.
            on_member: Told of each member of a container once its record is written, from any thread and before the
                container's own; may be told of one twice. Members are not among the results: there may be many.
            cancelled: Once set, documents not begun are left out of the results.

        Raises:
            StoreError: The store refuses or does not answer at all; what was begun is finished first.
        """
        futures = [self._threads.submit(self._one, document, run_id, on_member, cancelled) for document in documents]
        try:
            return list(_collect(futures, on_done))
        except BaseException:
            for future in futures:
                future.cancel()
            wait(futures)
            raise

    def _one(
        self,
        document: Pending,
        run_id: str | None,
        on_member: Callable[[Result], None] | None,
        cancelled: threading.Event | None,
    ) -> Result | None:
        if cancelled is not None and cancelled.is_set():
            return None
        with self._room.take(document.source.size):
            try:
                return self._process(document, run_id, on_member)
            except FATAL:
                raise
            except StoreError as error:
                return Result(document.source, Ending.FAILED, str(error))

    def _process(self, document: Pending, run_id: str | None, on_member: Callable[[Result], None] | None) -> Result:
        for _ in range(ROUNDS):
            try:
                raw = self._fetch(document.source)
            except (AccessDeniedError, ObjectNotFoundError, PreconditionFailedError) as error:
                return _unread(document.source, error)
            source = raw.source or document.source
            members = self._member_writer(source, run_id, on_member)
            result = self._make(replace(document, source=source), raw, members, run_id)
            superseded = result.ending is Ending.SUPERSEDED and members.count
            if not superseded and (result.row is None or self._can.compare_and_swap):
                return result
            # Without compare-and-swap a newer record may just have been overwritten by ours, as a newer version's
            # members may always have been: look, and make it anew.
            current = look_up(self._inbox, self._output, self._prefix, source.key)
            if current is None:
                remove_members(self._output, self._prefix, source.key)
                return Result(source, Ending.GONE, "The object was deleted while it was processed.")
            if current.source.etag == source.etag and not superseded:
                return result
            document = current
        return Result(document.source, Ending.FAILED, f"The object changed {ROUNDS} times while it was processed.")

    def _make(self, document: Pending, raw: RawDocument, members: MemberWriter, run_id: str | None) -> Result:
        """Refine an object and write its records, its own last."""
        if document.source.size > self._most_bytes:
            message = f"The object has {document.source.size} bytes; max_object_mb allows {self._most_bytes:.0f}."
            refined = self._pool.rejected(raw, Reason.TOO_LARGE, message, run_id, stage="fetch")
        else:
            try:
                refined = self._pool.refine(raw, run_id, members.add)
                members.wait()
            except SupersededError:
                members.wait()
                return Result(document.source, Ending.SUPERSEDED, "The object was overwritten while it was processed.")
        had_members = any(record.made and record.made.members for _, record in document.records)
        if members.count or had_members:
            if not self._is_current(document.source):
                return Result(document.source, Ending.SUPERSEDED, "The object was overwritten while it was processed.")
            members.remove_stale()
        result = self._write(document, refined, members.count, run_id)
        return replace(result, members=members.count, members_rejected=members.rejected)

    def _member_writer(
        self, source: SourceObject, run_id: str | None, on_member: Callable[[Result], None] | None
    ) -> MemberWriter:
        made = Made.of(source, self._pool.fingerprint)

        def written(refined: Refined, key: str) -> None:
            if on_member is not None:
                row = _row(source, refined, key, made.fingerprint, run_id)
                on_member(Result(source, Ending(refined.status), refined.message, row))

        return MemberWriter(
            self._output, self._prefix, source, made, self._member_threads, self._member_room,
            lambda: self._is_current(source), written,
        )  # fmt: skip

    def _fetch(self, source: SourceObject) -> RawDocument:
        """The object with its version id, which listings leave out; without its bytes if it is too large."""
        if source.size > self._most_bytes:
            return RawDocument(data=b"", key=source.key, source=source)
        stored = self._read(source)
        if stored.info.etag != source.etag:  # the store does not do conditional reads
            raise PreconditionFailedError(f"object {source.key!r} has another etag by now")
        found = source.model_copy(update={"version_id": stored.info.version_id, "size": len(stored.data)})
        return RawDocument(data=stored.data, key=source.key, media_type=_declared(stored.info), source=found)

    def _read(self, source: SourceObject) -> StoredObject:
        try:
            return retrying(lambda: self._inbox.get(source.key, if_match=source.etag))
        except PreconditionFailedError:
            if not self._is_current(source):
                raise
            # Some stores refuse the right etag too: the caller compares what comes without the condition.
            return retrying(lambda: self._inbox.get(source.key))

    def _write(self, document: Pending, refined: Refined, members: int, run_id: str | None) -> Result:
        source = document.source
        made = replace(Made.of(source, self._pool.fingerprint), members=members)
        key = output_key(self._prefix, refined.status, source.key)
        prior = dict(document.records).get(refined.status)
        for _ in range(ROUNDS):
            try:
                self._put(key, refined.record, made, prior)
            except PreconditionFailedError:
                prior = read_record(self._output, key)
                if prior and prior.made == made:
                    if not self._is_ours(key, refined.record):
                        return Result(source, Ending.DONE_ELSEWHERE)
                elif not self._is_current(source):
                    return Result(source, Ending.SUPERSEDED, "The object was overwritten while it was processed.")
                else:
                    continue
            self._remove_others(document, key)
            row = _row(source, refined, key, made.fingerprint, run_id)
            return Result(source, Ending(refined.status), refined.message, row)
        return Result(source, Ending.FAILED, f"Other writers changed the record {ROUNDS} times.")

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
    if isinstance(error, PreconditionFailedError):
        return Result(source, Ending.SUPERSEDED, "The object was overwritten before it was read.")
    return Result(source, Ending.FAILED, str(error))  # an object can have permissions and keys of its own


def _declared(info: ObjectInfo) -> str | None:
    """The uploader's media type; the one stores give to what came without is none."""
    return None if info.media_type in {None, "", "binary/octet-stream", "application/octet-stream"} else info.media_type


def _row(source: SourceObject, refined: Refined, key: str, fingerprint: str, run_id: str | None) -> CatalogRow:
    return CatalogRow(
        key=source.key,
        member=SEPARATOR.join(name for name, _ in refined.path) or None,
        etag=source.etag,
        version_id=source.version_id,
        size=refined.size if refined.path else source.size,
        status=refined.status,
        reason=refined.reason,
        output_key=key,
        pipeline_fingerprint=fingerprint,
        title=refined.title,
        language=refined.language,
        content_type=refined.content_type,
        topics=refined.topics,
        lines_removed=refined.lines_removed,
        milliseconds=refined.milliseconds,
        flow_run_id=run_id,
        processed_at=datetime.now(UTC),
    )
