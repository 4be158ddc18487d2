"""The parts of docmill within this process, killed at any of their requests: thousands of deaths in minutes.

What `flows.sweep` and `flows.listen` do is done here with the same parts in the same order, but without Prefect, over
in-memory stores and a catalog in a folder. `chaos` has the real commands.
"""

import json
import random
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import count
from unittest.mock import patch

from archives import zipped
from unit.standins import InlinePool

from docmill.catalog import Catalog
from docmill.catalog.orphans import orphans
from docmill.catalog.run import RunRows
from docmill.errors import CatalogError, PreconditionFailedError, StoreError
from docmill.inbox import Pending, look_up
from docmill.intake.events import UnreadableMessageError, read_notices
from docmill.intake.quarantine import record_message
from docmill.intake.queue import MemoryQueue, Message
from docmill.intake.scope import selecting
from docmill.lookahead import FEWEST
from docmill.order import AT_FIRST
from docmill.output import read_records
from docmill.removal import bury
from docmill.result import Ending, Result
from docmill.store import MemoryStore
from docmill.store.base import ObjectInfo, StoredObject
from docmill.survey import Survey, Vanished
from docmill.worker import Worker
from faults.fate import Fate, FatedCatalog, FatedQueue, FatedStore
from faults.invariants import message_violations, violations
from schemas.settings import Settings

__all__ = ["Outcome", "every_point", "random_run"]

ROUNDS = 40  # of receiving, until a listener gives up
GONE = ("gone.txt", "gone.zip")  # in the history that is killed at every request


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did and what was wrong in the end."""

    name: str
    injected: Counter[str]
    violations: list[str]


class OddStore(MemoryStore):
    """A store with another clock, or one that answers a right If-Match with 412, as one real server does."""

    def __init__(self, bucket: str, *, swaps: bool, hours: float, refuses: bool) -> None:
        super().__init__(bucket, conditional_writes=swaps)
        self._hours, self._refuses = timedelta(hours=hours), refuses

    def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
        """As the plain one's, with this one's oddities."""
        stored = super().get(key)
        if if_match and (self._refuses or stored.info.etag != if_match):
            raise PreconditionFailedError(key)
        moment = stored.info.last_modified + self._hours
        info = ObjectInfo(
            key, stored.info.etag, stored.info.size, moment, None, stored.info.media_type, stored.info.metadata
        )
        return StoredObject(info, stored.data)


class World:
    """Stores, queue and catalog, and people who drop, overwrite and delete."""

    def __init__(self, chance: random.Random, folder: str, *, odd: bool, threads: int) -> None:
        self.chance, self.injected = chance, Counter[str]()
        self.settings = Settings(
            inbox="s3://in",
            output="s3://out",
            io_threads=threads,
            workers=2,
            on_delete=chance.choice(["keep", "remove"]) if odd else "remove",
        )
        swaps, refuses = not odd or chance.random() < 2 / 3, odd and chance.random() < 1 / 4
        self.hours = chance.choice([-1, 0, 1]) if odd else 0
        self.inbox = OddStore("in", swaps=swaps, hours=self.hours, refuses=refuses)
        self.output = OddStore("out", swaps=swaps, hours=self.hours, refuses=refuses)
        self.queue = MemoryQueue(visibility_seconds=0.001)  # runs out at once: others get what is worked on
        self.location = folder
        self.unreadable: Counter[str] = Counter()
        self._numbers = count()
        self._last: dict[str, bytes] = {}  # what was dropped under each key
        if self.hours:
            self.injected["clock skewed"] += 1

    def write(self, key: str, *, lost: bool = False) -> None:
        """Drop or overwrite a document."""
        number = next(self._numbers)
        word = b"enriched" if number % 4 else b"rejected"
        data = b"%s %d" % (word, number)
        if key.endswith(".zip"):
            names = [f"{n}.txt" for n in range(number % 3 + 1)]
            data = zipped([(name, b"enriched %d" % number) for name in names], method=0)
        self._put(key, data, lost=lost)

    def restore(self, key: str, *, lost: bool = False) -> None:
        """Drop once more what was dropped last, to the byte: it has the same etag."""
        if key in self._last:
            self._put(key, self._last[key], lost=lost)

    def _put(self, key: str, data: bytes, *, lost: bool) -> None:
        self._last[key] = data
        self.inbox.put(key, data)
        if not lost:
            self.notify(key, "ObjectCreated:Put")

    def notify(self, key: str, event: str) -> None:
        """Send a notification."""
        record = {"eventName": event, "s3": {"bucket": {"name": "in"}, "object": {"key": key}}}
        self.queue.send(json.dumps({"Records": [record]}))

    def meddle(self) -> None:
        """Something happens to a document; its notification may be lost, come twice, or say the opposite first."""
        key = self.chance.choice(["a.txt", "b.txt", "c.zip", "d.txt", "e.txt"])
        how = self.chance.choice(["written", "restored", "deleted"])
        fortune = self.chance.choice(["told", "lost", "twice", "out of order"])
        if fortune == "out of order":
            self.notify(key, "ObjectCreated:Put" if how == "deleted" else "ObjectRemoved:Delete")
        if how == "written":
            self.write(key, lost=fortune == "lost")
        elif how == "restored":
            self.restore(key, lost=fortune == "lost")
        else:
            self.inbox.delete(key)
            if fortune != "lost":
                self.notify(key, "ObjectRemoved:Delete")
        if fortune == "twice":
            self.notify(key, "ObjectCreated:Put")
        self.injected[f"{how} meanwhile"] += 1
        if fortune != "told":
            self.injected[f"notification {fortune}"] += 1

    def babble(self) -> None:
        """Send what is no notification."""
        body = f"nonsense {next(self._numbers)}"
        self.unreadable[body] += 1
        self.queue.send(body)
        self.injected["unreadable message"] += 1

    def sometimes_meddle(self) -> None:
        """For between two requests."""
        if self.chance.random() < 1 / 50:
            self.meddle()

    def violations(self) -> list[str]:
        """What is wrong now, messages apart."""
        return violations(self.inbox, self.output, Catalog(self.location), self.settings)

    def message_violations(self) -> list[str]:
        """What is wrong with the messages now."""
        return message_violations(self.output, "", self.unreadable, len(self.queue))


@cache
def _pool() -> InlinePool:
    """One for all: it remembers nothing, and takes long to make."""
    return InlinePool()


class Process:
    """A docmill under a fate."""

    def __init__(self, world: World, fate: Fate) -> None:
        self.fate = fate
        self._settings = world.settings
        self._inbox, self._output = FatedStore(world.inbox, fate), FatedStore(world.output, fate)
        self._catalog, self._queue = FatedCatalog(world.location, fate), FatedQueue(world.queue, fate)

    @contextmanager
    def _worker(self) -> Iterator[Worker]:
        worker = Worker(self._inbox, self._output, self._settings, _pool())  # type: ignore[arg-type]
        try:
            yield worker
        finally:
            worker.close()

    def sweep(self) -> None:
        """What `docmill sweep --deep` does."""
        with self._worker() as worker:
            with Survey(self._inbox, self._catalog, self._settings) as found:
                items = list(found)
            with suppress(CatalogError):
                self._ingest(worker, [item for item in items if isinstance(item, Pending)])
            if vanished := [item.key for item in items if isinstance(item, Vanished)]:
                self._bury(worker, vanished)
            if orphaned := list(orphans(self._catalog, self._output, self._settings)):
                self._bury(worker, orphaned)

    def listen(self) -> None:
        """What `docmill listen` does until nothing comes."""
        with self._worker() as worker:
            for _ in range(ROUNDS):
                messages = self._queue.receive(0.005)
                if not messages:
                    return
                with suppress(CatalogError):  # the messages stay
                    self._queue.delete(self._done(worker, messages))

    def _done(self, worker: Worker, messages: list[Message]) -> list[Message]:
        keys: dict[str, list[str]] = {}
        for message in messages:
            try:
                notices = read_notices(message.body)
            except UnreadableMessageError as error:
                record_message(self._output, "", "memory", message, str(error))
                notices = ()
            keys[message.id] = [key for notice in notices for key in selecting(self._settings)(notice)]
        wanted = dict.fromkeys(key for some in keys.values() for key in some)
        documents = [found for key in wanted if (found := look_up(self._inbox, key))]
        gone = wanted.keys() - {document.source.key for document in documents}
        if known := [key for key in gone if read_records(self._output, "", key)]:
            self._bury(worker, known)
        results = self._ingest(worker, documents)
        again = {result.source.key for result in results if result.ending in {Ending.FAILED, Ending.SUPERSEDED}}
        return [message for message in messages if again.isdisjoint(keys[message.id])]

    def _bury(self, worker: Worker, keys: list[str]) -> None:
        burial = bury(self._inbox, self._output, self._settings, keys, self._catalog.append)
        if burial.back:
            self._ingest(worker, [found for key in burial.back if (found := look_up(self._inbox, key))])

    def _ingest(self, worker: Worker, documents: list[Pending]) -> list[Result]:
        rows = RunRows(self._catalog, self._settings.commit_rows)
        results = worker.process(documents, on_done=lambda result: rows.add(result.row), on_row=rows.add)
        rows.commit()
        return results


@contextmanager
def _world(chance: random.Random, *, odd: bool, threads: int) -> Iterator[World]:
    fewest = chance.choice([1, FEWEST]) if odd else FEWEST  # few documents have to stand for many
    with (
        tempfile.TemporaryDirectory(prefix="docmill-faults-") as folder,
        patch("docmill.retry.BASE_SECONDS", 0.0),
        patch("docmill.catalog.table.BASE_SECONDS", 0.0),
        patch("docmill.lookahead.FEWEST", fewest),
        patch("docmill.order.AT_FIRST", 0 if fewest == 1 else AT_FIRST),
    ):
        yield World(chance, f"{folder}/catalog", odd=odd, threads=threads)


def _live(process: Process, *, listening: bool) -> bool:
    """Run until the end or until it is killed or gives up; whether it ended well."""
    try:
        if listening:
            process.listen()
        else:
            process.sweep()
    except (StoreError, CatalogError):
        return False
    except BaseException:
        if not process.fate.dead:
            raise
        return False
    return True


def _final(world: World) -> list[str]:
    """What is wrong after an undisturbed sweep, and after a listener has emptied the queue and one more sweep."""
    calm = Process(world, Fate(world.chance, world.injected))
    calm.sweep()
    found = [f"after the sweep: {text}" for text in world.violations()]
    calm.listen()
    calm.sweep()
    return found + world.violations() + world.message_violations()


def random_run(seed: int) -> Outcome:
    """A few processes, alone or two at once, all damaged and most killed; then a sweep."""
    chance = random.Random(seed)  # noqa: S311  reproducible on purpose
    with _world(chance, odd=True, threads=4) as world:
        for key in ("a.txt", "b.txt", "c.zip", "d.txt"):
            world.write(key, lost=chance.random() < 1 / 4)
        for _ in range(chance.randint(1, 4)):
            if chance.random() < 1 / 4:
                world.babble()
            threads = [
                threading.Thread(target=_live, args=[_doomed(world)], kwargs={"listening": chance.random() < 1 / 2})
                for _ in range(chance.choice([1, 1, 2]))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return Outcome(f"seed {seed}", world.injected, _final(world))


def _doomed(world: World) -> Process:
    chance = random.Random(world.chance.random())  # noqa: S311  one each: threads draw in any order
    dies_at = chance.randint(1, 70) if chance.random() < 4 / 5 else None
    after = chance.random() < 1 / 2
    share = chance.choice([0.0, 0.1])
    between = world.sometimes_meddle
    return Process(world, Fate(chance, world.injected, share=share, dies_at=dies_at, after=after, between=between))


def every_point(*, listening: bool, after: bool, restoring: bool = False, step: int = 1) -> Iterator[Outcome]:
    """One history, killed at its first request, its second (or `step` on), and so on; each followed by a sweep.

    With `restoring`, what is gone is dropped again before that, the same to the byte.
    """
    restored = ", gone objects restored" if restoring else ""
    name = f"{'listen' if listening else 'sweep'}{restored}, killed {'after' if after else 'before'} request"
    for point in count(1, step):
        chance = random.Random(point)  # noqa: S311  reproducible on purpose
        with _world(chance, odd=False, threads=1) as world:
            _prepare(world)
            process = Process(world, Fate(chance, world.injected, dies_at=point, after=after))
            survived = _live(process, listening=listening)
            if restoring:
                for key in GONE:
                    world.restore(key, lost=True)
            yield Outcome(f"{name} {point}", world.injected, _final(world))
        if survived:
            return


def _prepare(world: World) -> None:
    """A document done before, one overwritten since, one deleted since, one new, and a container, smaller now."""
    for key in ("done.txt", "changed.txt", "gone.txt", "gone.zip", "2.zip"):
        world.write(key)
    calm = Process(world, Fate(world.chance, world.injected))
    calm.listen()
    for key in ("new.txt", "changed.txt", "2.zip"):
        world.write(key)
    for key in GONE:
        world.inbox.delete(key)
        world.notify(key, "ObjectRemoved:Delete")
