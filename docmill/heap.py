"""Keep the C library, and the allocators that libraries bring with them, from holding on to what was freed.

glibc gives threads heaps of their own, and once a large buffer was freed takes the next ones from these, up to 32 MB
each, instead of from the system: in the gaps that are left nothing fits, and a worker whose threads take objects of all
sizes grew by 0.6 MB a document over a mix of such. The jemalloc within deltalake has heaps for several threads, caches
for each, and gives pages back only if something happens ten seconds later: a worker grew by some 40 MB over 40 commits.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["frugal_jemalloc", "give_back", "give_back_now"]

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # mallopt(3)
_LARGE = 1 << 18  # bytes of a buffer that is the system's own
_JEMALLOC = "_RJEM_MALLOC_CONF"  # read once, when a library with it is loaded
_FRUGAL = "narenas:1,tcache:false,dirty_decay_ms:0,muzzy_decay_ms:0"


def give_back() -> None:
    """From now on have large buffers returned when they are freed, and all threads share heaps; only glibc needs it."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_ARENA_MAX, 1)
            mallopt(_MMAP_THRESHOLD, _LARGE)


def give_back_now() -> None:
    """Return what is free: the tree of a page of 20 MB leaves 150 MB in small pieces."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def frugal_jemalloc() -> Iterator[None]:
    """Within, a library of Rust's that brings jemalloc is loaded so that it keeps nothing, unless the user says how."""
    if _JEMALLOC in os.environ:
        yield
        return
    os.putenv(_JEMALLOC, _FRUGAL)  # not os.environ: another thread may be going through it
    try:
        yield
    finally:
        os.unsetenv(_JEMALLOC)
