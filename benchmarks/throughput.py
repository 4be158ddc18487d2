"""Documents a second: a bare refine loop, the sweep flow, and one Prefect task a document, in one run.

python benchmarks/throughput.py [--documents N] [--corpus FOLDER] [--task-documents N] [--json FILE]
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "docmill" / "samples"
TENTHS = 10


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="docmill-benchmark-") as folder:
        corpus = Path(folder, "corpus")
        count, size = _prepare(arguments.corpus, corpus, arguments.documents)
        print(f"{count} documents, {size / count / 1000:.0f} KB on average, {os.cpu_count()} cores", flush=True)
        bare = _child("bare", corpus, count, {})
        figures = {"bare": bare} | _with_servers(Path(folder), corpus, count, min(count, arguments.task_documents))
    _report(figures, arguments.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--corpus", type=Path, help="folder of documents; by default docmill's samples, repeated")
    parser.add_argument("--task-documents", type=int, default=200, help="documents of the one-task-a-document flow")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "CORPUS", "COUNT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        what, corpus, count = arguments.child
        print(json.dumps(CHILDREN[what](Path(corpus), int(count))))
        raise SystemExit
    return arguments


def _prepare(source: Path | None, corpus: Path, count: int) -> tuple[int, int]:
    files = sorted(p for p in (source or SAMPLES).rglob("*") if p.is_file() and p.name != "README.md")
    chosen = files[:count] if source else itertools.islice(itertools.cycle(files), count)
    size = done = 0
    corpus.mkdir()
    for done, file in enumerate(chosen, start=1):
        data = file.read_bytes()
        size += len(data)
        (corpus / f"{done:06}{file.suffix}").write_bytes(data)
    return done, size


def _child(what: str, corpus: Path, count: int, environment: dict[str, str]) -> dict[str, Any]:
    """Run one contender in a process of its own; its last line is its figures."""
    command = [sys.executable, __file__, "--child", what, str(corpus), str(count)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(
        command, env=os.environ | threads | environment, stdout=subprocess.PIPE, check=True, text=True
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{what:16} {figures['documents']:6} documents {figures['rate']:8.1f} a second", flush=True)
    return figures


def _with_servers(folder: Path, corpus: Path, count: int, tasks: int) -> dict[str, dict[str, Any]]:
    from docmill.services import EmbeddedStore, PrefectServer
    from docmill.store.s3 import S3Store, create_bucket, make_client

    with EmbeddedStore(folder / "store") as store, PrefectServer(folder / "prefect") as prefect:
        store.wait_ready()
        os.environ.update(store.environment() | prefect.environment() | {"PREFECT_LOGGING_LEVEL": "ERROR"})
        client = make_client(4)
        names = {"sweep": count, "task a document": tasks, "pooled tasks": tasks}
        for bucket in ("inbox", *names):
            create_bucket(client, _bucket(bucket))
        inbox = S3Store("inbox", client)
        for file in sorted(corpus.iterdir()):
            inbox.put(file.name, file.read_bytes())
        prefect.wait_ready()
        return {
            name: _child(
                name, corpus, number, {"DOCMILL_INBOX": "s3://inbox", "DOCMILL_OUTPUT": f"s3://{_bucket(name)}"}
            )
            for name, number in names.items()
        }


def _bucket(name: str) -> str:
    return name.replace(" ", "-")


def bare(corpus: Path, count: int) -> dict[str, Any]:
    """One process, one core, no I/O."""
    from docmill import Pipeline, RawDocument

    raws = [RawDocument(data=file.read_bytes(), key=file.name) for file in sorted(corpus.iterdir())[:count]]
    pipeline = Pipeline()
    pipeline.warm_up()
    start = time.perf_counter()
    rejected = sum(pipeline.refine(raw).status == "rejected" for raw in raws)
    return _figures(len(raws), time.perf_counter() - start, rejected=rejected)


def sweep(_corpus: Path, _count: int) -> dict[str, Any]:
    """The sweep as `docmill sweep` runs it, start of its processes and loading of models included."""
    from docmill.cli.prefect_api import run_sweep
    from docmill.config import load_settings

    memory = Memory()
    start = time.perf_counter()
    results: list[Any] = []
    _, message, completed = run_sweep(load_settings(), quiet=True, observer=results.append)
    seconds = time.perf_counter() - start
    failed = sum(result.row is None for result in results)
    return _figures(len(results), seconds, completed=completed, message=message, without_record=failed, **memory.stop())


def task_a_document(_corpus: Path, count: int) -> dict[str, Any]:
    """A flow as one writes it first: `map` a task that fetches, refines and stores, on Prefect's default runner."""
    from prefect.task_runners import ThreadPoolTaskRunner

    from docmill import Pipeline, RawDocument

    pipeline = Pipeline()
    pipeline.warm_up()

    def refine(key: str, data: bytes) -> bytes:
        return pipeline.refine(RawDocument(data=data, key=key)).model_dump_json().encode()

    return _map_tasks(count, ThreadPoolTaskRunner(), refine)  # type: ignore[arg-type]


def pooled_tasks(_corpus: Path, count: int) -> dict[str, Any]:
    """The same made as fast as it gets: eight threads, and refining in docmill's own processes."""
    from prefect.task_runners import ThreadPoolTaskRunner

    from docmill import RawDocument, Settings
    from docmill.sandbox import RefinePool

    with RefinePool(Settings()) as pool:

        def refine(key: str, data: bytes) -> bytes:
            return pool.refine(RawDocument(data=data, key=key)).record

        return _map_tasks(count, ThreadPoolTaskRunner(max_workers=8), refine)  # type: ignore[arg-type]


def _map_tasks(count: int, runner: Any, refine: Callable[[str, bytes], bytes]) -> dict[str, Any]:
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    from docmill.config import load_settings
    from tasks.runtime import open_stores

    inbox, output = open_stores(load_settings())

    @task(cache_policy=NO_CACHE, persist_result=False)
    def process(key: str) -> str:
        return output.put(f"enriched/{key}.json", refine(key, inbox.get(key).data))

    @flow(task_runner=runner)
    def one_task_a_document(keys: list[str]) -> None:
        process.map(keys).wait()

    memory = Memory()
    keys = sorted(info.key for info in inbox.list())[:count]
    start = time.perf_counter()
    one_task_a_document(keys)
    return _figures(len(keys), time.perf_counter() - start, **memory.stop())


CHILDREN = {"bare": bare, "sweep": sweep, "task a document": task_a_document, "pooled tasks": pooled_tasks}


def _figures(documents: int, seconds: float, **more: object) -> dict[str, Any]:
    return {"documents": documents, "seconds": round(seconds, 2), "rate": round(documents / seconds, 2), **more}


class Memory:
    """Samples the resident memory of this process and of its children."""

    def __init__(self) -> None:
        self._own: list[int] = []
        self._all: list[int] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        process = psutil.Process()
        while not self._stopped.wait(0.25):
            own = process.memory_info().rss
            self._own.append(own)
            self._all.append(own + sum(_rss(child) for child in process.children(recursive=True)))

    def stop(self) -> dict[str, Any]:
        """Peak of each tenth of the time, in MB."""
        self._stopped.set()
        self._thread.join()
        return {"own_mb": _tenths(self._own), "all_mb": _tenths(self._all)}


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _tenths(samples: list[int]) -> list[int]:
    step = max(1, len(samples) // TENTHS)
    return [max(samples[n : n + step]) // 1_000_000 for n in range(0, len(samples), step)][:TENTHS]


def _report(figures: dict[str, dict[str, Any]], file: Path | None) -> None:
    cores = os.cpu_count() or 1
    swept = figures["sweep"]
    ratios = {f"sweep / ({cores} cores x bare)": round(swept["rate"] / (cores * figures["bare"]["rate"]), 3)}
    for name in ("task a document", "pooled tasks"):
        ratios[f"sweep / {name}"] = round(swept["rate"] / figures[name]["rate"], 2)
    print(f"\n{swept['message']}; completed {swept['completed']}, without a record {swept['without_record']}")
    for name in ("sweep", "task a document"):
        print(f"resident MB by tenths, {name}: parent {figures[name]['own_mb']}, all {figures[name]['all_mb']}")
    for name, ratio in ratios.items():
        print(f"{name:28} {ratio}")
    if file:
        file.write_text(json.dumps({"cores": cores, **figures, "ratios": ratios}, indent=2) + "\n")


if __name__ == "__main__":
    main()
