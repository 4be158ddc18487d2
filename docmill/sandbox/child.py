"""One refining process, seen from the parent: start it, ask it, kill it."""

import ctypes
import multiprocessing
import pickle
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import BaseContext
from typing import Any

from docmill.errors import ConfigError, DocmillError, PoolError
from docmill.sandbox.channel import Channel, open_channel
from docmill.sandbox.refined import Refined
from docmill.sandbox.serve import serve
from docmill.sandbox.start import none_starting, starting
from docmill.sandbox.wire import Begun, Done, Grief, Message, Ready, Warming, receive, send_job
from schemas.document import Reason
from schemas.settings import Settings
from schemas.source import RawDocument

__all__ = ["STOPPED", "Child"]

STARTUP_SECONDS = 120
_STAGE_BYTES = 32
STOPPED = "the refining processes were stopped"


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
        self._ready_at: float | None = None  # None while it loads
        self.asked = 0  # documents of the present process
        self._ended = False

    @property
    def started(self) -> bool:
        """Whether there is a process, dead or alive."""
        return self._process is not None

    @property
    def ready_at(self) -> float:
        """Since when, by the clock that never goes back, it has been ready: now, as long as it loads."""
        return time.monotonic() if self._ready_at is None else self._ready_at

    def start(self) -> None:
        """Start the process, without waiting for its models.

        Raises:
            PoolError: The pool was closed, the server it would be forked from has ended, or this process may have no
                children.
        """
        if multiprocessing.current_process().daemon:
            hint = "have its own parent start it with daemon=False; in Dask set distributed.worker.daemon: false"
            raise PoolError("a daemonic process of multiprocessing may not start refining processes", hint=hint)
        ours, theirs = open_channel()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=serve, args=(theirs, self._stage, *self._arguments), name="docmill-refine", daemon=True
        )
        with theirs, starting(*self._arguments):
            if self._ended:
                ours.close()
                raise PoolError(STOPPED)
            try:
                process.start()
            except (EOFError, ConnectionError) as error:
                ours.close()
                raise PoolError("the server that refining processes are forked from has ended") from error
            self._process, self._channel, self._fingerprint, self._ready_at, self.asked = process, ours, None, None, 0

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
                self._ready_at = time.monotonic() if message.over else None
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
            return self._grief(Reason.CRASH, f"The refining process ended with {self._exit()} over this document.")
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

    def forbid(self) -> None:
        """Have no process take the place of the present one."""
        self._ended = True

    def end(self) -> None:
        """End the process at once, and let none take its place."""
        self.forbid()
        with none_starting():
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
        self._fingerprint, self._ready_at = answer.fingerprint, time.monotonic()
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
