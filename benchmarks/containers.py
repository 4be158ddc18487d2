"""Memory while containers of more and more members go through sandbox and worker: it should not grow with them.

python benchmarks/containers.py [--members 1000 10000 100000] [--check]
"""

import argparse
import io
import json
import os
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Self

import psutil
from nothing import FACTORY

from docmill.inbox import Pending, as_source
from docmill.sandbox import RefinePool
from docmill.store import MemoryStore
from docmill.worker import Worker
from schemas import Settings

TEXT = b"A line of text that stands for a document. " * 4
MOST_GROWTH_MB = 40


class Sink(MemoryStore):
    """Counts members' records instead of keeping them: what is measured is the worker's memory."""

    def put(self, key: str, data: bytes, **how: object) -> str:
        """Keep the container's record only."""
        return "etag" if "/!/" in key else super().put(key, data, **how)  # type: ignore[arg-type]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--check", action="store_true", help=f"exit with 1 if memory grows by over {MOST_GROWTH_MB} MB")
    arguments = parser.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    grown = False
    for kind, make in MAKERS.items():
        peaks = []
        for count in arguments.members:
            data = make(count)
            seconds, parent, child = _measure(kind, data, count)
            peaks.append((parent - len(data) / 1e6, child - len(data) / 1e6))
            print(
                f"{kind} {count:7} members, {len(data) / 1e6:6.1f} MB: peak above the start, without the container "
                f"itself: worker {peaks[-1][0]:6.1f} MB, child {peaks[-1][1]:6.1f} MB; {count / seconds:.0f} members/s",
                flush=True,
            )
        grown = grown or any(most - least > MOST_GROWTH_MB for least, most in zip(peaks[0], peaks[-1], strict=True))
    print("memory grows with the members" if grown else "memory does not grow with the members")
    sys.exit(grown and arguments.check)


def _zip(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"folder/{number}.txt", TEXT)
    return out.getvalue()


def _tar(count: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
        for number in range(count):
            info = tarfile.TarInfo(f"folder/{number}.txt")
            info.size = len(TEXT)
            archive.addfile(info, io.BytesIO(TEXT))
    return out.getvalue()


def _jsonl(count: int) -> bytes:
    line = json.dumps({"id": "n", "text": TEXT.decode()}) + "\n"
    return "".join(line.replace('"n"', f'"{number}"') for number in range(count)).encode()


MAKERS: dict[str, Callable[[int], bytes]] = {"zip": _zip, "tar.gz": _tar, "jsonl": _jsonl}


def _measure(kind: str, data: bytes, count: int) -> tuple[float, float, float]:
    """Seconds, and by how many MB the worker's and the child's resident memory rose at most."""
    settings = Settings(inbox="s3://in", output="s3://out", max_members=count, workers=1, timeout_seconds=120)
    inbox, output = MemoryStore("in"), Sink("out")
    inbox.put("warm.txt", b"x")
    with RefinePool(settings, workers=1, factory=FACTORY) as pool:
        worker = Worker(inbox, output, settings, pool)
        worker.process([Pending(as_source("in", inbox.head("warm.txt")))])
        inbox.put(f"a.{kind}", data)
        pending = [Pending(as_source("in", inbox.head(f"a.{kind}")))]
        with _Peaks() as peaks:
            start = time.perf_counter()
            [result] = worker.process(pending)
            seconds = time.perf_counter() - start
        worker.close()
    if result.members != count:
        raise SystemExit(f"{result.members} of {count} members: {result.message}")
    return seconds, *peaks.rises


class _Peaks:
    """Samples this process and the newest of its descendants, its one refining process."""

    def __enter__(self) -> Self:
        own = psutil.Process()
        family = [process for process in own.children(recursive=True) if process.ppid() != own.pid]
        self._processes = [own, family[-1]]
        self._start = [process.memory_info().rss for process in self._processes]
        self._most = list(self._start)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self.rises = [(most - start) / 1e6 for most, start in zip(self._most, self._start, strict=True)]

    def _sample(self) -> None:
        while not self._stopped.wait(0.02):
            now = [process.memory_info().rss for process in self._processes]
            self._most = [max(pair) for pair in zip(self._most, now, strict=True)]


if __name__ == "__main__":
    main()
