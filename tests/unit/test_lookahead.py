"""What a listing tells of documents' records before they are done."""

import pytest

from docmill.errors import TransientStoreError
from docmill.keys import FOLDERS, output_key
from docmill.lookahead import FEWEST, GROUP, Lookahead
from docmill.store import MemoryStore

KEYS = [f"in/{number:03} é.txt" for number in range(GROUP + GROUP // 2 - 1)]  # still one group


class Counting(MemoryStore):
    """Counts listings; in another order than S3's on request, or without any."""

    def __init__(self, *, backwards: bool = False, fails: bool = False) -> None:
        super().__init__("out")
        self.listings = 0
        self._backwards, self._fails = backwards, fails

    def keys_after(self, prefix: str, after: str) -> tuple[list[str], bool]:
        """As asked, or not."""
        self.listings += 1
        if self._fails:
            raise TransientStoreError("busy")
        keys, more = super().keys_after(prefix, after)
        return (keys[::-1], more) if self._backwards else (keys, more)


def _write(store: MemoryStore, status: str, *keys: str) -> None:
    for key in keys:
        store.put(output_key("p/", status, key), b"{}")


def test_only_records_that_are_there_are_told_of() -> None:
    """Two listings a group, whatever lies around."""
    store, few = Counting(), KEYS[:FEWEST]
    told = Lookahead(store, "p/", few)
    assert not any(status for key in few for status in told.statuses(key))
    assert store.listings == 2
    store.listings = 0
    _write(store, "enriched", KEYS[0], KEYS[7], KEYS[-1], "in/0000.txt", "in/003", "other.txt", "zz.txt")
    _write(store, "rejected", KEYS[7], KEYS[8])
    ahead = Lookahead(store, "p/", KEYS)
    told = {key: tuple(ahead.statuses(key)) for key in KEYS}
    assert {key: statuses for key, statuses in told.items() if statuses} == {
        KEYS[0]: ("enriched",),
        KEYS[7]: ("enriched", "rejected"),
        KEYS[8]: ("rejected",),
        KEYS[-1]: ("enriched",),
    }
    assert store.listings == 2
    _write(store, "rejected", KEYS[0], KEYS[9])  # another worker's, meanwhile
    assert ahead.doubled() == {KEYS[0]}
    assert store.listings == 4


@pytest.mark.parametrize("store", [Counting(backwards=True), Counting(fails=True)], ids=["no order", "no answer"])
def test_where_a_listing_does_not_tell_any_record_may_be_there(store: Counting) -> None:
    """Then each is looked for, as if it had not been asked."""
    for status in FOLDERS:
        _write(store, status, *KEYS[:3], *KEYS[-3:])
    ahead = Lookahead(store, "p/", KEYS)
    assert all(tuple(ahead.statuses(key)) == tuple(FOLDERS) for key in KEYS)
    assert ahead.doubled() == set()


def test_behind_the_end_of_a_page_any_record_may_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second one is asked for."""
    monkeypatch.setattr("docmill.store.memory.PAGE", 10)
    store = Counting()
    _write(store, "enriched", *(f"{KEYS[40]}/!/{number}" for number in range(20)))
    ahead = Lookahead(store, "p/", KEYS)
    assert not any("enriched" in ahead.statuses(key) for key in KEYS[:40])
    assert all("enriched" in ahead.statuses(key) for key in KEYS[41:])


def test_where_pages_tell_little_no_more_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of other documents lie between those of a group that is no neighbourhood."""
    monkeypatch.setattr("docmill.store.memory.PAGE", 10)
    store = Counting()
    _write(store, "enriched", *(f"in/000/{number}" for number in range(20)))
    ahead = Lookahead(store, "p/", KEYS)
    assert all("enriched" in ahead.statuses(key) for key in KEYS[1:])
    assert store.listings == 1


def test_pairs_are_found_however_much_lies_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of what was told before pages told too little to ask for more."""
    monkeypatch.setattr("docmill.store.memory.PAGE", 10)
    store, keys = Counting(), [f"in/{number:03}.txt" for number in range(2 * GROUP)]
    ahead = Lookahead(store, "p/", keys)
    assert not any(status for key in keys[:GROUP] for status in ahead.statuses(key))
    _write(store, "enriched", *keys[:GROUP], *(f"in/070/{number}" for number in range(20)))
    assert tuple(ahead.statuses(keys[-1])) == tuple(FOLDERS)
    _write(store, "rejected", keys[3], keys[60])
    assert ahead.doubled() == {keys[3], keys[60]}


def test_few_documents_are_not_worth_a_listing() -> None:
    """A handful is looked for one by one."""
    store = Counting()
    ahead = Lookahead(store, "p/", KEYS[: FEWEST - 1])
    assert tuple(ahead.statuses(KEYS[0])) == tuple(FOLDERS)
    assert ahead.doubled() == set()
    assert store.listings == 0
