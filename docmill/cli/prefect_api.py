"""Using Prefect from the command line: quiet, with the API checked first, and everything sent before the end."""

import asyncio
import gc
import inspect
import logging
import os
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from docmill.cli.console import ProgressLine, log_shown
from docmill.cli.ping import ping
from docmill.cli.temporary_prefect import leash_temporary_server
from docmill.collector import paused
from docmill.errors import DocmillError, ServiceError
from docmill.extras import check_extras
from schemas.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docmill.report import Summary
    from docmill.result import Result
    from tasks.runtime import Runtime

__all__ = [
    "check_prefect",
    "check_settings",
    "open_runtime",
    "quiet_prefect",
    "run_flow",
    "run_sweep",
    "send_all",
]


def quiet_prefect() -> None:
    """Set Prefect's defaults for a command line; to be called before Prefect is imported."""
    # Runs log to the API as ever, for people to read in the UI; the terminal is for the command's own lines.
    if "PREFECT_LOGGING_LEVEL" not in os.environ:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
        # Nor for each event and log line that an API which is gone does not take.
        os.environ.setdefault("PREFECT_LOGGING_INTERNAL_LEVEL", "CRITICAL")
        logging.raiseExceptions = False
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    # Prefect's 20 seconds are few on a busy machine.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "90")


def check_settings(settings: Settings) -> None:
    """What else would only be found wrong in the first run, or, if there is nothing to do, not at all.

    Raises:
        ConfigError: A package is missing, or taxonomies or embedder cannot be used.
    """
    check_extras(settings)
    usual = Settings()
    if (settings.taxonomies, settings.embedder) == (usual.taxonomies, usual.embedder):
        return  # what is shipped is right, and takes a second to import
    from docmill.classify.embed import load_embedder
    from docmill.classify.taxonomies import load_taxonomies

    load_taxonomies(settings.taxonomies)
    load_embedder(settings.embedder)


@contextmanager
def open_runtime(settings: Settings) -> "Iterator[Runtime]":
    """Within, flows run in this process, over the settings' stores.

    Raises:
        DocmillError: The store, the settings or the Prefect API do not allow it.
    """
    check_settings(settings)
    from docmill.sandbox import heat_up

    heat_up(settings)  # what follows is imported, and the stores are looked at, while models load
    from tasks.runtime import Runtime, close_runtime, use_runtime

    quiet_prefect()
    named = bool(os.environ.get("PREFECT_API_URL"))
    if named:  # this needs no Prefect; the store may take long to be found away
        check_prefect()
    shared = Runtime.open(settings)
    use_runtime(shared)
    try:
        # Prefect takes seconds to import: meanwhile the refining processes, which have been started, load their models.
        with _uncollected():
            if not named:
                check_prefect()
            import flows.sweep  # noqa: F401
        yield shared
    finally:
        close_runtime()


@contextmanager
def _uncollected() -> "Iterator[None]":
    """Within, no garbage is looked for; what was imported then is never looked through again."""
    with paused():
        try:
            yield
        finally:
            gc.freeze()


def run_sweep(  # noqa: PLR0913  the command's options
    settings: Settings,
    *,
    refresh: bool = False,
    limit: int | None = None,
    deep: bool = False,
    part: str | None = None,
    remove_many: bool = False,
    quiet: bool = False,
    observer: "Callable[[Result], None] | None" = None,
) -> "tuple[Summary, str, bool]":
    """Run the sweep flow in this process.

    Args:
        settings: What to sweep.
        refresh: Also redo what another pipeline made.
        limit: Take at most so many documents.
        deep: Also list the records.
        part: Only this share of the keys, such as 2/4.
        remove_many: Remove the records of what is gone, however many they are.
        quiet: Show no progress.
        observer: Told of each result as it comes, from any thread.

    Returns:
        What it did in numbers, the run's closing message, and whether it completed.

    Raises:
        DocmillError: The store, the settings or the Prefect API do not allow it.
    """
    parameters = {
        "refresh": refresh, "limit": limit, "deep": deep, "wait": True, "part": part, "remove_many": remove_many,
    }  # fmt: skip
    return run_flow(settings, "sweep", parameters, quiet=quiet, observer=observer)


def check_prefect() -> None:
    """Set Prefect up, and make sure that its API answers; before flows are imported.

    Raises:
        ServiceError: It does not.
    """
    quiet_prefect()
    api_url = os.environ.get("PREFECT_API_URL")
    if not api_url:  # Prefect's own profiles may name one
        from prefect.settings import PREFECT_API_URL

        api_url = PREFECT_API_URL.value()
    if api_url:
        ping(str(api_url))
    else:
        leash_temporary_server()


def run_flow(
    settings: Settings,
    name: str,
    parameters: "Mapping[str, object]",
    *,
    quiet: bool = False,
    observer: "Callable[[Result], None] | None" = None,
) -> "tuple[Summary, str, bool]":
    """Run the flow `flows.NAME.NAME` in this process, which ends in a `Summary`; else as `run_sweep`."""
    with log_shown(quiet=quiet), open_runtime(settings) as shared, ProgressLine(quiet=quiet) as progress:
        shared.observers.append(progress)
        if observer:
            shared.observers.append(observer)
        flow = getattr(import_module(f"flows.{name}"), name)
        try:
            state, found = asyncio.run(_run(flow, parameters))
        except Exception as error:  # what the flow raises is in its state: this is Prefect's own
            hint = (
                "start a server with `prefect server start`, set PREFECT_API_URL to where it says, and run this again"
            )
            what = f"Prefect could not run the {name} to its end: {error}; what was done is kept"
            raise ServiceError(what, hint=hint) from error
    if isinstance(found, DocmillError):
        raise found
    if isinstance(found, BaseException):
        raise ServiceError(f"the {name} failed: {found}", hint="its run in the Prefect UI says more") from found
    return found, state.message or "", state.is_completed()


async def _run(flow: Any, parameters: "Mapping[str, object]") -> tuple[Any, Any]:  # noqa: ANN401  Prefect's types
    try:
        state = await flow(**parameters, return_state=True)
        return state, await state.aresult(raise_on_failure=False)
    finally:
        await send_all()


async def send_all() -> None:
    """Send what Prefect still holds back: its server may be stopped next."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogHandler

    await APILogHandler.aflush()
    if inspect.isawaitable(draining := EventsWorker.drain_all()):
        await draining
