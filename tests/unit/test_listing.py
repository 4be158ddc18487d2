"""Listing in parallel: each object once, faults raised, threads ended."""

import threading
from collections.abc import Iterator

import pytest

from docmill.errors import TransientStoreError
from docmill.listing import list_objects
from docmill.store import MemoryStore
from docmill.store.base import ObjectInfo


def _store(*keys: str) -> MemoryStore:
    store = MemoryStore("in")
    for key in keys:
        store.put(key, b"x")
    return store


@pytest.mark.parametrize(
    "keys",
    [
        ["a", "b/c", "b/d", "e/f/g", "/h", "i//j", "b/"],
        [f"in/2024/{n % 7}/{n}" for n in range(100)],
        [f"{n}" for n in range(1500)],
        [f"{n}/x" for n in range(1500)],
        ["only/one/folder/x"],
        [],
    ],
)
def test_each_object_is_listed_once(keys: list[str]) -> None:
    """Forks at any level, levels of more than a page, empty names between slashes."""
    assert sorted(info.key for info in list_objects(_store(*keys), "")) == sorted(keys)


def test_only_the_prefix_is_listed() -> None:
    """What merely begins like it is not."""
    store = _store("in/a", "in/b/c", "inbox/d", "e")
    assert sorted(info.key for info in list_objects(store, "in/")) == ["in/a", "in/b/c"]


def test_a_fault_in_one_folder_is_raised_and_the_threads_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing that is not whole is never taken for one."""
    store = _store(*(f"{folder}/{n}" for folder in "abc" for n in range(10)))
    plain = store.list

    def fail(prefix: str = "") -> Iterator[ObjectInfo]:
        if prefix == "b/":
            raise TransientStoreError("slow down")
        return plain(prefix)

    monkeypatch.setattr(store, "list", fail)
    monkeypatch.setattr(store, "list_level", lambda _prefix: ([], ["a/", "b/", "c/"]))
    with pytest.raises(TransientStoreError):
        list(list_objects(store, ""))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("docmill-list")]


def test_a_listing_that_is_not_read_to_its_end_ends_too() -> None:
    """Threads that wait to hand over a page give up."""
    store = _store(*(f"{folder}/{n}" for folder in range(40) for n in range(100)))
    listing = list_objects(store, "")
    next(listing)
    listing.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("docmill-list")]
