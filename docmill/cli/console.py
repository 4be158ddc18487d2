"""How commands talk: progress bars on a terminal, plain lines otherwise; text from documents never as control codes."""

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from docmill.result import Result

__all__ = [
    "ProgressLine",
    "duration",
    "harmless",
    "log_shown",
    "print_json",
    "say",
    "shown",
    "telling",
    "unicode_text",
    "write_unicode",
]

LINE_SECONDS = 5.0
TELL_SECONDS = 10.0  # between lines on how far a listing is
MINUTE, HOUR, DAY = 60, 3600, 86_400
_C1 = re.compile("[\x7f-\x9f]")


def write_unicode() -> None:
    """Have what is piped or kept be UTF-8, as JSON is, whatever the locale; a terminal shows ? for what it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # not closed, nor replaced
            if not stream.isatty():
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="replace")


def unicode_text(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Checks an argument: bytes that are no UTF-8 name a file here, but neither a key nor a value of the catalog."""
    try:
        (value or "").encode()
    except UnicodeEncodeError as error:
        raise click.BadParameter("it is not Unicode text, encoded as UTF-8") from error
    return value


def say(text: str, *, quiet: bool = False) -> None:
    """A line for the person at the terminal, on standard error: standard output is for results."""
    if not quiet:
        click.echo(text, err=True)


@contextmanager
def log_shown(*, quiet: bool = False) -> Iterator[None]:
    """Within, docmill's own log is shown a line a message: that the store is busy, or another sweep is waited for."""
    log = logging.getLogger("docmill")
    handler, level = _Saying(), log.level
    if not quiet:
        log.addHandler(handler)
        log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


class _Saying(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(f"docmill: {shown(record.getMessage(), 1000)}")
        if record.exc_info:
            say(logging.Formatter().formatException(record.exc_info))


def shown(text: str | None, most: int = 60) -> str:
    """Untrusted text, safe to print."""
    from docmill.report import plain

    return plain(text or "–", most)


def harmless(text: str) -> str:
    """JSON that steers no terminal: it escapes the C0 controls by itself, keys and texts may hold others."""
    return _C1.sub(lambda control: f"\\u{ord(control[0]):04x}", text)


def print_json(value: object) -> None:
    """A result for programs, on one line."""
    click.echo(harmless(json.dumps(value, ensure_ascii=False)))


def duration(seconds: float) -> str:
    """A rough time for a person: `40 s`, `12 min`, `3 h 20 min`, `2 days`."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < 2 * DAY:
        hours, rest = divmod(round(seconds / MINUTE), MINUTE)
        return f"{hours} h {rest} min"
    return f"{seconds / DAY:.0f} days"


@contextmanager
def telling(progress: Callable[[], str]) -> Iterator[None]:
    """Within, people are told every few seconds how far it is."""
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(TELL_SECONDS):
            say(progress())

    thread = threading.Thread(target=tell, name="docmill-telling", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class ProgressLine:
    """Counts results as they come: a live line on a terminal, else a plain line every few seconds."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._count = self._rejected = 0
        self._last = time.monotonic()
        self._first: float | None = None  # when the first result came: a listing may take minutes before that
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            from rich.console import Console
            from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("documents", total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, result: "Result") -> None:
        """Take note of a result; may be called from any thread."""
        with self._lock:
            self._count += 1
            self._rejected += result.ending == "rejected"
            if self._first is None:
                self._first = time.monotonic()
            if self._bar is not None and self._task is not None:
                description = f"documents ({self._rejected} rejected), latest {shown(result.source.key, 40)}"
                self._bar.update(self._task, completed=self._count, description=description)
            elif time.monotonic() - self._last > LINE_SECONDS:
                self._last = time.monotonic()
                seconds = self._last - self._first
                rate = f", {(self._count - 1) / seconds:.1f} a second" if seconds > 1 else ""
                say(f"documents: {self._count}, {self._rejected} rejected{rate}", quiet=self._quiet)
