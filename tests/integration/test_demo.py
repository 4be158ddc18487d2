"""`docmill demo` and `docmill up`, as a person runs them: what they show, and that they leave nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import jsonschema
import psutil
import pytest
from prefect_database import PrefectDatabase
from waiting import within

from docmill.cli.console import shown
from docmill.cli.lock import folder_lock
from docmill.contract import json_schema
from docmill.store.s3 import S3Store, make_client

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "docmill" / "samples"
DOCMILL = Path(sys.executable).with_name("docmill")
VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_schema()))
TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market."
MARK = "SPAWNED_BY_TEST"  # in the environment of every process a test's command starts, and of theirs

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as on Unix"),
]


@dataclass
class Command:
    """A command under way, with a home, temporary folder and mark of its own."""

    process: subprocess.Popen[str]
    folder: Path
    mark: str

    @property
    def temporary(self) -> Path:
        """Its temporary folder."""
        return self.folder / "tmp"

    def said(self) -> str:
        """What it wrote on standard error so far."""
        return (self.folder / "stderr").read_text(encoding="utf-8")

    def printed(self) -> str:
        """What it wrote on standard output so far."""
        return (self.folder / "stdout").read_text(encoding="utf-8")

    def wait_until_said(self, words: str, seconds: float = 150) -> None:
        """Wait for a line on standard error."""
        assert within(seconds, lambda: words in self.said() or self.process.poll() is not None)
        assert words in self.said()

    def end(self, number: signal.Signals, seconds: float) -> int:
        """Send the process, and not its children, a signal, and wait for its exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def family(self) -> list[str]:
        """Command lines of the processes that it started, directly or not, and that still run."""
        return [" ".join(found.cmdline()) for found in _marked(self.mark)]


def _marked(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except psutil.Error:  # not ours, or gone by now
            continue


@contextmanager
def _running(folder: Path, arguments: tuple[str, ...], environ: dict[str, str]) -> Iterator[Command]:
    mark = uuid4().hex
    (folder / "tmp").mkdir()
    # No AWS or Prefect settings at all: these commands need none.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PREFECT_"))}
    own = {"HOME": str(folder), "TMPDIR": str(folder / "tmp"), "PYTHONUTF8": "1", MARK: mark}
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            (DOCMILL, *arguments), cwd=folder, env=kept | own | environ, stdout=stdout, stderr=stderr
        )
    try:
        yield Command(process, folder, mark)
    finally:
        for left in [process, *_marked(mark)]:
            left.kill()
        process.wait(10)


def _leaves_nothing(command: Command) -> None:
    """No process, and nothing in the temporary folder."""
    assert within(30, lambda: not command.family()), command.family()
    assert not list(command.temporary.glob("docmill-*"))


def test_demo_shows_every_sample_and_leaves_nothing(tmp_path: Path) -> None:
    """The demo ends with 0, its table names all 25 samples, their records are valid, and nothing stays behind.

    Of an earlier demo's records none stays; of somebody's own in their folders all do.
    """
    for name in ("enriched/own.txt", "quarantine/en/night-bus-drivers.txt.json"):
        path = tmp_path / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("from before")
    with _running(tmp_path, ("demo", "--out", "out"), {}) as command:
        assert command.process.wait(300) == 0, command.said()
        _leaves_nothing(command)
        assert "Traceback" not in command.said()
        table = command.printed()
    keys = [p.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("*") if p.is_file() and p.name != "README.md"]
    assert len(keys) == 25
    assert [key for key in keys if shown(key, 34) not in table] == []
    assert (tmp_path / "out/enriched/own.txt").read_text() == "from before"
    records = {}
    for path in (tmp_path / "out").rglob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        VALIDATOR.validate(record)
        records[record["source"]["key"]] = record["status"]
    assert sorted(records) == sorted(keys)
    assert sorted(key for key, status in records.items() if status == "rejected") == [
        "broken/empty.txt",
        "broken/garbage.txt",
        "broken/pixels.png",
    ]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "stderr", "stdout", "tmp"]


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("starting an object store", 0.5), ("sample documents dropped", 0.5), ("sweeping", 1.0)],
    ids=["servers starting", "Prefect starting", "sweeping"],
)
def test_demo_interrupted_ends_at_once_and_leaves_nothing(tmp_path: Path, words: str, seconds: float) -> None:
    """Ctrl-C at any time, even if it reaches the command alone, is exit code 130 within 30 s and leaves nothing."""
    with _running(tmp_path, ("demo", "--out", "out"), {}) as command:
        command.wait_until_said(words)
        time.sleep(seconds)
        assert command.end(signal.SIGINT, 30) == 130, command.said()
        _leaves_nothing(command)
        assert command.said().splitlines()[-1] == "docmill: interrupted"
        assert "Traceback" not in command.said()


@pytest.fixture
def state(tmp_path: Path, prefect_database: PrefectDatabase) -> Path:
    """A state folder for `up`, whose Prefect server finds its database made."""
    prefect_database.put(tmp_path / "state" / "prefect")
    return tmp_path / "state"


def test_up_picks_up_what_is_dropped_and_stops_cleanly(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is dropped while `up` runs has its record soon, without a sweep; SIGTERM ends all with exit code 0.

    A second `up` over the same folder says so in one line, exit code 2, and the first goes on.
    """
    environ = {"DOCMILL_STATE_DIR": str(state), "DOCMILL_SWEEP_INTERVAL_SECONDS": "3600", "DOCMILL_WORKERS": "1"}
    with _running(tmp_path, ("up", "--prefect-port", "0"), environ) as command:
        command.wait_until_said("drop documents in s3://docmill-inbox")
        (endpoint,) = [line.split()[3] for line in command.said().splitlines() if line.startswith("object store at")]
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        client = make_client(1)
        S3Store("docmill-inbox", client).put("a/report.txt", TEXT)
        output = S3Store("docmill-output", client)
        done = within(200, lambda: any(output.list("enriched/a/report.txt.json")))
        assert done, command.said()
        VALIDATOR.validate(json.loads(output.get("enriched/a/report.txt.json").data))
        S3Store("docmill-inbox", client).put("b c/later.txt", TEXT)  # the next sweep is an hour away: by notification
        assert within(200, lambda: any(output.list("enriched/b c/later.txt.json"))), command.said()
        client.close()
        assert "export DOCMILL_QUEUE=docmill-notifications\n" in (state / "env").read_text()  # whatever the port
        _refuses_the_folder(tmp_path / "second", environ)
        assert command.process.poll() is None
        assert command.end(signal.SIGTERM, 60) == 0, command.said()
        _leaves_nothing(command)
        assert "Traceback" not in command.said()
        with folder_lock(state):
            pass  # it is free
        assert not (state / "env").exists()


def _refuses_the_folder(home: Path, environ: dict[str, str]) -> None:
    home.mkdir()
    with _running(home, ("up", "--prefect-port", "0"), environ) as second:
        assert second.process.wait(90) == 2
        (line,) = second.said().splitlines()
        assert "another docmill uses the folder" in line
        assert "DOCMILL_STATE_DIR" in line


def test_up_ends_where_a_server_of_its_own_does(tmp_path: Path, state: Path) -> None:
    """Without it nothing would go on: exit code 2 and a line, so that whoever keeps `up` running starts all anew."""
    environ = {"DOCMILL_STATE_DIR": str(state), "DOCMILL_WORKERS": "1"}
    with _running(tmp_path, ("up", "--prefect-port", "0"), environ) as command:
        command.wait_until_said("drop documents in s3://docmill-inbox")
        (ui,) = [line.split()[3] for line in command.said().splitlines() if line.startswith("Prefect UI at")]
        assert within(90, lambda: httpx.post(f"{ui}/api/flow_runs/count", json={}).json() > 0)  # all is under way
        (server,) = [p for p in psutil.Process(command.process.pid).children() if "prefect" in p.cmdline()]
        server.kill()
        assert command.process.wait(60) == 2, command.said()
        assert "docmill: prefect ended with exit code -9" in command.said()
        _leaves_nothing(command)
