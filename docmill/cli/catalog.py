"""`docmill catalog`: make the catalog anew, or small."""

import time

import click

from docmill.cli.console import say

__all__ = ["catalog"]

LINE_SECONDS = 5.0


@click.group()
def catalog() -> None:
    """Look after the catalog, the Delta table under the output location."""


@catalog.command(short_help="Make it anew from the records alone.")
def rebuild() -> None:
    """Make the catalog anew from the records under enriched/ and quarantine/ alone.

    Reads every record. Safe at any time: what others commit meanwhile stays. Tombstones of deleted objects and rows of
    earlier versions are not on the records, and go.
    """
    from docmill.catalog.rebuild import rebuild as rebuild_catalog
    from docmill.config import load_settings
    from tasks.runtime import open_all

    settings = load_settings()
    _, output, table = open_all(settings)
    count = rebuild_catalog(table, output, settings, _Progress())
    click.echo(f"{count} rows in {table.location}")


@catalog.command(short_help="Make it small and fast to read.")
def compact() -> None:
    """Drop superseded rows and old tombstones without a record, merge small files, and remove old ones.

    What is younger than the setting retention_days is kept.
    """
    from docmill.catalog.compact import compact as compact_table
    from docmill.config import load_settings
    from tasks.runtime import open_all

    settings = load_settings()
    _, _, table = open_all(settings)
    done = compact_table(table, settings.retention_days)
    click.echo(str(done) if done else "there is no catalog yet: the first sweep makes it")


class _Progress:
    """A line every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, count: int) -> None:
        if time.monotonic() - self._last > LINE_SECONDS:
            self._last = time.monotonic()
            say(f"{count} records read")
