"""Seconds and memory of a sweep's comparison: a listing of N keys, made page by page, against a catalog of N rows.

python benchmarks/sweep.py [--keys 100000 300000 1000000] [--json FILE]

Each size is measured in a process of its own. Of a hundred objects one is new, one changed, and one is gone.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARE = 100  # every so manyth object is new, changed or gone
FOLDERS = 200
PAGE = 1000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT_MB, LIMIT_SECONDS = 600, 60


def main() -> None:
    """Measure each size and print."""
    arguments = _arguments()
    measured = []
    with tempfile.TemporaryDirectory(prefix="docmill-benchmark-") as folder:
        for keys in arguments.keys:
            catalog = Path(folder, str(keys))
            _child("fill", keys, catalog)
            measured.append(json.loads(_child("survey", keys, catalog)))
            print(_line(measured[-1]), flush=True)
    first, last = measured[0], measured[-1]
    growth = {
        name: round((last[name] / first[name]) / (last["keys"] / first["keys"]), 2)
        for name in ("seconds", "cpu_seconds")
    }
    print(f"growth from {first['keys']} to {last['keys']} keys, 1.0 being linear: {growth}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"sizes": measured, "growth": growth}, indent=2) + "\n")
    if last["peak_mb"] > LIMIT_MB or last["seconds"] > LIMIT_SECONDS:
        raise SystemExit(f"over the limit of {LIMIT_MB} MB and {LIMIT_SECONDS} s")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "KEYS", "CATALOG"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        what, keys, catalog = arguments.child
        print(json.dumps({"fill": _fill, "survey": _survey}[what](int(keys), catalog)))
        raise SystemExit
    return arguments


def _child(what: str, keys: int, catalog: Path) -> str:
    command = (sys.executable, __file__, "--child", what, str(keys), str(catalog))
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def _line(found: dict[str, float]) -> str:
    return (
        f"{found['keys']:>9} keys: {found['seconds']:6.1f} s ({found['cpu_seconds']:.1f} s of processor), peak "
        f"{found['peak_mb']:.0f} MB resident ({found['imported_mb']:.0f} MB of it before), {found['found']}"
    )


def _key(number: int) -> str:
    return f"in/{number % FOLDERS:03}/{hashlib.md5(b'%d' % number, usedforsecurity=False).hexdigest()}-{number}.html"


def _etag(number: int, version: int = 0) -> str:
    return hashlib.md5(b"%d.%d" % (number, version), usedforsecurity=False).hexdigest()


def _fill(keys: int, location: str) -> None:
    """A catalog of as many rows, all but the new objects', and those of objects that are gone."""
    from docmill.catalog import Catalog
    from schemas import CatalogRow

    def row(number: int) -> CatalogRow:
        return CatalogRow(
            bucket="in", key=_key(number), etag=_etag(number), size=1000, status="enriched",
            output_key=f"enriched/{_key(number)}.json", pipeline_fingerprint="0123456789abcdef", docmill_version="0",
            stages={"decode": "1", "clean": "2"}, title=f"The title of document {number}",
            topics=("health", "politics"), lines_removed=12, milliseconds=12.5, processed_at=NOW,
        )  # fmt: skip

    Catalog(location).replace(row(number) for number in range(keys) if number % SHARE)


def _survey(keys: int, location: str) -> dict[str, object]:
    from docmill.catalog import Catalog
    from docmill.inbox import Pending
    from docmill.survey import Survey
    from schemas import Settings

    process = psutil.Process()
    imported = process.memory_info().rss
    start, before = time.monotonic(), process.cpu_times().user
    counts: Counter[str] = Counter()
    settings = Settings(inbox="s3://in/in", output="s3://out")
    with Survey(_Inbox(keys), Catalog(location), settings) as survey:  # type: ignore[arg-type]
        for item in survey:
            counts["pending" if isinstance(item, Pending) else "vanished"] += 1
    seconds, cpu = time.monotonic() - start, process.cpu_times().user - before
    counts.update({verdict.value: count for verdict, count in survey.tally.verdicts.items()})
    part = keys // SHARE
    expected = {"pending": 2 * part, "vanished": part, "new": part, "changed": part, "done": keys - 3 * part}
    if counts != expected:
        raise SystemExit(f"wrong: {dict(counts)} instead of {expected}")
    return {
        "keys": keys,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 * 1.048576,
        "imported_mb": imported / 1e6,
        "found": dict(counts),
    }


class _Inbox:
    """Lists objects that it makes up: folder by folder, page by page, not in the order of the catalog."""

    bucket = "in"

    def __init__(self, keys: int) -> None:
        self._keys = keys

    def list_level(self, prefix: str) -> "tuple[list[object], list[str]] | None":
        return ([], [f"in/{n:03}/" for n in range(FOLDERS)]) if prefix == "in/" else None

    def list(self, prefix: str = "") -> "Iterator[object]":
        from docmill.store.base import ObjectInfo

        folder = int(prefix.split("/")[1])
        numbers = range(folder, self._keys, FOLDERS)
        for start in range(0, len(numbers), PAGE):
            page = [n for n in numbers[start : start + PAGE] if n % SHARE != 2]  # those are gone
            # Of every hundred the first is new to the catalog, the second has changed since.
            yield from [ObjectInfo(_key(n), _etag(n, int(n % SHARE == 1)), 1000, NOW) for n in page]


if __name__ == "__main__":
    main()
