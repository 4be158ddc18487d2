"""Burying what is gone: what comes back in that moment keeps its record, whichever worker wrote it and when."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faults.invariants import violations
from standins import SETTINGS, InlinePool, listed

from docmill.catalog import Catalog
from docmill.errors import CatalogError, PreconditionFailedError
from docmill.inbox import Pending
from docmill.keys import Made
from docmill.output import Output, read_record
from docmill.removal import bury
from docmill.restraint import FEW, Allowance, too_many
from docmill.store import MemoryStore
from docmill.store.base import ObjectInfo
from docmill.survey import Survey, Vanished
from docmill.worker import Worker
from schemas.catalog import CatalogRow

if TYPE_CHECKING:
    from collections.abc import Callable

REMOVING = SETTINGS.model_copy(update={"on_delete": "remove"})
GOOD, OTHER = b"enriched 1", b"enriched 2"


class Watched(MemoryStore):
    """A bucket in which something happens right after a look for an object that is gone."""

    def __init__(self) -> None:
        super().__init__("in")
        self.meanwhile: Callable[[], None] | None = None

    def head(self, key: str) -> ObjectInfo:
        """As the plain one's."""
        try:
            return super().head(key)
        finally:
            if (meanwhile := self.meanwhile) and not list(self.list()):
                self.meanwhile = None
                meanwhile()


def work(inbox: MemoryStore, output: MemoryStore) -> list[CatalogRow]:
    """Another worker's rows, which it commits a little later."""
    worker = Worker(inbox, output, REMOVING, InlinePool())  # type: ignore[arg-type]
    results = worker.process(listed(inbox))
    worker.close()
    return [result.row for result in results if result.row]


@pytest.mark.parametrize("conditional", [True, False], ids=["compares and swaps", "ignores conditions"])
@pytest.mark.parametrize("data", [GOOD, OTHER], ids=["the same", "another"])
def test_what_is_dropped_in_that_moment_keeps_its_record(tmp_path: Path, data: bytes, *, conditional: bool) -> None:
    """It was looked for, then dropped and done by another worker, whose row comes last: the record has to be there."""
    inbox, output, catalog = Watched(), MemoryStore("out", conditional_writes=conditional), Catalog(str(tmp_path))
    inbox.put("a.txt", GOOD)
    catalog.append(work(inbox, output))
    inbox.delete("a.txt")
    rows: list[CatalogRow] = []

    def drop() -> None:
        inbox.put("a.txt", data)
        rows.extend(work(inbox, output))

    inbox.meanwhile = drop
    buried = bury(inbox, output, REMOVING, ["a.txt"], catalog.append)
    catalog.append(rows)
    if buried.back:
        catalog.append(work(inbox, output))
    assert rows
    assert violations(inbox, output, catalog, REMOVING) == []


class Killed(BaseException):
    """The process ends."""


class Last(MemoryStore):
    """A bucket from which an object can be removed, but nobody hears of it any more."""

    last = False

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """As the plain one's."""
        super().delete(key, if_match=if_match)
        if self.last:
            raise Killed


def _sweep(inbox: MemoryStore, output: MemoryStore, catalog: Catalog) -> int:
    """Do what is to be done, and commit it; how much that was."""
    worker = Worker(inbox, output, REMOVING, InlinePool())  # type: ignore[arg-type]
    with Survey(inbox, catalog, REMOVING) as found:
        items = list(found)
    results = worker.process([item for item in items if isinstance(item, Pending)])
    catalog.append([result.row for result in results if result.row])
    bury(inbox, output, REMOVING, [item.key for item in items if isinstance(item, Vanished)], catalog.append)
    worker.close()
    return len(items)


@pytest.mark.parametrize(
    ("late", "hours"),
    [(0, 0), (1, 0), (3, 0), (1, 1)],
    ids=["alone", "with another worker's row", "which comes three times", "whose clock is fast"],
)
@pytest.mark.parametrize("restored", [True, False], ids=["restored", "gone for good"])
def test_a_removal_that_is_cut_short_loses_nothing(tmp_path: Path, *, late: int, restored: bool, hours: int) -> None:
    """What was removed is known to be, though the process is killed: the object may come back as it was."""
    inbox, output, catalog = MemoryStore("in"), Last("out"), Catalog(str(tmp_path))
    inbox.put("a.txt", GOOD)
    catalog.append(work(inbox, output))
    rows = work(inbox, output)  # it has found the record, and commits its row late
    inbox.delete("a.txt")
    output.last = True
    with pytest.raises(Killed):
        bury(inbox, output, REMOVING, ["a.txt"], catalog.append)
    output.last = False
    fast = timedelta(hours=hours)
    for _ in range(late):
        catalog.append([row.model_copy(update={"processed_at": row.processed_at + fast}) for row in rows])
    if restored:
        inbox.put("a.txt", GOOD)
    assert _sweep(inbox, output, catalog) == 1
    assert violations(inbox, output, catalog, REMOVING) == []
    _sweep(inbox, output, catalog)  # may look once more whether the record is there
    assert _sweep(inbox, output, catalog) == 0


def test_no_record_goes_whose_removal_cannot_be_told(tmp_path: Path) -> None:
    """Without a catalog that takes the tombstone the record stays."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a.txt", GOOD)
    work(inbox, output)
    inbox.delete("a.txt")

    def refuse(_rows: object) -> None:
        raise CatalogError("no")

    with pytest.raises(CatalogError):
        bury(inbox, output, REMOVING, ["a.txt"], refuse)
    assert [info.key for info in output.list("enriched/")] == ["enriched/a.txt.json"]


@pytest.mark.parametrize("attempts", [1, 2], ids=["the one in the catalog", "the other"])
def test_the_catalog_is_told_which_of_two_records_is_left(tmp_path: Path, attempts: int) -> None:
    """A write that took effect after all, later: the one that stays may not be the one whose row was committed."""
    inbox, output, catalog = MemoryStore("in"), MemoryStore("out"), Catalog(str(tmp_path))
    inbox.put("a.txt", GOOD)
    catalog.append(work(inbox, output))
    stored = output.get("enriched/a.txt.json")
    made = Made.read(stored.info.metadata)
    assert made is not None
    output.put("quarantine/a.txt.json", stored.data, metadata=replace(made, attempts=attempts).metadata())
    worker = Worker(inbox, output, REMOVING, InlinePool())  # type: ignore[arg-type]
    catalog.append(worker.part(["a.txt"]))
    worker.close()
    assert violations(inbox, output, catalog, REMOVING) == []


def test_of_many_gone_at_once_no_record_goes() -> None:
    """More than a few, and more than the share of all: an emptied inbox. Records that stay are no matter of it."""
    assert too_many(500, 1_000, REMOVING) is None
    assert "501 of 1,000 documents are gone from s3://in" in (too_many(501, 1_000, REMOVING) or "")
    assert too_many(FEW, FEW, REMOVING) is None
    assert too_many(FEW + 1, FEW + 1, REMOVING)
    assert too_many(1_000, 1_000, REMOVING.model_copy(update={"max_removed_share": 1.0})) is None
    assert too_many(1_000, 1_000, SETTINGS) is None


def test_an_allowance_is_spent_and_comes_back() -> None:
    """A few removals within a time; who asks for more than are left gets none."""
    moment = 0.0
    allowance = Allowance(300, lambda: moment)
    assert allowance.take(FEW - 1)
    assert not allowance.take(2)
    assert allowance.take(1)
    moment = 301.0
    assert allowance.take(FEW)


@pytest.mark.parametrize("replaced", [False, True], ids=["it went", "another came"])
def test_a_removal_whose_answer_was_lost_took_place(monkeypatch: pytest.MonkeyPatch, *, replaced: bool) -> None:
    """Asked once more, the store says that its condition does not hold: there is nothing, or another record."""
    store = MemoryStore("out")
    output = Output.at(store, "")
    store.put("enriched/a.json", b"{}")
    plain = store.delete

    def delete(key: str, *, if_match: str | None = None) -> None:
        plain(key, if_match=if_match)
        if replaced:
            store.put(key, b"[]")
        raise PreconditionFailedError("there is none, or another")

    record = read_record(store, "enriched/a.json")
    assert record is not None
    monkeypatch.setattr(store, "delete", delete)
    assert output.remove(record) is not replaced
