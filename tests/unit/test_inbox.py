"""What is pending: exactly what has no record of its present version."""

import pytest
from standins import SETTINGS, InlinePool

from docmill.inbox import find_pending, look_up
from docmill.store import MemoryStore
from docmill.worker import Worker
from schemas import Settings


def _pending(inbox: MemoryStore, output: MemoryStore, settings: Settings = SETTINGS) -> list[str]:
    return sorted(p.source.key for p in find_pending(inbox, output, settings).pending)


def _done(inbox: MemoryStore, output: MemoryStore, settings: Settings = SETTINGS) -> InlinePool:
    pool = InlinePool()
    worker = Worker(inbox, output, settings, pool)  # type: ignore[arg-type]
    worker.process(find_pending(inbox, output, settings).pending)
    worker.close()
    return pool


def test_only_the_prefix_is_swept_and_folder_markers_are_no_documents() -> None:
    """Objects outside the inbox's prefix and zero-byte `folder/` keys are left alone; empty documents are not."""
    inbox = MemoryStore("in")
    for key, data in {"in/a": b"x", "in/empty": b"", "in/f/": b"", "in/g/": b"x", "other/b": b"x"}.items():
        inbox.put(key, data)
    settings = SETTINGS.model_copy(update={"inbox": "s3://in/in"})
    assert _pending(inbox, MemoryStore("out"), settings) == ["in/a", "in/empty", "in/g/"]


@pytest.mark.parametrize("output", ["s3://one", "s3://one/out"])
def test_docmills_own_output_is_never_taken_for_input(output: str) -> None:
    """Inbox and output may share a bucket: a second sweep still finds nothing."""
    store = MemoryStore("one")
    store.put("a", b"x")
    store.put("b", b"enriched")
    settings = Settings(inbox="s3://one", output=output, io_threads=2)
    assert _pending(store, store, settings) == ["a", "b"]
    _done(store, store, settings)
    assert _pending(store, store, settings) == []


def test_young_objects_wait_for_a_later_sweep() -> None:
    """With settle_seconds an object just written is counted as settling."""
    inbox = MemoryStore("in")
    inbox.put("a", b"x")
    found = find_pending(inbox, MemoryStore("out"), SETTINGS.model_copy(update={"settle_seconds": 60.0}))
    assert (found.pending, found.settling, found.total) == ((), 1, 1)


def test_another_pipelines_records_count_unless_refreshing() -> None:
    """A sweep compares etags; a refreshing one the fingerprint too."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    pool = _done(inbox, output)
    assert find_pending(inbox, output, SETTINGS).pending == ()
    assert find_pending(inbox, output, SETTINGS, pool.fingerprint).pending == ()
    assert find_pending(inbox, output, SETTINGS).made_by == {pool.fingerprint: 1}
    assert len(find_pending(inbox, output, SETTINGS, "another").pending) == 1


def test_a_foreign_object_in_a_records_place_is_no_record() -> None:
    """Without docmill's metadata an output object proves nothing."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    output.put("enriched/a.json", b"{}")
    assert _pending(inbox, output) == ["a"]


def test_the_inventory_adds_up() -> None:
    """Pending, enriched, rejected and settling make the total."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("good", b"enriched")
    inbox.put("bad", b"x")
    _done(inbox, output)
    inbox.put("new", b"y")
    found = find_pending(inbox, output, SETTINGS)
    assert (len(found.pending), found.enriched, found.rejected, found.total) == (1, 1, 1, 3)


def test_a_single_key_is_looked_up_with_its_records() -> None:
    """A key from the API is found with what was made of it; a missing one is None."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    _done(inbox, output)
    found = look_up(inbox, output, "", "a")
    assert found is not None
    assert [status for status, _ in found.records] == ["rejected"]
    assert look_up(inbox, output, "", "missing") is None
