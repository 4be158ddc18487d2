"""Refining processes, shared by any number of threads."""

import atexit
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Protocol, TypeVar
from weakref import WeakSet

from docmill.errors import PoolError
from docmill.place import MemberPath
from docmill.sandbox.child import STOPPED, Child
from docmill.sandbox.closing import Closing
from docmill.sandbox.crew import Crew
from docmill.sandbox.inline import InlinePool
from docmill.sandbox.refined import Refined, Refiner, make_refiner
from docmill.sandbox.start import process_context, start_server
from docmill.sandbox.wire import Begun, Done, Grief
from docmill.stage import Refusal
from docmill.tally import Verdict
from schemas.document import Reason
from schemas.settings import Settings
from schemas.source import RawDocument

__all__ = ["Pool", "RefinePool", "heat_up", "open_pool"]

PIPELINE = "docmill.pipeline:Pipeline"
MOST_STOPS = 20  # members of one object that may come to grief before the rest of it is given up
_STOPPED = frozenset({Reason.TIMEOUT, Reason.MEMORY, Reason.CRASH})
T = TypeVar("T")
OnMember = Callable[[Refined], None]


class Pool(Protocol):
    """What workers and commands ask of a pool, in child processes or not."""

    replaced: int

    @property
    def fingerprint(self) -> str:
        """The pipeline fingerprint of what it runs."""
        ...

    def start(self) -> None:
        """Get ready in the background."""
        ...

    def refine(self, raw: RawDocument, run_id: str | None = None, on_member: OnMember | None = None) -> Refined:
        """Refine one document and, first, its members."""
        ...

    def rejected(
        self,
        raw: RawDocument,
        refusal: Refusal,
        run_id: str | None = None,
        *,
        path: MemberPath = (),
        size: int | None = None,
    ) -> Refined:
        """The record of a document that was not refined."""
        ...

    def close(self) -> None:
        """End it."""
        ...


def open_pool(settings: Settings, *, workers: int | None = None, warm: bool = True) -> Pool:
    """The pool the settings ask for: child processes (see `RefinePool`), or none at all to debug."""
    return RefinePool(settings, workers=workers, warm=warm) if settings.sandbox else InlinePool(settings, PIPELINE)


def heat_up(settings: Settings) -> None:
    """Have models loaded for a pool that is opened soon; until they are read, site profiles are taken to be none."""
    if settings.sandbox and settings.task_runner == "local":
        off = {"profiles": "off"} if settings.profiles == "auto" else {}
        start_server(PIPELINE, settings.model_copy(update=off))


class RefinePool(Closing):
    """Refining processes, shared by any number of threads.

    Args:
        settings: Passed to the refiner; `workers`, `timeout_seconds`, `memory_mb`, `max_record_mb` and
            `documents_per_process` govern the pool itself.
        workers: Number of children, but for a few more while all take long; by default as the settings say.
        factory: `module:name` of what makes a refiner of the settings, in the children and here.
        warm: Whether models are loaded before the first document comes. Without, each child loads its own once a
            document needs them: for few documents, of which some may be rejected unread.
    """

    def __init__(
        self, settings: Settings, *, workers: int | None = None, factory: str = PIPELINE, warm: bool = True
    ) -> None:
        self._settings = settings
        self._factory = factory
        context, count = process_context(), workers or settings.workers
        self._crew = Crew(lambda: Child(context, settings, factory, warm=warm), count)
        self._closed = False
        self._counting = threading.Lock()
        self._asking = threading.Lock()
        self._fingerprint: str | None = None
        self.replaced = 0  # children killed or lost so far
        self.retired = 0  # children that ended well, having grown or done enough
        _OPEN.add(self)

    def start(self) -> None:
        """Start the processes now, in the background, so that models load while the caller does other things."""
        threading.Thread(target=self._crew.start_all, name="docmill-start", daemon=True).start()

    @cached_property
    def _refiner(self) -> Refiner:
        """For rejections made here: it loads no models, but imports what they take."""
        return make_refiner(self._factory, self._settings)

    @property
    def fingerprint(self) -> str:
        """The pipeline fingerprint of what the children run, as they say; waits for the first to be ready."""
        if self._fingerprint is None:
            with self._asking:
                self._fingerprint = self._fingerprint or self._with_child(Child.fingerprint)
        return self._fingerprint

    def refine(self, raw: RawDocument, run_id: str | None = None, on_member: OnMember | None = None) -> Refined:
        """Refine one document; waits for a free child.

        Args:
            raw: The document.
            run_id: The flow run, for the record.
            on_member: Given each member's record, of a container, as it is made; the child waits meanwhile. What it
                raises ends the work and is passed on.

        Returns:
            The document's own record; a rejection `timeout`, `memory`, `crash` or `failed` where refining came to
            grief. Where a member did, that member is rejected so, and the others are refined all the same.

        Raises:
            PoolError: The pool is closed.
            ConfigError: The children cannot start with these settings.
        """
        return self._with_child(lambda child: self._unfold(child, raw, run_id, on_member))

    def _with_child(self, use: Callable[[Child], T]) -> T:
        if self._closed:
            raise PoolError(STOPPED)
        with self._crew.one() as child:
            try:
                return use(child)
            except BaseException:
                child.kill()  # whoever takes it next starts it anew
                raise

    def _unfold(self, child: Child, raw: RawDocument, run_id: str | None, on_member: OnMember | None) -> Refined:
        settled = bytearray()
        begun: Begun | None = None

        def note(message: Begun | Refined) -> None:
            nonlocal begun
            if isinstance(message, Begun):
                begun = message
                return
            begun = None
            settled.append(Verdict(message.reason).encode())
            if on_member is not None:
                on_member(message)

        stops, tried_afresh = 0, False
        while True:
            others_before = child.asked > 0
            done = child.ask(raw, run_id, bytes(settled), note)
            self._renew(child, done)
            grief = done.answer
            if isinstance(grief, Refined):
                return grief
            if grief.reason is Reason.MEMORY and others_before and not tried_afresh:
                tried_afresh, begun = True, None  # the others may have left too little
                continue
            stops += 1
            if begun is None or stops > MOST_STOPS:
                read = f" {len(settled)} members had been read." if settled else ""
                return self._grieved(raw, grief._replace(message=grief.message + read), run_id)
            note(self._grieved(raw, grief, run_id, begun.path, begun.size))

    def _renew(self, child: Child, done: Done) -> None:
        """Have a new process take the place of one that is lost or retiring."""
        answer = done.answer
        if isinstance(answer, Grief) and self._closed:
            raise PoolError(STOPPED)  # it was ended by `close`, not by its document
        # After an exception the child caught, it is well; otherwise it is dead, stuck or bloated.
        lost = isinstance(answer, Grief) and answer.reason is not Reason.FAILED
        if lost or done.retiring:
            with self._counting:
                self.replaced += lost
                self.retired += not lost
            child.replace()

    def _grieved(
        self, raw: RawDocument, grief: Grief, run_id: str | None, path: MemberPath = (), size: int | None = None
    ) -> Refined:
        """The record of what refining came to grief over; one stopped at the sandbox's limits says them."""
        names = ("timeout_seconds", "memory_mb") if grief.reason in _STOPPED else ()
        limits = {name: getattr(self._settings, name) for name in names}
        refusal = Refusal(grief.stage or "refine", grief.reason, grief.message, limits)
        return self.rejected(raw, refusal, run_id, path=path, size=size)

    def rejected(
        self,
        raw: RawDocument,
        refusal: Refusal,
        run_id: str | None = None,
        *,
        path: MemberPath = (),
        size: int | None = None,
    ) -> Refined:
        """The record of a document that was not refined, or of a member of it, whose size in bytes is given."""
        return Refined.of(self._refiner.reject(raw, refusal, path=path, size=size, flow_run_id=run_id), path)

    def close(self) -> None:
        """End all children; what is being refined, or waits for it, ends in a `PoolError`."""
        self._closed = True
        _OPEN.discard(self)
        self._crew.close()


_OPEN: WeakSet[RefinePool] = WeakSet()


@atexit.register
def _close_all() -> None:
    """Before multiprocessing ends what is left by SIGTERM, which its processes do not hear, and waits for them."""
    for pool in list(_OPEN):
        pool.close()
