"""The worker: at most one record an object, of its present version, whatever others do meanwhile."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from archives import tarred, zipped
from standins import SETTINGS, InlinePool, listed, undone

from docmill.contract import json_schema
from docmill.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    PreconditionFailedError,
    TransientStoreError,
)
from docmill.inbox import Pending
from docmill.keys import Made
from docmill.result import Ending, Result
from docmill.stage import Refusal
from docmill.store import MemoryStore
from docmill.store.base import ObjectInfo
from docmill.worker import Worker
from schemas import RawDocument, Settings
from schemas.catalog import CatalogRow
from schemas.document import Reason

VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_schema()))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)


@pytest.fixture(params=[True, False], ids=["compare-and-swap", "no conditional writes"])
def stores(request: pytest.FixtureRequest) -> tuple[MemoryStore, MemoryStore]:
    return MemoryStore("in"), MemoryStore("out", conditional_writes=request.param)


def _sweep(inbox: MemoryStore, output: MemoryStore, pool: InlinePool, settings: Settings = SETTINGS) -> list[Result]:
    worker = Worker(inbox, output, settings, pool)  # type: ignore[arg-type]
    try:
        results = worker.process(listed(inbox), run_id="run")
        return [result for result in results if result.ending is not Ending.DONE_ELSEWHERE]
    finally:
        worker.close()


def _keys(store: MemoryStore) -> list[str]:
    return sorted(info.key for info in store.list())


def _made_from(output: MemoryStore, key: str) -> str:
    made = Made.read(output.head(key).metadata)
    assert made is not None
    return made.etag


def _once(action: Callable[[], object]) -> Callable[[RawDocument], None]:
    """Do something the first time a document is being refined."""
    left = [action]

    def hook(_raw: RawDocument) -> None:
        if left:
            left.pop()()

    return hook


def test_records_say_what_they_were_made_from(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Each object has one valid record with the truth in its metadata; the source stays as it was."""
    inbox, output = stores
    etag = inbox.put("a b.txt", b"enriched")
    inbox.put("é.txt", b"x")
    results = _sweep(inbox, output, InlinePool())
    assert Counter(r.ending for r in results) == {Ending.ENRICHED: 1, Ending.REJECTED: 1}
    assert _keys(output) == ["enriched/a b.txt.json", "quarantine/é.txt.json"]
    assert _made_from(output, "enriched/a b.txt.json") == etag
    VALIDATOR.validate(json.loads(output.get("quarantine/é.txt.json").data))
    assert inbox.get("a b.txt").data == b"enriched"


def test_a_second_sweep_does_nothing_and_an_overwritten_object_is_redone_alone(
    stores: tuple[MemoryStore, MemoryStore],
) -> None:
    """Work is done once a version."""
    inbox, output = stores
    for n in range(5):
        inbox.put(f"{n}.txt", b"x%d" % n)
    pool = InlinePool()
    assert len(_sweep(inbox, output, pool)) == 5
    assert _sweep(inbox, output, pool) == []
    inbox.put("3.txt", b"new")
    assert [r.source.key for r in _sweep(inbox, output, pool)] == ["3.txt"]
    assert pool.calls == 6


def test_two_sweeps_at_once_leave_what_one_leaves(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Whoever comes second finds the record made."""
    inbox, output = stores
    for n in range(30):
        inbox.put(f"{n}.txt", b"enriched" if n % 2 else b"x%d" % n)
    pool = InlinePool(lambda _raw: time.sleep(0.005))
    threads = [threading.Thread(target=_sweep, args=(inbox, output, pool)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_keys(output)) == 30
    assert _sweep(inbox, output, pool) == []


@pytest.mark.parametrize("new", [b"new", b"enriched anew"])
def test_a_newer_record_is_never_replaced_by_a_stale_one(stores: tuple[MemoryStore, MemoryStore], new: bytes) -> None:
    """An object overwritten, and redone by another worker, while it was refined keeps the newer record."""
    inbox, output = stores
    inbox.put("a.txt", b"old")

    def overwrite() -> None:
        inbox.put("a.txt", new)
        _sweep(inbox, output, InlinePool())

    _sweep(inbox, output, InlinePool(_once(overwrite)))
    if new != b"new":
        _sweep(inbox, output, InlinePool())  # a record of the other kind is put right by the sweep after
    (key,) = _keys(output)
    assert _made_from(output, key) == inbox.head("a.txt").etag


@pytest.mark.parametrize("good", [b"enriched", b"x"], ids=["enriched", "rejected"])
def test_a_late_worker_does_not_remove_a_newer_record(stores: tuple[MemoryStore, MemoryStore], good: bytes) -> None:
    """Of the other kind than its own: in its place lay an older one, which another worker has replaced since."""
    inbox, output = stores
    inbox.put("a.txt", good + b" first")
    _sweep(inbox, output, InlinePool())

    def overwrite() -> None:
        inbox.put("a.txt", good + b" anew")
        _sweep(inbox, output, InlinePool())

    inbox.put("a.txt", b"y" if good == b"enriched" else b"enriched")
    _sweep(inbox, output, InlinePool(_once(overwrite)))
    assert undone(inbox, output) == []
    (key,) = _keys(output)
    assert _made_from(output, key) == inbox.head("a.txt").etag


def test_a_changed_verdict_leaves_one_record(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """A quarantined object that becomes good leaves quarantine, and the other way round."""
    inbox, output = stores
    for data, left in ((b"x", "quarantine"), (b"enriched", "enriched"), (b"y", "quarantine")):
        inbox.put("a", data)
        _sweep(inbox, output, InlinePool())
        assert _keys(output) == [f"{left}/a.json"]


def test_a_worker_that_died_between_writing_and_removing_is_cleaned_up_after() -> None:
    """Two records of one object are one again after the next sweep."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    _sweep(inbox, output, InlinePool())
    stale = output.get("quarantine/a.json")
    inbox.put("a", b"enriched")
    _sweep(inbox, output, InlinePool())
    output.put("quarantine/a.json", stale.data, metadata=stale.info.metadata)
    _sweep(inbox, output, InlinePool())
    assert _keys(output) == ["enriched/a.json"]


@pytest.mark.parametrize("second", [b"enriched", b"enriched, but otherwise", b"rejected"])
def test_another_buckets_record_is_not_overwritten(stores: tuple[MemoryStore, MemoryStore], second: bytes) -> None:
    """Who shares an output with another inbox bucket is told which documents have no place in it, each time anew."""
    inbox, output = stores
    other = MemoryStore("other")
    inbox.put("a", b"enriched")
    other.put("a", second)
    _sweep(inbox, output, InlinePool())
    before = output.get("enriched/a.json")
    for _ in range(2):
        (result,) = _sweep(other, output, InlinePool())
        assert result.ending is Ending.FAILED
        assert result.message is not None
        assert result.message.startswith("enriched/a.json is the record of s3://in/a and is not overwritten: ")
        assert result.row is not None
        assert (result.row.bucket, result.row.status, result.row.output_key) == ("other", "failed", None)
    assert (_keys(output), output.get("enriched/a.json")) == (["enriched/a.json"], before)


def test_another_buckets_record_written_meanwhile_is_not_overwritten() -> None:
    """It need not have been there when the work began."""
    inbox, other, output = MemoryStore("in"), MemoryStore("other"), MemoryStore("out")
    inbox.put("a", b"enriched")
    other.put("a", b"enriched too")
    meanwhile = InlinePool(_once(lambda: _sweep(inbox, output, InlinePool())))
    (result,) = _sweep(other, output, meanwhile)
    assert result.ending is Ending.FAILED
    assert _made_from(output, "enriched/a.json") == inbox.head("a").etag


@pytest.mark.parametrize("names", [("a", "a"), ("a", "b")], ids=["same members", "other members"])
def test_another_buckets_container_under_way_keeps_its_members(names: tuple[str, str]) -> None:
    """Whichever has no place is told so; the other one's members stay as they are, and its own record says theirs."""
    inbox, other, output = MemoryStore("in"), MemoryStore("other"), MemoryStore("out")
    inbox.put("a.zip", zipped([(names[0], b"enriched"), ("last", b"enriched")]))
    other.put("a.zip", zipped([(names[1], b"enriched too")]))
    results: list[Result] = []

    def meanwhile() -> None:
        results.extend(_sweep(inbox, output, InlinePool()))

    pool = InlinePool()
    plain = pool.refine

    def refine(raw: RawDocument, run_id: str | None = None, on_member: Any = None) -> Any:
        refined = plain(raw, run_id, on_member)
        time.sleep(0.1)  # its member is written
        meanwhile()
        return refined

    pool.refine = refine  # type: ignore[method-assign]
    results += _sweep(other, output, pool)
    made = [Made.read(output.head(key).metadata) for key in _keys(output)]
    assert len(results) == 2
    (done,) = [result.source.bucket for result in results if result.ending is not Ending.FAILED]
    own = [found for found in made if found and found.bucket == done]
    (container,) = [found for found in own if not found.member]
    assert len(own) - 1 == container.members


def test_an_unreadable_object_leaves_another_buckets_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its quarantine record would take the place of the one that is there."""
    inbox, other, output = MemoryStore("in"), MemoryStore("other"), MemoryStore("out")
    inbox.put("a", b"enriched")

    def get(key: str, *, if_match: str | None = None) -> Any:
        _sweep(inbox, output, InlinePool())
        raise TransientStoreError("no")

    other.put("a", b"x")
    monkeypatch.setattr(other, "get", get)
    (result,) = _sweep(other, output, InlinePool(), SETTINGS.model_copy(update={"max_attempts": 1}))
    assert result.ending is Ending.FAILED
    assert _keys(output) == ["enriched/a.json"]


def test_an_object_deleted_or_overwritten_before_it_is_read_is_not_written() -> None:
    """Superseded and gone are counted as such, and nothing is stored for them."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for key in ("gone", "changed"):
        inbox.put(key, b"x")
    pending = listed(inbox)
    inbox.delete("gone")
    inbox.put("changed", b"y")
    worker = Worker(inbox, output, SETTINGS, InlinePool())  # type: ignore[arg-type]
    endings = {r.source.key: r.ending for r in worker.process(pending)}
    assert endings == {"gone": Ending.GONE, "changed": Ending.SUPERSEDED}
    assert _keys(output) == []


def test_a_store_that_refuses_the_right_etag_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong 412 on reading neither loops nor hides the object."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    plain = inbox.get

    def get(key: str, *, if_match: str | None = None) -> Any:
        if if_match is not None:
            raise PreconditionFailedError("no")
        return plain(key)

    monkeypatch.setattr(inbox, "get", get)
    monkeypatch.setattr(inbox, "head", lambda key: plain(key).info)
    assert [r.ending for r in _sweep(inbox, output, InlinePool())] == [Ending.REJECTED]


def test_a_write_whose_answer_was_lost_counts_as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A retried write that finds its own record is not taken for another worker's."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    output.capabilities()
    plain, calls = output.put, []

    def put(key: str, data: bytes, **conditions: Any) -> str:
        etag = plain(key, data, **conditions)
        calls.append(key)
        if len(calls) == 1:
            raise TransientStoreError("the answer was lost")
        return etag

    monkeypatch.setattr(output, "put", put)
    (result,) = _sweep(inbox, output, InlinePool())
    assert result.ending is Ending.REJECTED
    assert result.row is not None


def test_a_too_large_object_is_rejected_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over max_object_mb an object is quarantined without a single read."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x" * 2000)
    monkeypatch.setattr(inbox, "get", lambda *_a, **_k: pytest.fail("it was read"))
    settings = SETTINGS.model_copy(update={"max_object_mb": 0.001})
    (result,) = _sweep(inbox, output, InlinePool(), settings)
    assert result.row is not None
    assert result.row.reason is Reason.TOO_LARGE
    assert result.message == "The object has 2000 bytes; max_object_mb allows 0.001 MB."


def test_a_document_that_fails_does_not_stop_its_siblings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passing faults are retried; what still fails is told and left for the next sweep."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for key in ("bad", "flaky", "good"):
        inbox.put(key, key.encode())
    plain, faults = inbox.get, Counter({"bad": 99, "flaky": 2})

    def get(key: str, **conditions: Any) -> Any:
        if faults[key] > 0:
            faults[key] -= 1
            raise TransientStoreError("slow down")
        return plain(key, **conditions)

    monkeypatch.setattr(inbox, "get", get)
    endings = {r.source.key: r.ending for r in _sweep(inbox, output, InlinePool())}
    assert endings == {"bad": Ending.FAILED, "flaky": Ending.REJECTED, "good": Ending.REJECTED}
    assert undone(inbox, output) == ["bad"]


def test_a_store_wide_error_ends_the_shard_after_what_was_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing bucket is raised, not recorded document by document, and no thread works on afterwards."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for key in "abcdef":
        inbox.put(key, key.encode())
    plain, busy = inbox.get, []

    def get(key: str, **conditions: Any) -> Any:
        if key == "f":  # first in the listing
            raise BucketNotFoundError("no")
        return plain(key, **conditions)

    def work(raw: RawDocument) -> None:
        busy.append(raw.key)
        time.sleep(0.1)
        busy.remove(raw.key)

    monkeypatch.setattr(inbox, "get", get)
    worker = Worker(inbox, output, SETTINGS, InlinePool(work))  # type: ignore[arg-type]
    with pytest.raises(BucketNotFoundError):
        worker.process(listed(inbox))
    assert busy == []


def test_an_object_that_may_not_be_read_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One object with permissions of its own does not stop the others, and is tried again."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for key in "abc":
        inbox.put(key, key.encode())
    plain = inbox.get

    def get(key: str, **conditions: Any) -> Any:
        if key == "b":
            raise AccessDeniedError("no")
        return plain(key, **conditions)

    monkeypatch.setattr(inbox, "get", get)
    endings = {r.source.key: r.ending for r in _sweep(inbox, output, InlinePool())}
    assert endings == {"a": Ending.REJECTED, "b": Ending.FAILED, "c": Ending.REJECTED}
    assert undone(inbox, output) == ["b"]


def test_cancelling_leaves_the_rest_for_the_next_sweep() -> None:
    """Documents not begun when the run is cancelled are left out of the results and stay pending."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for n in range(50):
        inbox.put(str(n), b"x%d" % n)
    cancelled = threading.Event()
    worker = Worker(inbox, output, SETTINGS, InlinePool(lambda _raw: time.sleep(0.01)))  # type: ignore[arg-type]
    pending = listed(inbox)
    results = worker.process(pending, on_done=lambda _result: cancelled.set(), cancelled=cancelled)
    assert 0 < len(results) < 50
    assert len(undone(inbox, output)) == 50 - len(results)


def test_cancelling_does_not_wait_for_a_document_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is being refined has a moment to end; then the work returns without it, and it is not lost."""
    monkeypatch.setattr("docmill.collected.GRACE_SECONDS", 0.2)
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("slow", b"enriched")
    go, cancelled = threading.Event(), threading.Event()
    worker = Worker(inbox, output, SETTINGS, InlinePool(lambda _raw: bool(go.wait(30))))  # type: ignore[arg-type]
    timer = threading.Timer(0.3, cancelled.set)
    timer.start()
    start = time.monotonic()
    assert worker.process(listed(inbox), cancelled=cancelled) == []
    assert time.monotonic() - start < 10
    go.set()
    worker.close()
    assert undone(inbox, output) == []


def test_the_record_says_which_version_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listings leave version ids out; what was read has one, and it goes into the record's metadata and the row."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"text")
    plain = inbox.get

    def get(key: str, **conditions: Any) -> Any:
        stored = plain(key, **conditions)
        return replace(stored, info=replace(stored.info, version_id="v7"))

    monkeypatch.setattr(inbox, "get", get)
    [result] = _sweep(inbox, output, InlinePool())
    assert result.row is not None
    assert result.row.version_id == "v7"
    made = Made.read(output.head(result.row.output_key).metadata)
    assert made is not None
    assert made.version_id == "v7"
    assert undone(inbox, output) == []


GOOD = b"enriched"


def test_members_have_records_under_their_containers(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Each member's record has the container's version in its metadata; no name is a path; the result counts them."""
    inbox, output = stores
    etag = inbox.put("b/a.zip", zipped([("x.txt", GOOD), ("../../y", GOOD), ("z.txt", b"no")]))
    [result] = _sweep(inbox, output, InlinePool())
    assert (result.ending, result.members, result.members_rejected) == (Ending.REJECTED, 3, 1)
    keys = _keys(output)
    assert keys[-1] == "quarantine/b/a.zip/!/z.txt.json"
    assert "enriched/b/a.zip/!/x.txt.json" in keys
    assert sum("y~" in key for key in keys) == 1
    assert {_made_from(output, key) for key in keys} == {etag}
    made = Made.read(output.head("quarantine/b/a.zip.json").metadata)
    assert made is not None
    assert made.members == 3
    assert _sweep(inbox, output, InlinePool()) == []


def test_a_new_version_of_a_container_leaves_nothing_of_the_old(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Members that are gone, or end otherwise now, lose their old records; one that is no container any more, all."""
    inbox, output = stores
    inbox.put("a.zip", zipped([("1.txt", GOOD), ("2.txt", GOOD), ("3.txt", b"no")]))
    inbox.put("a.zip.txt", b"enriched too")
    _sweep(inbox, output, InlinePool())
    inbox.put("a.zip", zipped([("2.txt", GOOD), ("3.txt", GOOD)]))
    _sweep(inbox, output, InlinePool())
    assert [key for key in _keys(output) if "/!/" in key] == [
        "enriched/a.zip/!/2.txt.json",
        "enriched/a.zip/!/3.txt.json",
    ]
    inbox.put("a.zip", b"enriched and no container")
    _sweep(inbox, output, InlinePool())
    assert _keys(output) == ["enriched/a.zip.json", "enriched/a.zip.txt.json"]


def test_a_container_cut_short_is_done_again_and_left_as_if_done_once(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """The container's record is the commit point: without it all is made again, over what is there."""
    inbox, output = stores
    inbox.put("a.tar", tarred([(f"{n}.txt", GOOD) for n in range(5)]))
    put, seen = output.put, []

    def dies(key: str, *args: Any, **kwargs: Any) -> str:
        seen.append(key)
        if len(seen) == 4:
            raise AccessDeniedError("gone")
        return put(key, *args, **kwargs)

    output.put = dies  # type: ignore[method-assign]
    with pytest.raises(AccessDeniedError):
        _sweep(inbox, output, InlinePool())
    output.put = put  # type: ignore[method-assign]
    assert "enriched/a.tar.json" not in _keys(output)
    assert "quarantine/a.tar.json" not in _keys(output)
    inbox.put("a.tar", tarred([(f"{n}.txt", GOOD) for n in range(1, 3)]))
    _sweep(inbox, output, InlinePool())
    assert [key for key in _keys(output) if "/!/" in key] == [f"enriched/a.tar/!/{n}.txt.json" for n in (1, 2)]


def test_a_container_overwritten_meanwhile_ends_with_its_new_members(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Members of an old version never stand beside the new version's record."""
    inbox, output = stores
    inbox.put("a.zip", zipped([("1.txt", GOOD), ("2.txt", b"old")]))
    new = zipped([("2.txt", GOOD + b" new"), ("3.txt", GOOD)])
    pool = InlinePool(_once(lambda: inbox.put("a.zip", new)))
    [result] = _sweep(inbox, output, pool)
    assert result.source.etag == inbox.head("a.zip").etag
    keys = [key for key in _keys(output) if "/!/" in key]
    assert keys == ["enriched/a.zip/!/2.txt.json", "enriched/a.zip/!/3.txt.json"]
    assert {_made_from(output, key) for key in _keys(output)} == {result.source.etag}
    assert _sweep(inbox, output, pool) == []


def test_a_container_deleted_meanwhile_leaves_no_members(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Nothing remains of an object that is gone before its record is written."""
    inbox, output = stores
    inbox.put("a.zip", zipped([("1.txt", GOOD)]))
    [result] = _sweep(inbox, output, InlinePool(_once(lambda: inbox.delete("a.zip"))))
    assert result.ending is Ending.GONE
    assert _keys(output) == []


def test_each_member_is_told_of_with_its_row(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """A catalog can have a row a member."""
    inbox, output = stores
    inbox.put("a.zip", zipped([("1.txt", GOOD), ("2.txt", b"no")]))
    told: list[CatalogRow] = []
    worker = Worker(inbox, output, SETTINGS, InlinePool())  # type: ignore[arg-type]
    worker.process(listed(inbox), on_row=told.append)
    worker.close()
    rows = {row.member: (row.status, row.output_key, row.size) for row in told}
    assert rows == {
        "1.txt": ("enriched", "enriched/a.zip/!/1.txt.json", 8),
        "2.txt": ("rejected", "quarantine/a.zip/!/2.txt.json", 2),
    }


def _work(inbox: MemoryStore, output: MemoryStore, document: Pending, settings: Settings = SETTINGS) -> Result:
    worker = Worker(inbox, output, settings, InlinePool())  # type: ignore[arg-type]
    (result,) = worker.process([document], run_id="run")
    worker.close()
    return result


def test_what_is_done_is_told_with_its_row_and_not_done_again(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Whatever the catalog says, the record decides; its row is the one that was lost."""
    inbox, output = stores
    inbox.put("a", b"enriched")
    (first,) = _sweep(inbox, output, InlinePool())
    before = output.get("enriched/a.json")
    result = _work(inbox, output, *listed(inbox))
    assert (result.ending, result.row) == (Ending.DONE_ELSEWHERE, first.row)
    assert output.get("enriched/a.json") == before


def test_a_record_that_is_to_be_made_anew_is_and_counts_its_attempts(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Once: whoever comes second finds another record than the one to be replaced."""
    inbox, output = stores
    inbox.put("a", b"x")
    (first,) = _sweep(inbox, output, InlinePool())
    assert first.row is not None
    document = replace(*listed(inbox), instead_of=(first.row.pipeline_fingerprint, 1))
    second = _work(inbox, output, document)
    assert second.row is not None
    assert (second.ending, second.row.attempts) == (Ending.REJECTED, 2)
    assert _work(inbox, output, document).ending is Ending.DONE_ELSEWHERE
    made = Made.read(output.head("quarantine/a.json").metadata)
    assert made is not None
    assert made.attempts == 2


@pytest.mark.parametrize(
    "wanted",
    [{"fingerprint": InlinePool().fingerprint}, {"instead_of": ("older", 4)}],
    ids=["refreshed", "reprocessed"],
)
def test_another_pipelines_record_is_made_anew_on_demand_and_attempts_begin_again(wanted: dict[str, Any]) -> None:
    """Attempts are counted for a version and a pipeline."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    etag = inbox.put("a", b"x")
    output.put("quarantine/a.json", b"{}", metadata=Made(etag, None, "older", 4).metadata())
    (document,) = listed(inbox)
    result = _work(inbox, output, replace(document, **wanted))
    assert result.row is not None
    assert (result.ending, result.row.attempts) == (Ending.REJECTED, 1)


def test_a_document_that_cannot_be_read_is_quarantined_after_its_last_attempt(
    stores: tuple[MemoryStore, MemoryStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the catalog is told of each attempt, and nothing is written."""
    inbox, output = stores
    inbox.put("a", b"x")
    fingerprint = InlinePool().fingerprint

    def get(key: str, **_conditions: Any) -> Any:
        raise AccessDeniedError("not this one")

    monkeypatch.setattr(inbox, "get", get)
    settings = SETTINGS.model_copy(update={"max_attempts": 3})
    (document,) = listed(inbox)
    for attempt in (1, 2):
        result = _work(inbox, output, document, settings)
        assert result.row is not None
        assert (result.ending, result.row.status, result.row.attempts) == (Ending.FAILED, "failed", attempt)
        assert result.row.output_key is None
        assert _keys(output) == []
        document = replace(document, failures=(fingerprint, attempt))
    result = _work(inbox, output, document, settings)
    assert result.row is not None
    assert (result.ending, result.row.reason, result.row.attempts) == (Ending.REJECTED, Reason.UNREADABLE, 3)
    VALIDATOR.validate(json.loads(output.get("quarantine/a.json").data))


def test_a_container_that_cannot_be_read_any_more_loses_its_members(
    stores: tuple[MemoryStore, MemoryStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its earlier version held is of no object that is there, once it is given up."""
    inbox, output = stores
    inbox.put("c.zip", zipped([("0.txt", GOOD), ("1.txt", b"no")]))
    _sweep(inbox, output, InlinePool())
    inbox.put("c.zip", zipped([("0.txt", GOOD), ("2.txt", GOOD)]))
    (document,) = [replace(found, failures=(InlinePool().fingerprint, 5)) for found in listed(inbox)]

    def get(key: str, **_conditions: Any) -> Any:
        raise AccessDeniedError("not this one")

    head = inbox.head("c.zip")
    monkeypatch.setattr(inbox, "get", get)
    monkeypatch.setattr(inbox, "head", lambda _key: head)
    assert _work(inbox, output, document, SETTINGS).ending is Ending.REJECTED
    assert _keys(output) == ["quarantine/c.zip.json"]


def test_tries_that_left_no_record_do_not_tell_records_apart(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """Two workers of which one knows that the store failed before make the same records of a container."""
    inbox, output = stores
    inbox.put("c.zip", zipped([("0.txt", b"enriched")]))
    (document,) = listed(inbox)
    other = Worker(inbox, output, SETTINGS, InlinePool())  # type: ignore[arg-type]
    pool = InlinePool(_once(lambda: other.process([document])))
    worker = Worker(inbox, output, SETTINGS, pool)  # type: ignore[arg-type]
    (result,) = worker.process([replace(document, failures=(pool.fingerprint, 2))])
    for each in (worker, other):
        each.close()
    made = [Made.read(output.head(key).metadata) for key in _keys(output)]
    assert [found.attempts for found in made if found] == [1, 1]
    assert result.row is not None
    assert result.row.attempts == 1


def test_a_slow_first_attempt_does_not_undo_a_second(stores: tuple[MemoryStore, MemoryStore]) -> None:
    """A record of more attempts at the same version stays."""
    inbox, output = stores
    if not output.capabilities().compare_and_swap:
        pytest.skip("without compare-and-swap the last writer wins, with the same text")
    etag = inbox.put("a", b"x")
    (document,) = listed(inbox)

    def overtake() -> None:
        made = Made(etag, None, InlinePool().fingerprint, 2)
        output.put("quarantine/a.json", b"theirs", metadata=made.metadata())

    worker = Worker(inbox, output, SETTINGS, InlinePool(_once(overtake)))  # type: ignore[arg-type]
    (result,) = worker.process([document])
    worker.close()
    assert result.ending is Ending.DONE_ELSEWHERE
    assert output.get("quarantine/a.json").data == b"theirs"


def test_workers_that_were_given_the_same_documents_part() -> None:
    """Messages that came twice, or a sweep besides a listener, do not have every document refined twice."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    for number in range(150):
        inbox.put(f"{number:03}", b"enriched")
    pools = [InlinePool(lambda _raw: time.sleep(0.01)) for _ in range(2)]
    settings = SETTINGS.model_copy(update={"workers": 1, "io_threads": 2})
    workers = [Worker(inbox, output, settings, pool) for pool in pools]  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda worker: worker.process(listed(inbox)), workers))
    for worker in workers:
        worker.close()
    assert [len(results) for results in found] == [150, 150]
    assert undone(inbox, output) == []
    assert sum(pool.calls for pool in pools) < 200


class Asked(MemoryStore):
    """Counts looks at records; calls a function at the first listing of keys."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__("out")
        self.looks = 0
        self._meanwhile: Callable[[], object] | None = meanwhile

    def head(self, key: str) -> ObjectInfo:
        """One look."""
        self.looks += 1
        return super().head(key)

    def keys_after(self, prefix: str, after: str) -> tuple[list[str], bool]:
        """After it, something happens."""
        found = super().keys_after(prefix, after)
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            meanwhile()
        return found


def test_records_of_many_documents_are_looked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no other worker about, a listing stands for two looks at each."""
    monkeypatch.setattr("docmill.order.AT_FIRST", 0)
    inbox, output, pool = MemoryStore("in"), Asked(), InlinePool()
    for number in range(100):
        inbox.put(f"{number:03}.txt", b"enriched")
    assert Counter(r.ending for r in _sweep(inbox, output, pool)) == {Ending.ENRICHED: 100}
    assert output.looks < 10
    assert _sweep(inbox, output, pool) == []
    assert undone(inbox, output) == []


def test_a_record_made_since_the_listing_is_not_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where it is the same one nor where it rejects what is enriched here."""
    monkeypatch.setattr("docmill.order.AT_FIRST", 0)
    inbox, pool = MemoryStore("in"), InlinePool()
    for number in range(20):
        inbox.put(f"{number:03}.txt", b"enriched")

    def by_another() -> None:
        twin = MemoryStore("out")
        _sweep(inbox, twin, pool)
        stored = twin.get("enriched/003.txt.json")
        output.put("enriched/003.txt.json", stored.data, metadata=stored.info.metadata)
        output.put("quarantine/007.txt.json", b"{}", metadata=stored.info.metadata)

    output = Asked(by_another)
    results = _sweep(inbox, output, pool)
    assert Counter(r.ending for r in results) == {Ending.ENRICHED: 19}
    assert _keys(output) == [f"enriched/{number:03}.txt.json" for number in range(20)]


def test_the_row_of_a_record_that_is_left_beside_ours_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker came after us and gave up: its record stays, so its row is the catalog's, not ours."""
    monkeypatch.setattr("docmill.order.AT_FIRST", 0)
    inbox, output, told = MemoryStore("in"), MemoryStore("out"), list[CatalogRow]()
    for number in range(20):
        inbox.put(f"{number:03}.txt", b"enriched")
    (source,) = [document.source for document in listed(inbox) if document.source.key == "011.txt"]
    raw = RawDocument(data=b"", key=source.key, source=source)
    given_up = InlinePool().rejected(raw, Refusal("fetch", Reason.UNREADABLE, "no answer")).record

    def by_another(raw: RawDocument) -> None:
        if raw.key == source.key:  # records have been looked for
            made = Made.of(source, pool.fingerprint, attempts=2)
            output.put("quarantine/011.txt.json", given_up, metadata=made.metadata())

    worker = Worker(inbox, output, SETTINGS, pool := InlinePool(by_another))  # type: ignore[arg-type]
    results = worker.process(listed(inbox), on_row=told.append)
    worker.close()
    assert [key for key in _keys(output) if "011" in key] == ["quarantine/011.txt.json"]
    (row,) = told
    assert (row.key, row.status, row.output_key) == ("011.txt", "rejected", "quarantine/011.txt.json")
    assert [result.row for result in results if result.source.key == source.key] == [row]
