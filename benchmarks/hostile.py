"""Hostile files mixed with good documents, through a sweep: all answered, the good ones enriched, memory flat.

python -m benchmarks.hostile FOLDER [--good N] [--rounds N] [--workers N] [--check]
"""

import argparse
import json
import os
import random
import re
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import corpus as corpora
from benchmarks.arena import Arena, arena
from benchmarks.contenders import CONTENDERS
from benchmarks.measure import Sample
from docmill.names import SEPARATOR

if TYPE_CHECKING:
    from docmill.store.s3 import S3Store

GOOD, HOSTILE = "good/", "hostile/"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of hostile files")
    parser.add_argument("--good", type=int, default=200, help="good documents: docmill's samples, repeated")
    parser.add_argument("--rounds", type=int, default=1, help="times they all come, under other keys")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes; by default one a core")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a document is not answered so")
    arguments = parser.parse_args()
    documents = [corpora.Document(GOOD + one.key, one.path) for one in corpora.load(None, arguments.good).documents]
    documents += [corpora.Document(HOSTILE + path.name, path) for path in sorted(arguments.folder.iterdir())]
    documents = [document for n in range(arguments.rounds) for document in _shuffled(documents, n)]
    # Keys are listed in order: the numbers make that the order in which they were shuffled.
    mixed = tuple(corpora.Document(f"{n:04}/{one.key}", one.path) for n, one in enumerate(documents))
    with (
        tempfile.TemporaryDirectory(prefix="docmill-benchmark-") as folder,
        arena(Path(folder), corpora.Corpus("hostile", mixed)) as place,
    ):
        measured = place.run(CONTENDERS["docmill"], arguments.workers)
        missed = _answers(place)
        replaced = _replaced(Path(folder))
    print(measured.output.strip())
    print(f"refining processes replaced, by the run's summary: {replaced}")
    print(f"{measured.seconds:.0f} s, {measured.cpu_seconds:.0f} s of processor time")
    print(f"resident MB by tenths of the time: sweep itself {_tenths(measured.samples, 'command')}")
    print(f"                                  with children {_tenths(measured.samples, 'tree')}")
    sys.exit(missed and arguments.check)


def _shuffled(documents: list[corpora.Document], seed: int) -> list[corpora.Document]:
    return random.Random(seed).sample(documents, len(documents))  # noqa: S311


def _answers(place: Arena) -> bool:
    """Print what became of the documents; whether any was not answered as it should be."""
    from docmill.store.s3 import S3Store

    docmill = CONTENDERS["docmill"]
    output = S3Store(place.bucket(docmill), place.client)
    enriched, rejected = (_sources(output, prefix) for prefix in (docmill.written, docmill.failed))
    keys = {document.key for document in place.corpus.documents}
    good = {key for key in keys if GOOD in key}
    hostile = keys - good
    print(f"good: {len(good)}, enriched {len(good & enriched)}")
    print(f"hostile: {len(hostile)}, enriched {len(hostile & enriched)}, rejected {len(hostile & rejected)}")
    silent = sorted((good - enriched) | (hostile - enriched - rejected))
    print("not answered so:", ", ".join(silent) or "none")
    reasons = Counter(json.loads(output.get(info.key).data)["reason"] for info in output.list(docmill.failed))
    print("reasons, of members too:", dict(reasons.most_common()))
    return bool(silent)


def _replaced(folder: Path) -> int:
    """What the summaries that the sweep left with Prefect say together."""
    [database] = folder.rglob("prefect.db")
    with closing(sqlite3.connect(database)) as connection:
        summaries = connection.execute("SELECT data FROM artifact WHERE key LIKE 'summary-%'").fetchall()
    return sum(int(number) for (text,) in summaries for number in re.findall(r"processes replaced \| (\d+)", text))


def _sources(output: "S3Store", prefix: str) -> set[str]:
    keys = (info.key.removeprefix(prefix).removesuffix(".json") for info in output.list(prefix))
    return {key for key in keys if SEPARATOR not in key}


def _tenths(samples: tuple[Sample, ...], what: str) -> list[int]:
    """The most in each tenth of the time, in MB."""
    values = [getattr(sample, what) for sample in samples]
    size = max(1, -(-len(values) // 10))
    return [max(values[at : at + size]) >> 20 for at in range(0, len(values), size)]


if __name__ == "__main__":
    main()
