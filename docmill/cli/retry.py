"""`docmill retry`: another try at what was rejected or failed."""

import click

from docmill.cli.reprocess import redo

__all__ = ["retry"]


@click.command()
@click.option("--reason", metavar="R", help="Only what was rejected for this reason: timeout, unreadable, …")
@click.option("--key", metavar="GLOB", help="Only keys that match; * stands for anything, / too.")
@click.option("--dry-run", is_flag=True, help="Only say how many and how long.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a document instead of text.")
def retry(*, reason: str | None, key: str | None, dry_run: bool, as_json: bool) -> int:
    """Try rejected and failed documents once more, whatever their reason and however many attempts they had.

    Sweeps by themselves try again what may pass (timeout, memory, crash, unreadable), up to the setting max_attempts.
    Exit code 1 if a document was rejected or failed again.
    """
    from docmill.selection import Selection

    return redo(Selection(failed=True, reason=reason, key=key), dry_run=dry_run, as_json=as_json)
