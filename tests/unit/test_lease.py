"""Leases: one living holder at a time, whatever the clocks say."""

import asyncio
import threading
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from docmill.errors import TransientStoreError
from docmill.store import MemoryStore
from docmill.store.base import StoredObject
from docmill.store.lease import Lease, read_holder
from schemas import Settings
from tasks.exclusive import exclusive, lease_key

KEY = "leases/sweep.json"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    monkeypatch.setattr("docmill.store.lease.SETTLE_SECONDS", 0.05)


@pytest.fixture(params=[True, False], ids=["compare-and-swap", "no conditional writes"])
def store(request: pytest.FixtureRequest) -> MemoryStore:
    return MemoryStore(conditional_writes=request.param)


def _lease(store: MemoryStore, seconds: float = 60) -> Lease:
    return Lease(store, "", KEY, seconds)


def _die(lease: Lease) -> None:
    """As if its process had been killed: it neither renews nor releases."""
    lease._ended.set()
    assert lease._thread is not None
    lease._thread.join()


def test_one_holds_it_until_released(store: MemoryStore) -> None:
    """The second is told who has it, and gets it at once after a release."""
    first, second = _lease(store), _lease(store)
    assert first.take() is None
    holder = second.take()
    assert holder is not None
    assert "process" in holder.name
    assert read_holder(store, KEY) == holder
    first.release()
    assert read_holder(store, KEY) is None
    assert second.take() is None
    second.release()


def test_a_dead_holders_lease_is_taken_over_when_it_ran_out(store: MemoryStore) -> None:
    """Not before its time is over, and after it without its consent."""
    dead, heir = _lease(store, seconds=1.5), _lease(store)
    assert dead.take() is None
    _die(dead)
    assert heir.take() is not None
    time.sleep(1.6)
    assert heir.take() is None
    heir.release()


@pytest.mark.parametrize(
    ("request_name", "of"), [("get", KEY), ("head", ""), ("put", ""), ("put", KEY), ("delete", "")]
)
def test_a_busy_store_is_asked_again(monkeypatch: pytest.MonkeyPatch, request_name: str, of: str) -> None:
    """A sweep does not end because the store asked for patience while the lease of a dead one was taken."""
    store = MemoryStore()
    dead = _lease(store, seconds=0.05)
    assert dead.take() is None
    _die(dead)
    time.sleep(0.1)
    second, plain, left = _lease(store), getattr(store, request_name), [1, 1]

    def request(key: str, *args: Any, **options: Any) -> Any:
        if left and key.startswith(of):
            left.pop()
            raise TransientStoreError("slow down")
        return plain(key, *args, **options)

    monkeypatch.setattr(store, request_name, request)
    assert second.take() is None
    second.release()
    assert [info.key for info in store.list()] == [KEY]


def test_a_living_holder_keeps_it_beyond_its_time(store: MemoryStore) -> None:
    """It is renewed in the background."""
    holder, other = _lease(store, seconds=1.5), _lease(store)
    assert holder.take() is None
    time.sleep(2.5)
    assert other.take() is not None
    assert not holder.lost
    holder.release()


def test_who_waits_reads_the_stores_clock_once_a_renewal(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a versioned bucket each scratch object, and the mark of its deletion, would stay."""
    store = MemoryStore()
    holder, other = _lease(store), _lease(store)
    assert holder.take() is None
    written: list[str] = []
    plain = store.put

    def put(key: str, data: bytes, **conditions: Any) -> str:
        written.append(key)
        return plain(key, data, **conditions)

    monkeypatch.setattr(store, "put", put)
    assert all(other.take() for _ in range(5))
    assert len(written) == 1
    holder._renewals += 1
    assert holder._write(holder._etag)
    assert all(other.take() for _ in range(5))
    assert len(written) == 3
    holder.release()


def test_clocks_that_differ_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store whose clock is an hour ahead or behind makes no lease older or younger."""
    for skew in (timedelta(hours=1), timedelta(hours=-1)):
        store = MemoryStore()
        plain = store.get

        def get(key: str, plain: Any = plain, skew: timedelta = skew, **conditions: Any) -> Any:
            stored = plain(key, **conditions)
            return replace(stored, info=replace(stored.info, last_modified=stored.info.last_modified + skew))

        monkeypatch.setattr(store, "get", get)
        dead, heir = _lease(store, seconds=1.5), _lease(store)
        assert dead.take() is None
        _die(dead)
        assert heir.take() is not None
        time.sleep(1.6)
        assert heir.take() is None
        heir.release()


def test_of_many_at_once_one_gets_it() -> None:
    """Compare-and-swap leaves one winner, whether the lease is new, released or dead."""
    store = MemoryStore()
    for _ in range(3):
        leases = [_lease(store, seconds=1) for _ in range(8)]
        gate = threading.Barrier(8)
        won: list[Lease] = []

        def take(lease: Lease, gate: threading.Barrier = gate, won: list[Lease] = won) -> None:
            gate.wait()
            if lease.take() is None:
                won.append(lease)

        threads = [threading.Thread(target=take, args=(lease,)) for lease in leases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        _die(won[0])
        time.sleep(1.1)


def test_a_holder_that_was_taken_for_dead_knows() -> None:
    """One that could not renew in time, and whose lease another took, finds out and releases nothing."""
    store = MemoryStore()
    frozen, heir = _lease(store, seconds=0.2), _lease(store)
    assert frozen.take() is None
    _die(frozen)
    time.sleep(0.3)
    assert heir.take() is None
    frozen._ended.clear()
    frozen._renew()
    assert frozen.lost
    frozen.release()
    assert read_holder(store, KEY) is not None
    heir.release()


def test_inboxes_that_share_an_output_do_not_wait_for_each_other() -> None:
    """Each has leases of its own, whichever way its location is written."""
    settings = [Settings(inbox=f"s3://in{path}", output="s3://out/made") for path in ("", "/", "/a", "/a/", "/b")]
    whole, also_whole, a, also_a, b = [lease_key(one, "sweep") for one in settings]
    assert whole == also_whole == "made/leases/sweep.json"
    assert a == also_a
    assert len({whole, a, b}) == 3
    assert all(key.startswith("made/leases/") and key.endswith("/sweep.json") for key in (a, b))


async def test_who_is_cancelled_while_asking_does_not_hold_it_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request under way in a thread goes on: what it may yet get is not renewed."""
    asked, answer = threading.Event(), threading.Event()

    class SlowStore(MemoryStore):
        def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
            if key == KEY:
                asked.set()
                answer.wait()
            return super().get(key, if_match=if_match)

    store, settings = SlowStore(), Settings(inbox="s3://in", output="s3://memory", lease_seconds=0.3)
    monkeypatch.setattr("tasks.exclusive.runtime", lambda: SimpleNamespace(output=store, settings=settings))

    async def work() -> None:
        async with exclusive("sweep", wait=False):
            pass

    task = asyncio.create_task(work())
    assert await asyncio.to_thread(asked.wait, 10)
    task.cancel()
    await asyncio.sleep(0.05)
    answer.set()
    await asyncio.wait([task])
    assert task.cancelled()
    await asyncio.sleep(1)
    other = _lease(store)
    assert await asyncio.to_thread(other.take) is None
    other.release()


def test_a_lost_answer_is_not_a_lost_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that went through, was repeated and then refused, is recognised as ours; one that fails is repeated."""
    store = MemoryStore()
    store.capabilities()
    plain, faults = store.put, [TransientStoreError("the answer was lost")]

    def put(key: str, data: bytes, **conditions: Any) -> str:
        etag = plain(key, data, **conditions)
        if key == KEY and faults:
            faults.pop()
            return plain(key, data, **conditions)  # as boto3 repeats it
        return etag

    monkeypatch.setattr(store, "put", put)
    lease = _lease(store, seconds=1.5)
    assert lease.take() is None
    time.sleep(2)
    assert not lease.lost
    lease.release()
    assert read_holder(store, KEY) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"token": 3}', b"\xff"])
def test_an_unreadable_lease_is_free(data: bytes) -> None:
    """Whatever lies there, work is not blocked for ever."""
    store = MemoryStore()
    store.put(KEY, data)
    lease = _lease(store)
    assert lease.take() is None
    lease.release()
