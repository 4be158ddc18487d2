"""The benchmarks measure what they say, and the documentation has their figures."""

import re
import sys
from pathlib import Path

import pytest

from benchmarks import compare, corpus, environments, growth, plan, report, results, scale, simulate, stages
from benchmarks.contenders import CONTENDERS
from benchmarks.measure import run
from docmill.order import AT_FIRST
from schemas import Settings

ROOT = Path(__file__).parents[2]
BUSY = (
    "import time; data = bytearray(60_000_000); end = time.process_time() + 2.2\nwhile time.process_time() < end: pass"
)
ROW = {"written": 9, "failed": 1, "dropped": 0, "cpu_ms": 5.0, "peak_mb": 7}


def test_a_commands_children_count_in_its_time_and_memory(tmp_path: Path) -> None:
    """What a command's own child spends and holds is the command's."""
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}], check=True); print('well')"
    measured = run([sys.executable, "-c", parent], {}, tmp_path / "log", timeout=60)
    assert (measured.code, measured.output) == (0, "well\n")
    assert measured.cpu_seconds >= 2.2
    assert measured.peak >= 60_000_000
    assert measured.peak > max(sample.command for sample in measured.samples)


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """A contender that hangs does not hang the run, and does not end well."""
    measured = run([sys.executable, "-c", "import time; time.sleep(60)"], {}, tmp_path / "log", timeout=0.5)
    assert measured.code != 0
    assert measured.seconds < 30


def test_a_corpus_is_known_by_its_digest(tmp_path: Path) -> None:
    """Other contents or other names give another digest; the same give the same."""
    (tmp_path / "a.txt").write_text("one")
    first = corpus.load(tmp_path, None).digest
    assert corpus.load(tmp_path, 5).digest == first
    (tmp_path / "a.txt").write_text("two")
    assert corpus.load(tmp_path, None).digest != first


def test_a_repeated_corpus_has_every_document_under_other_keys() -> None:
    """Nothing overwrites anything when a corpus is repeated."""
    repeated = corpus.load(None, 7).repeated(3)
    assert len(repeated) == len({document.key for document in repeated.documents}) == 21


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    """A wrong folder is named instead of measured."""
    with pytest.raises(ValueError, match=re.escape(str(tmp_path))):
        corpus.load(tmp_path, None)


def test_ratios_are_to_docmill_and_what_did_not_run_has_none() -> None:
    """A peer half as fast makes docmill twice as fast; a skipped or broken one has its reason instead."""
    rows = [
        {"contender": "docmill", "rate": 20.0, **ROW},
        {"contender": "peer", "rate": 10.0, **ROW},
        {"contender": "absent", "skipped": "not installed"},
        {"contender": "wrecked", "broken": "ended with 1"},
    ]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in results.table(rows).splitlines()[2:]]
    assert lines[0][:3] == ["docmill", "20.0", ""]
    assert lines[1] == ["peer", "10.0", "2.0 x as fast", "9", "1", "0", "5", "7"]
    assert lines[2][:3] == ["absent", "not installed", ""]
    assert lines[3][:3] == ["wrecked", "ended with 1", ""]


def test_a_contender_that_is_not_installed_is_skipped(tmp_path, monkeypatch, capsys) -> None:
    """Peers are optional: without its environment one is left out, and the line says how to have it."""
    monkeypatch.setenv("BENCHMARKS_CACHE", str(tmp_path))
    row = compare._row(None, CONTENDERS["datatrove"], 2)
    assert row["skipped"] == "not installed"
    assert "--install" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted({c.requirements for c in CONTENDERS.values() if c.requirements}))
def test_peers_are_pinned_without_addresses(name: str) -> None:
    """Every requirement has one version, and none says where to get it."""
    lines = (environments.REQUIREMENTS / f"{name}.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.+-]+( ; .+)?", line) for line in lines)
    assert set(environments.versions(name)) <= {line.partition("==")[0] for line in lines}


def test_tenths_hold_all_documents_in_order() -> None:
    """Each tenth begins where the one before ends, and the last ends at the last document."""
    bounds = scale.split([float(second) for second in range(1, 26)])
    assert len(bounds) == 11
    assert [count for count, _ in bounds] == sorted(count for count, _ in bounds)
    assert (bounds[0][0], bounds[-1]) == (0, (25, 25.0))


def test_a_document_costs_one_read_and_one_write_and_a_second_sweep_neither() -> None:
    """The plan's requests are those the worker makes, its first documents apart."""
    count = 400
    figures, planned = simulate.simulate(count), plan.load()["requests"]
    each = figures["requests_a_document"]
    assert (each["GET"], each["PUT"]) == (1.0, 1.0)
    assert each["HEAD"] <= planned["head"] + 3 * (AT_FIRST + Settings().io_threads) / count
    assert 0 < each["LIST"] <= planned["look"] + 10 / count
    assert set(figures["requests_of_second_sweep"]) == {"LIST"}


def test_a_plan_grows_with_documents_and_shrinks_with_machines() -> None:
    """Hours and requests are linear in documents; twice the machines take half the hours."""

    def figures(documents: int, **changes: float) -> dict[str, float]:
        lines = plan.plan(documents, plan.load({name.replace("__", "."): value for name, value in changes.items()}))
        return {line.name: line.value for line in lines}

    million, billion = figures(1_000_000), figures(1_000_000_000)
    assert billion["hours"] == pytest.approx(1000 * million["hours"])
    assert billion["GET"] == pytest.approx(1000 * million["GET"])
    assert billion["memory of a machine"] == million["memory of a machine"]
    machines = plan.load()["machines"]["count"]
    assert figures(1_000_000, machines__count=2 * machines)["hours"] == pytest.approx(million["hours"] / 2)


def test_a_plan_knows_its_figures() -> None:
    """A figure that does not exist is refused by name."""
    with pytest.raises(ValueError, match=r"work\.core_sm"):
        plan.load({"work.core_sm": 1.0})


@pytest.mark.parametrize("documents", [1_000_000, 1_000_000_000])
def test_the_documented_plan_is_what_the_planner_says(documents: int) -> None:
    """docs/scaling.md holds the planner's own tables."""
    assert plan.render(plan.plan(documents, plan.load())) in (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")


def test_the_documented_results_are_the_newest() -> None:
    """docs/benchmarks.md and its drawing are what `python -m benchmarks.report` makes of the kept results."""
    for file, text in report.wanted().items():
        assert file.read_text(encoding="utf-8") == text, f"run `python -m benchmarks.report` ({file.name})"


def test_growth_makes_documents_of_the_size_asked_for() -> None:
    """A dump has so many lines and a page so many bytes, the same each time."""
    assert growth.dump(500).count(b"\n") == 499
    assert 0.2e6 < len(growth.page(0.2)) < 0.21e6
    assert growth.dump(50) == growth.dump(50)


def test_stages_are_timed_beside_the_peer_on_the_same_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer is asked for pages only, and the first documents do not count."""
    monkeypatch.setattr(stages, "FIRST", 10)
    asked: list[Path] = []

    def peer(page: Path) -> float:
        asked.append(page)
        return 1000.0 if len(asked) == 1 else 7.0

    documents = corpus.load(None, 25)
    figures = stages.measure(documents, peer)
    assert asked == [item.path for item in documents.documents if item.key.endswith(".html")]
    assert figures["text/html"][stages.PEER] == 7.0
    assert figures["text/plain"].keys() > stages.CLEANED
    assert stages.PEER not in figures["text/plain"]
