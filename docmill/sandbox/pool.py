"""A fixed number of refining processes, shared by any number of threads."""

import contextlib
import queue
import threading
from types import TracebackType
from typing import Self

from docmill.errors import DocmillError, PoolError
from docmill.sandbox.child import STOPPED, Child, process_context
from docmill.sandbox.refined import Refined, make_refiner
from schemas.document import Reason
from schemas.settings import Settings
from schemas.source import RawDocument

__all__ = ["RefinePool"]


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
        self._refiner = make_refiner(factory, settings)  # for its fingerprint and rejections: loads no models
        self._context = process_context()
        self._free: queue.LifoQueue[Child] = queue.LifoQueue()
        self._children = [Child(self._context, settings, factory) for _ in range(workers or settings.workers)]
        for child in self._children:
            self._free.put(child)
        self._closed = False
        self.replaced = 0  # children killed or lost so far

    def start(self) -> None:
        """Start the processes now, in the background, so that models load while the caller does other things."""
        threading.Thread(target=self._start_all, name="docmill-start", daemon=True).start()

    def _start_all(self) -> None:
        taken = []
        with contextlib.suppress(queue.Empty):
            while True:
                taken.append(self._free.get_nowait())
        for child in taken:
            # Closed meanwhile, or it cannot be started: then the first document meets the same error, and reports it.
            with contextlib.suppress(PoolError, OSError):
                if not child.started:
                    child.start()
            self._free.put(child)

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
            raise PoolError(STOPPED)
        child = self._free.get()
        try:
            answer = child.ask(raw, run_id, self._settings.timeout_seconds)
            if self._closed and not isinstance(answer, Refined):
                raise PoolError(STOPPED)  # it was ended by `close`, not by its document
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

    def _replace(self, child: "Child") -> None:
        child.kill()
        self.replaced += 1
        child.start()
