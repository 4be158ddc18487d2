"""The real commands as processes, killed and disturbed; after each a sweep that is left alone, and the invariants."""

import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from launcher import Command, Launcher

from docmill.cli.prefect_api import run_sweep
from faults.place import Site
from faults.proxy import Disturbance, FaultProxy

__all__ = ["Campaign", "Totals"]

LONGEST = 12.0  # seconds a command may take before it is killed
RUNS_A_SITE = 10
DISTURBED = 1  # commands, or pairs of them, one after the other, in a run
REQUESTS = 90  # in which a command is killed
FEW = 8  # requests of one kind


@dataclass
class Totals:
    """What was done and found, over all runs."""

    runs: int = 0
    checks: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)  # by what the process was about
    ended: Counter[str] = field(default_factory=Counter)  # by exit code, of those that were not killed
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = {"killed while": self.killed, "injected": self.injected, "ended by themselves": self.ended}
        lines = [f"{self.runs} runs, {self.killed.total()} SIGKILLs, {self.checks} checks"]
        for title, counts in parts.items():
            lines += [f"  {title}: {', '.join(f'{name} {number}' for name, number in counts.most_common())}"]
        return "\n".join([*lines, f"violations: {len(self.violations)}", *self.violations])


class Campaign:
    """Runs on one server.

    Args:
        launcher: Starts commands; our variables point to the server and, as at its own start, to a Prefect API.
        proxy: Before the server.
        folder: For what the commands say.
        seed: Of everything that is left to chance, but for the timing of processes.
        notified: Whether the server has queues and notifications.
        restart_prefect: Stops and starts the Prefect server, if it may be.
    """

    def __init__(  # noqa: PLR0917
        self,
        launcher: Launcher,
        proxy: FaultProxy,
        folder: Path,
        seed: int,
        notified: bool,
        restart_prefect: Callable[[], None] | None = None,
    ) -> None:
        self.totals = Totals()
        self._launcher, self._proxy, self._folder, self._seed = launcher, proxy, folder, seed
        self._notified, self._restart_prefect = notified, restart_prefect
        proxy.injected = self.totals.injected

    def run(self, runs: int, say: Callable[[str], None]) -> Totals:
        """Do so many runs, and tell of each."""
        for first in range(0, runs, RUNS_A_SITE):
            site = Site(random.Random(f"{self._seed} {first}"), self._notified, self.totals.injected)  # noqa: S311
            for number in range(first, min(runs, first + RUNS_A_SITE)):
                begun = time.monotonic()
                what = "; then ".join(self._one(site, f"{number} {part}") for part in range(DISTURBED))
                disturbed = time.monotonic() - begun
                self._check(site, f"run {number}, {what}")
                self.totals.runs += 1
                seconds = f"{disturbed:.1f} s and {time.monotonic() - begun - disturbed:.1f} s"
                say(f"run {number}: {what}; {seconds}; {len(self.totals.violations)} violations")
            if self._notified:
                self._drain(site, f"after run {number}")
            site.close()
        return self.totals

    def _one(self, site: Site, number: str) -> str:
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311  reproducible on purpose
        site.change()
        kinds = ["sweep", "listen", "listen", "sweep listen", "sweep sweep"] if self._notified else ["sweep"]
        names = chance.choice(kinds).split()
        run = _Run(site, chance, self._proxy, self.totals)
        with self._proxy.disturbing(run.disturbance(self._notified)):
            commands = [self._start(site, chance, name) for name in names]
            run.begin(commands)
            with ExitStack() as stack:
                if self._restart_prefect and chance.random() < 1 / 25:
                    thread = threading.Thread(target=self._restart_prefect)
                    thread.start()
                    stack.callback(thread.join)
                    self.totals.injected["Prefect server restarted"] += 1
                run.end(commands)
        return f"{' and '.join(names)}: {run.story}"

    def _start(self, site: Site, chance: random.Random, name: str) -> Command:
        arguments = ("sweep", "--json") if name == "sweep" else ("listen", "--until-idle", "1")
        environ = site.environ | {
            "DOCMILL_SANDBOX": "true" if chance.random() < 1 / 8 else "false",
            **dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS"), self._proxy.url),
        }
        return self._launcher.run(*arguments, environ=environ, log=self._folder / "commands.log", hasty=True)

    def _check(self, site: Site, what: str) -> None:
        """Sweep undisturbed, in this process, and look at everything."""
        _, message, completed = run_sweep(site.settings, deep=True, quiet=True)
        found = site.violations() + ([] if completed else [f"the undisturbed sweep failed: {message}"])
        self.totals.violations += [f"{what}: {text}" for text in found]
        self.totals.checks += 1

    def _drain(self, site: Site, what: str) -> None:
        """Listen undisturbed until nothing comes: no message is left, and nothing has become wrong."""
        log = self._folder / "commands.log"
        for _ in range(3):  # what had failed comes again later
            command = self._launcher.run("listen", "--until-idle", "4", environ=site.environ, log=log, hasty=True)
            if command.wait(90) is None:
                command.signal(signal.SIGKILL)
                self.totals.violations.append(f"{what}: the undisturbed listener did not come to an end")
            if not site.waiting():
                break
        found = site.message_violations()
        self.totals.violations += [f"{what}: {text}" for text in found]
        self._check(site, what)


class _Run:
    """One disturbed run: decides when what happens."""

    def __init__(self, site: Site, chance: random.Random, proxy: FaultProxy, totals: Totals) -> None:
        self._site, self._chance, self._proxy, self._totals = site, chance, proxy, totals
        self._commands: list[Command] = []
        self._ready = threading.Event()
        self._turn = threading.Lock()
        # Killed at some request, or at some request of a kind, so that none is rarely met, or after some time.
        phases = [name for name in PHASES if site.notified or not name.startswith("receiving")]
        self._at = chance.choice(["", "", *phases])
        self._dies_at, self._answered = chance.randint(1, FEW if self._at else REQUESTS), chance.random() < 1 / 2
        self._by_time = chance.random() < 1 / 4
        self._seconds = chance.uniform(0, LONGEST)
        self._due = 0  # the number of the request
        self._lives = chance.random() < 1 / 12
        self.story = "ended"

    def disturbance(self, notified: bool) -> Disturbance:
        """What the proxy is to do."""
        hours = self._chance.choice([0.0, 0.0, 1.0, -1.0])
        self._totals.injected["clock skewed by an hour"] += bool(hours)
        inbox, output = self._site.buckets
        return Disturbance(
            chance=self._chance,
            share=self._chance.choice([0.0, 0.1, 0.1]),
            hours=hours,
            commits_fail=self._chance.random() < 1 / 10,
            documents=tuple(f"/{bucket}/{folder}".encode() for bucket, folder in ((inbox, "in/"), (output, "out/e"))),
            on_request=self._on_request,
        )

    def begin(self, commands: list[Command]) -> None:
        """The commands are running."""
        self._commands = commands
        self._ready.set()

    def end(self, commands: list[Command]) -> None:
        """Kill the first, if it is time that decides; wait for all."""
        if self._by_time and not self._lives:
            commands[0].wait(self._seconds)
            self._kill_some(self._proxy.last)
        deadline = time.monotonic() + LONGEST
        for command in commands:
            if command.wait(max(0, deadline - time.monotonic())) is None:
                self._kill(command, self._proxy.last)
            code = command.wait(10)
            if code != -signal.SIGKILL:
                self._totals.ended[str(code)] += 1

    def _on_request(self, number: int, line: str, answered: bool) -> None:
        self._ready.wait()
        with self._turn:
            if not answered:
                if self._chance.random() < 1 / 60:
                    self._site.meddle()
                if self._dies_at and self._at in {"", _phase(line)}:
                    self._dies_at -= 1
                    self._due = 0 if self._dies_at else number
            due = (number, answered) == (self._due, self._answered)
            if due and not self._by_time and not self._lives:
                self._kill_some(line)

    def _kill_some(self, line: str) -> None:
        """Kill one command, or, as when a machine goes down, all."""
        for command in self._commands if self._chance.random() < 1 / 2 else self._commands[:1]:
            self._kill(command, line)

    def _kill(self, command: Command, line: str) -> None:
        if command.code is None:
            command.signal(signal.SIGKILL)
            self._totals.killed[_phase(line)] += 1
            self.story = f"killed at request {self._proxy.requests} ({line[:60]})"


def _phase(line: str) -> str:
    """What a process is about, by what it asks: a method and a path."""
    method, _, path = line.partition(" ")
    return next((name for name, holds in PHASES.items() if holds(method, path)), "starting")


PHASES: Mapping[str, Callable[[str, str], bool]] = {
    "starting": lambda _method, path: bool(re.search(r"docmill-probe|/schemas/|/profiles/|/leases/", path)),
    "committing": lambda method, path: method != "GET" and "/catalog" in path,
    "reading the catalog": lambda method, path: method == "GET" and "/catalog" in path,
    "listing": lambda _method, path: "list-type" in path,
    "receiving or deleting messages": lambda method, path: method == "POST",
    "storing": lambda method, path: method in {"PUT", "DELETE"} and bool(re.search("/enriched/|/quarantine/", path)),
    "fetching": lambda method, _path: method in {"GET", "HEAD"},
}
