"""What people are told while a run is watched."""

import asyncio
import threading
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from docmill.server_process import free_port
from tasks import watching


async def test_an_api_that_is_gone_is_told_of_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Prefect tries each request for a minute, and says nothing meanwhile; and once, not with each look."""
    monkeypatch.setattr(watching, "SECONDS", 0.01)
    monkeypatch.setattr(watching, "SILENT_SECONDS", 0.0)
    event = threading.Event()
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api"}):
        answers, looks = watching._Answers(), list[Exception | None]()
        monkeypatch.setattr(watching._Answers, "note", _counted(watching._Answers.note, looks, event))
        await asyncio.wait_for(watching._watch([uuid4()], event, answers), 60)
    assert all(isinstance(silence, httpx.ConnectError) for silence in looks)
    (told,) = [record.getMessage() for record in caplog.records if record.name == "docmill"]
    assert "the Prefect API does not answer" in told
    assert "committed all the same" in told


def _counted(note, looks, event):
    def counted(self, silence):
        note(self, silence)
        looks.append(silence)
        if len(looks) == 3:
            event.set()

    return counted


def test_an_api_that_comes_back_is_told_of(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A look without an answer is nobody's business; that it is back is, once it was told to be gone."""
    answers = watching._Answers()
    answers.note(OSError("no"))
    answers.note(None)
    assert not caplog.records
    monkeypatch.setattr(watching, "SILENT_SECONDS", 0.0)
    for silence in (OSError("no"), OSError("no"), None, None):
        answers.note(silence)
    first, second = (record.getMessage() for record in caplog.records)
    assert "does not answer (no)" in first
    assert second == "the Prefect API answers again"


async def test_a_store_that_hangs_is_told_of(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Once, and again when it answers: requests are given up after minutes, in which no document is done."""
    monkeypatch.setattr(watching, "SHOW_SECONDS", 0.0)
    seconds = iter([0.0, 31.0, 34.0, 1.0, 0.0])
    pressure = SimpleNamespace(silence=lambda: next(seconds))
    with pytest.raises(RuntimeError):  # of the generator's end, within a coroutine
        await watching._tell_of_silence(pressure)
    first, second = (record.getMessage() for record in caplog.records)
    assert "has not answered for 31 s" in first
    assert second == "the store answers again"
