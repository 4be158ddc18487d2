"""The listener: no message is let go of before its documents are done, and none is held for ever."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import pytest

from docmill.errors import QueueNotFoundError, StoreUnreachableError, TransientStoreError
from docmill.intake.lanes import MOST
from docmill.intake.listener import Listener
from docmill.intake.quarantine import record_message
from docmill.intake.queue import MemoryQueue, Message, MessageQueue
from docmill.intake.spool import SpoolQueue
from docmill.store import MemoryStore
from schemas import Settings

SETTINGS = Settings(listen_seconds=0.05, queue_visibility_seconds=3)


def notification(*keys: str) -> str:
    records = [
        {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "in"}, "object": {"key": key}}} for key in keys
    ]
    return json.dumps({"Records": records})


class Bench:
    """A listener, what it processed, and what it set aside."""

    def __init__(self, queue: MessageQueue, settings: Settings = SETTINGS, process: Any = None) -> None:
        self.batches: list[list[str]] = []
        self.output = MemoryStore("out")
        self._process = process
        self.listener = Listener(
            queue,
            self._note,
            lambda message, why: record_message(self.output, "", queue.name, message, why),
            lambda notice: [key for key in notice.keys if notice.bucket == "in"],
            settings,
        )

    async def _note(self, keys: Sequence[str]) -> Collection[str]:
        self.batches.append(list(keys))
        return await self._process(keys) if self._process else ()

    async def run(self, until: Callable[[], bool], seconds: float = 10) -> None:
        """Listen until something is so."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.listener.run(stop))
        deadline = time.monotonic() + seconds
        while not until() and not task.done():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        stop.set()
        await asyncio.wait_for(task, 10)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docmill.intake.listener.RETRY_SECONDS", (0.01, 0.02))
    monkeypatch.setattr("docmill.intake.receiver.PAUSES", (0.01,))
    monkeypatch.setattr("docmill.intake.receiver.POLL_SECONDS", 0.2)


@pytest.fixture(params=["memory", "spool"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return MemoryQueue(3) if request.param == "memory" else SpoolQueue(tmp_path / "spool", 1000, 3)


def _left(queue: Any) -> int:
    return len(queue)


def _received(queue: MemoryQueue, count: int) -> list[Message]:
    """What another listener would get within a second: the stopped one's last poll may have to give some back."""
    found: list[Message] = []
    deadline = time.monotonic() + 1
    while len(found) < count and time.monotonic() < deadline:
        found += queue.receive(0.1)
    return found


async def test_messages_are_deleted_once_their_documents_are_done(queue: Any) -> None:
    """Each key is processed once, however often it is named, and then the queue is empty."""
    for n in range(25):
        queue.send(notification(f"{n % 20}.txt"))
    bench = Bench(queue)
    await bench.run(lambda: _left(queue) == 0)
    processed = [key for batch in bench.batches for key in batch]
    assert set(processed) == {f"{n}.txt" for n in range(20)}
    assert bench.listener.counts.done == 25


async def test_a_burst_is_gathered_and_the_first_is_not_kept_waiting(queue: Any) -> None:
    """A lone message is begun at once; those that come soon after go together."""
    begun: list[float] = []

    async def process(keys: Sequence[str]) -> Collection[str]:
        begun.append(time.monotonic())
        return ()

    settings = SETTINGS.model_copy(update={"listen_seconds": 2.0})
    bench = Bench(queue, settings, process)

    async def drop() -> float:
        await asyncio.sleep(0.1)
        start = time.monotonic()
        queue.send(notification("first"))
        await asyncio.sleep(0.3)
        for n in range(15):
            queue.send(notification(str(n)))
        return start

    dropping = asyncio.create_task(drop())
    await bench.run(lambda: bench.listener.counts.done == 16)
    assert begun[0] - await dropping < 1.5
    assert [len(batch) for batch in bench.batches] == [1, 15]
    assert begun[1] - begun[0] > 1.9


async def test_nothing_is_deleted_while_it_is_worked_on_and_it_stays_hidden(queue: Any) -> None:
    """Work longer than the visibility timeout is not done a second time."""

    async def process(keys: Sequence[str]) -> Collection[str]:
        await asyncio.sleep(4.5)
        assert _left(queue) == 1
        return ()

    queue.send(notification("slow"))
    bench = Bench(queue, process=process)
    await bench.run(lambda: _left(queue) == 0)
    assert bench.batches == [["slow"]]


async def test_batches_that_take_long_hold_up_no_other(queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers may take many minutes: what is dropped meanwhile is done. No more than so many are under way."""
    monkeypatch.setattr("docmill.intake.lanes.LONG_SECONDS", 0.2)
    release, done, under_way = asyncio.Event(), asyncio.Event(), list[int]()
    running = 0

    async def process(keys: Sequence[str]) -> Collection[str]:
        nonlocal running
        running += 1
        under_way.append(running)
        if keys[0].startswith("slow"):
            await release.wait()
        else:
            done.set()
        running -= 1
        return ()

    bench = Bench(queue, process=process)

    async def drop() -> None:
        for n in range(2):
            queue.send(notification(f"slow {n}"))
            await asyncio.sleep(0.1)
        queue.send(notification("quick"))
        await done.wait()
        for n in range(2, 12):
            queue.send(notification(f"slow {n}"))
            await asyncio.sleep(0.25)
        release.set()

    dropping = asyncio.create_task(drop())
    await bench.run(lambda: bench.listener.counts.done == 13)
    await dropping
    assert ["quick"] in bench.batches
    assert max(under_way) == MOST


async def test_where_hiding_itself_is_slow_messages_stay_hidden_for_longer() -> None:
    """A busy machine, or very many messages, do not have them come again while they are worked on."""
    queue, asked = MemoryQueue(visibility_seconds=3), list[int]()
    plain = queue.extend

    def extend(messages: Collection[Message], seconds: int) -> None:
        asked.append(seconds)
        time.sleep(0.5)
        plain(messages, seconds)

    queue.extend = extend  # type: ignore[method-assign]

    async def process(keys: Sequence[str]) -> Collection[str]:
        await asyncio.sleep(3.2)
        return ()

    queue.send(notification("a"))
    await Bench(queue, process=process).run(lambda: _left(queue) == 0)
    assert asked[0] == 3
    assert 5 <= asked[1] <= 9


async def test_a_store_that_is_away_is_waited_for(queue: Any) -> None:
    """The same batch is tried again until it succeeds; the message stays meanwhile."""
    faults: list[Exception] = [StoreUnreachableError("gone"), RuntimeError("Prefect is away")]

    async def process(keys: Sequence[str]) -> Collection[str]:
        assert _left(queue) == 1
        if faults:
            raise faults.pop()
        return ()

    queue.send(notification("a"))
    bench = Bench(queue, process=process)
    await bench.run(lambda: _left(queue) == 0)
    assert bench.batches == [["a"]] * 3


async def test_a_batch_that_never_succeeds_is_left_to_the_redrive_policy() -> None:
    """After the last try its messages are let go of, not deleted, and other messages were served meanwhile."""

    async def process(keys: Sequence[str]) -> Collection[str]:
        if "bad" in keys:
            raise StoreUnreachableError("never")
        return ()

    queue = MemoryQueue(3)
    queue.send(notification("bad"))
    bench = Bench(queue, process=process)

    async def drop() -> None:
        await asyncio.sleep(0.03)
        queue.send(notification("good"))

    dropping = asyncio.create_task(drop())
    await bench.run(lambda: bench.listener.counts.left == 1 and bench.listener.counts.done == 1)
    await dropping
    assert _left(queue) == 1


async def test_a_document_that_failed_alone_keeps_only_its_own_message(queue: Any) -> None:
    """Its siblings' messages are deleted; its own comes again later."""

    async def process(keys: Sequence[str]) -> Collection[str]:
        return {"bad"} & set(keys)

    for key in ("good", "bad", "fine"):
        queue.send(notification(key))
    bench = Bench(queue, process=process)
    await bench.run(lambda: bench.listener.counts.left == 1)
    assert (_left(queue), bench.listener.counts.done) == (1, 2)


async def test_what_cannot_be_understood_is_recorded_and_removed(queue: Any) -> None:
    """Whole, with the reason; the messages around it are served."""
    for body in ("nonsense ü", notification("a"), '{"Records": 3}'):
        queue.send(body)
    bench = Bench(queue)
    await bench.run(lambda: _left(queue) == 0)
    assert bench.batches == [["a"]]
    records = [json.loads(bench.output.get(info.key).data) for info in bench.output.list("quarantine-messages/")]
    assert {record["body"]: record["reason"] for record in records} == {
        "nonsense ü": "it is no JSON: Expecting value: line 1 column 1 (char 0)",
        '{"Records": 3}': "its Records are no list",
    }


async def test_what_cannot_be_recorded_stays(queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A poison message is not removed unless its record is written."""
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    bench = Bench(queue)
    tries = Counter[str]()

    def put(key: str, *_a: object, **_k: object) -> str:
        tries[key] += 1
        raise TransientStoreError("no")

    monkeypatch.setattr(bench.output, "put", put)
    queue.send("nonsense")
    await bench.run(lambda: bool(tries) and not bench.listener._held.waiting)
    assert _left(queue) == 1


async def test_what_breaks_down_is_not_held_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    """A batch that ends in an error nobody foresaw comes again: it is not kept hidden."""
    queue = MemoryQueue(visibility_seconds=0.2)
    plain, faults = queue.delete, [ZeroDivisionError("unforeseen")]

    def delete(messages: Collection[Message]) -> None:
        if faults:
            raise faults.pop()
        plain(messages)

    queue.delete = delete  # type: ignore[method-assign]
    queue.send(notification("a"))
    bench = Bench(queue)
    await bench.run(lambda: _left(queue) == 0)
    assert bench.batches == [["a"], ["a"]]
    assert "a batch broke down" in caplog.text


async def test_messages_of_no_document_are_done_with(queue: Any) -> None:
    """A test event, and a notice of another bucket, are deleted without any processing."""
    queue.send('{"Event": "s3:TestEvent"}')
    queue.send(notification("a").replace('"in"', '"elsewhere"'))
    bench = Bench(queue)
    await bench.run(lambda: _left(queue) == 0)
    assert bench.batches == []


async def test_one_key_is_not_worked_on_twice_at_once() -> None:
    """A second notice of an object under way waits until the first is done."""
    busy: Counter[str] = Counter()

    async def process(keys: Sequence[str]) -> Collection[str]:
        busy.update(keys)
        assert max(busy.values()) == 1
        await asyncio.sleep(0.2)
        busy.subtract(keys)
        return ()

    queue = MemoryQueue()
    bench = Bench(queue, process=process)

    async def drop() -> None:
        for n in range(6):
            queue.send(notification("same"))
            queue.send(notification(str(n)))
            await asyncio.sleep(0.06)

    dropping = asyncio.create_task(drop())
    await bench.run(lambda: bench.listener.counts.done == 12)
    await dropping
    assert bench.listener.counts.left == 0


async def test_stopping_finishes_what_is_under_way_and_lets_go_of_the_rest() -> None:
    """The batch begun is deleted; messages that waited can be received by others at once."""
    queue = MemoryQueue(60)
    begun = asyncio.Event()

    async def process(keys: Sequence[str]) -> Collection[str]:
        begun.set()
        await asyncio.sleep(0.3)
        return ()

    settings = SETTINGS.model_copy(update={"listen_batch_size": 1, "listen_seconds": 60})
    for n in range(3):
        queue.send(notification(str(n)))
    await Bench(queue, settings, process).run(begun.is_set)
    assert _left(queue) == 2
    assert len(_received(queue, 2)) == 2


async def test_broken_off_work_can_be_received_by_others_at_once() -> None:
    """Cancelling deletes nothing and leaves nothing hidden."""
    queue = MemoryQueue(60)
    begun = asyncio.Event()

    async def process(keys: Sequence[str]) -> Collection[str]:
        begun.set()
        await asyncio.sleep(60)
        return ()

    queue.send(notification("a"))
    task = asyncio.create_task(Bench(queue, process=process).listener.run(asyncio.Event()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(_received(queue, 1)) == 1


async def test_it_ends_when_idle_if_told_to(queue: Any) -> None:
    """Not before everything is done."""
    queue.send(notification("a"))
    bench = Bench(queue)
    await asyncio.wait_for(bench.listener.run(asyncio.Event(), idle_seconds=0.3), 10)
    assert bench.batches == [["a"]]


async def test_a_queue_that_does_not_exist_is_said_at_once_and_one_that_goes_is_waited_for() -> None:
    """At the start it is a mistake; later it is an outage."""

    class Faulty(MemoryQueue):
        faults = 0

        def receive(self, wait_seconds: float) -> Sequence[Message]:
            if self.faults:
                self.faults -= 1
                raise QueueNotFoundError("no such queue")
            return super().receive(wait_seconds)

    queue = Faulty()
    queue.faults = 1
    with pytest.raises(QueueNotFoundError):
        await Bench(queue).listener.run(asyncio.Event())
    queue.send(notification("a"))
    bench = Bench(queue)

    async def fail() -> None:
        await asyncio.sleep(0.1)
        queue.faults = 3
        await asyncio.sleep(0.5)
        queue.send(notification("b"))

    failing = asyncio.create_task(fail())
    await bench.run(lambda: bench.batches == [["a"], ["b"]])
    await failing
    assert queue.faults == 0


async def test_a_listener_does_not_take_more_than_it_can_hold() -> None:
    """With batches under way it receives about one batch ahead, and leaves the rest to other listeners."""
    queue = MemoryQueue(60)
    for n in range(500):
        queue.send(notification(str(n)))
    release = asyncio.Event()

    async def process(keys: Sequence[str]) -> Collection[str]:
        await release.wait()
        return ()

    settings = SETTINGS.model_copy(update={"listen_batch_size": 20, "listen_seconds": 0})
    bench = Bench(queue, settings, process)
    task = asyncio.create_task(bench.run(lambda: _left(queue) == 0))
    await asyncio.sleep(0.5)
    assert bench.listener.counts.received <= 3 * 20 + 20
    release.set()
    await task


def test_the_spool_survives_its_process(tmp_path: Path) -> None:
    """What was sent and not deleted is there after a restart, oldest first; a torn write is not."""
    spool = SpoolQueue(tmp_path, 10)
    for n in range(3):
        spool.send(f"message {n} é")
    first, second, third = spool.receive(0)
    spool.delete([second])
    (tmp_path / "torn.part").write_text("mess")
    (tmp_path / "~damaged.message").write_bytes(b"\xff")
    again = SpoolQueue(tmp_path, 10)
    assert [message.body for message in again.receive(0)] == [first.body, third.body, "\ufffd"]
    assert not list(tmp_path.glob("*.part"))


def test_a_spool_whose_disk_fails_says_so_and_leaves_no_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write or removal that fails is the store's fault, to be tried again; what was half written is gone."""
    spool = SpoolQueue(tmp_path, 10)
    spool.send("a")

    def fail(*_a: object, **_k: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        with pytest.raises(TransientStoreError, match="cannot write"):
            spool.send("b")
    assert len(list(tmp_path.iterdir())) == 1
    messages = spool.receive(0)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fail)
        with pytest.raises(TransientStoreError, match="cannot remove"):
            spool.delete(messages)
    assert len(spool) == 1


def test_a_full_spool_refuses(tmp_path: Path) -> None:
    """Before it is written, not after."""
    spool = SpoolQueue(tmp_path, 2)
    spool.send("a")
    spool.send("b")
    with pytest.raises(TransientStoreError, match="2 messages wait"):
        spool.send("c")
    spool.delete(spool.receive(0)[:1])
    spool.send("c")
    assert len(list(tmp_path.iterdir())) == 2
