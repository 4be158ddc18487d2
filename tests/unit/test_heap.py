"""Freed memory goes back to the system."""

import platform
import subprocess
import sys

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
