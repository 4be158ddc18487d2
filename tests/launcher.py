"""Starts docmill's commands fast: a process that has imported everything forks one for each line it reads.

A line is a JSON object: `{"run": [arguments], "environ": {…}, "log": path, "hasty": bool}` is answered with the new
process's id, `{"poll": id}` with its exit code, or null while it lives. The processes are real ones, to be killed so.
"""

import functools
import importlib
import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["Command", "Launcher", "warm_up"]

# Of hasty ones: in the place of docmill's minute, so that timeouts can be waited for, and polls, which are shorter.
READ_SECONDS, POLL_SECONDS = 2, 1
IMPORTS = (
    "flows.sweep", "flows.listen", "docmill.cli.sweep", "docmill.cli.listen", "docmill.pipeline",
    "docmill.sandbox.inline", "docmill.catalog.aws", "docmill.store.s3", "docmill.intake.sqs", "tasks.runtime",
)  # fmt: skip


class Command:
    """A docmill command under way."""

    def __init__(self, launcher: "Launcher", pid: int) -> None:
        self._launcher, self.pid = launcher, pid
        self.code: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.code is None:
            self.code = self._launcher.ask({"poll": self.pid})
        return self.code

    def wait(self, seconds: float) -> int | None:
        """As `poll`, after at most so long."""
        deadline = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.code

    def signal(self, number: int) -> None:
        """Send a signal, unless it has ended: until it is asked for its exit code its id is not another's."""
        if self.code is None:
            os.kill(self.pid, number)


class Launcher:
    """The forking process; entering it starts it, with Prefect's settings as they are then."""

    def __enter__(self) -> Self:
        command = (sys.executable, "-P", str(Path(__file__)))
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def ask(self, what: dict[str, Any]) -> Any:
        """Send a line and read the answer."""
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def run(self, *arguments: str, environ: dict[str, str], log: Path, hasty: bool = False) -> Command:
        """Start a command, with these variables beside our present ones; what it says is added to the log."""
        order = {"run": arguments, "environ": os.environ | environ, "log": str(log), "hasty": hasty}
        return Command(self, self.ask(order))


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.clear()
        os.environ.update(order["environ"])
        if order["hasty"]:
            _make_hasty()
        from docmill.cli.main import main

        main(order["run"])
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001  it goes no further than this process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _make_hasty() -> None:
    importlib.import_module("docmill.aws").READ_SECONDS = READ_SECONDS
    importlib.import_module("docmill.store.s3_fast").READ_SECONDS = READ_SECONDS
    importlib.import_module("docmill.intake.receiver").POLL_SECONDS = POLL_SECONDS


def warm_up() -> None:
    """Have ready what every command would load or make anew: a second of processor time each."""
    for name in IMPORTS:
        importlib.import_module(name)
    import botocore.session

    from docmill.aws import aws_client
    from docmill.contract import json_schema

    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    for service in ("s3", "sqs"):
        aws_client(service, 1).close()
    json_schema()


def _poll(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from docmill.cli.prefect_api import quiet_prefect

    quiet_prefect()
    warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        answers.write(json.dumps(_fork(order) if "run" in order else _poll(order["poll"])) + "\n")
        answers.flush()
