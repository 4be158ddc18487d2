"""Shards done elsewhere: by a cluster's processes, which hold settings and documents only."""

import asyncio
import pickle
import threading
from types import SimpleNamespace
from typing import Any, Self

import pytest
from ends import Stores
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.states import Cancelling
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from docmill.batch import Batch
from docmill.errors import ConfigError
from docmill.inbox import Pending, as_source
from docmill.result import Result
from flows.ingest import ingest
from schemas import Settings
from tasks.cluster import Shard, cluster_runner, process_on_cluster, process_shard_there
from tasks.runtime import runtime, runtime_with
from tasks.watching import following_runs

TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market."


class Elsewhere(TaskRunner[Any]):
    """As far as `ingest` can tell, a cluster: what reaches a task has been through pickle."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolTaskRunner()
        self.sent = list[int]()

    def duplicate(self) -> Self:
        """Itself, for the test to see what was sent."""
        return self

    def __enter__(self) -> Self:
        super().__enter__()
        self._threads.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.__exit__(*error)
        super().__exit__(*error)

    def submit(self, task: Any, parameters: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """In a thread, as if from afar."""
        context = FlowRunContext.get()
        assert context is not None
        assert len(pickle.loads(pickle.dumps(context.parameters["batch"]))) == 0  # noqa: S301
        sent = pickle.dumps(parameters)
        self.sent.append(len(sent))
        return self._threads.submit(task, pickle.loads(sent), *args, **kwargs)  # noqa: S301


def _batch(stores: Stores) -> Batch:
    return Batch([Pending(as_source("in", info)) for info in stores.inbox.list()])


async def test_a_cluster_does_a_batch_in_shards(stores: Stores) -> None:
    """Each document once, told of and committed as if it had been done here; shards travel without the batch."""
    for n in range(10):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    stores.inbox.put("empty.txt", b"")
    told = list[str]()
    runtime().observers.append(lambda result: told.append(result.source.key))
    runner = Elsewhere()
    state = await ingest.with_options(task_runner=runner)(_batch(stores), return_state=True)
    assert (state.name, state.message) == ("Completed", "1 of 11 rejected, 10 enriched")
    assert sorted(told) == sorted(info.key for info in stores.inbox.list())
    assert len(runner.sent) == 3
    assert sum(batch.num_rows for batch in stores.catalog.scan(["key"])) == 11


async def test_ctrl_c_does_not_wait_for_the_clusters_shards(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may take minutes; with the runner's end they are given up."""
    for n in range(10):
        stores.inbox.put(f"{n}.txt", TEXT)
    over, begun, ended = threading.Event(), threading.Event(), threading.Event()

    def wait() -> list[Result]:
        begun.set()
        over.wait(60)
        ended.set()
        return []

    monkeypatch.setattr(process_shard_there, "submit", lambda _shard: SimpleNamespace(result=wait))
    work = asyncio.create_task(process_on_cluster(_batch(stores), runtime(), 4, lambda _result: None))
    assert await asyncio.to_thread(begun.wait, 60)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not ended.is_set()
    over.set()


async def test_a_runs_cancelling_is_seen_from_elsewhere(stores: Stores) -> None:
    """Before a shard begins, and while it goes on."""
    async with get_client() as client:
        run = await client.create_flow_run(ingest, parameters={"batch": []})
        async with following_runs([run.id]) as stop:
            assert not stop.event.is_set()
            await client.set_flow_run_state(run.id, Cancelling(), force=True)
            assert await asyncio.to_thread(stop.event.wait, 60)
        async with following_runs([run.id]) as stop:
            assert stop.event.is_set()


def test_a_process_of_a_cluster_keeps_to_its_settings(stores: Stores) -> None:
    """Two runs with different settings cannot share its refining processes: it says so."""
    asked = runtime().asked
    assert runtime_with(pickle.loads(pickle.dumps(Shard([], asked, []))).settings) is runtime()  # noqa: S301
    with pytest.raises(ConfigError, match="other settings"):
        runtime_with(asked.model_copy(update={"timeout_seconds": 3}))


@pytest.mark.parametrize("name", ["dask", "ray"])
def test_a_missing_extra_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for a task runner that is not installed reads what to install."""
    monkeypatch.setattr("docmill.extras.find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match=rf"prefect-{name}.*docmill\[{name}\]"):
        cluster_runner(Settings(task_runner=name))  # type: ignore[arg-type]
    assert cluster_runner(Settings()) is None
