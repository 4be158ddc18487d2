"""The ingest flow: its state, name, artifacts, event and parameters say what it did."""

import asyncio
import threading
import time
from collections.abc import Sequence
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from archives import zipped
from ends import Stores
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterName,
    FlowRunFilterState,
)
from prefect.client.schemas.objects import Artifact, FlowRun, State, StateType
from prefect.states import Cancelling
from prefect.utilities.callables import parameter_schema
from waiting import within

from docmill.batch import Batch
from docmill.errors import BucketNotFoundError, CatalogError, StoreUnreachableError, TransientStoreError
from docmill.inbox import Pending, as_source
from docmill.result import Ending
from docmill.store.base import StoredObject
from flows.ingest import UNCOMMITTED, ingest
from tasks import watching
from tasks.documents import process_shard

RUNNING = FlowRunFilterState.model_validate({"type": {"any_": ["RUNNING"]}})
TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market."


async def _run_of(state: State) -> tuple[FlowRun, list[Artifact]]:
    run_id = state.state_details.flow_run_id
    assert run_id is not None
    async with get_client() as client:
        (run,) = await client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])))
        artifacts = await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
        )
    return run, artifacts


def _until_something_is_written(stores: Stores) -> None:
    while not any(stores.output.list("enriched/")):
        time.sleep(0.05)


async def test_a_run_says_truthfully_what_it_did(stores: Stores, caplog: pytest.LogCaptureFixture) -> None:
    """Name and state message give the counts; a summary and a table of rejections are left; all is in the store.

    Keys of no object are named in the log: somebody has entered them.
    """
    for n in range(5):
        stores.inbox.put(f"{n}.txt", TEXT)
    stores.inbox.put("empty.txt", b"")
    state = await ingest([f"{n}.txt" for n in range(5)] + ["empty.txt", "no such key"], return_state=True)
    assert (state.name, state.message) == ("Completed", "1 of 6 rejected, 5 enriched")
    assert "the inbox has no object no such key" in caplog.text
    run, artifacts = await _run_of(state)
    assert run.name == "ingest s3://in: 1 of 6 rejected, 5 enriched"
    assert {a.type for a in artifacts} - {"progress"} == {"markdown", "table"}
    assert len(list(stores.output.list("enriched/"))) == 5
    assert len(list(stores.output.list("quarantine/"))) == 1


async def test_the_parts_of_a_run_are_told_apart(stores: Stores, caplog: pytest.LogCaptureFixture) -> None:
    """A task's run is called by what it takes; the log says what was rejected, and why, as the command does."""
    stores.inbox.put("a.txt", b"")
    stores.inbox.put("b.txt", TEXT)
    state = await ingest(["a.txt", "b.txt"], return_state=True)
    assert "rejected (empty): a.txt: The file holds no text" in caplog.text
    run_id = state.state_details.flow_run_id
    assert run_id is not None
    of_run = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    async with get_client() as client:
        while not (runs := await client.read_task_runs(flow_run_filter=of_run)):  # noqa: ASYNC110  the server is told later
            await asyncio.sleep(0.1)
    assert [run.name for run in runs] == ["shard of 2: a.txt, …"]


async def test_a_run_cancelled_in_the_ui_ends_soon_and_leaves_the_rest(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was done is committed, what was not is left for the next run; an artifact and the log tell how far it is."""
    caplog.set_level("INFO", "prefect.flow_runs")
    monkeypatch.setattr(watching, "SECONDS", 0.05)
    monkeypatch.setattr(watching, "SHOW_SECONDS", 0.05)
    monkeypatch.setattr(watching, "TELL_SECONDS", 0.05)
    monkeypatch.setattr("docmill.collected.GRACE_SECONDS", 60)  # however slow the machine, what is begun is awaited
    for n in range(40):
        stores.inbox.put(f"{n:02}.txt", TEXT)
    plain, look, fetched, heard = stores.inbox.get, watching._look, count(), threading.Event()

    def get(key: str, **conditions: str | None) -> object:
        if next(fetched) >= 8:
            heard.wait(60)
        return plain(key, **conditions)

    async def look_and_tell(client: PrefectClient, runs: Sequence[UUID], stopped: threading.Event) -> None:
        await look(client, runs, stopped)
        if stopped.is_set():
            heard.set()

    monkeypatch.setattr(stores.inbox, "get", get)
    monkeypatch.setattr(watching, "_look", look_and_tell)
    batch = Batch([Pending(as_source("in", info)) for info in stores.inbox.list()])
    run = asyncio.create_task(ingest(batch, return_state=True))
    await asyncio.to_thread(_until_something_is_written, stores)
    name = FlowRunFilterName(like_="ingest 40")
    async with get_client() as client:
        [own] = await client.read_flow_runs(flow_run_filter=FlowRunFilter(name=name, state=RUNNING))
        await client.set_flow_run_state(own.id, Cancelling())
    state = await run
    assert state.type == StateType.CANCELLED
    done = {info.key for info in stores.output.list("enriched/")}
    assert 0 < len(done) < 40
    assert {row["output_key"] for batch in stores.catalog.scan(["output_key"]) for row in batch.to_pylist()} == done
    _, artifacts = await _run_of(state)
    assert "progress" in {a.type for a in artifacts}
    assert any("of 40 documents" in record.getMessage() for record in caplog.records)
    batch = Batch([Pending(as_source("in", info)) for info in stores.inbox.list()])
    assert (await ingest(batch, return_state=True)).is_completed()
    assert len(list(stores.output.list("enriched/"))) == 40


async def test_shards_that_take_long_hold_up_no_other(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three shards wait for a document each; the fourth is done meanwhile."""
    monkeypatch.setattr("flows.ingest.LONG_SECONDS", 0.2)
    keys = [f"{n:02}.txt" for n in range(16)]
    for key in ("first.txt", *keys):
        stores.inbox.put(key, TEXT + key.encode())
    await ingest(["first.txt"], return_state=True)  # models are loaded then
    plain, done = stores.inbox.get, threading.Event()

    def get(key: str, *, if_match: str | None = None) -> StoredObject:
        if if_match is not None and key in keys[:12:4]:  # a HEAD is a GET here
            assert done.wait(60)
        return plain(key, if_match=if_match)

    def put(key: str, data: bytes, **conditions: Any) -> str:
        if key == f"enriched/{keys[12]}.json":
            done.set()
        return written(key, data, **conditions)

    written = stores.output.put
    monkeypatch.setattr(stores.inbox, "get", get)
    monkeypatch.setattr(stores.output, "put", put)
    assert (await ingest(keys, return_state=True)).message == "16 enriched"


async def test_a_batch_in_process_stays_out_of_the_database(stores: Stores) -> None:
    """Of a Batch object Prefect keeps the name only, whatever it holds."""
    stores.inbox.put("a.txt", TEXT)
    batch = Batch([Pending(as_source("in", info)) for info in stores.inbox.list()])
    run, _ = await _run_of(await ingest(batch, return_state=True))
    assert run.parameters == {"batch": "<Batch>"}


def test_the_deployments_form_takes_keys() -> None:
    """The form a deployment shows asks for a list of strings, and says of what; not for JSON of anything."""
    asked = parameter_schema(ingest).model_dump()["properties"]["batch"]
    assert (asked["type"], asked["items"]) == ("array", {"type": "string"})
    assert "Keys of objects" in asked["description"]


async def test_documents_the_store_fails_on_make_the_run_fail(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that could not be read does not stop its siblings, and the run does not claim success."""
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    stores.inbox.put("good.txt", TEXT)
    stores.inbox.put("bad.txt", TEXT)
    plain = stores.inbox.get

    def get(key: str, **conditions: str | None) -> object:
        if key == "bad.txt":
            raise TransientStoreError("slow down")
        return plain(key, **conditions)

    monkeypatch.setattr(stores.inbox, "get", get)
    batch = Batch([Pending(as_source("in", info)) for info in stores.inbox.list()])
    state = await ingest(batch, return_state=True)
    assert (state.name, state.message) == ("Failed", "1 enriched, 1 failed")


async def test_a_shard_that_is_tried_again_counts_no_document_twice(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done before the store went away is found done after: the run has made it all the same."""
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    monkeypatch.setattr("flows.ingest.process_shard", process_shard.with_options(retry_delay_seconds=0))
    stores.inbox.put("a.txt", TEXT)
    stores.inbox.put("b.png", b"\x89PNG\r\n\x1a\n" + bytes(40))
    stores.inbox.put("c.txt", TEXT)
    plain, away = stores.inbox.get, count()

    def get(key: str, **conditions: str | None) -> object:
        if key == "c.txt" and conditions and next(away) < 4:
            assert within(30, lambda: any(stores.output.list("quarantine/")) and any(stores.output.list("enriched/")))
            raise StoreUnreachableError("no answer")
        return plain(key, **conditions)

    monkeypatch.setattr(stores.inbox, "get", get)
    state = await ingest(["a.txt", "b.png", "c.txt"], return_state=True)
    assert (state.name, state.message) == ("Completed", "1 of 3 rejected, 2 enriched")
    assert set((await state.aresult()).by_key.values()) == {Ending.ENRICHED, Ending.REJECTED}


async def test_a_missing_bucket_fails_at_once_in_its_own_words(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waiting does not cure is not waited for, and the state names it."""
    stores.inbox.put("a.txt", TEXT)
    batch = Batch([Pending(as_source("in", info)) for info in stores.inbox.list()])

    def get(*_a: object, **_k: object) -> None:
        raise BucketNotFoundError("no bucket 'in'")

    monkeypatch.setattr(stores.inbox, "get", get)
    state = await ingest(batch, return_state=True)
    assert state.is_failed()
    assert "BucketNotFoundError: no bucket 'in'" in (state.message or "")


async def test_a_run_whose_catalog_commit_fails_is_failed_and_loses_nothing(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for the run learns that it is not all there; the records are, and say so to the next."""

    def fail(_rows: object) -> None:
        raise CatalogError("no luck", hint="try again")

    stores.inbox.put("a.txt", TEXT)
    with monkeypatch.context() as patch:
        patch.setattr(stores.catalog, "append", fail)
        state = await ingest(["a.txt"], return_state=True)
    assert state.is_failed()
    assert (state.name, state.message) == (UNCOMMITTED, "1 enriched; no luck (try again)")
    assert stores.catalog.rows_of("a.txt") == []
    again = await ingest(["a.txt"], return_state=True)
    assert (again.name, again.message) == ("Completed", "1 done elsewhere")
    assert [row.status for row in stores.catalog.rows_of("a.txt")] == ["enriched"]


async def test_a_containers_members_are_in_the_catalog_beside_it(stores: Stores) -> None:
    """Each with its own row; the run counts source objects."""
    stores.inbox.put("a.zip", zipped([("1.txt", TEXT), ("2.txt", b"")]))
    state = await ingest(["a.zip"], return_state=True)
    assert (state.name, state.message) == ("Completed", "1 enriched")
    (container,) = stores.catalog.rows_of("a.zip")
    assert (container.status, container.members) == ("enriched", 2)
    members = {row.member: (row.status, row.output_key) for row in stores.catalog.members_of(container)}
    assert members == {
        "1.txt": ("enriched", "enriched/a.zip/!/1.txt.json"),
        "2.txt": ("rejected", "quarantine/a.zip/!/2.txt.json"),
    }
