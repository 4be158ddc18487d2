"""What the system lets us bound, and one clear warning about what it does not."""

import functools
import logging
import multiprocessing
import sys
from pathlib import Path

__all__ = ["forks", "limit_memory", "limits_memory", "resident_bytes", "warn_once"]

_log = logging.getLogger(__name__)
_STATM = Path("/proc/self/statm")


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

    base = int(_STATM.read_text().split()[0]) * resource.getpagesize()
    limit = base + megabytes * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def resident_bytes() -> int:
    """This process's resident memory; 0 where the system does not tell."""
    if not limits_memory():
        return 0
    import resource

    with _STATM.open("rb") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


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
