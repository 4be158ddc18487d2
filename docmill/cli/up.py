"""`docmill up`: everything in one foreground command."""

import asyncio
import os
import shlex
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docmill.cli.console import log_shown, say
from docmill.cli.leftovers import end_leftovers
from docmill.cli.listen import open_queue
from docmill.cli.lock import folder_lock
from docmill.cli.setup_notifications import DEFAULT_QUEUE, set_up
from docmill.cli.signals import interrupt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docmill.cli.background import ListenerThread
    from docmill.intake.queue import MessageQueue
    from docmill.server_process import ServerProcess
    from schemas.settings import Settings

__all__ = ["environment_file", "up"]

INBOX, OUTPUT = "s3://docmill-inbox", "s3://docmill-output"
PORT = click.IntRange(0, 65_535)
POLL_SECONDS = 2  # between looks for runs that are due
STOP_SECONDS = 10.0  # for the listener to finish what is under way


@click.command()
@click.option("--store-port", type=PORT, default=0, help="Port of the embedded store; by default a free one.")
@click.option("--prefect-port", type=PORT, default=4200, show_default=True, help="Port of the Prefect server; 0: free.")
def up(*, store_port: int, prefect_port: int) -> None:
    """Run the object store, the Prefect server, the listener and the scheduled sweep until Ctrl-C or SIGTERM.

    What is configured is used, the rest is started here: the store where DOCMILL_INBOX and DOCMILL_OUTPUT are not
    set, the Prefect server where PREFECT_API_URL is not. Their data stays in the state folder (.docmill), and its file
    `env` has what other commands need to use them: run `. .docmill/env` first.

    With buckets of your own the listener runs if DOCMILL_QUEUE is set; without, documents wait for the next sweep.
    """
    from docmill.cli.prefect_api import check_settings
    from docmill.config import load_settings

    settings = load_settings()
    check_settings(settings)
    with ExitStack() as stack:
        servers = _start_servers(stack, settings, store_port, prefect_port)
        settings = load_settings()  # with the embedded store's buckets
        queue = _check(settings)
        stack.enter_context(log_shown())
        say(f"drop documents in {settings.inbox}; records come out in {settings.output}")
        _serve(settings, queue, servers)


def _start_servers(
    stack: ExitStack, settings: "Settings", store_port: int, prefect_port: int
) -> "Sequence[ServerProcess]":
    from docmill.cli.ahead import get_ready
    from docmill.cli.prefect_api import quiet_prefect
    from docmill.config import load_settings
    from docmill.services import EmbeddedStore, PrefectServer

    own_store = settings.inbox is None and settings.output is None
    own_prefect = not os.environ.get("PREFECT_API_URL")
    folder = settings.state_dir.resolve()
    if own_store or own_prefect:
        stack.enter_context(folder_lock(folder))
    store = stack.enter_context(EmbeddedStore(folder / "store", store_port)) if own_store else None
    prefect = stack.enter_context(PrefectServer(folder / "prefect", prefect_port)) if own_prefect else None
    started: dict[str, str] = {}
    if store is not None:
        store.wait_ready()
        started |= store.environment() | {"DOCMILL_INBOX": INBOX, "DOCMILL_OUTPUT": OUTPUT}
        os.environ.update(started)
        _create_buckets()
        # Anew at each start: an embedded store that was killed has forgotten its queues. By name: its address is that
        # of the port the store had when the queue was made.
        set_up(load_settings(), DEFAULT_QUEUE)
        started["DOCMILL_QUEUE"] = DEFAULT_QUEUE
        say(f"object store at {store.endpoint_url} (any key and secret)")
    if prefect is not None:
        started |= prefect.environment()
        os.environ.update(started)
        listening = load_settings()  # as they are once the servers are up
        get_ready(listening, models=listening.queue is not None)
        prefect.wait_ready()
        say(f"Prefect UI at {prefect.ui_url}")
    os.environ.update(started)
    if started:
        stack.enter_context(environment_file(folder / "env", started))
        say(f"other commands, in another terminal: run `. {shlex.quote(str(folder / 'env'))}` first")
    quiet_prefect()
    if prefect is not None and (count := end_leftovers()):
        say(f"{count} runs that the end of an earlier `docmill up` broke off are closed")
    servers = [server for server in (store, prefect) if server is not None]
    for server in servers:
        stack.callback(server.tell_to_end)  # all of them, before any is waited for
    return servers


@contextmanager
def environment_file(path: Path, variables: Mapping[str, str]) -> "Iterator[None]":
    """Within, a shell finds variables in a file, for commands that are to use the servers started here."""
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()), "utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _create_buckets() -> None:
    from docmill.store.s3 import create_bucket, make_client
    from schemas.settings import split_location

    client = make_client(2)
    for location in (INBOX, OUTPUT):
        create_bucket(client, split_location(location)[0])


def _check(settings: "Settings") -> "MessageQueue | None":
    """Fail now, not in the first scheduled run; the queue to listen to, if there is one."""
    from docmill.cli.ping import ping
    from schemas.settings import split_location
    from tasks.runtime import open_stores

    ping(os.environ["PREFECT_API_URL"])
    for store, location in zip(open_stores(settings), (settings.inbox, settings.output), strict=True):
        next(iter(store.list(split_location(location or "")[1])), None)
    return open_queue(settings) if settings.queue else None


def _serve(settings: "Settings", queue: "MessageQueue | None", servers: "Sequence[ServerProcess]") -> None:
    """Listen, and serve the deployments: a sweep now and by schedule, and ingest for keys named in the UI.

    Raises:
        ServiceError: One of the servers ended, without which nothing goes on: whoever started us is to start us anew.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.flow_runs import run_deployment
    from prefect.runner import Runner
    from prefect.types.entrypoint import EntrypointType

    from flows.compact import compact
    from flows.ingest import ingest
    from flows.sweep import sweep

    interval = timedelta(seconds=settings.sweep_interval_seconds)
    daily = timedelta(hours=settings.compact_interval_hours)
    one = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    module = EntrypointType.MODULE_PATH

    async def deploy() -> None:
        runner = Runner(name="docmill up", query_seconds=POLL_SECONDS)
        # Prefect's own handler forgets to await its clean-up; Ctrl-C's path does not.
        runner.handle_sigterm = interrupt  # type: ignore[method-assign]
        for deployment in (
            await sweep.ato_deployment("sweep", interval=interval, concurrency_limit=one, entrypoint_type=module),
            await ingest.ato_deployment("ingest", entrypoint_type=module),
            await compact.ato_deployment("compact", interval=daily, concurrency_limit=one, entrypoint_type=module),
        ):
            deployment.tags = ["docmill"]
            await runner.aadd_deployment(deployment)
        await run_deployment("sweep/sweep", timeout=0, as_subflow=False)  # type: ignore[misc]
        await runner.start()

    async def serve() -> None:
        work = [asyncio.create_task(deploy()), asyncio.create_task(_watch(servers))]
        if listener is not None:
            work.append(asyncio.wrap_future(listener.ended))  # type: ignore[arg-type]
        done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()

    with _listening(settings, queue) as listener:
        try:
            asyncio.run(serve())
        except KeyboardInterrupt:
            say("stopping")


async def _watch(servers: "Sequence[ServerProcess]") -> None:
    while True:
        for server in servers:
            server.check()
        await asyncio.sleep(POLL_SECONDS)


@contextmanager
def _listening(settings: "Settings", queue: "MessageQueue | None") -> "Iterator[ListenerThread | None]":
    """Within, a listener is at work, if there is something to listen to."""
    from docmill.cli.background import ListenerThread
    from docmill.cli.prefect_api import open_runtime

    if queue is None:
        say("no queue is set (DOCMILL_QUEUE): documents are found by the scheduled sweeps")
        yield None
        return
    with open_runtime(settings):
        listener = ListenerThread(queue)
        listener.start()
        try:
            yield listener
        finally:
            listener.stop()
            if not listener.ended.done() and listener.wait(STOP_SECONDS) is None:
                listener.cancel()
