"""Hostile files mixed with good documents, through worker and sandbox: all answered, the good ones enriched.

python benchmarks/hostile.py FOLDER [--good N] [--check]
"""

import argparse
import random
import sys
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path

from throughput import SAMPLES, Memory

from docmill.inbox import Pending, as_source
from docmill.report import Summary
from docmill.sandbox import RefinePool
from docmill.store import MemoryStore
from docmill.worker import Ending, Worker
from schemas import Settings

ANSWERED = {Ending.ENRICHED, Ending.REJECTED}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of hostile files")
    parser.add_argument("--good", type=int, default=200, help="good documents: docmill's samples, repeated")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a document is not answered so")
    arguments = parser.parse_args()
    settings = Settings(inbox="s3://in", output="s3://out")
    inbox, output = MemoryStore("in"), MemoryStore("out")
    samples = cycle(sorted(p for p in SAMPLES.rglob("*.html") if p.is_file()))
    files = [(f"good/{n:04}{file.suffix}", file) for n, file in enumerate(islice(samples, arguments.good))]
    files += [(f"hostile/{file.name}", file) for file in sorted(arguments.folder.iterdir())]
    random.Random(1).shuffle(files)  # noqa: S311
    for key, file in files:
        inbox.put(key, file.read_bytes())
    with RefinePool(settings) as pool:
        worker = Worker(inbox, output, settings, pool)
        memory, start = Memory(), time.perf_counter()
        results = worker.process([Pending(as_source("in", info)) for info in inbox.list()])
        seconds, figures = time.perf_counter() - start, memory.stop()
        worker.close()
    good = [result for result in results if result.source.key.startswith("good/")]
    hostile = [result for result in results if not result.source.key.startswith("good/")]
    enriched = sum(result.ending is Ending.ENRICHED for result in good)
    answered = sum(result.ending in ANSWERED for result in hostile)
    reasons = Counter(r.row.reason.value for r in hostile if r.row and r.row.reason)
    print(f"{Summary.of(results).line()} in {seconds:.0f} s; {sum(r.members for r in results)} members")
    print(
        f"good enriched: {enriched} of {arguments.good}; hostile answered: {answered} of {len(files) - arguments.good}"
    )
    print(f"reasons: {dict(reasons.most_common())}")
    print(f"processes replaced: {pool.replaced}, retired: {pool.retired}")
    print(f"resident MB by tenths: worker {figures['own_mb']}, all {figures['all_mb']}")
    missed = enriched < arguments.good or answered < len(files) - arguments.good
    sys.exit(missed and arguments.check)


if __name__ == "__main__":
    main()
