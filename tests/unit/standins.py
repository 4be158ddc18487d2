"""Refiners that do what a document tells them, for trying the machinery around refining."""

import dataclasses
import os
import signal
import threading
import time
from collections.abc import Callable

from docmill.pipeline import Clock, Pipeline
from docmill.place import MemberPath, Place
from docmill.records import rejection
from docmill.sandbox import Refined
from docmill.stage import Refusal
from schemas import EnrichedDocument, RawDocument, Rejection, Settings
from schemas.document import Reason

SETTINGS = Settings(inbox="s3://in", output="s3://out", io_threads=4)


_KEPT: list[bytes] = []  # a leak


class Obedient(Pipeline):
    """Refines nothing: the document's bytes say what becomes of the process."""

    def warm_up(self) -> None:
        """No models."""

    def refine_document(self, raw: RawDocument, place: Place, clock: Clock) -> EnrichedDocument | Rejection:
        """Do what the document says, then reject it."""
        with clock.stage("extract"):
            return self._obey(raw, place)

    def _obey(self, raw: RawDocument, place: Place) -> EnrichedDocument | Rejection:
        word = raw.data[:20].decode("ascii", "replace").strip()
        if word == "sleep":
            time.sleep(60)
        elif word == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif word == "terminated":
            os.kill(os.getpid(), signal.SIGTERM)
        elif word == "memory":
            bytearray(10**12)
        elif word == "grow":
            _KEPT.append(b"\1" * 100_000_000)
        elif word == "fail":
            raise ValueError("boom\x1b[31m")
        elif word == "threads":
            return self._say(place, os.environ.get("OPENBLAS_NUM_THREADS", "unset"))
        return self._say(place, "enriched" if place.path and b"enriched" in raw.data else str(os.getpid()))

    def _say(self, place: Place, message: str) -> Rejection:
        return rejection(place, Refusal("test", Reason.NO_TEXT, message), self._provenance([], None))


class StartsOnce(Obedient):
    """Its process dies while starting, unless the file its settings name is there."""

    def warm_up(self) -> None:
        """Die, or not."""
        if not self.settings.state_dir.exists():
            os._exit(3)


class InlinePool:
    """What a worker asks of a `RefinePool`, in this process; `enriched` bytes pass, all others are rejected."""

    def __init__(self, before: Callable[[RawDocument], None] | None = None) -> None:
        self._refiner = Obedient(SETTINGS)
        self._before = before
        self._lock = threading.Lock()
        self.fingerprint = self._refiner.fingerprint
        self.calls = 0

    def refine(
        self, raw: RawDocument, run_id: str | None = None, on_member: Callable[[Refined], None] | None = None
    ) -> Refined:
        """As the pool's."""
        with self._lock:
            self.calls += 1
        if self._before is not None:
            self._before(raw)
        for unfolded in self._refiner.unfold(raw, flow_run_id=run_id):
            refined = Refined.of(unfolded.outcome, unfolded.path)
            if unfolded.path and on_member is not None:
                on_member(_passed(refined, b"enriched" in (refined.message or "").encode()))
        return _passed(refined, b"enriched" in raw.data)

    def rejected(
        self,
        raw: RawDocument,
        reason: Reason,
        message: str,
        run_id: str | None = None,
        *,
        stage: str = "refine",
        path: MemberPath = (),
        size: int | None = None,
    ) -> Refined:
        """As the pool's."""
        rejected = self._refiner.reject(
            raw.key, raw.source, reason, message, stage=stage, path=path, size=size or 0, flow_run_id=run_id
        )
        return Refined.of(rejected, path)


def _passed(refined: Refined, yes: bool) -> Refined:
    return dataclasses.replace(refined, status="enriched", reason=None) if yes else refined
