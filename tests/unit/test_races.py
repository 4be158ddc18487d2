"""Two listeners and two sweeps at once over the same documents: each is refined once, but for chance."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence

from standins import SETTINGS, InlinePool, listed, undone

from docmill.inbox import look_up
from docmill.intake.listener import Listener
from docmill.intake.queue import MemoryQueue
from docmill.store import MemoryStore
from docmill.store.lease import Lease
from docmill.worker import Worker
from schemas import RawDocument

DOCUMENTS = 2_000
# Refined twice: under 1 % by `benchmarks/race.py`, but threads that share a core with other tests stall.
ALLOWED = DOCUMENTS // 20
REFINE_SECONDS = 0.004


class Scene:
    """The stores, the queue, and how often each document was refined."""

    def __init__(self) -> None:
        self.inbox, self.output, self.queue = MemoryStore("in"), MemoryStore("out"), MemoryQueue(60)
        self.refined: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.settings = SETTINGS.model_copy(update={"workers": 2, "io_threads": 16, "listen_seconds": 0.0})
        self.output.capabilities()

    def drop(self, numbers: range) -> None:
        """Write documents, each with its notification."""
        for number in numbers:
            key = f"{number:06}"
            self.inbox.put(key, b"enriched %d" % number)
            record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "in"}, "object": {"key": key}}}
            self.queue.send(json.dumps({"Records": [record]}))

    def worker(self) -> Worker:
        """One process's worker, with refining processes of its own."""

        def refine(raw: RawDocument) -> None:
            with self.lock:
                self.refined[raw.key] += 1
            time.sleep(REFINE_SECONDS)

        return Worker(self.inbox, self.output, self.settings, InlinePool(refine))  # type: ignore[arg-type]

    def listen(self) -> None:
        """Until nothing comes."""
        worker = self.worker()

        async def process(keys: Sequence[str]) -> set[str]:
            found = [document for key in keys if (document := look_up(self.inbox, key))]
            await asyncio.to_thread(worker.process, found)
            return set()

        async def run() -> None:
            listener = Listener(self.queue, process, lambda *_: None, lambda notice: notice.keys, self.settings)
            await listener.run(asyncio.Event(), idle_seconds=1)

        asyncio.run(run())
        worker.close()

    def sweep(self) -> None:
        """Wait for the lease, then do what is not done, newest first."""
        lease = Lease(self.output, "", "leases/sweep.json", 60)
        while lease.take() is not None:
            time.sleep(0.1)
        worker = self.worker()
        documents = sorted(listed(self.inbox), key=lambda found: str(found.source.last_modified), reverse=True)
        worker.process(documents)
        worker.close()
        lease.release()


def test_two_listeners_and_two_sweeps_refine_each_document_once() -> None:
    """Half of 2,000 documents wait, half come meanwhile: few are refined twice, all have one right record."""
    scene = Scene()
    scene.drop(range(DOCUMENTS // 2))
    threads = [threading.Thread(target=work) for work in (scene.listen, scene.listen, scene.sweep, scene.sweep)]
    for thread in threads:
        thread.start()
    scene.drop(range(DOCUMENTS // 2, DOCUMENTS))
    for thread in threads:
        thread.join()
    assert undone(scene.inbox, scene.output) == []
    assert len(list(scene.output.list("enriched/"))) == len(scene.refined) == DOCUMENTS
    assert len(scene.queue) == 0
    assert DOCUMENTS <= scene.refined.total() <= DOCUMENTS + ALLOWED, scene.refined.most_common(5)
