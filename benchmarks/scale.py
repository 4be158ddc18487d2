"""Whether cost stays linear and memory flat: docmill on a corpus, and on the same repeated under other keys.

python -m benchmarks.scale [--corpus FOLDER] [--documents N] [--repeat 20] [--contender docmill] [--discard]

Rates come from the times the store gave the records, memory from looking at the processes every second. Both are
given for each tenth of the documents: the first and last hold start and end of the command. The Prefect server's log is
searched for complaints of its database.
"""

import argparse
import bisect
import itertools
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import corpus as corpora
from benchmarks import results
from benchmarks.arena import arena
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.measure import Sample

TENTHS = 10
LOCKED = "database is locked"  # what SQLite says when Prefect asks too much of it


def main() -> None:
    """Measure, print and keep."""
    arguments = _arguments()
    once = corpora.load(arguments.corpus, arguments.documents)
    contender = CONTENDERS[arguments.contender]
    figures = results.circumstances(once) | {"workers": arguments.workers, "contender": contender.name}
    figures["runs"] = [_run(contender, once.repeated(times), arguments.workers) for times in (1, arguments.repeat)]
    first, last = (run["rate"] for run in figures["runs"])
    figures["rate_kept"] = round(last / first, 3)
    print(f"\nrate of the larger run / of the smaller: {figures['rate_kept']}")
    if not arguments.discard:
        print(f"kept in {results.keep('scale', figures, arguments.results)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, help="folder of documents; by default docmill's samples")
    parser.add_argument("--documents", type=int, help="take so many of them; by default all")
    parser.add_argument("--repeat", type=int, default=20, help="times the corpus is repeated in the larger run")
    parser.add_argument("--contender", choices=CONTENDERS, default="docmill")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes; by default one a core")
    parser.add_argument("--results", type=Path, default=results.FOLDER, help="folder the figures are kept in")
    parser.add_argument("--discard", action="store_true", help="do not keep the figures")
    return parser.parse_args()


def _run(contender: Contender, corpus: corpora.Corpus, workers: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="docmill-benchmark-") as folder, arena(Path(folder), corpus) as place:
        measured = place.run(contender, workers)
        counts = place.count(contender, read=False)
        catalog = place.size(contender, "catalog/")
        locked = sum(log.read_text(errors="replace").count(LOCKED) for log in Path(folder).rglob("*.log"))
    tenths = split(counts.written_at)
    figures = {
        "documents": len(corpus),
        "code": measured.code,
        "written": counts.written,
        "failed": counts.failed,
        "dropped": counts.dropped,
        "seconds": round(measured.seconds, 1),
        "rate": round(len(corpus) / measured.seconds, 2),
        "cpu_seconds": round(measured.cpu_seconds, 1),
        "prefect_server_mb": [sample.servers // 1_000_000 for sample in (measured.samples[0], measured.samples[-1])],
        "database_is_locked": locked,
        "catalog_bytes_a_document": round(catalog / len(corpus), 1),
        "tenths": [_tenth(tenth, measured.samples) for tenth in itertools.pairwise(tenths)],
    }
    print(f"\n{len(corpus)} documents: {figures['rate']} a second, {counts.dropped} dropped", flush=True)
    print(table(figures["tenths"]), flush=True)
    return figures


def split(times: Sequence[float]) -> list[tuple[int, float]]:
    """The bounds of the tenths of ordered times: how many documents were done by then, and when."""
    if not times:
        return []
    counts = [round(len(times) * tenth / TENTHS) for tenth in range(TENTHS + 1)]
    return [(count, times[max(0, count - 1)]) for count in counts]


def _tenth(bounds: tuple[tuple[int, float], tuple[int, float]], samples: Sequence[Sample]) -> dict[str, float | None]:
    (done, start), (done_later, end) = bounds
    low = bisect.bisect_left(samples, start, key=lambda sample: sample.at)
    high = bisect.bisect_right(samples, end, key=lambda sample: sample.at)
    seen = samples[low:high]
    return {
        "documents": done_later - done,
        "rate": round((done_later - done) / (end - start), 1) if end > start else None,
        "command_mb": max((sample.command for sample in seen), default=0) // 1_000_000 or None,
        "tree_mb": max((sample.tree for sample in seen), default=0) // 1_000_000 or None,
    }


def table(tenths: Sequence[dict[str, float | None]]) -> str:
    """The tenths as a table in Markdown."""
    lines = ["| tenth | documents/s | worker MB | all processes MB |", "|---|---|---|---|"]
    for number, tenth in enumerate(tenths, start=1):
        cells = ("" if tenth[name] is None else str(tenth[name]) for name in ("rate", "command_mb", "tree_mb"))
        lines.append(f"| {number} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
