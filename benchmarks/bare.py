"""The bare refine loop: one process, one core, no I/O; what it costs a document, stage by stage.

python -m benchmarks.bare [--corpus FOLDER] [--documents N] [--json | --keep]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import corpus as corpora
from benchmarks import results

__all__ = ["alone", "at_once", "measure", "stage_table"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, help="folder of documents; by default docmill's samples, repeated")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--keep", action="store_true", help="keep the figures in benchmarks/results/")
    arguments = parser.parse_args()
    corpus = corpora.load(arguments.corpus, arguments.documents)
    circumstances = results.circumstances(corpus)
    figures = measure(corpus)
    if arguments.json:
        print(json.dumps(figures))
        return
    print(f"{figures['documents']} documents, {figures['rate']} a second, {figures['rejected']} rejected\n")
    print(stage_table(figures["stages"]))
    if arguments.keep:
        print(f"\nkept in {results.keep('bare', circumstances | {'bare': figures})}")


def measure(corpus: corpora.Corpus) -> dict[str, Any]:
    """Documents a second, and milliseconds a document and stage by media type, from the records' provenance."""
    from docmill import Pipeline, RawDocument

    raws = [RawDocument(data=item.path.read_bytes(), key=item.key) for item in corpus.documents]
    pipeline = Pipeline()
    pipeline.warm_up()
    spent: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    rejected = written = 0
    seconds = cpu = 0.0
    for raw in raws:
        start, cpu_start = time.perf_counter(), time.process_time()
        outcome = pipeline.refine(raw)
        seconds += time.perf_counter() - start
        cpu += time.process_time() - cpu_start
        written += len(outcome.model_dump_json().encode())
        rejected += outcome.status == "rejected"
        for stage in outcome.provenance.stages:
            spent[outcome.source.media_type or "unknown"][stage.name].append(stage.milliseconds)
    return {
        "documents": len(raws),
        "rejected": rejected,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "rate": round(len(raws) / seconds, 2),
        "cpu_ms": round(cpu / len(raws) * 1000, 1),
        "record_kb": round(written / len(raws) / 1000, 1),
        "stages": {
            media_type: {name: _summary(milliseconds) for name, milliseconds in stages.items()}
            for media_type, stages in sorted(spent.items())
        },
    }


def alone(corpus: Path | None, documents: int | None) -> dict[str, Any]:
    """The same in a process of its own."""
    with _started(corpus, documents) as loop:
        return _figures(loop)


def at_once(processes: int, corpus: Path | None, documents: int | None, *, pinned: bool = False) -> float:
    """Documents a second of so many such processes together, each with the whole corpus, or each on a core of its own.

    Cores that share what they are made of, or their heat, do less together than one does times their number: this is
    what a machine can do.
    """
    with ExitStack() as stack:
        loops = [
            stack.enter_context(_started(corpus, documents, core=core if pinned else None)) for core in range(processes)
        ]
        return round(sum(_figures(loop)["rate"] for loop in loops), 2)


def _started(corpus: Path | None, documents: int | None, *, core: int | None = None) -> "subprocess.Popen[str]":
    pin = [] if core is None else ["taskset", "--cpu-list", str(core)]
    command = [*pin, sys.executable, "-m", "benchmarks.bare", "--json"]
    command += [] if corpus is None else ["--corpus", str(corpus)]
    command += [] if documents is None else ["--documents", str(documents)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return subprocess.Popen(command, env=os.environ | threads, stdout=subprocess.PIPE, text=True)


def _figures(loop: "subprocess.Popen[str]") -> dict[str, Any]:
    told, _ = loop.communicate()
    if loop.returncode:
        raise subprocess.CalledProcessError(loop.returncode, loop.args)
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return figures


def _summary(milliseconds: list[float]) -> dict[str, float]:
    return {
        "documents": len(milliseconds),
        "mean": round(statistics.fmean(milliseconds), 2),
        "median": round(statistics.median(milliseconds), 2),
        "most": round(max(milliseconds), 1),
    }


def stage_table(stages: dict[str, dict[str, dict[str, float]]]) -> str:
    """Mean (median) milliseconds of each stage as a table in Markdown, a column a media type."""
    names = list(dict.fromkeys(name for found in stages.values() for name in found))
    lines = [f"| stage | {' | '.join(stages)} |", f"|---|{'---|' * len(stages)}"]
    for name in names:
        cells = (found.get(name) for found in stages.values())
        shown = (f"{cell['mean']:.2f} ({cell['median']:.2f})" if cell else "" for cell in cells)
        lines.append(f"| {name} | {' | '.join(shown)} |")
    sums = (sum(cell["mean"] for cell in found.values()) for found in stages.values())
    lines.append(f"| all | {' | '.join(f'{total:.2f}' for total in sums)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
