"""A server in a child process that ends with its parent, and can be waited for and stopped."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from shutil import disk_usage
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from docmill.errors import ServiceError

__all__ = ["LOOPBACK", "ServerProcess", "free_port", "python_server"]

LOOPBACK = "127.0.0.1"

_POLL_SECONDS = 0.05
_LOG_LINES = 5
_ERROR = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Exit): .*\S")  # as tracebacks end
_SCARCE = 100_000  # bytes free, of which servers want more
_STOP_SECONDS = 10.0  # for a server to put its things in order
_UNREADY_SECONDS = 1.0  # the same, before it was ready: nothing was told it yet, and some are deaf until they are up

if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _FLAGS = 0


class ServerProcess:
    """A server in a child process, in a session of its own: Ctrl-C goes to the parent, which stops it in order.

    Args:
        name: What to call it in messages.
        command: Program and arguments.
        environment: The child's whole environment.
        folder: Its working directory, made if need be; its output goes to `NAME.log` there.
        health_url: Answers 200 once the server is up.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path, health_url: str
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = tuple(command)
        self._environment = dict(environment)
        self._folder = folder
        self._health_url = health_url
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._told_to_end = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The child's process id, once started."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the child, without waiting for the server to come up; does nothing if it was started before.

        Raises:
            ServiceError: The port is taken.
        """
        if self._process:
            return
        self._told_to_end = False
        self._check_port()
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own command
                self._command,
                cwd=self._folder,  # where no prefect.toml, .env or module of the user's lies
                env=self._environment,
                stdin=subprocess.PIPE,  # the leash: see docmill/leash.py
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # ignored on Windows
                creationflags=_FLAGS,
            )

    def wait_ready(self, timeout: float = 180) -> None:
        """Wait until the server answers.

        Args:
            timeout: Seconds.

        Raises:
            ServiceError: It ended, or did not answer in time.
        """
        if self._process is None:
            raise ServiceError(f"{self.name} was not started", hint="call start() first")
        deadline = time.monotonic() + timeout
        while not self._answers():
            if self._process.poll() is not None:
                raise self._failure(f"ended with exit code {self._process.returncode}")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {timeout:g} s")
            time.sleep(_POLL_SECONDS)
        self._ready = True

    def check(self) -> None:
        """See whether it still runs.

        Raises:
            ServiceError: It ended by itself, or was killed.
        """
        if self._process is not None and self._process.poll() is not None:
            raise ServiceError(
                f"{self.name} ended with exit code {self._process.returncode}",
                hint=f"see {self.log}, and start it anew",
            )

    def tell_to_end(self) -> None:
        """Ask the server to end, without waiting for it: several that are stopped next end side by side."""
        if self._process is not None and not self._told_to_end:
            self._told_to_end = True
            self._process.terminate()

    def stop(self, timeout: float | None = None) -> None:
        """Ask the server to end, and then kill it and its children; safe to call again.

        Args:
            timeout: Seconds between the two; by default 10, or 1 if it was never seen to be ready.
        """
        self.tell_to_end()
        process, self._process = self._process, None
        ready, self._ready = self._ready, False
        if process is None:
            return
        if timeout is None:
            timeout = _STOP_SECONDS if ready else _UNREADY_SECONDS
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            _kill_group(process)
            process.wait()
        finally:
            if process.stdin:
                process.stdin.close()

    def _check_port(self) -> None:
        # Else what has the port could answer in the child's place, before the child finds it taken and ends.
        port = urlsplit(self._health_url).port or 0
        with socket.socket() as caller:
            if caller.connect_ex((LOOPBACK, port)) == 0:
                raise ServiceError(
                    f"{self.name} cannot have port {port}: it is taken", hint="choose another, or stop what has it"
                )

    def _answers(self) -> bool:
        # Not through the user's proxies.
        opener = build_opener(ProxyHandler({}))
        try:
            with opener.open(self._health_url, timeout=5) as answer:
                return bool(answer.status == 200)  # noqa: PLR2004  OK
        except (HTTPException, URLError, OSError):  # not listening yet, or not ready
            return False

    def _failure(self, what: str) -> ServiceError:
        full = disk_usage(self._folder).free < _SCARCE
        advice = "make room on the disk, which is full" if full else "another port or an empty folder may help"
        return ServiceError(f"{self.name} {what}: {self._last_words()}", hint=f"see {self.log}; {advice}")

    def _last_words(self) -> str:
        """The end of its log, or the error that it ends with: of a traceback the last lines say nothing."""
        lines = [line for line in self.log.read_text(errors="replace").split("\n") if line.strip()]
        errors = [line for line in lines if _ERROR.match(line)]
        return errors[-1] if errors else " | ".join(map(str.strip, lines[-_LOG_LINES:])) or "it said nothing"


def free_port() -> int:
    """A loopback port nothing listens on now. Another program may take it before it is used: be quick."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def python_server(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module in this interpreter for as long as this process lives."""
    return sys.executable, "-P", str(Path(__file__).with_name("leash.py")), module, *arguments


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
