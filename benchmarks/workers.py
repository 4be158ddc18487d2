"""One worker pinned to one core, then two, each pinned to its own: how much faster, and is anything done twice?

python -m benchmarks.workers [--corpus FOLDER] [--documents N] [--database URL | --api URL] [--json FILE]

Each worker is a `docmill sweep` of its own with a working directory of its own and one refining process; two sweep
the two halves of the keys. Beside the gain stands that of bare refine loops pinned alike, without any I/O: what the
machine's cores allow. Workers share one store and one Prefect server, on SQLite, or on the PostgreSQL that --database
names (postgresql+asyncpg://user:password@host:port/name), or one that runs already (--api). Exit code 1 if a document
is done twice or has no record, or the server's database was locked.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import bare, results
from benchmarks import corpus as corpora
from benchmarks.arena import READY, Arena, arena
from benchmarks.contenders import CONTENDERS
from benchmarks.scale import LOCKED
from docmill.services import PrefectServer

SWEEP = [sys.executable, "-c", "import sys; from docmill.cli import main; sys.exit(main())", "sweep", "--json"]
DOCMILL = CONTENDERS["docmill"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, help="folder of documents; by default docmill's samples, repeated")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--database", help="of the Prefect server that is started; by default SQLite in a folder")
    parser.add_argument("--api", help="PREFECT_API_URL of a server that runs; by default one is started")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    corpus = corpora.load(arguments.corpus, arguments.documents)
    figures = results.circumstances(corpus)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docmill-benchmark-")))
        api = {"PREFECT_API_URL": arguments.api, "PREFECT_HOME": str(folder / "home")}
        if not arguments.api:
            server = stack.enter_context(PrefectServer(folder / "prefect", database=arguments.database))
            server.wait_ready(READY)
            api = server.environment()
        place = stack.enter_context(arena(folder, corpus))
        runs = {f"workers_{count}": _run(place, api, count) for count in (1, 2)}
        locked = sum(log.read_text(errors="replace").count(LOCKED) for log in folder.rglob("*.log"))
        figures |= runs | {"database": (arguments.database or "sqlite").partition(":")[0], "locked": locked}
    figures["gain"] = round(figures["workers_2"]["rate"] / figures["workers_1"]["rate"], 3)
    loops = [bare.at_once(count, arguments.corpus, arguments.documents, pinned=True) for count in (1, 2)]
    figures["gain_of_loops"] = round(loops[1] / loops[0], 3)
    print(json.dumps(figures, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(bool(locked) or any(run["twice"] or run["dropped"] or max(run["codes"]) > 1 for run in runs.values()))


def _run(place: Arena, api: dict[str, str], count: int) -> dict[str, Any]:
    """The whole corpus by so many workers at once, into a bucket of its own."""
    from docmill.store.s3 import create_bucket

    create_bucket(place.client, place.bucket(DOCMILL, count))
    environment = os.environ | DOCMILL.environment("inbox", place.bucket(DOCMILL, count), 1) | api
    start = time.perf_counter()
    workers = [_start(place.folder, number, count, environment) for number in range(1, count + 1)]
    codes = [worker.wait() for worker in workers]
    seconds = time.perf_counter() - start
    files = place.folder.glob(f"worker-*-of-{count}/done.jsonl")
    told = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    counts = place.count(DOCMILL, count, read=False)
    return {
        "codes": codes,
        "seconds": round(seconds, 2),
        "rate": round(len(place.corpus) / seconds, 2),
        "records": counts.written + counts.failed,
        "done": len(told),
        "twice": len(told) - len({str(outcome.get("key")) for outcome in told}),
        "dropped": counts.dropped,
    }


def _start(folder: Path, number: int, count: int, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    own = folder / f"worker-{number}-of-{count}"
    own.mkdir()
    part = ["--part", f"{number}/{count}"] if count > 1 else []
    pin = ["taskset", "--cpu-list", str(number - 1)]
    with (own / "done.jsonl").open("wb") as done:
        return subprocess.Popen([*pin, *SWEEP, *part], env=environment, cwd=own, stdout=done)


if __name__ == "__main__":
    main()
