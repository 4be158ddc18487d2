"""One refining process, seen from the parent: start it, ask it, kill it."""

import ctypes
import multiprocessing
import multiprocessing.util
import os
import pickle
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext, ForkServerContext
from pathlib import Path
from typing import Any

from docmill.errors import ConfigError, DocmillError, PoolError
from docmill.sandbox.channel import Channel, open_channel
from docmill.sandbox.limits import forks, warn_once
from docmill.sandbox.preload import VARIABLE, request
from docmill.sandbox.refined import Refined
from docmill.sandbox.serve import serve
from docmill.sandbox.wire import Begun, Done, Grief, Message, Ready, Warming, receive, send_job
from schemas.document import Reason
from schemas.settings import Settings
from schemas.source import RawDocument

__all__ = ["STOPPED", "Child", "process_context", "start_server"]

STARTUP_SECONDS = 120
_STAGE_BYTES = 32
_DEEPEST, _SHALLOW = 70, "/tmp"  # noqa: S108  bytes: a socket's path has 107 at most, of which 32 are multiprocessing's
STOPPED = "the refining processes were stopped"
# Numerical libraries in the children get one thread each: every core has a child of its own.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_START = threading.Lock()


class Child:
    """One refining process and our end of its channel; starts when first needed."""

    def __init__(self, context: BaseContext, settings: Settings, factory: str, *, warm: bool = True) -> None:
        self._context = context
        self._settings = settings
        self._stage: Any = context.RawArray(ctypes.c_char, _STAGE_BYTES)
        self._arguments = (factory, settings, warm)
        self._process: Any = None
        self._channel: Channel | None = None
        self._fingerprint: str | None = None  # once it is ready
        self.asked = 0  # documents of the present process
        self._ended = False

    @property
    def started(self) -> bool:
        """Whether there is a process, dead or alive."""
        return self._process is not None

    def start(self) -> None:
        """Start the process, without waiting for its models.

        Raises:
            PoolError: The pool was closed, or the server it would be forked from has ended.
        """
        ours, theirs = open_channel()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=serve, args=(theirs, self._stage, *self._arguments), name="docmill-refine", daemon=True
        )
        with theirs, _START, _environment(_variables(*self._arguments)), _without_main(), _deaf_to_interrupts():
            if self._ended:
                ours.close()
                raise PoolError(STOPPED)
            try:
                process.start()
            except EOFError as error:
                ours.close()
                raise PoolError("the server that refining processes are forked from has ended") from error
            self._process, self._channel, self._fingerprint, self.asked = process, ours, None, 0

    def ask(
        self, raw: RawDocument, run_id: str | None, settled: bytes, on_message: Callable[[Begun | Refined], None]
    ) -> Done:
        """Have one document refined, each of its members within a time limit.

        Args:
            raw: The document.
            run_id: For the records.
            settled: How its first members ended, if an earlier child got so far.
            on_message: Told of each member that begins, and given each member's record.
        """
        channel = self._open()
        self._wait_ready(channel)
        self.asked += 1
        self._stage.value = b"receive"
        with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):  # a child that gave up may have said why
            send_job(channel, raw, run_id, settled)
        patience = self._settings.timeout_seconds
        while not isinstance(message := self._receive(channel, patience), Done):
            if isinstance(message, Warming):
                patience = self._settings.timeout_seconds if message.over else STARTUP_SECONDS
            else:
                on_message(message)
        return message

    def fingerprint(self) -> str:
        """Of its pipeline; waits until it is ready."""
        return self._wait_ready(self._open())

    def _open(self) -> Channel:
        """Our end of the channel, to a process that may be starting."""
        if self._channel is None:
            self.start()
        if self._channel is None:
            raise PoolError(STOPPED)
        return self._channel

    def _receive(self, channel: Channel, seconds: float) -> Message:
        try:
            message = receive(channel, int(self._settings.max_record_mb * 1_000_000), seconds)
        except TimeoutError:
            return self._grief(Reason.TIMEOUT, f"Refining took more than {self._settings.timeout_seconds:g} s.")
        except (EOFError, OSError, pickle.UnpicklingError):
            if (code := self._exit()) == signal.SIGTERM.name:  # no document does that: we are being shut down
                raise PoolError("a refining process was told to stop", hint="the next sweep does the rest") from None
            return self._grief(Reason.CRASH, f"The refining process ended with {code} over this document.")
        if isinstance(message, Done):
            return self._with_stage(message)
        if isinstance(message, Begun | Refined | Warming):
            return message
        if isinstance(message, DocmillError):
            raise ConfigError(message.message, hint=message.hint)
        return self._grief(Reason.CRASH, "The answer was garbled.")

    def _grief(self, reason: Reason, message: str) -> Done:
        return Done(Grief(reason, message, self._stage.value.decode("ascii", "replace")))

    def _with_stage(self, done: Done) -> Done:
        """What a child says of its own grief leaves out where it was."""
        if isinstance(done.answer, Grief) and not done.answer.stage:
            return done._replace(answer=self._grief(done.answer.reason, done.answer.message).answer)
        return done

    def end(self) -> None:
        """End the process at once, and let none take its place."""
        with _START:
            self._ended = True
        self.kill()

    def kill(self) -> None:
        """End the process at once."""
        _reap(self._kill())

    def replace(self) -> None:
        """End the process at once and start another, which does not wait for the system to clear up after the first."""
        process = self._kill()
        try:
            self.start()
        finally:
            _reap(process)

    def _kill(self) -> Any:  # noqa: ANN401  a process of whatever context
        process, channel = self._process, self._channel
        self._process = self._channel = None
        if channel is not None:
            channel.close()
        if process is not None:
            process.kill()
        return process

    def _wait_ready(self, channel: Channel) -> str:
        """Wait until it has loaded what it needs; its fingerprint."""
        if self._fingerprint is not None:
            return self._fingerprint
        try:
            answer = receive(channel, 0, STARTUP_SECONDS)
        except TimeoutError:
            answer = "it took too long to start"
        except (EOFError, OSError):
            answer = f"it ended with {self._exit()} while starting"
        if isinstance(answer, DocmillError):
            raise ConfigError(answer.message, hint=answer.hint)
        if not isinstance(answer, Ready):
            raise PoolError(f"a refining process failed: {answer}", hint="see the log; docmill doctor may tell more")
        self._fingerprint = answer.fingerprint
        return answer.fingerprint

    def _exit(self) -> str:
        process = self._process
        if process is None:
            return "its pool"
        process.join(1)
        code = process.exitcode
        if code is not None and code < 0:
            with suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit code {code}"


def _reap(process: Any) -> None:  # noqa: ANN401  as above
    if process is not None:
        process.join()
        process.close()


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
        with _START, _environment(_variables(factory, settings, warm)), _without_main(), _deaf_to_interrupts():
            forkserver.ensure_running()


def _variables(factory: str, settings: Settings, warm: bool) -> dict[str, str]:  # noqa: FBT001  a child's arguments
    return dict.fromkeys(_ONE_THREAD, "1") | {VARIABLE: request(factory, settings, warm)}


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Variables for what is started within, and, by way of it, for the server that is started with the first child."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


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
    """Start processes within that Ctrl-C does not end: it is sent to the whole group, and we end them in order.

    The server ignores it by itself, but only once it has loaded models, which takes seconds.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # to start it would take the block away again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
