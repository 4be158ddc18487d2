"""A full disk is said once, and no document is rejected for it."""

from types import SimpleNamespace

import pytest

from docmill.cli.main import main
from docmill.errors import ConfigError
from docmill.scratch import check_scratch
from schemas import Settings
from tasks.runtime import Runtime


@pytest.fixture
def full(monkeypatch):
    """The folder for temporary files has a megabyte left."""
    check_scratch()
    monkeypatch.setattr("docmill.scratch.disk_usage", lambda _folder: SimpleNamespace(free=1_000_000))


def test_no_run_begins_on_a_full_disk(full):
    """Nor are its stores looked at; the line says how much is left, and which variable names another folder."""
    with pytest.raises(ConfigError, match=r"1 MB left.*TMPDIR"):
        Runtime.open(Settings())


def test_no_file_is_refined_on_a_full_disk(full, tmp_path, capsys):
    """It would be rejected as one that docmill fails at."""
    (tmp_path / "a.txt").write_text("some text")
    with pytest.raises(SystemExit, match="2"):
        main(["refine", str(tmp_path / "a.txt")])
    said = capsys.readouterr()
    assert said.out == ""
    assert "TMPDIR" in said.err


def test_no_server_is_started_on_a_full_disk(full, monkeypatch, capsys):
    """The demo's would end with a traceback in a log."""
    monkeypatch.setattr("docmill.cli.demo._servers", lambda: pytest.fail("a server is started"))
    with pytest.raises(SystemExit, match="2"):
        main(["demo"])
    assert "TMPDIR" in capsys.readouterr().err
