"""`docmill refine`: local files through the pipeline, one JSON object a line."""

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from docmill.errors import ConfigError

__all__ = ["refine"]

STDIN = "-"
_C1 = re.compile("[\x7f-\x9f]")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--taxonomy", "taxonomies", multiple=True, metavar="NAME|FILE",
    help="Classify by this taxonomy instead of the configured ones; may be given several times.",
)  # fmt: skip
@click.option("--pretty", is_flag=True, help="Indent the JSON, for reading.")
def refine(files: tuple[str, ...], taxonomies: tuple[str, ...], *, pretty: bool) -> int:
    """Refine local FILEs (`-` for standard input) and print one JSON object a line, in the order given.

    Needs no bucket and no Prefect. Exit code 1 if any file was rejected.
    """
    from docmill.config import load_settings
    from docmill.sandbox import RefinePool
    from schemas.source import RawDocument

    for name in files:
        _check(name)
    settings = load_settings()
    if taxonomies:
        settings = settings.model_copy(update={"taxonomies": taxonomies})
    workers = min(settings.workers, len(files))

    def one(name: str) -> tuple[bytes, str]:
        data = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
        refined = pool.refine(RawDocument(data=data, key=Path(name).name))
        return refined.record, refined.status

    rejected = False
    with RefinePool(settings, workers=workers) as pool, ThreadPoolExecutor(workers) as threads:
        for record, status in threads.map(one, files):
            click.echo(_shown(record, pretty=pretty))
            rejected = rejected or status == "rejected"
    return int(rejected)


def _shown(record: bytes, *, pretty: bool) -> str:
    """A record as JSON that steers no terminal: JSON escapes the C0 controls by itself, keys may hold others."""
    text = json.dumps(json.loads(record), indent=2, ensure_ascii=False) if pretty else record.decode()
    return _C1.sub(lambda control: f"\\u{ord(control[0]):04x}", text)


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
