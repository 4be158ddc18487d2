"""The records of an object and of its members: how they are found, told apart and written, none over a better one."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from docmill.catalog.records import read_rows, row_of, row_of_record
from docmill.catalog.without_record import row_of_failure
from docmill.errors import ObjectNotFoundError, PreconditionFailedError
from docmill.inbox import Pending
from docmill.keys import FOLDERS, Made, members_prefix, output_key
from docmill.lookahead import Lookahead
from docmill.members import MemberWriter, remove_members
from docmill.output import ROUNDS, Output, Record, read_record, read_records
from docmill.result import Ending, Result
from docmill.retry import retrying
from docmill.room import Room
from docmill.sandbox import Pool, Refined
from docmill.store.base import ObjectStore
from schemas.catalog import CatalogRow
from schemas.settings import Settings, split_location
from schemas.source import SourceObject

__all__ = ["OVERWRITTEN", "Delivery", "OnRow"]

MEMBER_BYTES_IN_FLIGHT = 64 * 1024 * 1024
OVERWRITTEN = "The object was overwritten while it was processed."
OnRow = Callable[[CatalogRow], None]


class Delivery:
    """Finds and writes records.

    Args:
        output: Where records are.
        settings: For the output prefix and number of threads.
        pool: For the fingerprint of what makes the records.
        is_current: Whether a source object is still the one in the inbox.
    """

    def __init__(
        self, output: ObjectStore, settings: Settings, pool: Pool, is_current: Callable[[SourceObject], bool]
    ) -> None:
        self._pool = pool
        self._is_current = is_current
        self._threads = settings.io_threads
        # Members are written by threads of their own: those that process documents wait for them.
        self._member_threads = ThreadPoolExecutor(settings.io_threads, thread_name_prefix="docmill-members")
        self._member_room = Room(MEMBER_BYTES_IN_FLIGHT)
        _, prefix = split_location(settings.output or "")
        self.output = Output.at(output, prefix)

    def close(self) -> None:
        """Wait for members' records under way and end the threads."""
        self._member_threads.shutdown()

    def lookahead(self, documents: Iterable[Pending]) -> Lookahead | None:
        """What listings tell of the records of documents that are done soon, if the store's can be relied on.

        A record that came after it was told is met when one's own is refused.
        """
        if not (self.output.can.list_after and self.output.can.compare_and_swap):
            return None
        return Lookahead(self.output.store, self.output.prefix, [document.source.key for document in documents])

    def with_records(self, document: Pending, ahead: Lookahead | None = None) -> Pending:
        """The document, and the records there are of it now, or were when the lookahead asked."""
        key = document.source.key
        statuses = ahead.statuses(key) if ahead else FOLDERS
        return replace(document, records=read_records(self.output.store, self.output.prefix, key, statuses))

    def done_elsewhere(self, document: Pending, on_row: OnRow | None) -> Result | None:
        """The result of another worker, if one of the document's records is what was wanted."""
        done = [record for _, record in document.records if record.made and document.is_done_by(record.made)]
        for record in sorted(done, key=lambda record: -(record.made.attempts if record.made else 0)):
            if row := self._row_on(record.key):
                self._remove_others(document, record.key)
                if row.members and on_row is not None:
                    self._tell_of_members(document.source, row, on_row)
                return Result(document.source, Ending.DONE_ELSEWHERE, row=row)
        return None

    def _tell_of_members(self, source: SourceObject, container: CatalogRow, on_row: OnRow) -> None:
        """Tell of a finished container's members: whoever wrote them may have died before their rows were committed."""
        for status in FOLDERS:
            prefix = members_prefix(self.output.prefix, status, source.key)
            for row in read_rows(self.output.store, prefix, self._threads):
                if row.made == container.made:
                    on_row(row)

    def taken(self, document: Pending, run_id: str | None) -> Result | None:
        """That no record may be written for it, where that of another bucket's object of the same key lies."""
        for _, record in document.records:
            if record.made and record.made.is_foreign(document.source.bucket):
                return self.taken_by(record, document, run_id)
        return None

    def taken_by(self, record: Record, document: Pending, run_id: str | None) -> Result:
        """That a document, or a member of it, has no place, since another bucket's record is there."""
        source, bucket = document.source, record.made.bucket if record.made else None
        message = (
            f"{record.key} is the record of s3://{bucket}/{source.key} and is not overwritten: "
            "each inbox bucket needs an output of its own; if the inbox has moved, remove its old records."
        )
        made = Made.of(source, self._pool.fingerprint, self.attempts(document))
        return Result(source, Ending.FAILED, message, row_of_failure(source, made, message, run_id))

    def is_enriched(self, document: Pending) -> bool:
        """Whether the record that is wanted is there by now. Only enriched ones are looked for: most are."""
        key = output_key(self.output.prefix, "enriched", document.source.key)
        record = read_record(self.output.store, key)
        return record is not None and document.is_done_by(record.made)

    def attempts(self, document: Pending) -> int:
        """Which record of this version by this pipeline it is.

        Tries that left no record do not count: another worker may not know of them, and two that make the same record
        at the same time have to call it the same.
        """
        fingerprint, before = document.instead_of or ("", 0)
        tries = [before] if fingerprint == self._pool.fingerprint else []
        made = Made.of(document.source, self._pool.fingerprint, attempts=0)
        tries += [r.made.attempts for _, r in document.records if r.made and r.made.repeats(made)]
        return max(tries, default=0) + 1

    def write(
        self, document: Pending, refined: Refined, members: int, run_id: str | None, attempts: int | None = None
    ) -> Result | None:
        """Write an object's own record in place of what there is of it, unless another worker was faster.

        None if one has just written the object's record of the other kind: the object has to be looked at again.

        Args:
            document: The object, with the records known of it.
            refined: Its record.
            members: How many documents were in it.
            run_id: The flow run, for the catalog's row.
            attempts: Which record of this version it is, where that is not to be told by the others.
        """
        source = document.source
        if taken := self.taken(document, run_id):
            return taken
        attempts = attempts or self.attempts(document)
        made = replace(Made.of(source, self._pool.fingerprint, attempts), members=members)
        key = output_key(self.output.prefix, refined.status, source.key)
        prior = dict(document.records).get(refined.status)
        for _ in range(ROUNDS):
            try:
                self.output.put(key, refined.record, made, prior)
            except PreconditionFailedError:
                prior = read_record(self.output.store, key)
                met = replace(document, records=((refined.status, prior),) if prior else ())
                if taken := self.taken(met, run_id):
                    return taken
                if prior and prior.made and prior.made.repeats(made):
                    if not self._is_ours(key, refined.record):
                        return Result(source, Ending.DONE_ELSEWHERE, row=self._row_on(key))
                elif not self._is_current(source):
                    return Result(source, Ending.SUPERSEDED, OVERWRITTEN)
                else:
                    continue
            row = row_of(source, refined, key, made, run_id)
            written = Result(source, Ending(refined.status), refined.message, row)
            return written if self._remove_others(document, key) else None
        return Result(source, Ending.FAILED, f"Other writers changed the record {ROUNDS} times.")

    def members(self, document: Pending, run_id: str | None, on_row: OnRow | None) -> MemberWriter:
        """Writes the records of an object's members, and tells of each."""
        source = document.source
        made = Made.of(source, self._pool.fingerprint, self.attempts(document))

        def written(refined: Refined, key: str, made: Made) -> None:
            if on_row is not None:
                on_row(row_of(source, refined, key, made, run_id))

        earlier = [record.made for _, record in document.records if record.made]
        return MemberWriter(
            self.output,
            source,
            made,
            earlier,
            self._member_threads,
            self._member_room,
            lambda: self._is_current(source),
            written,
        )

    def remove_members(self, source: SourceObject, may_go: Callable[[], bool]) -> None:
        """Remove the records of all of an object's members."""
        remove_members(self.output, source.bucket, source.key, may_go)

    def _is_ours(self, key: str, record: bytes) -> bool:
        """Whether a write whose answer was lost on the way did take place: records hold the time they were made."""
        try:
            return retrying(lambda: self.output.store.get(key)).data == record
        except ObjectNotFoundError:
            return False

    def _remove_others(self, document: Pending, key: str) -> bool:
        """An object has one record: enriched or quarantined, not both. False if the other is not the one seen."""
        for _, record in document.records:
            if record.key == key or not (found := read_record(self.output.store, record.key)):
                continue
            if found.etag != record.etag or not self.output.remove(found):
                return False
        return True

    def _row_on(self, key: str) -> CatalogRow | None:
        """The row of a record that is there already."""
        try:
            return row_of_record(retrying(lambda: self.output.store.get(key)))
        except ObjectNotFoundError:
            return None
