"""The bare refine loop: one process, one core, no I/O; what it costs a document, stage by stage.

python -m benchmarks.bare [--corpus FOLDER] [--documents N] [--json | --keep]
"""

import argparse
import json
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks import corpus as corpora
from benchmarks import results

__all__ = ["measure", "stage_table"]


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
