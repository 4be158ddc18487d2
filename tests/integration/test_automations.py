"""The automations: applied once however often, and each fires when it is provoked, on a real Prefect server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from commands import run_here
from prefect.blocks.notifications import SlackWebhook
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.types.entrypoint import EntrypointType
from prefect_database import PrefectDatabase
from waiting import within

from docmill.automations import load_automations
from docmill.services import PrefectServer
from flows.sweep import sweep
from schemas import Settings

DOCMILL = Path(sys.executable).with_name("docmill")
ENVIRON = {"DOCMILL_SWEEP_INTERVAL_SECONDS": "4", "DOCMILL_HEARTBEAT_SECONDS": "2", "DOCMILL_INBOX": "s3://box"}
OVERDUE, SILENT, REJECTIONS = "docmill: sweep overdue", "docmill: listener silent", "docmill: many rejections"
pytestmark = pytest.mark.timeout(360)


Apply = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, prefect_database: PrefectDatabase) -> Iterator[PrefectServer]:
    """A server of this module's own, with the sweep's deployment, whose runs no one takes."""
    home = tmp_path_factory.mktemp("prefect")
    prefect_database.put(home)
    with PrefectServer(home) as found:
        found.wait_ready()
        with temporary_settings({PREFECT_API_URL: found.api_url}):
            sweep.to_deployment("sweep", entrypoint_type=EntrypointType.MODULE_PATH).apply()
        yield found


@pytest.fixture
def apply(server: PrefectServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Apply:
    """Runs the command in this process, which finds the server's address in Prefect's settings."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        with temporary_settings({PREFECT_API_URL: server.api_url}):
            return run_here(("setup-automations", *arguments), tmp_path, capsys, ENVIRON | environ)

    return run


def _apply_apart(server: PrefectServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which finds the address in its environment."""
    return subprocess.run(
        (DOCMILL, "setup-automations", *arguments), env=os.environ | server.environment() | ENVIRON,
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def _emit(server: PrefectServer, event: str, resource: str) -> None:
    occurred = datetime.now(UTC).isoformat()
    body = {"event": event, "resource": {"prefect.resource.id": resource}, "occurred": occurred, "id": str(uuid4())}
    _send(server, "POST", "/events", [body])


def _ask(server: PrefectServer, path: str, body: dict[str, Any] | None = None) -> Any:
    return _send(server, "POST", path, body or {}).json()


def _send(server: PrefectServer, method: str, path: str, body: Any) -> httpx.Response:
    """What the server answers; asked again, as Prefect's own client does, while its database is busy."""
    answers: list[httpx.Response] = []

    def is_served() -> bool:
        answers.append(httpx.request(method, f"{server.api_url}{path}", json=body, timeout=60))
        return answers[-1].status_code != httpx.codes.SERVICE_UNAVAILABLE

    assert within(60, is_served, every=1)
    return answers[-1].raise_for_status()


def _fired(server: PrefectServer, name: str) -> int:
    """How often an automation fired."""
    wanted = {"filter": {"event": {"name": ["prefect.automation.triggered"]}}, "limit": 50}
    events = _ask(server, "/events/filter", wanted)["events"]
    return sum(event["resource"]["prefect.resource.name"] == name for event in events)


def _sweeps_started(server: PrefectServer) -> int:
    return int(_ask(server, "/flow_runs/count", {"deployments": {"name": {"any_": ["sweep"]}}}))


def test_they_are_applied_once_and_brought_up_to_date(server: PrefectServer, apply: Apply) -> None:
    """The second time nothing changes; another interval changes what depends on it; what is paused stays paused."""
    first = _apply_apart(server, "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == dict.fromkeys((OVERDUE, SILENT, REJECTIONS), "created")
    assert set(json.loads(apply("--json").stdout).values()) == {"unchanged"}
    (paused,) = [a for a in _ask(server, "/automations/filter") if a["name"] == SILENT]
    _send(server, "PATCH", f"/automations/{paused['id']}", {"enabled": False})
    again = json.loads(apply("--json", DOCMILL_HEARTBEAT_SECONDS="20").stdout)
    assert again == {OVERDUE: "unchanged", SILENT: "brought up to date", REJECTIONS: "unchanged"}
    found = {a["name"]: a for a in _ask(server, "/automations/filter")}
    assert len(found) == len(_ask(server, "/automations/filter")) == 3
    assert (found[SILENT]["enabled"], found[SILENT]["trigger"]["within"]) == (False, 60)
    _send(server, "PATCH", f"/automations/{paused['id']}", {"enabled": True})
    assert json.loads(apply("--json").stdout)[SILENT] == "brought up to date"


def test_a_sweep_that_is_overdue_is_noticed_and_one_is_started(server: PrefectServer, apply: Apply) -> None:
    """With no sweep completing for three intervals."""
    assert apply().returncode == 0
    started = _sweeps_started(server)
    fired = _fired(server, OVERDUE)
    assert within(60, lambda: _fired(server, OVERDUE) > fired)
    assert within(60, lambda: _sweeps_started(server) > started)


def test_a_listener_that_falls_silent_is_noticed_and_a_sweep_is_started(server: PrefectServer, apply: Apply) -> None:
    """Not while it is heard of, but once it stops; a listener that was never heard of is not missed."""
    assert apply().returncode == 0
    fired = _fired(server, SILENT)
    for _ in range(4):
        _emit(server, "docmill.listener.heartbeat", "docmill.listener.box")
        time.sleep(3)
    assert _fired(server, SILENT) == fired
    assert within(60, lambda: _fired(server, SILENT) == fired + 1)
    time.sleep(15)
    assert _fired(server, SILENT) == fired + 1, "one silence is one alarm"


def test_many_rejections_are_noticed_once_an_hour(server: PrefectServer, apply: Apply) -> None:
    """The event docmill sends when the share is too high fires it; at once, and not again soon after."""
    assert apply().returncode == 0
    for _ in range(3):
        _emit(server, "docmill.rejections.high", "s3.bucket.box")
    assert within(60, lambda: _fired(server, REJECTIONS) == 1)
    time.sleep(5)
    assert _fired(server, REJECTIONS) == 1


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # what Prefect sends messages by has it
def test_someone_can_be_told(server: PrefectServer, apply: Apply) -> None:
    """A notification block named by type and name is added to each automation, and one that is not there is named."""
    assert apply().returncode == 0
    missing = apply("--notify", "slack-webhook/none")
    assert missing.returncode == 2
    (line,) = missing.stderr.splitlines()
    assert "no notification block slack-webhook/none" in line
    with temporary_settings({PREFECT_API_URL: server.api_url}):
        SlackWebhook(url="http://127.0.0.1:9/x").save("ops")
    done = apply("--notify", "slack-webhook/ops", "--json")
    assert set(json.loads(done.stdout).values()) == {"brought up to date"}
    kinds = {a["name"]: [b["type"] for b in a["actions"]] for a in _ask(server, "/automations/filter")}
    assert kinds == {
        OVERDUE: ["run-deployment", "send-notification"],
        SILENT: ["run-deployment", "send-notification"],
        REJECTIONS: ["send-notification"],
    }


def test_mistakes_are_one_clear_line(apply: Apply, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A deployment that is not there, a file that is none, no server named."""
    wrong = tmp_path / "wrong.yaml"
    cases = [
        ("automations: [{name: x, trigger: {type: event}, actions: [{type: nonsense}]}]", "automation 'x'"),
        ("automations: [{name: x, actions: [{type: run-deployment, deployment: a/b}]}]", "no deployment a/b"),
        ("automations: 3", "no list of automations"),
        ("automations: [{name: ${nothing}}]", "nothing"),
        ("a: b: c", "cannot be used"),
    ]
    found = []
    for text, words in cases:
        wrong.write_text(text)
        found.append((apply("--file", str(wrong)), words))
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        done = run_here(("setup-automations",), tmp_path, capsys, ENVIRON | {"PREFECT_API_URL": ""})
    found.append((done, "PREFECT_API_URL is not set"))
    for done, words in found:
        assert done.returncode == 2, done
        (line,) = done.stderr.splitlines()
        assert line.startswith("docmill: ")
        assert words in line


def test_their_times_follow_the_settings() -> None:
    """Three intervals, three heartbeats, and never less than Prefect's ten seconds."""
    times = {a["name"]: a["trigger"]["within"] for a in load_automations(Settings())}
    assert times == {OVERDUE: 900, SILENT: 180, REJECTIONS: 3600}
    quick = load_automations(Settings(sweep_interval_seconds=1, heartbeat_seconds=1))
    assert [a["trigger"]["within"] for a in quick] == [10, 10, 3600]
