"""A store that is busy is asked less, and as much as before once it is well."""

import threading
import time
from types import SimpleNamespace

import pytest

from docmill.errors import StoreUnreachableError, TransientStoreError
from docmill.store import MemoryStore
from docmill.store.pressure import EasedStore, Pressure


def _refuse() -> None:
    raise TransientStoreError("SlowDown")


def _refuse_at_once(pressure: Pressure, count: int) -> None:
    """So many requests, all under way when the first is refused."""
    together = threading.Barrier(count)

    def request() -> None:
        together.wait()
        _refuse()

    def ask() -> None:
        with pytest.raises(TransientStoreError):
            pressure.ask(request)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_refusal_halves_what_is_asked_at_once_and_successes_bring_it_back() -> None:
    """Refusals of requests under way together count once; each success adds a little, up to where it began."""
    pressure = Pressure(16)
    _refuse_at_once(pressure, 3)
    assert (pressure.allowed, pressure.refusals) == (8, 3)
    for _ in range(8):
        pressure.ask(lambda: None)
    assert 8.9 < pressure.allowed < 9
    for _ in range(200):
        pressure.ask(lambda: None)
    assert pressure.allowed == 16


def test_no_more_requests_than_allowed_are_under_way() -> None:
    """Threads wait for their turn; one request is always allowed."""
    pressure = Pressure(8)
    pressure.allowed = 2.0
    under_way, most, lock = [0], [0], threading.Lock()

    def request() -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.01)
        with lock:
            under_way[0] -= 1
            pressure.allowed = 2.0

    threads = [threading.Thread(target=pressure.ask, args=(request,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 3  # a success in between has added its part
    pressure.allowed = 0.2
    pressure.ask(request)


def test_a_store_that_takes_few_requests_at_once_is_asked_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a store that refuses more than four requests at once, work goes on at about four."""
    store, busy, lock = MemoryStore(), [0], threading.Lock()
    plain = store.get

    def get(key: str, *, if_match: str | None = None) -> object:
        with lock:
            busy[0] += 1
            refused = busy[0] > 4
        try:
            time.sleep(0.002)
            if refused:
                _refuse()
            return plain(key, if_match=if_match)
        finally:
            with lock:
                busy[0] -= 1

    monkeypatch.setattr(store, "get", get)
    store.put("a", b"x")
    pressure = Pressure(32)
    eased, done = EasedStore(store, pressure), []

    def read() -> None:
        while len(done) < 400:
            try:
                eased.get("a")
            except TransientStoreError:
                continue
            done.append(1)

    threads = [threading.Thread(target=read) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pressure.refusals < 200
    assert pressure.allowed < 12


def test_a_store_that_answers_nothing_is_known_to_be_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often requests to it are given up, until it answers one, if only to refuse it."""
    clock = iter(range(100, 200))
    monkeypatch.setattr("docmill.store.pressure.time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    pressure = Pressure(4)
    assert pressure.silence() == 0
    for _ in range(2):
        with pytest.raises(StoreUnreachableError):
            pressure.ask(_hang)
    assert pressure.silence() == 1
    assert pressure.silence() == 2
    with pytest.raises(TransientStoreError):
        pressure.ask(_refuse)
    assert pressure.silence() == 0
    during = list[float]()
    pressure.ask(lambda: pressure.ask(lambda: during.append(pressure.silence())))
    assert during == [1]
    assert pressure.silence() == 0


def _hang() -> None:
    raise StoreUnreachableError("no answer in time")
