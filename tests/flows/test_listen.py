"""Listening's part in Prefect: what it hands to `ingest`, what it buries, and what it asks to have tried again."""

import asyncio
import json
import threading
from typing import Any

import pytest
from ends import Stores, refuse

from docmill.errors import AccessDeniedError, CatalogError, TransientStoreError
from docmill.intake.queue import MemoryQueue
from docmill.store.lease import Lease
from flows.listen import listen, process_keys
from flows.sweep import sweep
from tasks.exclusive import lease_key
from tasks.removals import bury_known
from tasks.runtime import runtime

TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market."


def _records(stores: Stores) -> list[str]:
    return sorted(info.key for folder in ("enriched/", "quarantine/") for info in stores.output.list(folder))


async def test_what_is_dropped_is_done_and_in_the_catalog(stores: Stores) -> None:
    """From message to record and row; the queue is empty in the end."""
    queue = MemoryQueue()
    for key in ("a.txt", "b c.txt"):
        stores.inbox.put(key, TEXT + key.encode())
        record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "in"}, "object": {"key": key}}}
        queue.send(json.dumps({"Records": [record]}))
    counts = await listen(queue, asyncio.Event(), idle_seconds=1)
    assert (counts.done, counts.left, len(queue)) == (2, 0, 0)
    assert _records(stores) == ["enriched/a.txt.json", "enriched/b c.txt.json"]
    assert [row.status for row in runtime().catalog.rows_of("a.txt")] == ["enriched"]


async def test_records_of_what_is_gone_are_looked_for_side_by_side(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of removals come at once: one request after the other would keep what was dropped waiting."""
    plain, together = stores.output.head, threading.Barrier(8)

    def head(key: str) -> Any:
        if key.startswith("enriched/"):
            together.wait(20)
        return plain(key)

    monkeypatch.setattr(stores.output, "head", head)
    assert await bury_known([f"{n}.txt" for n in range(8)]) == 0


async def test_what_is_gone_is_buried_if_it_was_ever_known(stores: Stores) -> None:
    """A removal leaves a tombstone; other readings of an encoded key leave nothing."""
    stores.inbox.put("a.txt", TEXT)
    assert await process_keys(["a.txt"]) == set()
    stores.inbox.delete("a.txt")
    assert await process_keys(["a.txt", "never there.txt"]) == set()
    assert [row.status for row in runtime().catalog.rows_of("a.txt")] == ["enriched", "deleted"]
    assert runtime().catalog.rows_of("never there.txt") == []


@pytest.mark.parametrize("stores", [{"on_delete": "remove"}], indirect=True)
async def test_what_is_dropped_anew_while_it_is_buried_is_done(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its record was removed, though another worker may have taken it for the right one: it is made again."""
    stores.inbox.put("a.txt", TEXT)
    assert await process_keys(["a.txt"]) == set()
    stores.inbox.delete("a.txt")
    plain = stores.output.delete

    def delete(key: str, **condition: Any) -> None:
        plain(key, **condition)
        if key == "enriched/a.txt.json" and not list(stores.inbox.list()):
            stores.inbox.put("a.txt", TEXT)

    monkeypatch.setattr(stores.output, "delete", delete)
    assert await process_keys(["a.txt"]) == set()
    assert _records(stores) == ["enriched/a.txt.json"]
    assert [row.status for row in runtime().catalog.rows_of("a.txt")] == ["enriched", "deleted", "enriched"]


async def test_what_another_pipeline_writes_to_the_inbox_is_no_document(stores: Stores) -> None:
    """Its notifications are done with: two listeners would refine each other's records without end."""
    for key in ("other/schemas/docmill-1.0.schema.json", "other/enriched/a.txt.json", "other/a.txt"):
        stores.inbox.put(key, TEXT)
    assert await process_keys(["other/enriched/a.txt.json", "other/a.txt"]) == set()
    assert _records(stores) == ["enriched/other/a.txt.json"]


async def test_a_document_that_fails_is_asked_for_again_alone(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its key comes back; its sibling's does not."""
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    stores.inbox.put("good.txt", TEXT)
    stores.inbox.put("bad.txt", TEXT)
    plain = stores.inbox.get

    def get(key: str, **conditions: Any) -> Any:
        if key == "bad.txt" and conditions:
            raise TransientStoreError("slow down")
        return plain(key, **conditions)

    monkeypatch.setattr(stores.inbox, "get", get)
    assert await process_keys(["good.txt", "bad.txt"]) == {"bad.txt"}
    assert _records(stores) == ["enriched/good.txt.json"]


@pytest.mark.parametrize("kind", [AccessDeniedError, TransientStoreError])
async def test_an_object_the_store_refuses_holds_up_no_other(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    """One with permissions of its own, or damaged in the store, is asked for again alone; what is no key is done."""
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    stores.inbox.put("good.txt", TEXT)
    plain = stores.inbox.head

    def head(key: str) -> Any:
        if key == "locked.txt":
            raise kind("cannot describe object")
        return plain(key)

    monkeypatch.setattr(stores.inbox, "head", head)
    assert await process_keys(["locked.txt", "good.txt", "long" * 1000]) == {"locked.txt"}
    assert _records(stores) == ["enriched/good.txt.json"]
    assert await process_keys(["locked.txt"]) == {"locked.txt"}

    def refuse(_prefix: str = "") -> Any:
        raise kind("cannot list objects")

    monkeypatch.setattr(stores.inbox, "list", refuse)
    with pytest.raises(kind):  # the store as a whole refuses: the batch waits until it no longer does
        await process_keys(["locked.txt"])


async def test_an_uncommitted_batch_is_not_done(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the rows were not committed the messages stay, and trying again commits them without refining anew."""
    stores.inbox.put("a.txt", TEXT)
    catalog = runtime().catalog
    plain = type(catalog).append

    def append(*_a: object) -> None:
        raise CatalogError("no")

    monkeypatch.setattr(type(catalog), "append", append)
    with pytest.raises(RuntimeError, match="1 enriched; no"):
        await process_keys(["a.txt"])
    monkeypatch.setattr(type(catalog), "append", plain)
    before = stores.output.head("enriched/a.txt.json")
    assert await process_keys(["a.txt"]) == set()
    assert stores.output.head("enriched/a.txt.json") == before
    assert [row.status for row in catalog.rows_of("a.txt")] == ["enriched"]


async def test_a_sweep_leaves_everything_to_the_one_under_way_or_waits(stores: Stores) -> None:
    """It says whose it is and does nothing; told to wait, it does its work once the other has ended."""
    stores.inbox.put("a.txt", TEXT)
    other = Lease(stores.output, "", lease_key(runtime().settings, "sweep"), 60)
    assert other.take() is None
    state = await sweep(return_state=True)
    assert state.is_completed()
    assert "another sweep is under way: process" in str(state.message)
    assert _records(stores) == []
    waiting = asyncio.create_task(sweep(wait=True, return_state=True))
    await asyncio.sleep(1)
    assert _records(stores) == []
    other.release()
    await waiting
    assert _records(stores) == ["enriched/a.txt.json"]
    assert other.take() is None, "a sweep that ended lets go of the lease"
    other.release()


async def test_an_api_that_refuses_what_is_said_fails_no_work(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A summary or name that cannot be written is missing; the documents are done, and the run is completed."""
    monkeypatch.setattr("tasks.reporting.acreate_markdown_artifact", refuse)
    monkeypatch.setattr("prefect.client.orchestration.PrefectClient.update_flow_run", refuse)
    stores.inbox.put("a.txt", TEXT)
    assert await process_keys(["a.txt"]) == set()
    assert _records(stores) == ["enriched/a.txt.json"]
    assert "lacks something: database is locked" in caplog.text


async def test_many_rejections_are_reported(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the allowed share of enough documents, and not below it."""
    from docmill.rejections import RecentRejections

    events: list[str] = []
    monkeypatch.setattr("tasks.reporting._recent", RecentRejections())
    monkeypatch.setattr("tasks.reporting.emit_event", lambda event, **_: events.append(event))
    for n in range(19):
        stores.inbox.put(f"{n}.txt", TEXT + b"%d" % n)
    await process_keys([f"{n}.txt" for n in range(19)])
    for n in range(4):
        stores.inbox.put(f"empty {n}", b"")
        await process_keys([f"empty {n}"])
        assert "docmill.rejections.high" not in events
    stores.inbox.put("empty 5", b"")
    await process_keys(["empty 5"])
    assert events.count("docmill.rejections.high") == 1
