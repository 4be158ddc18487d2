"""What the sandbox costs a document, and how soon it is back after a kill; in one run, against refining in-process.

Beside it what a bare pipe costs that takes the same bytes to a process and back, as a measure of the machine's speed.

python benchmarks/sandbox.py [--documents N] [--kills N] [--check]
"""

import argparse
import contextlib
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from nothing import DIE, FACTORY

from docmill.sandbox import InlinePool, RefinePool
from schemas import RawDocument, Settings

SIZES = {"5 KB": 5_000, "1 MB": 1_000_000}
PATIENCE = 60  # seconds
LIMITS = {"5 KB": 0.150, "1 MB": 3.0, "kill": 50.0}  # milliseconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--check", action="store_true", help="exit with 1 if a limit is passed")
    arguments = parser.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)  # where the server that forks the children finds `Nothing`
    figures = {}
    with RefinePool(Settings(), workers=1, factory=FACTORY) as pool, InlinePool(Settings(), FACTORY) as inline:
        for name, size in SIZES.items():
            raw = RawDocument(data=b"x" * size, key="a.txt")
            count = arguments.documents if size < SIZES["1 MB"] else arguments.documents // 10
            bare, boxed = (_milliseconds(partial(one.refine, raw), count) for one in (inline, pool))
            figures[name] = statistics.median(boxed) - statistics.median(bare)
            p95 = statistics.quantiles(boxed, n=20)[-1] - statistics.median(bare)
            pipe = statistics.median(_through_pipe(raw.data, count))
            print(
                f"{name}: overhead p50 {figures[name] * 1000:.0f} µs, p95 {p95 * 1000:.0f} µs of {count} documents;"
                f" a bare pipe {pipe * 1000:.0f} µs"
            )
        kills = _milliseconds(lambda: _kill(pool), arguments.kills)
        figures["kill"] = statistics.median(kills)
        print(
            f"from a killing document to the next one's record: p50 {figures['kill']:.1f} ms, most {max(kills):.1f} ms"
        )
        print(f"processes replaced: {pool.replaced}")
    over = [name for name, most in LIMITS.items() if figures[name] > most]
    print(f"over their limits: {', '.join(over) or 'none'}")
    sys.exit(bool(over) and arguments.check)


def _through_pipe(data: bytes, count: int) -> list[float]:
    """Milliseconds that the bytes take to a process and back, waited for with a time limit."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_echo, args=(theirs,), daemon=True)
    process.start()
    theirs.close()

    def there_and_back() -> None:
        ours.send_bytes(data)
        ours.poll(PATIENCE)
        ours.recv_bytes()

    times = _milliseconds(there_and_back, count)
    ours.close()
    process.join()
    return times


def _echo(pipe: Connection) -> None:
    with contextlib.suppress(EOFError):
        while True:
            pipe.send_bytes(pipe.recv_bytes())


def _kill(pool: RefinePool) -> None:
    pool.refine(RawDocument(data=DIE, key="die.txt"))
    pool.refine(RawDocument(data=b"x", key="a.txt"))


def _milliseconds(action: Callable[[], object], count: int) -> list[float]:
    action()
    times = []
    for _ in range(count):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return times


if __name__ == "__main__":
    main()
