"""Refiners that do what a document tells them, for trying the machinery around refining."""

import dataclasses
import io
import json
import logging
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from docmill.clock import Clock
from docmill.errors import ConfigError
from docmill.inbox import Pending, as_source
from docmill.output import read_records
from docmill.pipeline import Pipeline
from docmill.place import MemberPath, Place
from docmill.records import rejection
from docmill.sandbox import Refined
from docmill.stage import Refusal
from schemas import CatalogRow, EnrichedDocument, RawDocument, Rejection, Settings
from schemas.document import Reason

if TYPE_CHECKING:
    from docmill.store import MemoryStore

SETTINGS = Settings(inbox="s3://in", output="s3://out", io_threads=4)


_KEPT: list[bytes] = []  # a leak
_MET: list[str] = []  # keys of documents


def row(key: str, etag: str, *, status: str = "enriched", hours: float = 0, **columns: object) -> CatalogRow:
    """A catalog row, made some hours from now."""
    values = {
        "bucket": "in", "size": 1, "output_key": None, "pipeline_fingerprint": "f", "docmill_version": "0",
        "processed_at": datetime.now(UTC) + timedelta(hours=hours),
    }  # fmt: skip
    return CatalogRow.model_validate({"key": key, "etag": etag, "status": status} | values | columns)


def listed(inbox: "MemoryStore") -> list[Pending]:
    """All objects of an inbox, as a sweep without a catalog finds them."""
    return [Pending(as_source(inbox.bucket, info)) for info in inbox.list()]


def undone(inbox: "MemoryStore", output: "MemoryStore") -> list[str]:
    """Keys of objects whose present version has no record."""
    return sorted(
        document.source.key
        for document in listed(inbox)
        if not any(document.is_done_by(r.made) for _, r in read_records(output, "", document.source.key))
    )


class Obedient(Pipeline):
    """Refines nothing: the document's bytes say what becomes of the process."""

    def warm_up(self) -> None:
        """No models."""

    def refine_document(self, raw: RawDocument, place: Place, clock: Clock) -> EnrichedDocument | Rejection:
        """Do what the document says, then reject it."""
        with clock.stage("extract"):
            return self._obey(raw, place)

    def _obey(self, raw: RawDocument, place: Place) -> EnrichedDocument | Rejection:
        _MET.append(raw.key)
        word = raw.data[:20].decode("ascii", "replace").strip()
        if word == "sleep":
            time.sleep(60)
        elif word == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif word == "terminated":
            _terminate()
        elif word == "memory" or (word == "first" and len(_MET) > 1):
            bytearray(10**12)
        elif word == "grow":
            _KEPT.append(b"\1" * 100_000_000)
        elif word == "fail":
            raise ValueError("boom\x1b[31m")
        elif word == "log":
            with redirect_stderr(io.StringIO()) as shown:
                logging.getLogger("some.parser").error("found \x1b[31m")
                warnings.warn("found \x1b[31m", stacklevel=1)
            return self._say(place, f"shown: {shown.getvalue()!a}")
        elif word == "long":
            return self._say(place, "long " * 1000)
        elif word == "threads":
            return self._say(place, os.environ.get("OPENBLAS_NUM_THREADS", "unset"))
        return self._say(place, "enriched" if place.path and b"enriched" in raw.data else str(os.getpid()))

    def _say(self, place: Place, message: str) -> Rejection:
        return rejection(place, Refusal("test", Reason.NO_TEXT, message), self._provenance([], None))


def _terminate() -> None:
    """Have the server this process was forked from, and itself, told to end."""
    for process in (os.getppid(), os.getpid()):
        os.kill(process, signal.SIGTERM)
    time.sleep(0.2)


class Interrupted(Obedient):
    """Meets Ctrl-C while it loads its models."""

    def warm_up(self) -> None:
        """As it is for whoever has not said otherwise."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)


class StartsOnce(Obedient):
    """Its process dies while starting, unless the file its settings name is there."""

    def warm_up(self) -> None:
        """Die, or not."""
        if not self.settings.state_dir.exists():
            os._exit(3)


class Heavy(Obedient):
    """Its models take longer to load, and more memory, than a document may; `model` asks whether they are there.

    Without the file its settings name they cannot be loaded.
    """

    _model = b""

    def warm_up(self) -> None:
        """Load the models."""
        if not self.settings.state_dir.exists():
            raise ConfigError("no such model", hint="get one")
        time.sleep(1.5)
        self._model = b"\1" * 200_000_000

    def refine_document(self, raw: RawDocument, place: Place, clock: Clock) -> EnrichedDocument | Rejection:
        """Obey; what begins with `clean` gets so far."""
        with clock.stage("extract"):
            found = self._say(place, f"{os.getpid()} {len(self._model)}")
        if raw.data.startswith(b"clean"):
            with clock.stage("clean"):
                found = self._say(place, f"{os.getpid()} {len(self._model)}")
            return self._obey(raw.model_copy(update={"data": raw.data[6:]}), place) if raw.data[6:] else found
        return found


def _enriched(refined: Refined) -> Refined:
    unset = dict.fromkeys(("reason", "stage", "message"))
    record = json.dumps(json.loads(refined.record) | unset | {"status": "enriched"}).encode()
    return dataclasses.replace(refined, record=record, status="enriched", **unset)


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
                on_member(_enriched(refined) if "enriched" in (refined.message or "") else refined)
        return _enriched(refined) if b"enriched" in raw.data else refined

    def rejected(
        self,
        raw: RawDocument,
        refusal: Refusal,
        run_id: str | None = None,
        *,
        path: MemberPath = (),
        size: int | None = None,
    ) -> Refined:
        """As the pool's."""
        return Refined.of(self._refiner.reject(raw, refusal, path=path, size=size, flow_run_id=run_id), path)
