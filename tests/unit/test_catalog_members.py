"""Rows of containers' members: each beside its container's, none lost, none that outlives it."""

import time
from pathlib import Path

import pytest
from archives import tarred, zipped
from standins import SETTINGS, InlinePool, listed, row

from docmill.catalog import Catalog
from docmill.catalog.compact import compact
from docmill.catalog.orphans import orphans
from docmill.catalog.rebuild import rebuild
from docmill.catalog.run import RunRows
from docmill.errors import CatalogError
from docmill.removal import bury
from docmill.result import Ending, Result
from docmill.store import MemoryStore
from docmill.survey import Survey
from docmill.why import Places, account
from docmill.worker import Worker
from schemas import CatalogRow

GOOD = b"enriched"
REMOVING = SETTINGS.model_copy(update={"on_delete": "remove"})
DAY = 24


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(str(tmp_path / "catalog"))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docmill.catalog.table.BASE_SECONDS", 0)


def _work(
    inbox: MemoryStore, output: MemoryStore, catalog: Catalog, pool: InlinePool | None = None, portion: int = 1000
) -> tuple[list[Result], list[CatalogRow]]:
    """One run over all of the inbox, as `ingest` has it; its results, and the rows of members it told of."""
    worker = Worker(inbox, output, SETTINGS, pool or InlinePool())  # type: ignore[arg-type]
    rows, told = RunRows(catalog, portion), []

    def take(row: CatalogRow) -> None:
        told.append(row)
        rows.add(row)

    results = worker.process(listed(inbox), run_id="run", on_done=lambda result: rows.add(result.row), on_row=take)
    worker.close()
    rows.commit()
    return results, told


def _members(catalog: Catalog, key: str) -> dict[str | None, str]:
    return {row.member: row.status for row in catalog.members_of(catalog.rows_of(key)[-1])}


def test_current_members_are_those_of_the_current_container(catalog: Catalog) -> None:
    """A new version's members take the place of the old ones'; two of one name are two."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a.tar", tarred([("1.txt", GOOD), ("2.txt", b"no"), ("2.txt", b"no more")]))
    _work(inbox, output, catalog)
    (container,) = catalog.rows_of("a.tar")
    assert (container.member, container.members) == (None, 3)
    found = catalog.members_of(container)
    assert sorted((row.member, row.status, row.size) for row in found) == [
        ("1.txt", "enriched", 8), ("2.txt", "rejected", 2), ("2.txt", "rejected", 7),
    ]  # fmt: skip
    assert len({row.member_id for row in found}) == 3
    for title in ("told of again", "and again"):  # as by work that was cut short and done anew
        catalog.append([found[0].model_copy(update={"title": title})])
        assert catalog.members_of(container)[0].title == title
    inbox.put("a.tar", tarred([("2.txt", GOOD)]))
    _work(inbox, output, catalog)
    assert _members(catalog, "a.tar") == {"2.txt": "enriched"}
    assert len(catalog.rows_of("a.tar")) == 2


def test_a_sweep_sees_containers_and_no_members(catalog: Catalog) -> None:
    """What is done and what has vanished is told of source objects."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a.zip", zipped([("1.txt", GOOD), ("2.txt", b"no")]))
    _work(inbox, output, catalog)
    with Survey(inbox, catalog, SETTINGS) as survey:
        assert list(survey) == []
    assert (survey.tally.done, survey.tally.statuses.total()) == (1, 1)
    inbox.delete("a.zip")
    with Survey(inbox, catalog, SETTINGS) as survey:
        assert [item.key for item in survey] == ["a.zip"]  # type: ignore[union-attr]


def test_members_are_committed_in_portions_before_their_container(catalog: Catalog) -> None:
    """A run never holds many of them."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a.zip", zipped([(f"{n}.txt", GOOD) for n in range(35)]))
    _work(inbox, output, catalog, portion=10)
    (container,) = catalog.rows_of("a.zip")
    members = catalog.members_of(container)
    assert len(members) == 35
    assert container.sequence == max(row.sequence for row in members)
    assert len({row.sequence for row in members}) == 4


def test_a_container_whose_members_were_not_committed_is_told_of_again(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own row is held back; the next run finds it on its record and refines nothing."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a.zip", zipped([("1.txt", GOOD), ("2.txt", b"no"), ("3.txt", GOOD)]))
    inbox.put("b.txt", GOOD)
    plain, faults = catalog.append, [1]

    def append(rows):
        if faults and rows:
            faults.pop()
            raise CatalogError("away")
        plain(rows)

    monkeypatch.setattr(catalog, "append", append)
    with pytest.raises(CatalogError, match="away"):
        _work(inbox, output, catalog, portion=2)
    assert catalog.rows_of("a.zip") == []
    assert len(catalog.rows_of("b.txt")) == 1
    pool = InlinePool()
    results, _ = _work(inbox, output, catalog, pool)
    assert {result.ending for result in results} == {Ending.DONE_ELSEWHERE}
    assert pool.calls == 0
    assert _members(catalog, "a.zip") == {"1.txt": "enriched", "2.txt": "rejected", "3.txt": "enriched"}


def test_rows_that_could_not_be_committed_go_with_the_next_portion(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of source objects: a catalog that was away for a while loses none, one that stays away is an error."""
    plain, faults = catalog.append, [1]

    def append(rows: list[CatalogRow]) -> None:
        if faults:
            raise CatalogError("away")
        plain(rows)

    monkeypatch.setattr(catalog, "append", append)
    rows = RunRows(catalog, 2)
    for key in "abc":
        rows.add(row(key, "1"))
    with pytest.raises(CatalogError, match="away"):
        rows.commit()
    faults.clear()
    rows.add(row("d", "1"))
    rows.commit()
    assert [len(catalog.rows_of(key)) for key in "abcd"] == [1, 1, 1, 1]


def test_rebuilding_gives_members_the_rows_they_had(catalog: Catalog) -> None:
    """From the records alone; members without a record of their container are of nothing."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a.zip", zipped([("1.txt", GOOD), ("../../2.txt", b"no")]))
    inbox.put("c/!/d.txt", GOOD)
    _, told = _work(inbox, output, catalog)
    other = Catalog(catalog.location + "-2")
    assert rebuild(other, output, SETTINGS) == 4
    (container,) = other.rows_of("a.zip")
    assert container == catalog.rows_of("a.zip")[0]
    assert [row.model_copy(update={"sequence": 0}) for row in other.members_of(container)] == sorted(
        told, key=lambda row: row.member or ""
    )
    assert other.rows_of("c/!/d.txt") == catalog.rows_of("c/!/d.txt")
    output.delete(container.output_key or "")
    rebuild(other, output, SETTINGS)
    assert other.rows_of("a.zip") == []


def test_compacting_drops_members_with_what_they_were_members_of(catalog: Catalog) -> None:
    """Those of superseded versions, of buried containers, of none, and repeated ones; once they are old."""

    def member(key: str, etag: str, name: str, hours: float = -8 * DAY) -> CatalogRow:
        return row(key, etag, member=name, member_id=name, hours=hours)

    catalog.append([member("a", "1", "old"), row("a", "1", members=1, hours=-8 * DAY)])
    catalog.append([member("a", "2", "x"), member("a", "2", "y"), row("a", "2", members=2, hours=-8 * DAY)])
    catalog.append([member("a", "2", "x"), member("half", "1", "x"), member("young", "1", "x", 0)])
    catalog.append([member("dead", "1", "x"), row("dead", "1", members=1, hours=-8 * DAY)])
    catalog.append([row("dead", "1", status="deleted", members=1)])
    done = compact(catalog, 7)
    assert done is not None
    assert done.rows_dropped == 6  # a: version 1 and its member, x once; half's; dead's member and its first row
    assert _members(catalog, "a") == {"x": "enriched", "y": "enriched"}
    kept = [found for batch in catalog.scan(["key", "member"]) for found in batch.to_pylist()]
    assert {(found["key"], found["member"]) for found in kept if found["key"] != "a"} == {
        ("dead", None),
        ("young", "x"),
    }


def test_members_of_what_is_gone_are_removed_with_it(catalog: Catalog) -> None:
    """With the record, if the settings say so; without one, always."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for key in ("kept.zip", "half.zip"):
        inbox.put(key, zipped([("1.txt", GOOD), ("2.txt", b"no")]))
    _work(inbox, output, catalog)
    for key in ("kept.zip", "half.zip"):
        inbox.delete(key)
    output.delete("quarantine/half.zip.json")
    keys = ["kept.zip", "half.zip", "half.zip"]
    rows = {row.key: row for row in bury(inbox, output, SETTINGS, keys, catalog.append).rows}
    assert (rows["kept.zip"].members, rows["half.zip"].members) == (2, 0)
    assert sorted(info.key for info in output.list()) == [
        "enriched/kept.zip/!/1.txt.json", "quarantine/kept.zip.json", "quarantine/kept.zip/!/2.txt.json",
    ]  # fmt: skip
    bury(inbox, output, REMOVING, ["kept.zip"], catalog.append)
    assert list(output.list()) == []


def test_removing_ends_when_the_container_is_back(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left may be the new one's; the tombstone has the next sweep look at it."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a.zip", zipped([(f"{n}.txt", GOOD) for n in range(4)]))
    _work(inbox, output, catalog)
    inbox.delete("a.zip")
    plain, gone = output.delete, list[str]()

    def delete(key: str, *, if_match: str | None = None) -> None:
        plain(key, if_match=if_match)
        gone.append(key)
        if len(gone) == 3:  # the container's own record and two members'
            inbox.put("a.zip", zipped([(f"{n}.txt", GOOD) for n in range(4)]))

    monkeypatch.setattr(output, "delete", delete)
    burial = bury(inbox, output, REMOVING, ["a.zip"], catalog.append)
    assert (burial.rows, burial.back) == ([], ["a.zip"])
    row = catalog.rows_of("a.zip")[-1]
    assert (row.status, row.stage, row.output_key) == ("deleted", "removal", "quarantine/a.zip.json")
    left = [info.key for info in output.list()]
    assert sorted(gone[1:] + left) == [f"enriched/a.zip/!/{n}.txt.json" for n in range(4)]
    assert len(left) == 2


def test_records_of_another_bucket_are_not_removed_with_a_namesake(catalog: Catalog) -> None:
    """Nor are its rows superseded by those of an object of the same key that has no place in the output."""
    inbox, output, other = MemoryStore("in"), MemoryStore("out"), MemoryStore("other")
    inbox.put("a.zip", zipped([("1.txt", GOOD)]))
    other.put("a.zip", zipped([("2.txt", GOOD)]))
    _work(inbox, output, catalog)
    _work(other, output, catalog)
    kept = [info.key for info in output.list()]
    assert compact(catalog, 0) is not None
    assert [row.bucket for row in catalog.rows_of("a.zip")] == ["in", "other"]
    assert list(orphans(catalog, output, SETTINGS)) == []
    other.delete("a.zip")
    (row,) = bury(other, output, REMOVING, ["a.zip"], catalog.append).rows
    assert (row.bucket, row.status, row.output_key) == ("other", "deleted", None)
    assert [info.key for info in output.list()] == kept


def test_compacting_keeps_the_tombstone_of_a_record_that_is_kept(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the daily upkeep would find its record, and bury it anew, time and again."""
    inbox, output, now = MemoryStore("in"), MemoryStore("out"), time.time()
    inbox.put("kept.zip", zipped([("1.txt", GOOD), ("2.txt", b"no")]))
    _work(inbox, output, catalog)
    inbox.delete("kept.zip")
    bury(inbox, output, SETTINGS, ["kept.zip"], catalog.append)
    monkeypatch.setattr("docmill.catalog.compact.time.time", lambda: now + 8 * 24 * 3600)
    compact(catalog, 7)
    assert list(orphans(catalog, output, SETTINGS)) == []
    (tombstone,) = catalog.rows_of("kept.zip")
    assert len(catalog.members_of(tombstone)) == 2
    bury(inbox, output, REMOVING, ["kept.zip"], catalog.append)
    compact(catalog, 7)
    assert catalog.rows_of("kept.zip") == []


def test_forgotten_members_are_found_once(catalog: Catalog) -> None:
    """Members of a container that no row knows of are as its record; those of one that has a row are not looked at."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("known.zip", zipped([("1.txt", GOOD), ("2.txt", b"no")]))
    inbox.put("k" * 900, zipped([("1.txt", GOOD)]))
    _work(inbox, output, catalog)
    assert list(orphans(catalog, output, SETTINGS)) == []
    inbox.put("lost.zip", zipped([("1.txt", GOOD), ("2.txt", GOOD)]))
    _work(inbox, output, Catalog(catalog.location + "-lost"))
    output.delete("quarantine/lost.zip.json")
    assert list(orphans(catalog, output, SETTINGS)) == ["lost.zip"]


def test_why_tells_of_members(catalog: Catalog) -> None:
    """A container's are counted; each can be asked for."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a.zip", zipped([("1.txt", GOOD), ("2.txt", b"no")]))
    _work(inbox, output, catalog)
    places = Places(inbox, output, catalog)
    fingerprint = InlinePool().fingerprint
    whole = account("a.zip", places, SETTINGS, fingerprint)
    assert (whole.member, [row.status for row in whole.members]) == (None, ["enriched", "rejected"])
    one = account("a.zip/!/2.txt", places, SETTINGS, fingerprint)
    assert (one.key, one.member, [row.output_key for row in one.members]) == (
        "a.zip", "2.txt", ["quarantine/a.zip/!/2.txt.json"],
    )  # fmt: skip
    assert account("a.zip/!/3.txt", places, SETTINGS, fingerprint).members == ()
