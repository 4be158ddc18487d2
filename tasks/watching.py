"""What people see of a run while it goes on, and how it hears that they want it to end."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from httpx import HTTPError
from prefect import get_run_logger
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.context import FlowRunContext
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from docmill.report import Report
from docmill.store.pressure import Pressure
from tasks.runtime import runtime

__all__ = ["FAULTS", "Stop", "following", "following_runs", "stoppable", "telling", "watched_runs"]

SECONDS = 2.0  # between looks at the run's state: each takes Prefect's server and us some 20 ms
SHOW_SECONDS = 3.0  # between looks at its progress
SILENT_SECONDS = 10.0  # before people are told that the API does not answer
WAIT_SECONDS = 30.0  # before people are told that the store does not answer
TELL_SECONDS = 10.0  # between lines on how far it is
FAULTS = (HTTPError, PrefectException, OSError)  # of the API: the work goes on without it
Log = logging.Logger | logging.LoggerAdapter[Any]
_LOG = logging.getLogger("docmill")
_stop: ContextVar[threading.Event | None] = ContextVar("stop", default=None)
_runs: ContextVar[tuple[UUID, ...]] = ContextVar("runs", default=())


class Stop:
    """Opaque to Prefect, which looks into a task's arguments: set once the run is to end."""

    __slots__ = ("event",)

    def __init__(self, event: threading.Event) -> None:
        self.event = event


@asynccontextmanager
async def stoppable() -> AsyncIterator[Stop]:
    """Within, `event` gets set when this flow run, or the one that called it, is being cancelled in the UI or API."""
    outer = _stop.get()
    event = outer or threading.Event()
    context = FlowRunContext.get()
    own = (context.flow_run.id,) if context and context.flow_run else ()
    tokens = _stop.set(event), _runs.set(_runs.get() + own)
    watcher = asyncio.create_task(_watch(own, event, _Answers() if outer is None else None)) if own else None
    try:
        yield Stop(event)
    finally:
        _stop.reset(tokens[0])
        _runs.reset(tokens[1])
        await _end(watcher)


def watched_runs() -> tuple[UUID, ...]:
    """The flow runs of which any, being cancelled, ends the present work."""
    return _runs.get()


@asynccontextmanager
async def following_runs(runs: Sequence[UUID]) -> AsyncIterator[Stop]:
    """As `stoppable`, in another process than that of these flow runs; set at once if one is cancelled already."""
    event = threading.Event()
    async with get_client() as client:
        await _look(client, runs, event)
    watcher = asyncio.create_task(_watch(runs, event))
    try:
        yield Stop(event)
    finally:
        await _end(watcher)


async def _watch(runs: Sequence[UUID], event: threading.Event, answers: "_Answers | None" = None) -> None:
    """Look at the runs until one is being cancelled; the outermost watcher tells people where the API is silent."""
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):  # the next look is the retry
        async with get_client() as client:
            while not event.is_set():
                await asyncio.sleep(SECONDS)
                silence = await _look(client, runs, event)
                if answers is not None:
                    answers.note(silence)


async def _look(client: PrefectClient, runs: Sequence[UUID], event: threading.Event) -> Exception | None:
    """Set the event if one of the runs is being cancelled; what kept the API from saying so, if it did not."""
    silence: Exception | None = None
    for run_id in runs:
        try:
            state = (await client.read_flow_run(run_id)).state
        except FAULTS as error:
            silence = error
            continue
        if state and state.type in {StateType.CANCELLING, StateType.CANCELLED}:
            event.set()
    return silence


class _Answers:
    """Whether the API answers. Prefect asks again for a minute each time, in which nothing else would be said."""

    def __init__(self) -> None:
        self._heard = time.monotonic()
        self._told = False

    def note(self, silence: Exception | None) -> None:
        """Take note of one more look, and of what it failed of."""
        if silence is None:
            self._heard = time.monotonic()
            if self._told:
                _LOG.warning("the Prefect API answers again")
                self._told = False
        elif not self._told and time.monotonic() - self._heard > SILENT_SECONDS:
            _LOG.warning(
                "the Prefect API does not answer (%s): what is under way is finished and committed all the same; if it "
                "stays away, the run fails after some minutes, and the next sweep goes on",
                silence,
            )
            self._told = True


@asynccontextmanager
async def following(report: Report, key: str) -> AsyncIterator[None]:
    """Within, a progress artifact of the run is kept up to date, and its log says every few seconds how far it is."""
    pressure = (await asyncio.to_thread(runtime)).worker.pressure

    def progress() -> str:
        return report.progress(int(pressure.allowed), pressure.most)

    followers = [
        asyncio.create_task(_follow(report, progress, key)),
        asyncio.create_task(_tell(progress, get_run_logger())),
        asyncio.create_task(_tell_of_silence(pressure)),
    ]
    try:
        yield
    finally:
        for follower in followers:
            await _end(follower)


async def _tell_of_silence(pressure: Pressure) -> None:
    """Have people told of a store that hangs: minutes pass before a request is given up, in which nothing is done."""
    told = False
    while True:
        await asyncio.sleep(SHOW_SECONDS)
        seconds = pressure.silence()
        if told and seconds < WAIT_SECONDS:
            _LOG.warning("the store answers again")
        if not told and seconds >= WAIT_SECONDS:
            _LOG.warning(
                "the store has not answered for %d s (is the network up?): it is asked again for some "
                "minutes, then what it would not serve is left to the next sweep",
                seconds,
            )
        told = seconds >= WAIT_SECONDS


async def _follow(report: Report, progress: Callable[[], str], key: str) -> None:
    artifact: UUID | None = None
    try:
        while True:
            await asyncio.sleep(SHOW_SECONDS)
            artifact = await _show(report, progress(), key, artifact)
    finally:
        if artifact is not None:
            await _show(report, progress(), key, artifact)


async def _show(report: Report, line: str, key: str, artifact: UUID | None) -> UUID | None:
    with suppress(*FAULTS):
        if artifact is None:
            return await acreate_progress_artifact(report.percent, key=key, description=line)
        await aupdate_progress_artifact(artifact, report.percent, description=line)
    return artifact


@asynccontextmanager
async def telling(progress: Callable[[], str]) -> AsyncIterator[None]:
    """Within, people are told every few seconds how far it is: in the run's log and in docmill's own."""
    teller = asyncio.create_task(_tell(progress, _LOG, get_run_logger()))
    try:
        yield
    finally:
        await _end(teller)


async def _tell(progress: Callable[[], str], *logs: Log) -> None:
    while True:
        await asyncio.sleep(TELL_SECONDS)
        line = progress()
        for log in logs:
            log.info(line)


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001  whatever the API said: the work is done without it
            _LOG.warning("the run could not be watched: %s", error)
