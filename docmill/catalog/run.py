"""A run's rows on their way into the catalog: those of members as they come, for a container may have any number."""

import threading
from collections.abc import Sequence

from docmill.catalog.table import Catalog
from docmill.errors import CatalogError
from schemas.catalog import CatalogRow

__all__ = ["RunRows"]

ROWS_WAITING = 5_000


class RunRows:
    """Commits the rows of one run. A container's row is not committed before all those of its members.

    Deliberately opaque, as `docmill.batch.Batch`.

    Args:
        catalog: Where to.
    """

    __slots__ = ("_catalog", "_error", "_lock", "_lost", "_waiting")

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._waiting: list[CatalogRow] = []
        self._lost: set[str] = set()  # keys of containers
        self._error: CatalogError | None = None

    def add_member(self, row: CatalogRow) -> None:
        """Take a member's row, from any thread; some wait, and are committed once they are many."""
        with self._lock:
            self._waiting.append(row)
            if len(self._waiting) >= ROWS_WAITING:
                self._append([])

    def commit(self, rows: Sequence[CatalogRow]) -> None:
        """Commit all that waits, and the rows of source objects.

        Raises:
            CatalogError: Not everything could be committed. Of a container whose members' rows could not be, the own
                row is left out as well: the next sweep finds it on its record, and tells of all its members again.
        """
        with self._lock:
            self._append(rows)
            if self._error is not None:
                raise self._error

    def _append(self, rows: Sequence[CatalogRow]) -> None:
        members, self._waiting = self._waiting, []
        try:
            self._catalog.append([*members, *(row for row in rows if row.key not in self._lost)])
        except CatalogError as error:
            self._error = error
            self._lost.update(row.key for row in members)
