"""Shares of an inbox: together they are all of it, and no two have a key in common."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from waiting import within

from docmill.catalog import Catalog
from docmill.errors import ConfigError
from docmill.inbox import Pending
from docmill.part import WHOLE, Part
from docmill.store import MemoryStore
from docmill.survey import Survey
from schemas import Settings

DEPLOYMENTS = Path(__file__).resolve().parents[2] / "deployments"


@given(st.text(min_size=1), st.integers(1, 50))
def test_each_key_is_in_exactly_one_part(key: str, count: int) -> None:
    """Whatever the key and the number of parts."""
    assert sum(Part(number, count).holds(key) for number in range(1, count + 1)) == 1


def test_parts_are_about_equal() -> None:
    """Also where keys differ in a few digits only."""
    keys = [f"2026/11/{number:06}.html" for number in range(8000)]
    sizes = [sum(Part(number, 8).holds(key) for key in keys) for number in range(1, 9)]
    assert all(850 < size < 1150 for size in sizes)


@pytest.mark.parametrize("text", ["0/4", "5/4", "1/0", "1", "a/b", "-1/2", "1/4/2", ""])
def test_what_is_no_part_is_refused(text: str) -> None:
    """With what would be right."""
    with pytest.raises(ConfigError, match="no part"):
        Part.parse(text)


def test_a_sweep_of_a_part_has_a_lease_of_its_own() -> None:
    """So that workers of different parts do not wait for each other, and two of the same do."""
    assert (WHOLE.lease, Part.parse("2/4").lease) == ("sweep", "sweep-2-of-4")


def test_surveys_of_all_parts_find_each_object_once(tmp_path: Path) -> None:
    """Nothing is left out and nothing is found by two workers."""
    inbox, catalog = MemoryStore("in"), Catalog(str(tmp_path / "catalog"))
    for number in range(300):
        inbox.put(f"{number}.txt", b"x")
    settings = Settings(inbox="s3://in", output="s3://out")
    found = []
    for number in (1, 2, 3):
        with Survey(inbox, catalog, settings, part=Part(number, 3)) as survey:
            found += [item.source.key for item in survey if isinstance(item, Pending)]
    assert sorted(found) == sorted(info.key for info in inbox.list())


@pytest.mark.parametrize("file", ["compose.yaml", "kubernetes/docmill.yaml"])
def test_the_files_of_deployments_give_each_share_to_one_worker(file: str) -> None:
    """Side by side their workers take the whole inbox."""
    text = (DEPLOYMENTS / file).read_text(encoding="utf-8")
    parts = [Part.parse(found) for found in re.findall(r"--part,? (\d+/\d+)", text.replace("1/N … N/N", ""))]
    assert sorted(part.number for part in parts) == list(range(1, parts[0].count + 1))
    assert {part.count for part in parts} == {len(parts)}
    assert re.search(r"docmill sweep --deep\b.*; docmill catalog compact", text), "nobody else looks after the catalog"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
@pytest.mark.parametrize("service", ["half-1", "half-2", "upkeep"])
def test_what_compose_runs_passes_on_that_it_is_to_stop(service: str, tmp_path: Path) -> None:
    """Else a sweep would be killed in the midst of its work, ten seconds after `docker compose stop`."""
    command = yaml.safe_load((DEPLOYMENTS / "compose.yaml").read_text(encoding="utf-8"))["services"][service]["command"]
    stand_in = tmp_path / "docmill"
    stand_in.write_text(f"#!/bin/sh\ntrap 'echo $* >> {tmp_path}/told; exit' TERM\ntouch {tmp_path}/up\n"
                        "while true; do sleep 0.05; done\n")  # fmt: skip
    stand_in.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    words = [word.replace("$$", "$").replace("sleep 86400", "sleep 0") for word in command]
    with subprocess.Popen(words, env=os.environ | {"PATH": path}, start_new_session=True) as shell:
        assert within(10, (tmp_path / "up").exists)
        time.sleep(0.2)
        shell.terminate()
        try:
            shell.wait(10)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
    assert (tmp_path / "told").read_text().startswith("sweep --")
