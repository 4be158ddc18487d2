"""Freed memory goes back to the system."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import threading
from pathlib import Path
from docmill.heap import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

kept = []

def work(number):
    for turn in range(20):
        large = [bytearray(300_000 + 20_000 * ((number + turn + n) % 90)) for n in range(8)]
        kept.append([bytearray(2000) for _ in range(8)])
        del large

if sys.argv[1] == "give back":
    give_back()
before = resident()
for _ in range(2):
    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc needs it")
def test_large_buffers_of_many_threads_leave_nothing_behind() -> None:
    """Where they are not given back, the threads' heaps keep them."""

    def grown(how: str) -> int:
        command = (sys.executable, "-c", "import sys\n" + _PROGRAM, how)
        return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    assert grown("give back") < 25_000_000 < grown("keep")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc needs it")
def test_what_was_freed_in_small_pieces_goes_back_when_asked() -> None:
    """A last small piece would keep all before it."""
    program = """
import ctypes
from pathlib import Path
from docmill.heap import give_back_now
resident = lambda: int(Path("/proc/self/statm").read_text().split()[1]) * 4096
pieces = [ctypes.create_string_buffer(10_000) for _ in range(3_000)]
kept = [ctypes.create_string_buffer(10_000)]
del pieces
before = resident()
give_back_now()
print(before - resident())
"""
    freed = int(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)
    assert freed > 20_000_000


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="elsewhere libraries have other allocators")
def test_commits_leave_no_memory_behind(tmp_path: Path) -> None:
    """A worker commits for days, from whichever of its threads: what each of them had would stay."""
    program = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from docmill.catalog import Catalog
from docmill.heap import give_back, give_back_now
from schemas import CatalogRow

def row(number):
    return CatalogRow(
        bucket="in", key=f"in/{number:012}.html", etag=f"{number:032}", size=1000, status="enriched",
        output_key=f"enriched/in/{number:012}.html.json", pipeline_fingerprint="0", docmill_version="0",
        stages={"decode": "1"}, title=f"The title of document {number}", topics=("health", "politics"),
        lines_removed=1, milliseconds=1.5, processed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )

def resident():
    give_back_now()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

give_back()
catalog, rows, barrier = Catalog(sys.argv[1]), [row(number) for number in range(1_000)], Barrier(12)
assert not any("MALLOC" in name for name in os.environ)  # children are none of its business
with ThreadPoolExecutor(12) as threads:
    list(threads.map(lambda _: barrier.wait(), range(12)))  # all of them are there
    for turn in range(40):
        threads.submit(catalog.append, rows).result()
        if turn == 3:
            before = resident()
print(resident() - before)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "catalog")]
    ours = {
        name: value for name, value in os.environ.items() if "MALLOC" not in name
    }  # polars, once imported, sets some
    assert int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=ours).stdout) < 12_000_000
