"""The sweep flow: exact, idempotent, truthful; and what its deployments say."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ends import Stores, refuse
from httpx import ConnectError
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import State
from prefect.exceptions import ParameterTypeError
from prefect.flows import load_flow_from_entrypoint
from waiting import within

from docmill.batch import Batch
from docmill.inbox import Pending
from docmill.keys import FOLDERS, Made
from flows.compact import compact
from flows.listen import process_keys
from flows.reprocess import reprocess
from flows.sweep import sweep

ROOT = Path(__file__).parents[2]
DEPLOYMENTS = yaml.safe_load((ROOT / "deployments" / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market."


async def test_a_second_sweep_does_nothing_and_a_third_only_what_changed(stores: Stores) -> None:
    """Everything is done once over several batches and shards; then only the overwritten object is done again."""
    assert (await sweep(return_state=True)).message == "nothing to do; there are no objects in s3://in"
    for n in range(8):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    first = await sweep(return_state=True)
    assert (first.name, first.message) == ("Completed", "8 enriched; 0 of 8 were done before")
    second = await sweep(return_state=True)
    assert second.message == "nothing to do; 8 of 8 were done before"
    stores.inbox.put("3.txt", TEXT + b" again")
    third = await sweep(return_state=True)
    assert third.message == "1 enriched; 7 of 8 were done before"


async def test_a_listing_that_takes_long_says_how_far_it_is(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """On the terminal and in the run's log: a million keys take minutes, in which nothing else happens."""
    monkeypatch.setattr("tasks.watching.TELL_SECONDS", 0.01)
    caplog.set_level("INFO", "docmill")
    for n in range(2):
        stores.inbox.put(f"{n}.txt", TEXT)
    level, line = stores.inbox.list_level, "listing the inbox: 1 objects so far"

    def told() -> set[str]:
        return {record.name for record in caplog.records if record.getMessage() == line}

    def slowly(prefix: str) -> Any:
        objects, folders = level(prefix) or ([], [])
        return _waiting(objects, lambda: len(told()) > 1), folders

    monkeypatch.setattr(stores.inbox, "list_level", slowly)
    assert (await sweep(return_state=True)).is_completed()
    assert told() == {"docmill", "prefect.flow_runs"}


def _waiting(objects: Iterable[Any], ready: Callable[[], bool]) -> Iterator[Any]:
    """Objects, of which the second comes once something is so."""
    for n, found in enumerate(objects):
        if n:
            assert within(20, ready)
        yield found


async def test_a_batch_that_is_done_is_let_go_of(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect's timers hold a run's parameters after its end: of large batches there would be several in memory."""
    for n in range(8):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    batches, make = list[Batch](), Batch.__init__

    def made(batch: Batch, documents: list[Pending]) -> None:
        make(batch, documents)
        batches.append(batch)

    monkeypatch.setattr(Batch, "__init__", made)
    assert (await sweep(return_state=True)).is_completed()
    assert len(batches) > 1  # the runs' and their shards'
    assert not any(map(len, batches))


async def test_an_api_that_cannot_be_asked_whether_to_go_on_fails_no_sweep(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documents are done all the same."""

    def away() -> None:
        raise ConnectError("no room for a connection")

    monkeypatch.setattr("tasks.watching.get_client", away)
    stores.inbox.put("a.txt", TEXT)
    state = await sweep(return_state=True)
    assert (state.name, state.message) == ("Completed", "1 enriched; 0 of 1 were done before")


async def test_a_sweep_says_on_its_own_page_what_it_did(stores: Stores) -> None:
    """Not on those of its `ingest` runs alone; one that found nothing to do says so by its name."""
    stores.inbox.put("done.txt", TEXT)
    await sweep(return_state=True)
    for n in range(3):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    stores.inbox.put("empty.txt", b"")
    stores.inbox.delete("done.txt")
    shown = await _shown(await sweep(return_state=True))
    assert "**1 of 4 rejected, 3 enriched, 1 deleted** in" in shown
    assert "| enriched | 3 |\n| rejected | 1 |\n| found deleted | 1 |" in shown
    assert await _shown(await sweep(return_state=True)) is None


async def test_a_sweep_whose_page_cannot_be_written_is_completed(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The documents are done: what the API refuses is missing, and said."""
    monkeypatch.setattr("tasks.reporting.acreate_markdown_artifact", refuse)
    stores.inbox.put("a.txt", TEXT)
    state = await sweep(return_state=True)
    assert (state.name, state.message) == ("Completed", "1 enriched; 0 of 1 were done before")
    assert caplog.text.count("lacks something: database is locked") == 2, "its own page and that of its ingest run"


async def _shown(state: State[Any]) -> Any:
    run = ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id])
    async with get_client() as client:
        found = await client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=run))
    return found[0].data if found else None


async def test_a_limit_leaves_the_rest_for_the_next(stores: Stores) -> None:
    """Only so many documents are taken."""
    for n in range(3):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    assert "2 enriched" in str((await sweep(limit=2, return_state=True)).message)
    assert "1 enriched" in str((await sweep(return_state=True)).message)


async def test_rejections_do_not_fail_a_sweep(stores: Stores) -> None:
    """A run with rejections is a Completed run whose name says so."""
    stores.inbox.put("empty.txt", b"")
    state = await sweep(return_state=True)
    assert (state.name, state.message) == ("Completed", "1 of 1 rejected; 0 of 1 were done before")
    async with get_client() as client:
        run = await client.read_flow_run(state.state_details.flow_run_id)
    assert run.name == "sweep s3://in: 1 of 1 rejected"


async def test_the_run_of_a_part_is_called_by_it(stores: Stores) -> None:
    """Workers side by side have runs that can be told apart."""
    state = await sweep(part="2/4", return_state=True)
    async with get_client() as client:
        run = await client.read_flow_run(state.state_details.flow_run_id)
    assert run.name == "sweep 2/4 of s3://in: nothing to do"


async def test_a_deep_sweep_finds_records_without_row_and_object(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run died before its commit, and its object is deleted: only the record is left, until a deep sweep."""
    stores.inbox.put("kept.txt", TEXT)
    await sweep(return_state=True)
    with monkeypatch.context() as patch:
        patch.setattr(stores.catalog, "append", lambda _rows: None)
        stores.inbox.put("lost.txt", TEXT)
        await sweep(return_state=True)
    stores.inbox.delete("lost.txt")
    assert (await sweep(return_state=True)).message == "nothing to do; 1 of 1 were done before"
    assert (await sweep(deep=True, return_state=True)).message == "1 deleted; 1 of 1 were done before"
    assert [row.status for row in stores.catalog.rows_of("lost.txt")] == ["deleted"]
    assert (await sweep(deep=True, return_state=True)).message == "nothing to do; 1 of 1 were done before"


@pytest.mark.parametrize("stores", [{"on_delete": "remove"}], indirect=True)
async def test_an_emptied_inbox_loses_no_record_unless_it_is_meant_to(stores: Stores) -> None:
    """Whoever emptied it may want it back; what was dropped since is done, and no listener removes more than a few."""
    for n in range(12):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    await sweep(return_state=True)
    for n in range(12):
        stores.inbox.delete(f"{n}.txt")
    stores.inbox.put("new.txt", TEXT)
    assert await process_keys([f"{n}.txt" for n in range(12)]) == set()
    state = await sweep(deep=True, return_state=True)
    assert (state.name, len(_records(stores))) == ("Failed", 13)
    assert "1 enriched; 0 of 1 were done before; 12 of 12 documents are gone from s3://in" in str(state.message)
    assert "To be decided" in await _shown(state)
    assert (await sweep(remove_many=True, return_state=True)).message == "12 deleted; 1 of 1 were done before"
    assert _records(stores) == ["enriched/new.txt.json"]


@pytest.mark.parametrize("stores", [{"on_delete": "remove"}], indirect=True)
async def test_upkeep_removes_no_record_of_an_emptied_inbox(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a deep sweep, where the catalog has no rows to compare the inbox with."""
    for n in range(12):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    with monkeypatch.context() as patch:
        patch.setattr(stores.catalog, "append", lambda _rows: None)
        await sweep(return_state=True)
    for n in range(12):
        stores.inbox.delete(f"{n}.txt")
    for state in (await compact(return_state=True), await sweep(deep=True, return_state=True)):
        assert state.name == "Failed"
        assert "12 of 12 documents are gone" in str(state.message)
    assert len(_records(stores)) == 12
    assert "12 deleted" in str((await sweep(deep=True, remove_many=True, return_state=True)).message)
    assert _records(stores) == []


def _records(stores: Stores) -> list[str]:
    return sorted(info.key for folder in FOLDERS.values() for info in stores.output.list(folder))


async def test_a_deep_sweep_parts_records_that_a_dying_worker_left(stores: Stores) -> None:
    """It had written one of an earlier version, and died before it saw that another worker's was newer."""
    stores.inbox.put("a.txt", TEXT)
    await sweep(return_state=True)
    right = stores.output.get("enriched/a.txt.json")
    stores.output.put("quarantine/a.txt.json", right.data, metadata=Made("older", None, "f").metadata())
    assert (await sweep(deep=True, return_state=True)).message == "nothing to do; 1 of 1 were done before"
    assert [info.key for folder in FOLDERS.values() for info in stores.output.list(folder)] == ["enriched/a.txt.json"]
    assert stores.output.get("enriched/a.txt.json") == right


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_deployments_name_flows_and_parameters_that_exist(deployment: dict[str, Any]) -> None:
    """Entrypoints are in module form and load, and every parameter is one of the flow's."""
    assert ":" not in deployment["entrypoint"]
    flow = load_flow_from_entrypoint(deployment["entrypoint"], use_placeholder_flow=False)
    assert deployment["entrypoint"].endswith(f".{flow.name}")
    assert set(deployment.get("parameters") or {}) <= set(flow.parameters.properties)
    assert deployment["name"] != flow.name or deployment["description"] == flow.description  # as `docmill up` has it
    assert all(parameter["description"] for parameter in flow.parameters.properties.values())  # the form's fields


@pytest.mark.parametrize(
    ("flow", "wrong"), [(sweep, {"limit": 0}), (sweep, {"limit": -1}), (reprocess, {"limit_rate": 0})]
)
def test_numbers_that_cannot_be_meant_are_refused(flow: Flow[Any, Any], wrong: dict[str, Any]) -> None:
    """In the UI too, before anything is listed: no documents at most are none, and no rate is no pace."""
    with pytest.raises(ParameterTypeError, match="greater than 0"):
        flow.validate_parameters(wrong)


def test_scheduled_sweeps_do_not_pile_up() -> None:
    """The sweep runs every five minutes, one at a time; one that would have to wait is cancelled."""
    (found,) = [d for d in DEPLOYMENTS if d["name"] == "sweep"]
    assert found["schedules"] == [{"interval": 300}]
    assert found["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
