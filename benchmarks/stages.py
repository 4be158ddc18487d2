"""docmill's stages beside trafilatura on the same pages, page by page in turn; and texts a second.

python -m benchmarks.stages [--corpus FOLDER] [--documents N] [--install] [--keep]
"""

import argparse
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, cast

from benchmarks import corpus as corpora
from benchmarks import environments, results

__all__ = ["main", "measure"]

PEER = "trafilatura"
TIMER = Path(__file__).parent / "contenders" / "trafilatura_timer.py"
CLEANED = frozenset(("extract", "clean", "describe"))  # stages that do what trafilatura does
PAGES, TEXTS = "text/html", "text/plain"
FIRST = 20  # documents
Timer = Callable[[Path], float]  # milliseconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, help="folder of documents; by default docmill's samples, repeated")
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--install", action="store_true", help="make trafilatura's environment if it is missing")
    parser.add_argument("--keep", action="store_true", help="keep the figures in benchmarks/results/")
    arguments = parser.parse_args()
    if arguments.install:
        environments.install(PEER)
    corpus = corpora.load(arguments.corpus, arguments.documents)
    with _peer() as timer:
        figures = measure(corpus, timer)
    print(_told(figures))
    if arguments.keep:
        circumstances = results.circumstances(corpus) | {"peer": environments.versions(PEER)}
        print(f"\nkept in {results.keep('stages', circumstances | {'stages': figures})}")


@contextmanager
def _peer() -> Iterator[Timer | None]:
    """What times trafilatura, if its environment is there."""
    python = environments.python(PEER)
    if python is None:
        yield None
        return
    with subprocess.Popen([python, TIMER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        yield partial(_timed, cast("IO[str]", peer.stdin), cast("IO[str]", peer.stdout))


def _timed(asked: IO[str], answers: IO[str], page: Path) -> float:
    print(page, file=asked, flush=True)
    return float(answers.readline())


def measure(corpus: corpora.Corpus, peer: Timer | None) -> dict[str, dict[str, float]]:
    """Mean milliseconds of each stage by media type, and the peer's of pages.

    Each document is done once, for both keep what they find out about words and names; the first ones do not count.
    """
    from docmill import Pipeline, RawDocument

    pipeline = Pipeline()
    pipeline.warm_up()
    spent: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for number, item in enumerate(corpus.documents):
        outcome = pipeline.refine(RawDocument(data=item.path.read_bytes(), key=item.key))
        media_type = outcome.source.media_type or "unknown"
        taken = {stage.name: stage.milliseconds for stage in outcome.provenance.stages}
        if peer is not None and media_type == PAGES:
            taken[PEER] = peer(item.path)
        if number >= FIRST:
            for name, milliseconds in taken.items():
                spent[media_type][name].append(milliseconds)
    return {
        media_type: {name: round(statistics.fmean(each), 2) for name, each in stages.items()}
        for media_type, stages in spent.items()
    }


def _told(figures: dict[str, dict[str, float]]) -> str:
    lines = []
    for media_type, spent in sorted(figures.items()):
        own = {name: milliseconds for name, milliseconds in spent.items() if name != PEER}
        cleaned = sum(milliseconds for name, milliseconds in own.items() if name in CLEANED)
        stages = ", ".join(f"{name} {milliseconds:.2f}" for name, milliseconds in own.items())
        lines.append(f"{media_type}: {stages} ms; all {sum(own.values()):.2f}")
        if PEER in spent:
            lines.append(
                f"  {PEER} {spent[PEER]:.2f} ms: extract, clean and describe {spent[PEER] / cleaned:.2f} times as fast,"
                f" the whole refine {spent[PEER] / sum(own.values()):.2f} times"
            )
        elif media_type == TEXTS:
            lines.append(f"  extract, clean and describe: {1000 / cleaned:.0f} documents a second")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
