"""`docmill reprocess`: do again what the catalog chooses."""

import json
import os
from typing import TYPE_CHECKING

import click

from docmill.cli.console import duration, say, telling, unicode_text
from docmill.cli.outcomes import Outcomes

if TYPE_CHECKING:
    from docmill.selection import Selection
    from schemas.settings import Settings

__all__ = ["redo", "reprocess"]

NICENESS = 10
PATIENCE = 5  # times the time limit: at a low priority it is others' work that takes the time


@click.command()
@click.option("--stale", is_flag=True, help="What another version, model, taxonomy or threshold made.")
@click.option("--key", metavar="GLOB", help="Keys that match; * stands for anything, / too.")
@click.option(
    "--where", metavar="SQL", callback=unicode_text,
    help="Rows a condition over the catalog's columns holds for: topic = 'health'.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say how many and how long.")
@click.option("--limit-rate", type=click.FloatRange(min=0, min_open=True), help="At most so many documents a second.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a document instead of text.")
def reprocess(  # noqa: PLR0913  the options
    *, stale: bool, key: str | None, where: str | None, dry_run: bool, limit_rate: float | None, as_json: bool
) -> int:
    """Do again documents that were processed at their present version: of those, what every option given chooses.

    Says first how many there are and about how long they take. Fresh documents go first: they are swept before and
    in between, and the refining processes run at a low priority. Exit code 1 if a document was rejected or failed.
    """
    from docmill.selection import Selection

    if not (stale or key or where):
        raise click.UsageError("say which: --stale, --key GLOB or --where SQL (--key '*' is all)")
    selection = Selection(stale=stale, key=key, where=where)
    return redo(selection, dry_run=dry_run, limit_rate=limit_rate, as_json=as_json)


def redo(selection: "Selection", *, dry_run: bool, limit_rate: float | None = None, as_json: bool = False) -> int:
    """Say how many documents a selection has, and unless it is a dry run do them again; the exit code."""
    from dataclasses import asdict

    from docmill.cli.prefect_api import run_flow
    from docmill.config import load_settings

    settings = load_settings()
    count, seconds = _estimate(settings, selection, limit_rate)
    told = f"{count} document{'s' * (count != 1)}" + (f", about {duration(max(seconds, 1))}" if count else "")
    if dry_run:
        click.echo(json.dumps({"documents": count, "seconds": round(seconds, 1)}) if as_json else told)
        return 0
    say(told, quiet=as_json)
    if not count:
        return 0
    settings = _in_the_background(settings)
    outcomes = Outcomes(as_json=as_json)
    parameters = asdict(selection) | {"limit_rate": limit_rate}
    summary, message, completed = run_flow(settings, "reprocess", parameters, quiet=as_json, observer=outcomes)
    return outcomes.close(summary, message, completed=completed)


def _in_the_background(settings: "Settings") -> "Settings":
    """Give this process and those it will start a low priority, where there is one; settings to go with it."""
    if not hasattr(os, "nice"):
        return settings
    os.nice(NICENESS)
    return settings.model_copy(update={"timeout_seconds": PATIENCE * settings.timeout_seconds})


def _estimate(settings: "Settings", selection: "Selection", limit_rate: float | None) -> tuple[int, float]:
    """How many documents, and about how many seconds, by the time their refining took last."""
    from docmill.pipeline import Pipeline
    from docmill.profiles import with_profiles
    from docmill.survey import Survey
    from tasks.runtime import open_all

    inbox, output, catalog = open_all(settings)
    selection.check(catalog)
    fingerprint = Pipeline(with_profiles(settings, output)).fingerprint
    pick = lambda standing: selection.picks(standing, fingerprint)  # noqa: E731  a partial's types say less
    survey = Survey(inbox, catalog, settings, pick=pick, where=selection.where)
    with telling(survey.progress), survey:
        for _ in survey:
            pass
    count = survey.tally.selected
    refining = survey.tally.selected_milliseconds / 1000 / settings.workers
    return count, max(refining, count / limit_rate if limit_rate else 0.0)
