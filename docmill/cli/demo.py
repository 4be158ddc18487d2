"""`docmill demo`: from messy samples to JSON, with nothing set up before."""

import os
import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docmill.cli.console import say, shown
from docmill.cli.signals import wait_for_signal
from docmill.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docmill.result import Result
    from docmill.services import PrefectServer
    from schemas.catalog import CatalogRow
    from schemas.settings import Settings

__all__ = ["demo"]

INBOX, OUTPUT = "demo-inbox", "demo-output"
PLAIN_WIDTH = 170  # where there is no terminal to ask


@click.command()
@click.option("--keep", is_flag=True, help="Stay up afterwards, with the Prefect UI, until Ctrl-C.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("docmill-demo"), show_default=True,
    help="Folder to copy the records to.",
)  # fmt: skip
def demo(*, keep: bool, out: Path) -> None:
    """Drop sample documents in an embedded bucket, refine them, and show what came out.

    Starts an object store and a Prefect server on free ports of this machine, in a temporary folder, and stops them
    at the end. Needs no account, no Docker and no settings.
    """
    from docmill.scratch import check_scratch

    start = time.monotonic()
    check_scratch()
    _check(out)
    with _servers() as prefect:
        from docmill.cli.ahead import get_ready
        from docmill.config import load_settings

        settings = load_settings(environ={"DOCMILL_INBOX": f"s3://{INBOX}", "DOCMILL_OUTPUT": f"s3://{OUTPUT}"})
        dropped = _drop_samples()
        say(f"{dropped} sample documents dropped in s3://{INBOX}")
        get_ready(settings)
        prefect.wait_ready()
        say(f"Prefect is up at {prefect.ui_url}; sweeping")
        rows = _sweep(settings)
        _copy_records(out)
        _show(rows, out)
        say(f"done in {time.monotonic() - start:.0f} s")
        if keep:
            say(f"The runs are at {prefect.ui_url}/runs. Ctrl-C stops everything.")
            wait_for_signal()


def _check(out: Path) -> None:
    """Now, not once all is done."""
    place = out.absolute()
    nearest = next(folder for folder in (place, *place.parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise ConfigError(f"{out} cannot be written to", hint="choose another folder with --out")


@contextmanager
def _servers() -> "Iterator[PrefectServer]":
    """The store, ready, and the Prefect server, on its way, in a folder that goes with them."""
    from docmill.services import EmbeddedStore, PrefectServer

    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="docmill-demo-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        store = stack.enter_context(EmbeddedStore(folder / "store"))
        prefect = stack.enter_context(PrefectServer(folder / "prefect"))
        say("starting an object store and a Prefect server")
        store.wait_ready()
        os.environ.update(store.environment())
        os.environ.update(prefect.environment())
        yield prefect


def _drop_samples() -> int:
    from docmill.store.s3 import S3Store, create_bucket, make_client

    client = make_client(4)
    for bucket in (INBOX, OUTPUT):
        create_bucket(client, bucket)
    inbox = S3Store(INBOX, client)
    with as_file(files("docmill") / "samples") as folder:
        samples = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "README.md")
        for sample in samples:
            inbox.put(sample.relative_to(folder).as_posix(), sample.read_bytes())
    return len(samples)


def _sweep(settings: "Settings") -> "list[CatalogRow]":
    """What was made of each document: enriched ones first, by key."""
    from docmill.cli.prefect_api import run_sweep

    results: list[Result] = []
    _, message, _ = run_sweep(settings, observer=results.append)
    say(message)
    return sorted((result.row for result in results if result.row), key=lambda row: (row.status, row.key))


def _copy_records(out: Path) -> None:
    """The records as files, in place of what an earlier demo left of them; what else the folder holds stays."""
    from docmill.keys import FOLDERS
    from docmill.store.s3 import S3Store, make_client

    store = S3Store(OUTPUT, make_client(4))
    for folder in FOLDERS.values():
        for item in store.list(folder):
            name = item.key.removeprefix(folder)
            for either in FOLDERS.values():
                (out / either / name).unlink(missing_ok=True)
            path = out / item.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(store.get(item.key).data)


def _show(rows: "list[CatalogRow]", out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="What came out", title_justify="left")
    for column, width in (("document", 20), ("title", 20), ("lang", 4), ("type", 12), ("topics", 20)):
        table.add_column(column, overflow="ellipsis", no_wrap=True, min_width=width)
    table.add_column("lines removed", justify="right")
    for row in rows:
        table.add_row(*_cells(row))
    console = Console()
    (console if console.is_terminal else Console(width=PLAIN_WIDTH)).print(table)
    click.echo(f"The records are in {out}/enriched and {out}/quarantine, one JSON file a document.")


def _cells(row: "CatalogRow") -> list[str]:
    key = shown(row.key, 34)
    if row.status == "rejected":
        return [key, f"[red]rejected: {row.reason}[/red]", "", "", "", ""]
    title, topics = shown(row.title, 48), shown(", ".join(row.topics), 40)
    return [key, _escaped(title), row.language or "–", row.content_type or "–", topics, str(row.lines_removed)]


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
