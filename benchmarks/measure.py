"""Running a command and watching what it and everything it starts take: time, processors, memory."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

__all__ = ["Measured", "Sample", "run"]

INTERVAL = 1.0  # seconds between looks


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory at one moment, in bytes.

    Attributes:
        at: Unix time, seconds.
        command: Of the command's own process.
        tree: Of it, all its descendants and the servers that work for it.
        servers: Of those servers alone.
    """

    at: float
    command: int
    tree: int
    servers: int = 0


@dataclass(frozen=True)
class Measured:
    """How a command ran.

    Attributes:
        code: Exit code; negative if a signal ended it.
        seconds: From its start to its end.
        cpu_seconds: User and system time of the process tree and of the servers that work for it.
        output: What it printed.
    """

    code: int
    seconds: float
    cpu_seconds: float
    samples: tuple[Sample, ...]
    output: str

    @property
    def peak(self) -> int:
        """Most memory of the tree, in bytes."""
        return max((sample.tree for sample in self.samples), default=0)


def run(
    command: Sequence[str], environment: Mapping[str, str], log: Path, *, servers: Sequence[int] = (), timeout: float
) -> Measured:
    """Run a command to its end.

    Args:
        command: Program and arguments.
        environment: All of its environment.
        log: Takes what it prints to stderr; its folder is the command's working directory.
        servers: Processes that work for it, and count as part of it for as long as it runs.
        timeout: Seconds after which it is ended.
    """
    reaped = _reaped()
    start = time.perf_counter()
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command,
            cwd=log.parent,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        watch = Watch(process.pid, servers)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            _end(process.pid)
            output, _ = process.communicate()
        seconds = time.perf_counter() - start
        watch.stop()
    # What ended between two looks is missing from the one figure, what outlived its parent from the other.
    cpu_seconds = max(watch.cpu_seconds, _reaped() - reaped + watch.server_seconds)
    return Measured(process.returncode, seconds, cpu_seconds, tuple(watch.samples), output)


def _reaped() -> float:
    """Processor seconds of all children that ended, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _end(pid: int) -> None:
    for process in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
        process.kill()


@dataclass
class Watch:
    """Looks at a process tree now and then until stopped."""

    pid: int
    servers: Sequence[int]
    samples: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._spent: dict[tuple[int, float], float] = {}
        self._before = self._servers_cpu()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def _look_on(self) -> None:
        self._look()
        while not self._stopped.wait(INTERVAL):
            self._look()

    def _look(self) -> None:
        own = tree = 0
        for process in _tree(self.pid):
            try:
                memory = _memory(process)
                self._spent[process.pid, process.create_time()] = _cpu(process)
            except psutil.Error:
                continue
            tree += memory
            if process.pid == self.pid:
                own = memory
        if own:
            servers = sum(_memory(process) for pid in self.servers for process in _tree(pid))
            self.samples.append(Sample(time.time(), own, tree + servers, servers))

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()
        self.server_seconds = self._servers_cpu() - self._before

    def _servers_cpu(self) -> float:
        return sum(_cpu(process) for pid in self.servers for process in _tree(pid))

    @property
    def cpu_seconds(self) -> float:
        """Of every process seen, as it was last seen."""
        return sum(self._spent.values()) + self.server_seconds


def _tree(pid: int) -> list[psutil.Process]:
    """The process, its descendants, and what left the tree when its parent died: the session tells."""
    try:
        root = psutil.Process(pid)
        found = {process.pid: process for process in (root, *root.children(recursive=True))}
    except psutil.Error:
        return []
    if hasattr(os, "getsid"):
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == pid:
                    found.setdefault(process.pid, process)
            except OSError:
                continue
    return list(found.values())


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _memory(process: psutil.Process) -> int:
    """Resident memory; where the system tells, pages that processes share are split between them."""
    info = process.memory_full_info()
    return int(getattr(info, "pss", 0) or info.rss)
