"""The real commands, killed and disturbed on real servers, a few times each; `python -m faults` does it at length."""

import gc
import sys
from collections.abc import Iterator

import pytest

from faults.chaos import Campaign, Totals
from faults.proxy import FaultProxy

# Prefect 3.8 drops API clients of its own without closing them: see tests/flows/conftest.py.
pytestmark = [
    pytest.mark.filterwarnings(r"ignore:unclosed <socket.*127\.0\.0\.1:ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed as on Unix"),
    pytest.mark.timeout(600),
]
RUNS = {"ministack": 2, "moto_server": 1, "seaweedfs": 1}


@pytest.fixture(params=RUNS)
def campaign(request, monkeypatch, tmp_path, launcher, models_ahead) -> Iterator[tuple[Campaign, int]]:
    """Runs on a server, and how many."""
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    monkeypatch.setenv("PREFECT_API_URL", request.getfixturevalue("prefect_api"))
    server = request.getfixturevalue(request.param)
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    with FaultProxy(server.endpoint_url) as proxy:
        notified = request.param == "ministack"
        yield Campaign(launcher, proxy, tmp_path, seed=1, notified=notified), RUNS[request.param]
    gc.collect()  # while the filter above holds


def test_killed_and_disturbed_commands_lose_nothing(campaign: tuple[Campaign, int]) -> None:
    """After each run and an undisturbed sweep, everything is as promised."""
    runs, number = campaign
    totals: Totals = runs.run(number, lambda _line: None)
    assert totals.violations == []
    assert totals.checks >= totals.runs == number
    assert number == 1 or totals.killed.total() > 0
