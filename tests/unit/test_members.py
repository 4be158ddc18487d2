"""Writing the records of a container's members."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from waiting import within

from docmill.errors import AccessDeniedError
from docmill.keys import Made
from docmill.members import MemberWriter, SupersededError, TakenError, remove_members
from docmill.output import Output
from docmill.room import Room
from docmill.sandbox import Refined
from docmill.store import MemoryStore
from schemas.source import SourceObject

SOURCE = SourceObject(bucket="in", key="a.zip", etag="e", size=1)


class _Output(MemoryStore):
    """Refuses one record, and takes its time over another."""

    def put(self, key: str, data: bytes, **conditions: Any) -> str:
        if "refused" in key:
            raise AccessDeniedError("not there")
        if "slow" in key:
            time.sleep(0.3)
        return super().put(key, data, **conditions)


def _writer(
    output: MemoryStore, threads: ThreadPoolExecutor, source: SourceObject = SOURCE, *, current: bool = True
) -> MemberWriter:
    made = Made.of(source, "f")
    return MemberWriter(Output.at(output, ""), source, made, (), threads, Room(100), lambda: current, lambda *_: None)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def _member(name: str) -> Refined:
    return Refined(b"{}", "enriched", "1", datetime.now(UTC), path=((name, 1),))


def test_nothing_is_written_once_a_container_is_given_up(threads: ThreadPoolExecutor) -> None:
    """Whoever hears of it removes the records there are: one that came later would stay."""
    writer = _writer(_Output(), threads)
    writer.add(_member("slow"))
    writer.add(_member("refused"))
    assert within(5, lambda: writer._error is not None)
    with pytest.raises(AccessDeniedError):
        writer.add(_member("next"))
    assert [info.key for info in writer._output.store.list()] == ["enriched/a.zip/!/slow.json"]


@pytest.mark.parametrize("overwritten", [True, False])
def test_no_member_of_a_newer_version_is_overwritten_or_removed(threads: ThreadPoolExecutor, overwritten: bool) -> None:
    """A worker that is late, and may be killed before it looks again, leaves what a faster one made."""
    output = MemoryStore()
    other = _writer(output, threads, SOURCE.model_copy(update={"etag": "other"}))
    for name in ("both", "its own"):
        other.add(_member(name))
    other.wait()
    late = _writer(output, threads, current=not overwritten)
    late.add(_member("both"))
    if overwritten:
        with pytest.raises(SupersededError):
            late.wait()
        with pytest.raises(SupersededError):
            late.remove_stale()
    else:
        late.wait()
        late.remove_stale()
    made = {info.key: Made.read(output.head(info.key).metadata) for info in output.list()}
    both, own = "enriched/a.zip/!/both.json", "enriched/a.zip/!/its own.json"
    etags = {key: found.etag for key, found in made.items() if found}
    assert etags == ({both: "other", own: "other"} if overwritten else {both: "e"})


def test_a_container_that_is_overwritten_is_not_read_to_its_end(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at from time to time: there may be many members, of which none is wanted any more."""
    monkeypatch.setattr("docmill.members.CHECK_EVERY", 3)
    writer = _writer(MemoryStore(), threads, current=False)
    for name in ("first", "second"):
        writer.add(_member(name))
    with pytest.raises(SupersededError):
        writer.add(_member("third"))
    writer.end()


def test_no_member_of_another_buckets_container_is_overwritten_or_removed(threads: ThreadPoolExecutor) -> None:
    """Both may have begun before either had a record of its own."""
    output = MemoryStore()
    other = _writer(output, threads, SOURCE.model_copy(update={"bucket": "other"}))
    for name in ("both", "its own"):
        other.add(_member(name))
    other.wait()
    ours = _writer(output, threads)
    ours.add(_member("ours"))
    ours.wait()
    ours.remove_stale()
    ours.add(_member("both"))
    with pytest.raises(TakenError):
        ours.wait()
    remove_members(Output.at(output, ""), "in", SOURCE.key, lambda: True)
    made = [Made.read(output.head(info.key).metadata) for info in output.list()]
    assert [found.bucket for found in made if found] == ["other", "other"]


def test_members_are_written_without_conditions_where_the_store_knows_none(threads: ThreadPoolExecutor) -> None:
    """The worker then looks at the container again when it is done."""
    output = MemoryStore(conditional_writes=False)
    for source in (SOURCE, SOURCE.model_copy(update={"etag": "other"})):
        writer = _writer(output, threads, source, current=False)
        writer.add(_member("both"))
        writer.wait()
    made = Made.read(output.head("enriched/a.zip/!/both.json").metadata)
    assert made is not None
    assert made.etag == "other"


def test_many_members_are_removed_side_by_side(monkeypatch: pytest.MonkeyPatch, threads: ThreadPoolExecutor) -> None:
    """Of ten thousand that are gone each takes three requests: one after the other, a container would take minutes."""
    output = MemoryStore("out")
    writer = _writer(output, threads)
    for n in range(32):
        writer.add(_member(f"{n}"))
    writer.wait()
    plain, together = output.delete, threading.Barrier(4)

    def delete(key: str, *, if_match: str | None = None) -> None:
        together.wait(20)
        plain(key, if_match=if_match)

    monkeypatch.setattr(output, "delete", delete)
    assert remove_members(Output.at(output, ""), "in", SOURCE.key, lambda: True)
    assert list(output.list()) == []
