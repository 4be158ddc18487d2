"""Runs docmill's commands in this process: a start of its own would take longer than most of them."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from docmill.cli import main

__all__ = ["run_here"]


def run_here(
    arguments: tuple[str, ...],
    folder: Path,
    captured: pytest.CaptureFixture[str],
    environ: Mapping[str, str | None],
    stdin: str = "",
) -> CompletedProcess[str]:
    """Run a command to its end, as `subprocess.run` would.

    Args:
        arguments: What follows `docmill`.
        folder: The working directory.
        captured: Takes what is said.
        environ: Changes of the environment; None for what is to be unset.
        stdin: What is typed.
    """
    captured.readouterr()
    with _environment(environ), _logging(), pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["docmill", *arguments])  # what help calls it
        patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
    return CompletedProcess(arguments, int(ended.value.code or 0), *captured.readouterr())


@contextmanager
def _environment(changes: Mapping[str, str | None]) -> Iterator[None]:
    """Commands change it themselves, for good."""
    before = dict(os.environ)
    for name, value in changes.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _logging() -> Iterator[None]:
    """As above; what they add writes to what is captured, which ends with the test."""
    log = logging.getLogger("docmill")
    handlers, level = log.handlers[:], log.level
    try:
        yield
    finally:
        log.handlers[:] = handlers
        log.setLevel(level)
