"""One sweep by this process, by a local Dask cluster and by a local Ray: what each costs a document.

python -m benchmarks.clusters [--corpus FOLDER] [--documents N] [--runners local,dask,ray] [--json FILE]

Runs in the interpreter it is started with; a runner whose extra is not installed there is skipped. Each sweeps the same
documents into a bucket of its own. Processor time is that of the command with all it starts and of the Prefect server.
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import corpus as corpora
from benchmarks import results
from benchmarks.arena import Arena, arena
from benchmarks.contenders import CONTENDERS, DOCMILL, Contender

RUNNERS = ("local", "dask", "ray")


def main() -> None:
    """Measure and print; 1 if a document has no record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, help="folder of documents; by default docmill's samples, repeated")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="refining processes")
    parser.add_argument("--runners", default=",".join(RUNNERS))
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    corpus = corpora.load(arguments.corpus, arguments.documents)
    figures = results.circumstances(corpus) | {"workers": arguments.workers}
    with tempfile.TemporaryDirectory(prefix="docmill-benchmark-") as folder, arena(Path(folder), corpus) as place:
        for number, name in enumerate(arguments.runners.split(",")):
            figures[name] = _run(place, name, arguments.workers, number)
            print(name, json.dumps(figures[name]), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(any(figures.get(name, {}).get("dropped") for name in RUNNERS))


def _run(place: Arena, name: str, workers: int, number: int) -> dict[str, Any]:
    if name != "local" and not find_spec(f"prefect_{name}"):
        return {"skipped": f"needs the extra {name}"}
    contender = _Sweep(**vars(replace(CONTENDERS["docmill"], options=("--task-runner", name))))
    measured = place.run(contender, workers, number)
    counts = place.count(contender, number, read=False)
    return {
        "code": measured.code,
        "seconds": round(measured.seconds, 2),
        "rate": round(len(place.corpus) / measured.seconds, 2),
        "cpu_ms": round(measured.cpu_seconds / len(place.corpus) * 1000, 1),
        "peak_mb": measured.peak // 1_000_000,
        "records": counts.written + counts.failed,
        "dropped": counts.dropped,
    }


class _Sweep(Contender):
    """`docmill sweep` with options."""

    def command(self, inbox: str, output: str, workers: int) -> list[str]:  # noqa: ARG002  as the contender's
        return [str(self.python()), "-c", DOCMILL, "sweep", *self.options]


if __name__ == "__main__":
    main()
