"""The inside of a refining process: load the models, then answer documents within limits."""

import logging
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from docmill.errors import DocmillError
from docmill.sandbox.refined import Grief, Refined, Refiner, make_refiner
from schemas.document import Reason
from schemas.settings import Settings
from schemas.source import RawDocument

__all__ = ["serve"]

_log = logging.getLogger(__name__)


def serve(pipe: Connection, settings: Settings, factory: str) -> None:
    """A child's whole life: load the models, then answer documents until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent, which ends us in order
    try:
        refiner = make_refiner(factory, settings)
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
            pipe.send(Grief(Reason.MEMORY, "The document does not fit in the memory allowed."))
            return  # the rest of it is still in the pipe
        with _deadline(settings.timeout_seconds):
            answer = _answer(refiner, raw, run_id)
        pipe.send(answer)


def _answer(refiner: Refiner, raw: RawDocument, run_id: str | None) -> Refined | Grief:
    try:
        return Refined.of(refiner.refine(raw, flow_run_id=run_id))
    except MemoryError:
        return Grief(Reason.MEMORY, "Refining needed more memory than allowed.")
    except Exception as error:  # noqa: BLE001  the sandbox's boundary: whatever a document does to a parser ends here
        _log.error("refining %a failed: %s", raw.key, _visible(traceback.format_exc()))
        return Grief(Reason.FAILED, f"Refining failed: {type(error).__name__}: {error}")


def _visible(text: str) -> str:
    """Control characters escaped, line breaks apart: documents must not speak to the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


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
