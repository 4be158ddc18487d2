"""Keep the C library from holding on to what was freed.

glibc gives threads heaps of their own, and once a large buffer was freed takes the next ones from these, up to 32 MB
each, instead of from the system: in the gaps that are left nothing fits, and a worker whose threads take objects of all
sizes grew by 0.6 MB a document over a mix of such.
"""

import ctypes
import sys
from contextlib import suppress

__all__ = ["give_back", "give_back_now"]

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # mallopt(3)
_LARGE = 1 << 18  # bytes of a buffer that is the system's own


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
