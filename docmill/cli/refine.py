"""`docmill refine`: local files through the pipeline, one JSON object a line."""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import click

from docmill.cli.console import harmless
from docmill.errors import ConfigError

__all__ = ["refine"]

STDIN = "-"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--taxonomy", "taxonomies", multiple=True, metavar="NAME|FILE",
    help="Classify by this taxonomy instead of the configured ones; may be given several times.",
)  # fmt: skip
@click.option("--no-sandbox", is_flag=True, help="Refine in this process, without limits: to debug only.")
@click.option("--pretty", is_flag=True, help="Indent the JSON, for reading.")
def refine(files: tuple[str, ...], taxonomies: tuple[str, ...], *, no_sandbox: bool, pretty: bool) -> int:
    """Refine local FILEs (`-` for standard input) and print one JSON object a line, in the order given.

    A container's members come before it, one object each. Needs no bucket and no Prefect. Exit code 1 if anything was
    rejected.
    """
    from docmill.config import load_settings
    from docmill.fetch import too_large
    from docmill.sandbox import Refined, open_pool
    from docmill.scratch import check_scratch
    from schemas.source import RawDocument

    for name in files:
        _check(name)
    settings = load_settings()
    if taxonomies:
        settings = settings.model_copy(update={"taxonomies": taxonomies})
    if no_sandbox:
        settings = settings.model_copy(update={"sandbox": False})
    check_scratch()
    workers = min(settings.workers, len(files))
    typed = _typed() if STDIN in files else b""  # here, where Ctrl-C ends it
    turns, rejected = _Turns(), threading.Event()

    def show(refined: Refined) -> None:
        click.echo(_shown(refined.record, pretty=pretty))
        if refined.status == "rejected":
            rejected.set()

    def one(place: int) -> None:
        def show_in_turn(refined: Refined) -> None:
            turns.wait_for(place)
            show(refined)

        name = files[place]
        try:
            size = len(typed) if name == STDIN else Path(name).stat().st_size
            if refusal := too_large(size, settings.max_object_mb):
                unread = RawDocument(data=b"", key=Path(name).name)
                show_in_turn(pool.rejected(unread, refusal, size=size))
                return
            data = typed if name == STDIN else Path(name).read_bytes()
            # Members are printed as they come, so that any number of them takes no memory.
            show_in_turn(pool.refine(RawDocument(data=data, key=Path(name).name), on_member=show_in_turn))
        finally:
            turns.end(place)

    # For one file a process, it pays to see first whether the file can be read at all.
    pool = open_pool(settings, workers=workers, warm=len(files) > workers)
    # As many threads as processes: each file under way has its own, and waits with it for its turn. The pool is closed
    # first, so that after Ctrl-C no thread waits for a record any more.
    with ThreadPoolExecutor(workers) as threads, closing(pool):
        list(threads.map(one, range(len(files))))
    return int(rejected.is_set())


class _Turns:
    """Lets threads go on in a given order."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._next = 0
        self._ended: set[int] = set()

    def wait_for(self, place: int) -> None:
        """Wait until all before have ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._next == place)

    def end(self, place: int) -> None:
        """Let the next go on."""
        with self._changed:
            self._ended.add(place)
            while self._next in self._ended:
                self._ended.remove(self._next)
                self._next += 1
            self._changed.notify_all()


def _shown(record: bytes, *, pretty: bool) -> str:
    text = json.dumps(json.loads(record), indent=2, ensure_ascii=False) if pretty else record.decode()
    return harmless(text)


def _typed() -> bytes:
    if sys.stdin is None:  # `<&-`, or a service without one
        raise ConfigError("standard input is closed", hint="pipe a document in, or name its file")
    return sys.stdin.buffer.read()


def _check(name: str) -> None:
    """Every file is checked before the first is refined."""
    path = Path(name)
    if name == STDIN:
        return
    if not path.exists():
        raise ConfigError(f"{name} does not exist", hint="check the path")
    if path.is_dir():
        raise ConfigError(f"{name} is a folder", hint=f"name its files: {name.rstrip('/')}/*")
    if not os.access(path, os.R_OK):
        raise ConfigError(f"{name} may not be read", hint="check its permissions")
