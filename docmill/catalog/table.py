"""The catalog as a Delta table: rows are only ever appended, and of a key's rows the newest is current.

Appending writers cannot conflict, so any number may commit at once; one that loses the race for a version number takes
the next. `compact` and `replace` put new files in the place of those they read; rows appended meanwhile stay.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import Any

import pyarrow as pa

from docmill.catalog.arrow import SCHEMA, from_batch, to_batch
from docmill.catalog.delta import (
    CommitProperties,
    DeltaError,
    DeltaTable,
    QueryBuilder,
    TableNotFoundError,
    write_deltalake,
)
from docmill.errors import CatalogError
from schemas.catalog import CatalogRow

__all__ = ["Catalog", "literal"]

TRIES = 4  # at a commit, with backoff and jitter
BASE_SECONDS = 0.5
RACES = 20  # other writers' commits that a commit gives way to, within one try
ROWS_A_BATCH = 1_000  # on their way they are dictionaries, which take more memory than the batch
PROPERTIES = {"delta.checkpointInterval": "20", "delta.logRetentionDuration": "interval 7 days"}
_FAULTS = (DeltaError, OSError, pa.ArrowException)


class Catalog:
    """The table at a location. Threads may share it.

    Args:
        location: `s3://bucket/prefix/catalog`, or a folder's path.
        options: Gives storage options in force now: credentials may expire.
        exclusive: Entered around each commit where the store cannot refuse a second commit of the same version.
    """

    def __init__(
        self,
        location: str,
        options: Callable[[], dict[str, str]] = dict,
        exclusive: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.location = location
        self._options = options
        self._exclusive = exclusive

    def append(self, rows: Sequence[CatalogRow]) -> None:
        """Commit rows: all of them or none.

        Raises:
            CatalogError: It kept failing; nothing but the rows is missing.
        """
        if rows:
            self._retrying("commit", lambda: self._append(rows))

    def replace(self, rows: Iterable[CatalogRow]) -> int:
        """Commit these rows in the place of all there were when it began; their number.

        Raises:
            CatalogError: It failed; the catalog is as it was.
        """
        source = _Source(rows)
        with self._faults("replace", source):
            table = self._table(create=True)
            assert table is not None  # noqa: S101  create
            with self._exclusive():
                data = pa.RecordBatchReader.from_batches(SCHEMA, source.batches(table.version() + 1))
                write_deltalake(table, data, mode="overwrite", schema_mode="overwrite", commit_properties=_racing())
        return source.count

    def scan(self, columns: Mapping[str, str] | Sequence[str], where: str | None = None) -> Iterator[pa.RecordBatch]:
        """Rows as they are, superseded ones too, in no order, batch by batch; none where there is no catalog.

        Args:
            columns: Names, or names with SQL expressions over the columns (as Apache DataFusion has them).
            where: An SQL condition.

        Raises:
            CatalogError: It cannot be read, or an expression is wrong.
        """
        with self._faults("read"):
            table = self._table()
            batches = iter(()) if table is None else scan(table, columns, where)
        while True:
            with self._faults("read"):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def rows_of(self, key: str) -> list[CatalogRow]:
        """All rows of a key but those of members, the current one last."""
        return sorted(self._rows(f"key = {literal(key)} AND member IS NULL"), key=lambda row: row.order)

    def members_of(self, container: CatalogRow) -> list[CatalogRow]:
        """The current rows of a container's members, by name, as of one of its rows."""
        if not container.members:
            return []
        etag, fingerprint, attempts = container.made
        condition = (
            f"key = {literal(container.key)} AND member IS NOT NULL AND bucket = {literal(container.bucket)} "
            f"AND etag = {literal(etag)} AND pipeline_fingerprint = {literal(fingerprint)} AND attempts = {attempts}"
        )
        newest: dict[str | None, CatalogRow] = {}
        for row in self._rows(condition):
            known = newest.setdefault(row.member_id, row)
            newest[row.member_id] = max(known, row, key=lambda row: row.order)
        return sorted(newest.values(), key=lambda row: (row.member or "", row.member_id or ""))

    def _rows(self, where: str) -> Iterator[CatalogRow]:
        table_columns = self._columns()
        for batch in self.scan([name for name in SCHEMA.names if name in table_columns], where):
            yield from from_batch(batch)

    @property
    def version(self) -> int | None:
        """The table's version; None where there is no catalog."""
        with self._faults("read"):
            table = self._table()
            return None if table is None else table.version()

    def check_store(self) -> None:
        """See whether the store can be read at all, whatever is wrong with the table.

        Raises:
            CatalogError: It cannot.
        """
        with self._faults("read"):
            DeltaTable.is_deltatable(self.location, storage_options=self._options())

    @contextmanager
    def table(self) -> Iterator[DeltaTable | None]:
        """The Delta table at its newest version, for upkeep; commits of its own are to be made within.

        Raises:
            CatalogError: In the place of any fault within.
        """
        with self._faults("maintain"):
            found = self._table()
            with self._exclusive():
                yield found

    def _append(self, rows: Sequence[CatalogRow]) -> None:
        table = self._table(create=True)
        assert table is not None  # noqa: S101  create
        with self._exclusive():
            evolving: Any = {} if _columns(table) >= set(SCHEMA.names) else {"schema_mode": "merge"}
            data = pa.Table.from_batches(_Source(rows).batches(table.version() + 1), SCHEMA)
            write_deltalake(table, data, mode="append", commit_properties=_racing(), **evolving)

    def _columns(self) -> set[str]:
        with self._faults("read"):
            table = self._table()
            return set() if table is None else _columns(table)

    def _table(self, *, create: bool = False) -> DeltaTable | None:
        """A handle at the newest version; opened each time, as credentials change and handles are not for sharing."""
        options = self._options()
        try:
            return DeltaTable(self.location, storage_options=options)
        except TableNotFoundError:
            if not create:
                return None
        with self._exclusive():
            return DeltaTable.create(
                self.location,
                SCHEMA,
                mode="ignore",
                name="docmill catalog",
                configuration=PROPERTIES,
                storage_options=options,
            )

    def _retrying(self, verb: str, action: Callable[[], None]) -> None:
        for attempt in range(TRIES - 1):
            try:
                action()
            except Exception as error:
                if not _is_fault(error):
                    raise
                time.sleep(random.uniform(0, BASE_SECONDS * 2**attempt))  # noqa: S311  no secret
            else:
                return
        with self._faults(verb):
            action()

    @contextmanager
    def _faults(self, verb: str, source: "_Source | None" = None) -> Iterator[None]:
        """Raise what deltalake raises as docmill's error; what the source of the rows raised as it was."""
        try:
            yield
        except Exception as error:
            if source is not None and source.error is not None:  # of which the library may make a bare Exception
                raise source.error from None
            if not _is_fault(error):
                raise
            raise CatalogError(
                f"cannot {verb} the catalog at {self.location}: {' '.join(str(error).split())}",
                hint="check the output location; `docmill catalog rebuild` makes the catalog anew from the records",
            ) from error


def scan(table: DeltaTable, columns: Mapping[str, str] | Sequence[str], where: str | None) -> Iterator[pa.RecordBatch]:
    """As `Catalog.scan`, over a handle: all of it sees one version of the table."""
    chosen = columns if isinstance(columns, Mapping) else {name: f'"{name}"' for name in columns}
    terms = ", ".join(f'{expression} AS "{name}"' for name, expression in chosen.items())
    present = _columns(table)  # an older docmill may have made it
    absent = "".join(f', NULL AS "{name}"' for name in SCHEMA.names if name not in present)
    query = f"SELECT {terms} FROM (SELECT *, topics[1] AS topic{absent} FROM catalog)"  # noqa: S608  nothing else can run
    engine = QueryBuilder().register("catalog", table)
    reader = engine.execute(query if where is None else f"{query} WHERE {where}")
    return (pa.record_batch(batch) for batch in reader)


def _is_fault(error: Exception) -> bool:
    """Whether it is the library's: of what its query engine meets, such as a missing file, it makes bare Exceptions."""
    return isinstance(error, _FAULTS) or type(error) is Exception


class _Source:
    """Rows on their way into the table, counted; the library makes text of what goes wrong here, so it is kept."""

    def __init__(self, rows: Iterable[CatalogRow]) -> None:
        self._rows = iter(rows)
        self.count = 0
        self.error: Exception | None = None

    def batches(self, sequence: int) -> Iterator[pa.RecordBatch]:
        """The rows, each with this sequence."""
        try:
            while chunk := list(islice(self._rows, ROWS_A_BATCH)):
                self.count += len(chunk)
                yield to_batch(chunk, sequence)
        except Exception as error:
            self.error = error
            raise


def literal(text: str) -> str:
    """A text as conditions of `scan` have it."""
    return "'" + text.replace("'", "''") + "'"


def _columns(table: DeltaTable) -> set[str]:
    return {field.name for field in table.schema().fields}


def _racing() -> CommitProperties:
    return CommitProperties(max_commit_retries=RACES)
