"""What so many documents take: requests, hours, money, memory, catalog, limits; with the arithmetic written out.

python -m benchmarks.plan [--documents N] [--set SECTION.NAME=VALUE]

Reckons with `plan.toml`, whose figures are measured, counted, or prices and limits of the store.
"""

import argparse
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Line", "load", "plan", "render"]

FIGURES = Path(__file__).with_name("plan.toml")
Figures = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Line:
    """One result, its unit, and how it comes about."""

    name: str
    value: float
    unit: str
    how: str


def load(changes: Mapping[str, float] | None = None) -> dict[str, dict[str, float]]:
    """The figures of `plan.toml`, some of them replaced.

    Args:
        changes: Values by `section.name`.

    Raises:
        ValueError: There is no such figure.
    """
    figures: dict[str, dict[str, float]] = tomllib.loads(FIGURES.read_text(encoding="utf-8"))
    for path, value in (changes or {}).items():
        section, _, name = path.partition(".")
        if name not in figures.get(section, {}):
            raise ValueError(f"there is no figure {path!r} in {FIGURES.name}")
        figures[section][name] = value
    return figures


def plan(documents: int, figures: Figures) -> list[Line]:
    """Everything about so many documents."""
    return [
        *_requests(documents, figures),
        *_time(documents, figures),
        *_money(documents, figures),
        *_room(documents, figures),
        *_sweep(documents, figures),
        *_limits(figures),
    ]


def _requests(documents: int, figures: Figures) -> list[Line]:
    each = figures["requests"]
    lines = [
        Line(name.upper(), documents * each[name], "requests", f"{documents:,} x {each[name]:g}")
        for name in ("get", "head", "put")
    ]
    for name, when in (("look", "of records"), ("list", "every full sweep")):
        lines.append(Line("LIST", documents * each[name], "requests", f"{documents:,} x {each[name]:g}, {when}"))
    return lines


def _time(documents: int, figures: Figures) -> list[Line]:
    work, machines, flows = figures["work"], figures["machines"], figures["flows"]
    each = work["core_ms"] + work["overhead_ms"]
    core_hours = documents * each / 3.6e6
    cores = machines["count"] * machines["cores"]
    runs = -(-documents // flows["batch"])
    tasks = -(-documents // flows["shard"])
    orchestration = (runs * flows["run_seconds"] + tasks * flows["task_ms"] / 1000) / 3600
    return [
        Line("core hours", core_hours, "h", f"{documents:,} x ({work['core_ms']:g} + {work['overhead_ms']:g}) ms"),
        Line(
            "hours",
            core_hours / cores,
            "h",
            f"core hours / ({machines['count']:g} machines x {machines['cores']:g} cores)",
        ),
        Line("flow runs", runs, "runs", f"{documents:,} / {flows['batch']:g}"),
        Line("task runs", tasks, "runs", f"{documents:,} / {flows['shard']:g}"),
        Line(
            "Prefect",
            orchestration / machines["count"],
            "h",
            f"(flow runs x {flows['run_seconds']:g} s + task runs x {flows['task_ms']:g} ms)"
            f" / {machines['count']:g} machines; within the hours above",
        ),
    ]


def _money(documents: int, figures: Figures) -> list[Line]:
    prices, each, work = figures["prices"], figures["requests"], figures["work"]
    cheap, dear = each["get"] + each["head"], each["put"] + each["look"] + each["list"]
    requests = documents / 1000 * (cheap * prices["get"] + dear * prices["put"])
    core_hours = documents * (work["core_ms"] + work["overhead_ms"]) / 3.6e6
    stored = documents * work["record_kb"] / 1e6
    how = f"{documents:,} / 1,000 x ({cheap:g} x ${prices['get']:g} + {dear:g} x ${prices['put']:g})"
    return [
        Line("requests", requests, "$", how),
        Line("processors", core_hours * prices["core_hour"], "$", f"core hours x ${prices['core_hour']:g}"),
        Line("records", stored, "GB", f"{documents:,} x {work['record_kb']:g} KB"),
        Line("storage", stored * prices["storage"], "$ a month", f"records x ${prices['storage']:g}"),
    ]


def _room(documents: int, figures: Figures) -> list[Line]:
    machines, catalog = figures["machines"], figures["catalog"]
    memory = machines["memory_mb"] + machines["cores"] * machines["memory_mb_a_core"]
    how = f"{machines['memory_mb']:g} MB + {machines['cores']:g} x {machines['memory_mb_a_core']:g} MB"
    return [
        Line("memory of a machine", memory / 1000, "GB", f"{how}, whatever the number of documents"),
        Line(
            "catalog",
            documents * catalog["bytes_a_row"] / 1e9,
            "GB",
            f"{documents:,} rows x {catalog['bytes_a_row']:g} bytes",
        ),
    ]


def _sweep(documents: int, figures: Figures) -> list[Line]:
    catalog, store, each = figures["catalog"], figures["store"], figures["requests"]
    pages = documents * each["list"]
    one = pages * store["list_ms"] / 3.6e6
    return [
        Line("listing, flat", one, "h", f"LIST of a sweep x {store['list_ms']:g} ms, one after the other"),
        Line("listing, in folders", one / store["listings_at_once"], "h", f"/ {store['listings_at_once']:g} at once"),
        Line(
            "comparing",
            documents * catalog["survey_us"] / 3.6e9,
            "h",
            f"{documents:,} x {catalog['survey_us']:g} us, on one core",
        ),
        Line(
            "temporary disk",
            2 * documents * catalog["spilled_bytes"] / 1e9,
            "GB",
            f"2 x {documents:,} x {catalog['spilled_bytes']:g} bytes: listing and catalog, in parts by key",
        ),
    ]


def _limits(figures: Figures) -> list[Line]:
    work, machines, store, each = figures["work"], figures["machines"], figures["store"], figures["requests"]
    machine = machines["cores"] * 1000 / (work["core_ms"] + work["overhead_ms"])
    reads, writes = each["get"] + each["head"], each["put"] + each["look"]
    most = min(store["gets_a_second"] / reads, store["puts_a_second"] / writes)
    return [
        Line(
            "a machine",
            machine,
            "documents/s",
            f"{machines['cores']:g} cores / ({work['core_ms']:g} + {work['overhead_ms']:g}) ms",
        ),
        Line("its traffic", machine * (work["source_kb"] + work["record_kb"]) / 1000, "MB/s", "source and record"),
        Line(
            "a prefix",
            most,
            "documents/s",
            f"the lesser of {store['gets_a_second']:g} / {reads:g} and {store['puts_a_second']:g} / {writes:g}",
        ),
        Line("machines a prefix", most / machine, "machines", "a prefix / a machine; more prefixes allow more"),
    ]


def render(lines: list[Line]) -> str:
    """As a table in Markdown."""
    rows = [f"| {line.name} | {_shown(line.value)} {line.unit} | {line.how} |" for line in lines]
    return "\n".join(["| | | how it comes about |", "|---|---|---|", *rows])


def _shown(value: float) -> str:
    """With three figures that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    """Print the plan."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.NAME=VALUE", help="replace a figure")
    arguments = parser.parse_args()
    try:
        figures = load({name: float(value) for name, _, value in (change.partition("=") for change in arguments.set)})
    except ValueError as error:
        parser.error(str(error))
    print(render(plan(arguments.documents, figures)))


if __name__ == "__main__":
    main()
