"""How refining processes come to be: forked from a server that has loaded what they need, or spawned."""

import multiprocessing
import multiprocessing.util
import os
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext, ForkServerContext
from pathlib import Path

from docmill.sandbox.limits import forks, warn_once
from docmill.sandbox.preload import VARIABLE, request
from schemas.settings import Settings

__all__ = ["none_starting", "process_context", "start_server", "starting"]

_STARTING = threading.Lock()  # held while a process is started: the environment is the whole process's
_PATIENCE_SECONDS = 0.5  # with a start, which takes milliseconds unless the server has yet to load models
_DEEPEST, _SHALLOW = 70, "/tmp"  # noqa: S108  bytes: a socket's path has 107 at most, of which 32 are multiprocessing's
# Numerical libraries in the children get one thread each: every core has a child of its own.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def process_context() -> BaseContext:
    """How children are made here: forked from a server with the parsers preloaded, else spawned."""
    warn_once()
    if not forks():
        return multiprocessing.get_context("spawn")
    _keep_socket_paths_short()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["docmill.sandbox.preload"])
    return context


def _keep_socket_paths_short() -> None:
    """Have multiprocessing's own folder, in which the server's socket is, in /tmp where the usual place is too deep."""
    if len(os.fsencode(tempfile.gettempdir())) > _DEEPEST and Path(_SHALLOW).is_dir():
        usual, tempfile.tempdir = tempfile.tempdir, _SHALLOW
        try:
            multiprocessing.util.get_temp_dir()  # made once, and kept
        finally:
            tempfile.tempdir = usual


def start_server(factory: str, settings: Settings, *, warm: bool = True) -> None:
    """Start the server that children are forked from, where they are: it loads models while the caller goes on.

    A child whose settings prove to be others makes its refiner anew, with the models there are.
    """
    context = process_context()
    if isinstance(context, ForkServerContext):
        with starting(factory, settings, warm):
            forkserver.ensure_running()


@contextmanager
def starting(factory: str, settings: Settings, warm: bool) -> Iterator[None]:  # noqa: FBT001  a child's arguments
    """Where one process is started at a time: what is started within is told what to load, by its environment."""
    variables = dict.fromkeys(_ONE_THREAD, "1") | {VARIABLE: request(factory, settings, warm)}
    with _STARTING, _environment(variables), _without_main(), _deaf_to_interrupts():
        yield


@contextmanager
def none_starting() -> Iterator[None]:
    """Where no process is being started: a start that waits for the server to load models fails, and the server ends.

    The next start begins with a new server.
    """
    while not _STARTING.acquire(timeout=_PATIENCE_SECONDS):
        _end_server()  # again where another start has begun meanwhile
    try:
        yield
    finally:
        _STARTING.release()


def _end_server() -> None:
    """It hears of nothing before it has loaded what it was asked to."""
    server = getattr(forkserver._forkserver, "_forkserver_pid", None)  # noqa: SLF001
    if server is not None:
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGKILL)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Variables for what is started within, and, by way of it, for the server that is started with the first child.

    Afterwards they are what they were before. None is taken away again: another thread may be reading them all, as
    libraries do that make a client, and would fail. So numerical libraries keep one thread where nothing was said.
    """
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})
        os.environ[VARIABLE] = ""  # nothing that is started later has anything to load


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep multiprocessing from importing our caller's main module (all of Prefect's engine, say) in each child."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes within that neither Ctrl-C nor SIGTERM ends, and we do, in order.

    Terminals send the one to a whole group, systemd and Prefect's workers the other. What is under way is finished or
    broken off by us; else a document would be blamed for the end of its process.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # to start it would take the block away again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
