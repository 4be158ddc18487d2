"""The newest results, and plans made of them, in the documentation: tables, and a drawing of the comparison.

python -m benchmarks.report [--check]

Writes docs/benchmarks.md and the plans of docs/scaling.md, between their marks, and docs/images/benchmarks.svg; with
--check it only says whether they are up to date.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks import bare, plan, results, scale
from benchmarks.contenders import CONTENDERS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
SCALING = ROOT / "docs" / "scaling.md"
DRAWING = ROOT / "docs" / "images" / "benchmarks.svg"
PLANNED = {"One million documents": 1_000_000, "One billion documents": 1_000_000_000}
ENOUGH = 1000  # documents
CAUTION = (
    "So few documents, or so busy a machine, show that it runs rather than how fast: the start of each command weighs "
    "on them, docmill's with its Prefect flow most of all."
)
BEGIN, END = "<!-- results: begin -->\n", "<!-- results: end -->\n"

WIDTH, BAR, GAP, LABEL, FIGURES = 760, 22, 10, 250, 130  # pixels
OWN, OTHER, INK = "#2563eb", "#94a3b8", "#1e293b"


def main() -> None:
    """Write the page and the drawing, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something would change")
    check = parser.parse_args().check
    stale = [file for file, text in wanted().items() if not file.is_file() or file.read_text(encoding="utf-8") != text]
    for file in stale:
        print(f"{file.relative_to(ROOT)} {'is out of date' if check else 'written'}")
        if not check:
            file.write_text(wanted()[file], encoding="utf-8")
    sys.exit(check and bool(stale))


def wanted() -> dict[Path, str]:
    """The files as the results have them."""
    kinds = {"compare": _comparison, "bare": _refining, "scale": _scale}
    parts = [tell(result) for kind, tell in kinds.items() if (result := newest(kind))]
    compared = newest("compare")
    page = _filled(PAGE, parts or ["No results are kept yet."])
    plans = [f"## {title}\n\n{plan.render(plan.plan(count, plan.load()))}" for title, count in PLANNED.items()]
    drawings = {DRAWING: draw(compared["contenders"])} if compared else {}
    return {PAGE: page, SCALING: _filled(SCALING, plans)} | drawings


def _filled(file: Path, parts: Sequence[str]) -> str:
    """The file's text with these parts between its marks."""
    before, _, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    body = "\n\n".join(parts)
    return f"{before}{BEGIN}\n{body}\n\n{END}{after}"


def newest(kind: str) -> dict[str, Any] | None:
    """The newest kept result of a kind."""
    found = [json.loads(file.read_text(encoding="utf-8")) for file in results.FOLDER.glob(f"{kind}-*.json")]
    return max(found, key=lambda result: str(result["date"]), default=None)


def _comparison(result: Mapping[str, Any]) -> str:
    loads = [row["load_before"] for row in result["contenders"] if "load_before" in row]
    load = f"The load average before each contender was {min(loads):.1f} to {max(loads):.1f}."
    if result["corpus"]["documents"] < ENOUGH or max(loads) > result["machine"]["cores"]:
        load += f" {CAUTION}"
    notes = [f"- **{row['contender']}**: {_described(row)}" for row in result["contenders"]]
    parts = [
        f"## Comparison\n\n{_circumstances(result)} {load}",
        "![Documents a second of each contender](images/benchmarks.svg)",
        results.table(result["contenders"]),
        "\n".join(notes),
    ]
    if share := result.get("share_of_bare"):
        limit = (
            f"{result['workers']} x the bare refine loop of the same run, {result['bare']['rate']} documents a second"
        )
        reached = f"docmill reaches {share:.0%} of {limit}"
        if at_once := result.get("bare_at_once"):
            reached += (
                f", and {result['share_of_machine']:.0%} of {at_once['processes']} such loops at once, which together "
                f"do {at_once['rate']}"
            )
        parts.append(f"{reached}.")
    return "\n\n".join(parts)


def _refining(result: Mapping[str, Any]) -> str:
    alone = result["bare"]
    share = alone["cpu_seconds"] / alone["seconds"]
    told = (
        f"{_circumstances(result)} In one process, without I/O, a document takes {alone['cpu_ms']} ms of processor "
        f"time; its record has {alone['record_kb']} KB on average. By the clock: {alone['rate']} documents a second; "
        f"the process had {share:.0%} of a core. The milliseconds a stage, mean (median), are the clock's too:"
    )
    return f"## Refining alone\n\n{told}\n\n{bare.stage_table(alone['stages'])}"


def _described(row: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in row.get("versions", {}).items())
    told = row.get("note", CONTENDERS[row["contender"]].note)
    note = f"; {told}" if told else ""
    return f"{row['title']}{note}{f' ({versions})' if versions else ''}"


def _scale(result: Mapping[str, Any]) -> str:
    small, large = result["runs"]
    told = (
        f"Of {small['documents']:,} documents docmill does {small['rate']} a second, of {large['documents']:,} (the "
        f"same under other keys) {large['rate']}. By tenths of the larger run:"
    )
    return f"## Many documents\n\n{_circumstances(result)} {told}\n\n{scale.table(large['tenths'])}"


def _circumstances(result: Mapping[str, Any]) -> str:
    machine, corpus = result["machine"], result["corpus"]
    return (
        f"{result['date'][:10]}, commit {result['commit']}; {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, Python {machine['python']}; corpus {corpus['name']} of {corpus['documents']:,} "
        f"documents, {corpus['mean_kb']} KB on average, digest {corpus['digest']}."
    )


def draw(rows: Sequence[Mapping[str, Any]]) -> str:
    """A bar a contender, as SVG."""
    ran = [row for row in rows if row.get("rate")]
    most = max(row["rate"] for row in ran)
    height = GAP + len(ran) * (BAR + GAP)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{INK}" role="img">'
    )
    parts = [
        opening,
        "<title>Documents a second, from bucket to bucket</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for number, row in enumerate(sorted(ran, key=lambda row: -row["rate"])):
        top = GAP + number * (BAR + GAP)
        length = max(1.0, row["rate"] / most * (WIDTH - LABEL - FIGURES))
        dropped = f", {row['dropped']} dropped" if row["dropped"] else ""
        colour = OWN if row["contender"] == "docmill" else OTHER
        parts += [
            f'<text x="{LABEL - 8}" y="{top + 16}" text-anchor="end">{escape(row["contender"])}</text>',
            f'<rect x="{LABEL}" y="{top}" width="{length:.1f}" height="{BAR}" rx="3" fill="{colour}"/>',
            f'<text x="{LABEL + length + 8:.1f}" y="{top + 16}">{row["rate"]:.1f}{dropped}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
