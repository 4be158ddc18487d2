"""The catalog: a derived index that loses nothing, whoever commits at the same time and whatever fails."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standins import SETTINGS, InlinePool, listed, row

from docmill.catalog import Catalog, row_of_record
from docmill.catalog.arrow import SCHEMA
from docmill.catalog.compact import compact
from docmill.catalog.exclusion import StoreLock
from docmill.catalog.orphans import orphans
from docmill.catalog.rebuild import rebuild
from docmill.errors import CatalogError, StoreUnreachableError, TransientStoreError
from docmill.keys import Made
from docmill.sandbox import RefinePool
from docmill.stage import Refusal
from docmill.store import MemoryStore
from docmill.worker import Worker
from schemas import CatalogRow, RawDocument, Settings, SourceObject
from schemas.document import Reason


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(str(tmp_path / "catalog"))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docmill.catalog.table.BASE_SECONDS", 0)


def _rows(catalog: Catalog) -> list[tuple[str, str]]:
    return sorted(
        (found["key"], found["etag"]) for batch in catalog.scan(["key", "etag"]) for found in batch.to_pylist()
    )


def _current(catalog: Catalog) -> dict[str, CatalogRow]:
    return {key: catalog.rows_of(key)[-1] for key, _ in _rows(catalog)}


def test_there_may_be_no_catalog(catalog: Catalog) -> None:
    """It is empty to read, and made by the first commit; a commit of nothing makes none."""
    catalog.append([])
    assert (catalog.version, _rows(catalog), catalog.rows_of("a")) == (None, [], [])
    assert compact(catalog, 1) is None


def test_rows_come_back_as_they_were(catalog: Catalog) -> None:
    """Every column survives, in every script; text without a UTF-8 form is made printable."""
    full = row(
        "a 'b'/é\n😀.html", "e", version_id="v", last_modified=datetime(2020, 1, 1, tzinfo=UTC), media_type="text/html",
        status="rejected", reason=Reason.TIMEOUT, stage="clean", message="why", attempts=3, output_key="k",
        stages={"decode": "1"}, title="Titel", language="de", content_type="news", topics=("a", "b"), lines_removed=4,
        milliseconds=1.5, flow_run_id="run",
    )  # fmt: skip
    catalog.append([full])
    assert catalog.rows_of(full.key) == [full.model_copy(update={"sequence": 1})]
    catalog.append([row("b", "e", title="half \ud83d a pair")])
    assert catalog.rows_of("b")[0].title == "half \\ud83d a pair"
    assert set(SCHEMA.names) == set(CatalogRow.model_fields)


def test_every_commit_counts_on(catalog: Catalog) -> None:
    """A key's last commit is current, whatever the clocks say."""
    for etag, hours in (("1", 2), ("2", 0), ("3", 1)):
        catalog.append([row("a", etag, hours=hours)])
    assert [(found.etag, found.sequence) for found in catalog.rows_of("a")] == [("1", 1), ("2", 2), ("3", 3)]


def test_many_commit_at_once(catalog: Catalog) -> None:
    """No commit gets in the way of another, the table's making included."""
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: Catalog(catalog.location).append([row(str(n), "e")]), range(24)))
    assert _rows(catalog) == sorted((str(n), "e") for n in range(24))


def test_a_failing_commit_is_tried_a_bounded_number_of_times(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that passes is not seen; one that lasts is an error that names the catalog and the remedy."""
    from docmill.catalog import table

    plain, faults, calls = table.write_deltalake, [3], []

    def write(*arguments, **options):
        calls.append(1)
        if len(calls) <= faults[0]:
            raise OSError("the store is away")
        plain(*arguments, **options)

    monkeypatch.setattr(table, "write_deltalake", write)
    catalog.append([row("a", "e")])
    assert len(calls) == 4
    faults[0] = 99
    with pytest.raises(CatalogError, match=r"cannot commit .*the store is away.*docmill catalog rebuild"):
        catalog.append([row("b", "e")])
    assert len(calls) == 8
    assert _rows(catalog) == [("a", "e")]


def test_a_column_added_later_is_added_to_the_table(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older table gains new columns with the next commit; its rows keep what they have."""
    from docmill.catalog import arrow, table

    older = SCHEMA.remove(SCHEMA.get_field_index("stage"))
    with monkeypatch.context() as patch:
        patch.setattr(arrow, "SCHEMA", older)
        patch.setattr(table, "SCHEMA", older)
        catalog.append([row("a", "e", stage="clean")])
    assert [found.stage for found in catalog.rows_of("a")] == [None]
    catalog.append([row("a", "f", stage="clean")])
    assert [found.stage for found in catalog.rows_of("a")] == [None, "clean"]


def test_a_wrong_condition_is_said(catalog: Catalog) -> None:
    """What the query engine says of an expression reaches the user."""
    catalog.append([row("a", "e")])
    with pytest.raises(CatalogError, match="no_such_column"):
        list(catalog.scan({"x": "no_such_column = 1"}))


def test_a_catalog_whose_files_are_gone_says_so(catalog: Catalog) -> None:
    """As after a lifecycle rule that takes old objects: one error with what to do, not the library's own."""
    catalog.append([row("a", "1")])
    for file in Path(catalog.location).glob("*.parquet"):
        file.unlink()
    with pytest.raises(CatalogError, match=r"cannot read .*docmill catalog rebuild"):
        catalog.rows_of("a")


# --- rebuilding


def _process(inbox: MemoryStore, output: MemoryStore) -> list[CatalogRow]:
    worker = Worker(inbox, output, SETTINGS, InlinePool())  # type: ignore[arg-type]
    results = worker.process(listed(inbox), run_id="run")
    worker.close()
    return [result.row for result in results if result.row]


def test_rebuilding_gives_the_rows_that_were_lost(catalog: Catalog) -> None:
    """From the records alone, enriched and quarantined, to the letter."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for key, data in {"good": b"enriched", "bad": b"x", "x" * 1010: b"y"}.items():
        inbox.put(key, data)
    rows = {found.key: found for found in _process(inbox, output)}
    output.put("enriched/foreign.json", b"{}")
    output.put("quarantine/broken.json", b"{", metadata=Made("e", None, "f").metadata())
    assert len(rows) == 3
    assert rebuild(catalog, output, SETTINGS) == 3
    assert _current(catalog) == {key: found.model_copy(update={"sequence": 1}) for key, found in rows.items()}


def test_a_row_is_the_same_from_the_record_as_from_refining(tmp_path: Path) -> None:
    """What the worker commits is what a rebuild would: for a real document, all columns of it."""
    html = b"<title>Rain</title><p>" + b"Farmers in the valley waited for rain all summer. " * 20
    source = SourceObject(bucket="in", key="a.html", etag="e", version_id="v", size=len(html))
    output = MemoryStore("out")
    inbox = MemoryStore("in")
    inbox.put("a.html", html)
    settings = Settings(inbox="s3://in", output="s3://out", workers=1)
    with RefinePool(settings) as pool:
        worker = Worker(inbox, output, settings, pool)
        (result,) = worker.process(listed(inbox), run_id="run")
        worker.close()
        refusal = Refusal("refine", Reason.CRASH, "it crashed")
        rejected = pool.rejected(RawDocument(data=b"", key="a", source=source), refusal)
    assert result.row is not None
    assert result.row.title
    assert set(result.row.stages) == {
        "decode", "extract", "clean", "describe", "language", "classify", "annotate",
    }  # fmt: skip
    assert row_of_record(output.get("enriched/a.html.json")) == result.row
    assert json.loads(rejected.record)["stage"] == rejected.stage == "refine"


def test_rebuilding_removes_nothing_where_the_store_is_away() -> None:
    """A table that cannot be reached is not beyond repair."""
    output = MemoryStore("out")
    output.put("catalog/_delta_log/00000000000000000000.json", b"{}")
    away = {"aws_region": "us-east-1", "aws_endpoint_url": "http://127.0.0.1:9", "aws_allow_http": "true",
            "aws_access_key_id": "a", "aws_secret_access_key": "b", "max_retries": "0"}  # fmt: skip
    with pytest.raises(CatalogError, match="Generic S3 error"):
        rebuild(Catalog("s3://out/catalog", lambda: away), output, SETTINGS)
    assert len(list(output.list("catalog/"))) == 1


def test_rebuilding_leaves_what_was_half_done_to_the_sweep(catalog: Catalog) -> None:
    """A key with two records gets no row."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    inbox.put("b", b"x")
    _process(inbox, output)
    stored = output.get("quarantine/a.json")
    output.put("enriched/a.json", stored.data, metadata=stored.info.metadata)
    assert rebuild(catalog, output, SETTINGS) == 1
    assert [key for key, _ in _rows(catalog)] == ["b"]


def test_rebuilding_replaces_rows_but_not_those_committed_meanwhile(catalog: Catalog) -> None:
    """Old rows go, a row committed while the records are read stays."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    _process(inbox, output)
    catalog.append([row("old", "e")])

    def commit(_count: int) -> None:  # as another process would: not from within the commit
        thread = threading.Thread(target=catalog.append, args=([row("meanwhile", "e")],))
        thread.start()
        thread.join()

    rebuild(catalog, output, SETTINGS, commit)
    assert sorted(_current(catalog)) == ["a", "meanwhile"]


def test_a_rebuild_that_fails_leaves_the_catalog_as_it_was(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store's error is raised as it is, not as the catalog's, and nothing is committed."""
    output = MemoryStore("out")
    output.put("enriched/a.json", b"{}")
    catalog.append([row("old", "e")])

    def get(_key: str):
        raise StoreUnreachableError("away")

    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    monkeypatch.setattr(output, "get", get)
    with pytest.raises(StoreUnreachableError, match="away"):
        rebuild(catalog, output, SETTINGS)
    assert _rows(catalog) == [("old", "e")]


def test_records_that_no_current_row_points_to_are_found(catalog: Catalog) -> None:
    """Those without a row, and those whose key was buried and its record removed; not those of current rows."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for key in ("known", "kept", "buried", "lost"):
        inbox.put(key, key.encode())
    rows = {found.key: found for found in _process(inbox, output)}
    catalog.append([rows["known"], rows["kept"], rows["buried"]])
    kept = rows["kept"].model_copy(update={"status": "deleted"})
    catalog.append([kept, rows["buried"].model_copy(update={"status": "deleted", "output_key": None})])
    output.put("enriched/foreign.json", b"{}")
    told = list[str]()
    assert sorted(orphans(catalog, output, SETTINGS, on_record=lambda: told.append("one"))) == ["buried", "lost"]
    assert len(told) == len(list(output.list("")))
    assert sorted(orphans(Catalog(catalog.location + "-none"), output, SETTINGS)) == sorted(rows)
    elsewhere = SETTINGS.model_copy(update={"inbox": "s3://another"})
    stopped = threading.Event()
    stopped.set()
    assert list(orphans(catalog, output, SETTINGS, stopped)) == []
    assert list(orphans(catalog, output, elsewhere)) == []  # its own run may not have committed them yet


# --- compacting


def test_compacting_keeps_what_is_current(catalog: Catalog) -> None:
    """Superseded rows and tombstones go once they are old; the current rows stay, in one file."""
    old = -24 * 8
    catalog.append([row("a", "1", hours=old), row("b", "1", hours=old), row("dead", "1", hours=old)])
    catalog.append([row("a", "2", hours=old), row("dead", "1", status="deleted", hours=old)])
    catalog.append([row("b", "2"), row("just dead", "1", status="deleted")])
    catalog.append([row("b", "3")])
    before = _current(catalog)
    done = compact(catalog, 7)
    assert done is not None
    assert (done.rows_dropped, done.files_before, done.files_after) == (4, 4, 1)
    assert _rows(catalog) == [("a", "2"), ("b", "2"), ("b", "3"), ("just dead", "1")]
    before.pop("dead")
    assert _current(catalog) == before
    again = compact(catalog, 7)
    assert again is not None
    assert (again.rows_dropped, again.files_after) == (0, 1)


def test_compacting_merges_small_files_and_removes_old_ones(catalog: Catalog) -> None:
    """Many commits become one file; what no version in the retention needs is removed from the store."""
    for n in range(25):
        catalog.append([row(str(n), "e")])
    done = compact(catalog, 1e-9)
    assert done is not None
    assert (done.rows_dropped, done.files_before, done.files_after) == (0, 25, 1)
    assert compact(catalog, 1e-9) is not None
    assert len(list(Path(catalog.location).glob("*.parquet"))) == 1
    assert len(_rows(catalog)) == 25


def test_everything_may_be_kept_for_ever(catalog: Catalog) -> None:
    """A retention that is longer than the calendar drops nothing."""
    catalog.append([row("a", "old", hours=-1), row("a", "new")])
    done = compact(catalog, 1_000_000)
    assert done is not None
    assert (done.rows_dropped, len(_rows(catalog))) == (0, 2)


def test_rows_committed_while_compacting_stay(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit between the reading and the writing of a compaction is not lost."""
    from docmill.catalog import compact as module

    catalog.append([row("a", "1", hours=-200)])
    catalog.append([row("a", "2", hours=-200)])
    plain = module._rewrite

    def rewrite(*arguments):
        catalog.append([row("b", "1")])
        plain(*arguments)

    monkeypatch.setattr(module, "_rewrite", rewrite)
    compact(catalog, 1)
    assert _rows(catalog) == [("a", "2"), ("b", "1")]


def test_a_million_appends_would_not_slow_reading(catalog: Catalog) -> None:
    """The log is summed up in checkpoints by itself."""
    for n in range(21):
        catalog.append([row(str(n), "e")])
    assert list(Path(catalog.location, "_delta_log").glob("*.checkpoint.parquet"))


# --- where the store cannot refuse a second commit


def test_the_lock_lets_one_in_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a store without conditional writes, holders never overlap, and the lock is gone at the end."""
    monkeypatch.setattr("docmill.catalog.exclusion.SETTLE_SECONDS", 0.05)
    monkeypatch.setattr("docmill.catalog.exclusion.POLL_SECONDS", 0.005)
    store = MemoryStore("out", conditional_writes=False)
    inside, most = [], []

    def work(_n: int) -> None:
        with StoreLock(store, "catalog-lock").held():
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.01)
            inside.pop()

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(work, range(10)))
    assert most == [1] * 10
    assert list(store.list()) == []


def test_an_abandoned_lock_is_taken_and_one_in_use_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A holder that died does not stop the others for good; a lock that is never free is said."""
    monkeypatch.setattr("docmill.catalog.exclusion.SETTLE_SECONDS", 0.01)
    monkeypatch.setattr("docmill.catalog.exclusion.POLL_SECONDS", 0.01)
    monkeypatch.setattr("docmill.catalog.exclusion.WAIT_SECONDS", 0.1)
    store = MemoryStore("out")
    store.put("lock", b"someone")
    with pytest.raises(CatalogError, match="never free"), StoreLock(store, "lock").held():
        pass
    monkeypatch.setattr("docmill.catalog.exclusion.ABANDONED_SECONDS", 0.02)
    with StoreLock(store, "lock").held():
        assert store.get("lock").data != b"someone"


def test_a_lock_the_store_does_not_let_go_of_spoils_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are there; the lock is taken for abandoned later. One that cannot be taken is the catalog's error."""
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    monkeypatch.setattr("docmill.catalog.table.BASE_SECONDS", 0)
    monkeypatch.setattr("docmill.catalog.exclusion.SETTLE_SECONDS", 0.01)
    monkeypatch.setattr("docmill.catalog.exclusion.POLL_SECONDS", 0.01)
    monkeypatch.setattr("docmill.catalog.exclusion.ABANDONED_SECONDS", 0.02)
    store = MemoryStore("out")
    catalog = Catalog(str(tmp_path), exclusive=StoreLock(store, "lock").held)

    def fail(*_a: object, **_k: object) -> None:
        raise TransientStoreError("slow down")

    monkeypatch.setattr(store, "delete", fail)
    catalog.append([row("a", "e")])
    assert len(catalog.rows_of("a")) == 1  # not once a try
    monkeypatch.setattr(store, "get", fail)
    with pytest.raises(CatalogError, match="slow down"):
        catalog.append([row("b", "e")])


def test_commits_are_made_within_the_exclusion(tmp_path: Path) -> None:
    """Every commit, the making of the table included, is made while the lock is held."""
    held, seen = [], []

    @contextmanager
    def exclusive():
        held.append(1)
        before = _commits(tmp_path)
        yield
        held.pop()
        seen.append(_commits(tmp_path) - before)

    catalog = Catalog(str(tmp_path), exclusive=exclusive)
    catalog.append([row("a", "e")])
    catalog.replace([row("a", "e")])
    compact(catalog, 1)
    assert sum(seen) == _commits(tmp_path)


def _commits(folder: Path) -> int:
    return len(list(folder.glob("_delta_log/*.json")))


# --- consumers


def test_duckdb_and_polars_read_as_the_documentation_shows(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its examples run as they stand, and find the same current rows, one a key, and those of members."""
    catalog.append([row("a", "1", language="en"), row("b", "1", topics=("health",), language="fr")])
    catalog.append([row("a", "2", language="de"), row("c", "1", language="en", topics=("health",))])
    catalog.append([row("c", "1", status="deleted")])
    catalog.append([row("z", etag, member=m, member_id=m) for etag, m in (("1", "gone"), ("2", "one"), ("2", "two"))])
    catalog.append([row("z", "2", members=2), row("z", "2", member="one", member_id="one", title="newer")])
    text = (Path(__file__).parents[2] / "docs" / "catalog.md").read_text(encoding="utf-8")
    by_duckdb, by_polars, of_members = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    for code in (by_duckdb, by_polars):
        exec(code.replace("s3://my-bucket/enriched-hub/catalog", catalog.location), names)  # noqa: S102  our own text
        names["found", len(names)] = names["current"]
        if code is by_duckdb:
            exec(of_members, names)  # noqa: S102  as above
            found = names["members"].select("member", "title").fetchall()
            assert sorted(found) == [("one", "newer"), ("two", None)]
    said = capsys.readouterr().out
    assert ("de" in said, "fr" in said, "en " in said) == (True, True, False)
    duck, polar = [found for name, found in names.items() if isinstance(name, tuple)]
    expected = [("a", "2", "enriched"), ("b", "1", "enriched"), ("c", "1", "deleted"), ("z", "2", "enriched")]
    assert sorted(duck.select("key", "etag", "status").fetchall()) == expected
    assert sorted(polar.select("key", "etag", "status").collect().rows()) == expected


def test_a_record_of_no_docmill_has_no_row() -> None:
    """Without metadata, or without a body that is a record, there is nothing to say."""
    output = MemoryStore("out")
    output.put("a", b"{}")
    stored = output.get("a")
    assert row_of_record(stored) is None
    info = replace(stored.info, metadata=Made("e", None, "f").metadata())
    assert row_of_record(replace(stored, info=info)) is None
