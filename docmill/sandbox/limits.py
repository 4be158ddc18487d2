"""What the system lets us bound, and one clear warning about what it does not."""

import functools
import logging
import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["forks", "limit_memory", "limits_memory", "resident_bytes", "unlimited_memory", "warn_once"]

_log = logging.getLogger(__name__)
_STATM = Path("/proc/self/statm")
_ADDRESS_SPACE, _RESIDENT = 0, 1  # columns of it, in pages


def forks() -> bool:
    """Whether children can be forked from a server. macOS offers it too, but its libraries do not survive a fork."""
    return "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"


def limits_memory() -> bool:
    """Whether a process's address space can be limited: other systems than Linux lack the limit or ignore it."""
    return sys.platform == "linux" and _STATM.exists()


def limit_memory(megabytes: int) -> None:
    """Let the address space grow by so much over what it is now, where the system can."""
    if not limits_memory():
        return
    import resource

    limit = _pages(_ADDRESS_SPACE) * resource.getpagesize() + megabytes * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


@contextmanager
def unlimited_memory() -> Iterator[None]:
    """Lift the limit for what is allocated within; afterwards it is higher by so much."""
    if not limits_memory():
        yield
        return
    import resource

    limit, most = resource.getrlimit(resource.RLIMIT_AS)
    before = _pages(_ADDRESS_SPACE)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        yield
    finally:
        grown = max(0, _pages(_ADDRESS_SPACE) - before) * resource.getpagesize()
        if limit != resource.RLIM_INFINITY:
            raised = limit + grown if most == resource.RLIM_INFINITY else min(limit + grown, most)
            resource.setrlimit(resource.RLIMIT_AS, (raised, most))


def resident_bytes() -> int:
    """This process's resident memory; 0 where the system does not tell."""
    if not limits_memory():
        return 0
    import resource

    return _pages(_RESIDENT) * resource.getpagesize()


def _pages(column: int) -> int:
    with _STATM.open("rb") as file:
        return int(file.read().split()[column])


@functools.cache
def warn_once() -> None:
    """Say, once a process, what this system cannot do."""
    lacking = []
    if not forks():
        lacking.append("children are started anew rather than forked: each takes seconds and memory of its own")
    if not limits_memory():
        lacking.append("the memory of a document is not limited")
    if lacking:
        _log.warning("On this system %s. Time limits hold.", ", and ".join(lacking))
