"""What a document costs around its refining, counted on the in-memory store: requests, catalog, memory of a sweep.

python -m benchmarks.simulate [--sizes 1000,10000] [--json FILE]

For each size: as many small objects are ingested by the worker with a refiner that does nothing, and committed; then a
second survey finds nothing to do. The survey is made once more against a listing of as many keys that are not held in
memory, so that its own memory shows.
"""

import argparse
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import psutil

from docmill.batch import Batch
from docmill.catalog.run import RunRows
from docmill.catalog.table import Catalog
from docmill.inbox import Pending
from docmill.sandbox import InlinePool
from docmill.store import MemoryStore
from docmill.store.base import ObjectInfo, StoredObject
from docmill.survey import Survey
from docmill.worker import Worker
from schemas.settings import Settings

KEY = "2026/11/23/documents/source-{:012}.html"  # of a usual length
PAGE = 1000  # keys a listing request gives


class CountingStore(MemoryStore):
    """The in-memory store, counting requests as S3 would charge them."""

    def __init__(self, bucket: str) -> None:
        super().__init__(bucket)
        self.requests: Counter[str] = Counter()

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """A request a page."""
        found = list(super().list(prefix))
        self.requests["LIST"] += max(1, -(-len(found) // PAGE))
        return iter(found)

    def list_level(self, prefix: str) -> "tuple[list[ObjectInfo], list[str]] | None":
        """One request, however the fake finds out."""
        before = self.requests["LIST"]
        found = super().list_level(prefix)
        self.requests["LIST"] = before + 1
        return found

    def keys_after(self, prefix: str, after: str) -> "tuple[list[str], bool]":
        """As `list_level`."""
        before = self.requests["LIST"]
        found = super().keys_after(prefix, after)
        self.requests["LIST"] = before + 1
        return found

    def head(self, key: str) -> ObjectInfo:
        """One request, which is none to `get` here."""
        self.requests["HEAD"] += 1
        return super().get(key).info

    def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
        """One request."""
        self.requests["GET"] += 1
        return super().get(key, if_match=if_match)

    def put(self, key: str, data: bytes, **options: Any) -> str:
        """One request, refused or not."""
        self.requests["PUT"] += 1
        return super().put(key, data, **options)

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """One request, free of charge."""
        self.requests["DELETE"] += 1
        super().delete(key, if_match=if_match)


class Listed(MemoryStore):
    """A bucket of so many keys that are nowhere but in its listing."""

    def __init__(self, count: int) -> None:
        super().__init__("in")
        self._count = count

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All of them, as they are asked for."""
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        for number in range(self._count):
            yield ObjectInfo(key=f"{prefix}{KEY.format(number)}", etag=f"{number:032x}", size=100, last_modified=moment)

    def list_level(self, prefix: str) -> None:
        """Too many for one page."""
        del prefix


class Peak:
    """Most resident memory of this process beyond what it had, in bytes."""

    def __enter__(self) -> Self:
        self._process = psutil.Process()
        self._base = self.value = self._process.memory_info().rss
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()
        return self

    def _look_on(self) -> None:
        while not self._stopped.wait(0.02):
            self.value = max(self.value, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self.value = max(self.value, self._process.memory_info().rss) - self._base


def simulate(count: int) -> dict[str, Any]:
    """Figures for so many documents."""
    settings = Settings(inbox="s3://in", output="s3://out")
    inbox, output = CountingStore("in"), CountingStore("out")
    for number in range(count):
        inbox.put(KEY.format(number), str(number).encode())
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(f"{folder}/catalog")
        first = _ingest(settings, inbox, output, catalog)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*.parquet"))
        second = _survey(settings, inbox, catalog)
        inbox_listed = Listed(count)
        with Peak() as peak:
            third = _survey(settings, inbox_listed, catalog)
    return {
        "documents": count,
        "requests_a_document": {name: round(number / count, 4) for name, number in sorted(first["requests"].items())},
        "requests_of_second_sweep": dict(second["requests"]),
        "catalog_bytes_a_row": round(size / count, 1),
        "survey_microseconds_a_key": round(third["cpu_seconds"] / count * 1e6, 1),
        "survey_peak_mb": round(peak.value / 1e6, 1),
        "survey_spilled_bytes_a_key": round(third["spilled"] / count, 1),
    }


def _ingest(settings: Settings, inbox: CountingStore, output: CountingStore, catalog: Catalog) -> dict[str, Any]:
    inbox.requests.clear()
    with InlinePool(settings, "benchmarks.nothing:Nothing") as pool:
        worker = Worker(inbox, output, settings, pool)
        output.requests.clear()  # trying the store out is once a process
        with Survey(inbox, catalog, settings) as found:
            pending = [item for item in found if isinstance(item, Pending)]
        for start in range(0, len(pending), settings.batch_size):
            rows = RunRows(catalog, settings.commit_rows)
            batch = sorted(pending[start : start + settings.batch_size], key=lambda item: item.source.last_modified)
            for shard in Batch(batch[::-1]).split(settings.shard_size):  # as a sweep does, newest first
                worker.process(shard.documents, on_done=lambda result, rows=rows: rows.add(result.row))
            rows.commit()
        worker.close()
    return {"requests": inbox.requests + output.requests}


def _survey(settings: Settings, inbox: MemoryStore, catalog: Catalog) -> dict[str, Any]:
    if isinstance(inbox, CountingStore):
        inbox.requests.clear()
    start = time.process_time()
    with Survey(inbox, catalog, settings) as found:
        for _ in found:
            pass
        spilled = found._listed._end + found._known._end
    seconds = time.process_time() - start
    return {"requests": getattr(inbox, "requests", {}), "cpu_seconds": seconds, "spilled": spilled}


def main() -> None:
    """Simulate, and print one line a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000", help="numbers of documents")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    figures = []
    for size in map(int, arguments.sizes.split(",")):
        figures.append(simulate(size))
        print(json.dumps(figures[-1], indent=1), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
