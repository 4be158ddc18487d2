"""`docmill demo`: from messy samples to JSON, with nothing set up before."""

import json
import os
import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docmill.cli.console import say, shown
from docmill.cli.signals import stopped_by_signals, wait_for_signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docmill.services import PrefectServer
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
    start = time.monotonic()
    with stopped_by_signals(), _servers() as prefect:
        from docmill.config import load_settings

        settings = load_settings(environ={"DOCMILL_INBOX": f"s3://{INBOX}", "DOCMILL_OUTPUT": f"s3://{OUTPUT}"})
        dropped = _drop_samples()
        say(f"{dropped} sample documents dropped in s3://{INBOX}")
        prefect.wait_ready()
        say(f"Prefect is up at {prefect.ui_url}; sweeping")
        _sweep(settings)
        records = _copy_records(out)
        _show(records, out)
        say(f"done in {time.monotonic() - start:.0f} s")
        if keep:
            say(f"The runs are at {prefect.ui_url}/runs. Ctrl-C stops everything.")
            wait_for_signal()


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


def _sweep(settings: "Settings") -> None:
    from docmill.cli.prefect_api import run_sweep

    _, message, _ = run_sweep(settings)
    say(message)


def _copy_records(out: Path) -> list[dict[str, Any]]:
    """The records as files, with what they say."""
    from docmill.keys import FOLDERS
    from docmill.store.s3 import S3Store, make_client

    store = S3Store(OUTPUT, make_client(4))
    for folder in FOLDERS.values():  # ours alone: nothing else of a folder that was there before
        shutil.rmtree(out / folder, ignore_errors=True)
    records = []
    for folder in FOLDERS.values():
        for item in sorted(store.list(folder), key=lambda info: info.key):
            path = out / item.key
            path.parent.mkdir(parents=True, exist_ok=True)
            data = store.get(item.key).data
            path.write_bytes(data)
            records.append(json.loads(data))
    return records


def _show(records: list[dict[str, Any]], out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="What came out", title_justify="left")
    for column, width in (("document", 20), ("title", 20), ("lang", 4), ("type", 12), ("topics", 20)):
        table.add_column(column, overflow="ellipsis", no_wrap=True, min_width=width)
    table.add_column("lines removed", justify="right")
    for record in records:
        table.add_row(*_row(record))
    console = Console()
    (console if console.is_terminal else Console(width=PLAIN_WIDTH)).print(table)
    click.echo(f"The records are in {out}/enriched and {out}/quarantine, one JSON file a document.")


def _row(record: dict[str, Any]) -> list[str]:
    key = shown(record["source"]["key"], 34)
    if record["status"] == "rejected":
        return [key, f"[red]rejected: {record['reason']}[/red]", "", "", "", ""]
    kind = record["content_type"]["id"] if record["content_type"] else "–"
    topics = ", ".join(topic["id"] for topic in record["topics"]) or "–"
    removed = sum((r["end_line"] or 1) - (r["start_line"] or 1) + 1 for r in record["removed"])
    language = record["language"]["code"]
    return [key, _escaped(shown(record["title"], 48)), language, kind, shown(topics, 40), str(removed)]


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
