"""docmill and its peers, in turn, in one run, from bucket to bucket of one embedded store.

python -m benchmarks.compare [--corpus FOLDER] [--documents N] [--contenders NAME,NAME] [--install] [--discard]

Each contender runs in an environment of its own. One whose environment is not installed is skipped; `--install` makes
the missing ones. Figures go to benchmarks/results/, unless `--discard` is given.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any

import psutil

from benchmarks import bare, environments, results
from benchmarks import corpus as corpora
from benchmarks.arena import Arena, arena
from benchmarks.contenders import CONTENDERS, Contender


def main() -> None:
    """Measure, print and keep."""
    arguments = _arguments()
    corpus = corpora.load(arguments.corpus, arguments.documents)
    contenders = [CONTENDERS[name] for name in arguments.contenders]
    if arguments.install:
        for contender in contenders:
            if contender.requirements:
                environments.install(contender.requirements)
    figures = results.circumstances(corpus) | {"workers": arguments.workers}
    print(f"{len(corpus)} documents of {figures['corpus']['mean_kb']} KB, {arguments.workers} workers", flush=True)
    with tempfile.TemporaryDirectory(prefix="docmill-benchmark-") as folder, arena(Path(folder), corpus) as place:
        figures["contenders"] = []
        for contender in contenders:
            limits = [_bare(arguments)] if contender.name == "docmill" else []
            figures["contenders"].append(_row(place, contender, arguments.workers))
            if limits:  # taken on both sides of what it limits: a machine may slow down in the minutes between
                limits.append(_bare(arguments))
                figures["bare"] = limits[0] | {"rate": round(mean(limit["rate"] for limit in limits), 2)}
                figures["bare_at_once"] = _bare_at_once(arguments)
    _report(figures)
    if not arguments.discard:
        print(f"\nkept in {results.keep('compare', figures, arguments.results)}")
    sys.exit(any("broken" in row for row in figures["contenders"]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, help="folder of documents; by default docmill's samples, repeated")
    parser.add_argument("--documents", type=int, help="take so many; by default all")
    parser.add_argument(
        "--contenders", type=_names, default=list(CONTENDERS), help=f"of {', '.join(CONTENDERS)}; by default all"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes of each; by default one a core")
    parser.add_argument("--install", action="store_true", help="make the environments that are missing")
    parser.add_argument("--results", type=Path, default=results.FOLDER, help="folder the figures are kept in")
    parser.add_argument("--discard", action="store_true", help="do not keep the figures")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in CONTENDERS]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(CONTENDERS)}")
    return names


def _bare(arguments: argparse.Namespace) -> dict[str, Any]:
    """The limit: what one core does in a process of its own, without any I/O."""
    figures = bare.alone(arguments.corpus, arguments.documents)
    print(f"bare refine loop, one process: {figures['rate']} documents a second", flush=True)
    return figures


def _bare_at_once(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the machine does by as many such loops at once as there are workers."""
    rate = bare.at_once(arguments.workers, arguments.corpus, arguments.documents)
    print(f"{arguments.workers} at once: {rate} documents a second", flush=True)
    return {"processes": arguments.workers, "rate": rate}


def _row(place: Arena, contender: Contender, workers: int) -> dict[str, Any]:
    row: dict[str, Any] = {"contender": contender.name, "title": contender.title, "note": contender.note}
    if contender.python() is None:
        print(f"{contender.name}: skipped, not installed; `--install` makes its environment", flush=True)
        return row | {"skipped": "not installed"}
    row["load_before"] = round(psutil.getloadavg()[0], 2)
    measured = place.run(contender, workers)
    if measured.code not in contender.fine:
        return row | {"broken": f"ended with {measured.code}", "seconds": round(measured.seconds, 2)}
    counts = place.count(contender)
    row |= {
        "versions": contender.versions(),
        "seconds": round(measured.seconds, 2),
        "rate": round(len(place.corpus) / measured.seconds, 2),
        "written": counts.written,
        "failed": counts.failed,
        "dropped": counts.dropped,
        "cpu_seconds": round(measured.cpu_seconds, 1),
        "cpu_ms": round(measured.cpu_seconds / len(place.corpus) * 1000, 1),
        "peak_mb": measured.peak // 1_000_000,
    }
    print(f"{contender.name}: {row['rate']} documents a second, {row['dropped']} dropped", flush=True)
    return row


def _report(figures: dict[str, Any]) -> None:
    print(f"\n{results.table(figures['contenders'])}")
    if own := results.rate_of("docmill", figures["contenders"]):
        share = own / (figures["workers"] * figures["bare"]["rate"])
        figures["share_of_bare"] = round(share, 3)
        figures["share_of_machine"] = round(own / figures["bare_at_once"]["rate"], 3)
        print(
            f"\ndocmill reaches {share:.0%} of {figures['workers']} x the bare refine loop, taken before and after it, "
            f"and {figures['share_of_machine']:.0%} of {figures['bare_at_once']['processes']} such loops at once"
        )


if __name__ == "__main__":
    main()
