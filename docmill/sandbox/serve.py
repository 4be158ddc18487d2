"""The inside of a refining process: load the models, then answer documents within limits."""

import logging
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from docmill.errors import DocmillError
from docmill.sandbox.channel import Channel
from docmill.sandbox.limits import limit_memory, resident_bytes, unlimited_memory
from docmill.sandbox.preload import ready_refiner
from docmill.sandbox.refined import Refined, Refiner
from docmill.sandbox.wire import Begun, Done, Grief, Job, Ready, Warming, receive_job, send
from docmill.stage import Refusal
from docmill.tally import Verdict
from schemas.document import Reason
from schemas.settings import Settings
from schemas.source import RawDocument

__all__ = ["serve"]

_log = logging.getLogger(__name__)
_MEASURED, _MEASURED_DOCUMENTS = 1_000_000, 20  # bytes or documents between looks at the memory in use
_WITHOUT_MODELS = frozenset({"unpack", "decode", "extract"})  # stages
_GROWTH = 4  # a child retires when it has kept a quarter of the memory a document is allowed


def serve(
    channel: Channel,
    stage: Any,  # noqa: ANN401  ctypes has no types
    factory: str,
    settings: Settings,
    warm: bool,  # noqa: FBT001  a process's arguments are told by their order
) -> None:
    """A child's whole life: load the models, then answer documents until the channel closes.

    Args:
        channel: To the parent.
        stage: Shared memory in which the parent reads what stage a document is in.
        factory: Makes the refiner.
        settings: Passed to the refiner.
        warm: Whether to load its models before the first document; else they wait for the first that needs them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent, which ends us in order
    _log_only_our_own()
    try:
        refiner = ready_refiner(factory, settings, warm)
    except DocmillError as error:
        send(channel, error)
        return
    limit_memory(settings.memory_mb)
    with suppress(BrokenPipeError, ConnectionResetError):  # the parent has gone: nobody waits for an answer
        send(channel, Ready(refiner.fingerprint))
        age = _Age(settings)
        work = _Work(channel, refiner, settings, stage)
        if not warm:
            work.warm_later(age)
        _answer_all(channel, work, age)


def _answer_all(channel: Channel, work: "_Work", age: "_Age") -> None:
    while not age.over:
        try:
            raw, job = receive_job(channel)
        except (EOFError, OSError):
            return  # the parent has gone
        except MemoryError:
            send(channel, Done(Grief(Reason.MEMORY, "The document does not fit in the memory allowed.", "receive")))
            return  # the rest of it is still on its way
        answer, size = work.answer(raw, job), len(raw.data)
        del raw, job  # what is measured is what stays
        age.note(size)
        send(channel, Done(answer, age.over))


class _Age:
    """Tells when a process has served long enough, or has grown too much."""

    def __init__(self, settings: Settings) -> None:
        self._left = settings.documents_per_process
        self._room = settings.memory_mb * 1024 * 1024 // _GROWTH
        self._most = resident_bytes() + self._room
        self._unmeasured = 0
        self.over = False

    def allow(self, size: int) -> None:
        """So many bytes more are there to stay."""
        self._most += size

    def note(self, size: int) -> None:
        """A document of so many bytes is done."""
        self._left -= 1
        self._unmeasured += size + _MEASURED // _MEASURED_DOCUMENTS
        if self._unmeasured >= _MEASURED:
            self._unmeasured = 0
            self.over = resident_bytes() > self._most
        self.over = self.over or self._left <= 0


class _Work:
    """Refines a document within limits, sending what comes before its own record."""

    def __init__(self, channel: Channel, refiner: Refiner, settings: Settings, stage: Any) -> None:  # noqa: ANN401
        self._channel = channel
        self._refiner = refiner
        self._settings = settings
        self._stage = stage
        self._cold: _Age | None = None
        self._postpone: Callable[[float], None] = lambda _seconds: None

    def warm_later(self, age: _Age) -> None:
        """Load models once a document needs them; they count neither as its time nor as growth."""
        self._cold = age

    def answer(self, raw: RawDocument, job: Job) -> Refined | Grief:
        """The document's own record, or why there is none."""
        self._enter("unpack")
        try:
            with _deadline(self._settings.timeout_seconds) as self._postpone:
                return self._unfold(raw, job)
        except MemoryError:
            return Grief(Reason.MEMORY, "Refining needed more memory than allowed.")
        except _GoneError as error:
            raise error.cause from None
        except Exception as error:  # noqa: BLE001  the sandbox's boundary: whatever a document does to a parser ends here
            _log.error("refining %a failed: %s", raw.key, _visible(traceback.format_exc()))
            return Grief(Reason.FAILED, f"Refining failed: {type(error).__name__}: {error}"[:2000])

    def _unfold(self, raw: RawDocument, job: Job) -> Refined | Grief:
        own: Refined | None = None
        found = self._refiner.unfold(
            raw,
            flow_run_id=job.run_id,
            settled=job.settled,
            on_begin=lambda path, size: self._send(Begun(path, size)),
            on_stage=self._enter,
        )
        for unfolded in found:
            refined = self._within(Refined.of(unfolded.outcome, unfolded.path), raw, job)
            unfolded.verdict = Verdict(refined.reason)  # its container counts what its record says
            if unfolded.path:
                self._send(refined)
                self._enter("unpack")
            else:
                own = refined
        return own or Grief(Reason.FAILED, "Refining gave no record.")

    def _enter(self, name: str) -> None:
        self._stage.value = name.encode()[: len(self._stage) - 1]
        if self._cold is not None and name not in _WITHOUT_MODELS:
            age, self._cold = self._cold, None
            self._warm_up(age)

    def _warm_up(self, age: _Age) -> None:
        before = resident_bytes()
        self._send(Warming(over=False))
        self._postpone(0)
        try:
            with unlimited_memory():
                self._refiner.warm_up()
        except DocmillError as error:
            send(self._channel, error)
            raise SystemExit(1) from None
        age.allow(resident_bytes() - before)
        self._send(Warming(over=True))

    def _send(self, message: Begun | Refined | Warming) -> None:
        """Send a message; while the parent is busy with others the clock stands."""
        self._postpone(0)
        try:
            send(self._channel, message)
        except OSError as error:
            raise _GoneError(error) from error
        self._postpone(self._settings.timeout_seconds)

    def _within(self, refined: Refined, raw: RawDocument, job: Job) -> Refined:
        """The record, or in place of too large a one a rejection."""
        most = self._settings.max_record_mb
        if len(refined.record) <= most * 1_000_000:
            return refined
        message = f"Its record has {len(refined.record)} bytes; max_record_mb allows {most:g} MB."
        refusal = Refusal("output", Reason.TOO_LARGE, message, {"max_record_mb": most})
        rejection = self._refiner.reject(raw, refusal, path=refined.path, size=refined.size, flow_run_id=job.run_id)
        return Refined.of(rejection, refined.path)


class _GoneError(Exception):
    """The parent has gone: no fault of the document's."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _log_only_our_own() -> None:
    """Parsers' warnings quote documents as they are, and the record says whatever is wrong."""
    logging.captureWarnings(capture=True)
    logging.getLogger().addHandler(logging.NullHandler())
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    logging.getLogger("docmill").addHandler(handler)


def _visible(text: str) -> str:
    """Control characters escaped, line breaks apart: documents must not speak to the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


@contextmanager
def _deadline(seconds: float) -> Iterator[Callable[[float], None]]:
    """End this process if a document takes twice its time: the parent that should have killed us must be dead.

    Yields what sets the clock anew, or with 0 stops it.
    """

    def postpone(seconds: float) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 1 if seconds else 0)

    postpone(seconds)
    try:
        yield postpone
    finally:
        postpone(0)
