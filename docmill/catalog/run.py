"""A run's rows on their way into the catalog, in portions: a batch or a container may have many."""

import threading

from docmill.catalog.table import Catalog
from docmill.errors import CatalogError
from schemas.catalog import CatalogRow

__all__ = ["RunRows"]


class RunRows:
    """Commits the rows of one run. A container's row is not committed before all those of its members.

    Deliberately opaque, as `docmill.batch.Batch`.

    Args:
        catalog: Where to.
        portion: Rows that are committed at once, while more are to come.
    """

    __slots__ = ("_catalog", "_due", "_lock", "_lost", "_portion", "_waiting", "_why_lost")

    def __init__(self, catalog: Catalog, portion: int) -> None:
        self._catalog = catalog
        self._portion = self._due = portion
        self._lock = threading.Lock()
        self._waiting: list[CatalogRow] = []
        self._lost: set[str] = set()  # containers whose members' rows are
        self._why_lost: CatalogError | None = None

    def add(self, row: CatalogRow | None) -> None:
        """Take a row, from any thread: of a source object, or of a member before its container's."""
        if row is None:
            return
        with self._lock:
            self._waiting.append(row)
            if len(self._waiting) >= self._due:
                self._commit()

    def commit(self) -> None:
        """Commit what waits.

        Raises:
            CatalogError: Not everything of the run could be committed. Of a container whose members' rows could not be,
                the own row is left out as well: the next sweep finds it on its record, and tells of all its members
                again.
        """
        with self._lock:
            error = self._commit() or self._why_lost
            if error is not None:
                raise error

    def _commit(self) -> CatalogError | None:
        """Rows of source objects that could not be committed wait for the next time; those of members may be many."""
        rows = [row for row in self._waiting if row.member is not None or row.key not in self._lost]
        self._waiting, error = [], None
        try:
            self._catalog.append(rows)
        except CatalogError as fault:
            error = fault
            self._waiting = [row for row in rows if row.member is None]
            if lost := {row.key for row in rows if row.member is not None}:
                self._lost |= lost
                self._why_lost = error
        self._due = len(self._waiting) + self._portion
        return error
