"""The order in which a worker begins its documents, and its watch for others."""

from itertools import count

import pytest
from standins import SETTINGS, InlinePool, listed

from docmill.order import AFTER_A_MEETING, AT_FIRST, Company, Order
from docmill.result import Ending, Result
from docmill.store import MemoryStore
from docmill.store.base import StoredObject
from docmill.worker import Worker


def test_alone_a_worker_keeps_the_order() -> None:
    """Each thing once, then no more."""
    order = Order("abc")
    assert [order.take() for _ in range(3)] == ["a", "b", "c"]
    with pytest.raises(IndexError):
        order.take()


def test_who_meets_another_goes_on_from_either_end_and_leaves_nothing_out() -> None:
    """By chance, so that two that meet part sooner or later."""
    order, taken = Order(range(200)), list[int]()
    for _ in range(200):
        taken.append(order.take())
        order.met_another()
    assert sorted(taken) == list(range(200))
    assert taken.index(199) < taken.index(150)
    assert taken.index(0) < taken.index(49)


def test_a_worker_looks_out_for_others_at_first_and_for_a_while_after_it_met_one() -> None:
    """Alone for long enough, it asks the store no more than it must."""
    company = Company()
    for documents in (AT_FIRST, AFTER_A_MEETING):
        for _ in range(documents):
            assert company.expected
            company.not_met()
        assert not company.expected
        company.met()


def test_who_waits_for_a_turn_does_not_refine_what_was_done_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its record is looked for once more, just before; where nobody else is at work, it is not."""
    monkeypatch.setattr("docmill.order.WAITED_SECONDS", -1)
    inbox, output, pool = MemoryStore("in"), MemoryStore("out"), InlinePool()
    inbox.put("a", b"enriched")
    plain, calls = inbox.get, count()

    def get(key: str, *, if_match: str | None = None) -> StoredObject:
        if if_match and next(calls) == 0:
            work(InlinePool())
        return plain(key, if_match=if_match)

    def work(pool: InlinePool) -> list[Result]:
        worker = Worker(inbox, output, SETTINGS, pool)  # type: ignore[arg-type]
        results = worker.process(listed(inbox))
        worker.close()
        return results

    monkeypatch.setattr(inbox, "get", get)
    (result,) = work(pool)
    assert (result.ending, pool.calls) == (Ending.DONE_ELSEWHERE, 0)
