"""Writing the records of a container's members."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from docmill.errors import AccessDeniedError
from docmill.keys import Made
from docmill.members import MemberWriter
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


@pytest.fixture
def writer() -> Iterator[MemberWriter]:
    with ThreadPoolExecutor(2) as threads:
        made = Made.of(SOURCE, "f")
        yield MemberWriter(_Output(), "", SOURCE, made, threads, Room(100), lambda: True, lambda *_: None)


def _member(name: str) -> Refined:
    return Refined(b"{}", "enriched", "1", datetime.now(UTC), path=((name, 1),))


def test_nothing_is_written_once_a_container_is_given_up(writer: MemberWriter) -> None:
    """Whoever hears of it removes the records there are: one that came later would stay."""
    writer.add(_member("slow"))
    writer.add(_member("refused"))
    deadline = time.monotonic() + 5
    while writer._error is None and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    with pytest.raises(AccessDeniedError):
        writer.add(_member("next"))
    assert [info.key for info in writer._output.list()] == ["enriched/a.zip/!/slow.json"]
