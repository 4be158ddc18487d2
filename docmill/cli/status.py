"""`docmill status`: how far the inbox is done."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from docmill.cli.console import duration, telling

if TYPE_CHECKING:
    from docmill.catalog.table import Catalog
    from docmill.survey import Tally

__all__ = ["status"]

WINDOW_HOURS = 1  # over which the rate is taken
SHOWN = 10


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, as_json: bool) -> None:
    """Show how much of the inbox is done, rejected and waiting, at what rate, and how much an upgrade made stale."""
    from docmill.config import load_settings
    from docmill.pipeline import Pipeline
    from docmill.profiles import with_profiles
    from docmill.restraint import too_many_gone
    from docmill.store.lease import read_holder
    from docmill.survey import Survey
    from tasks.exclusive import lease_key
    from tasks.runtime import open_all

    settings = load_settings()
    inbox, output, catalog = open_all(settings, reading=True)
    settings = with_profiles(settings, output)
    survey = Survey(inbox, catalog, settings)
    with telling(survey.progress), survey:
        for _ in survey:
            pass
        held = too_many_gone(survey, settings)
    leases = lease_key(settings, "sweep").removesuffix(".json")  # of the whole, and of shares of the keys
    holders = [str(holder) for info in output.list(leases) if (holder := read_holder(output, info.key))]
    figures = {
        "inbox": settings.inbox,
        "output": settings.output,
        **_figures(survey.tally, Pipeline(settings).fingerprint),
        **_pace(catalog, survey.tally.pending),
        "removal held back": held,
        "sweep under way": "; ".join(holders) or None,
    }
    if as_json:
        click.echo(json.dumps({name.replace(" ", "_"): value for name, value in figures.items()}))
        return
    for name, value in figures.items():
        click.echo(f"{name:25} {_text(name, value)}")
    if catalog.version is None:
        click.echo("There is no catalog yet: the next sweep makes it, and finds the records there are.")


def _figures(tally: "Tally", fingerprint: str) -> dict[str, Any]:
    known = tally.made_by.total()
    stale = known - tally.made_by[fingerprint]
    oldest = tally.oldest_pending
    return {
        "objects": tally.objects,
        "enriched": tally.statuses["enriched"],
        "rejected": tally.statuses["rejected"],
        "failed": tally.statuses["failed"],
        "waiting": tally.pending,
        "waiting by cause": {verdict.value: n for verdict, n in tally.verdicts.most_common() if verdict != "done"},
        "oldest waiting": datetime.fromtimestamp(oldest, UTC).isoformat() if oldest is not None else None,
        "settling": tally.settling,
        "excluded": tally.excluded,
        "deleted": tally.vanished,
        "made by another pipeline": stale,
        "stale share": round(stale / known, 4) if known else 0.0,
        "failures": {f"{reason} in {stage}": n for (reason, stage), n in tally.reasons.most_common(SHOWN)},
    }


def _pace(catalog: "Catalog", waiting: int) -> dict[str, Any]:
    """Documents a second over the last hour, while there were any, and the time left at that rate."""
    aggregates = {
        "count": "count(*)",
        "first": "CAST(min(processed_at) AS BIGINT)",
        "last": "CAST(max(processed_at) AS BIGINT)",
    }
    recent = f"processed_at > now() - interval '{WINDOW_HOURS} hours' AND status <> 'deleted' AND member IS NULL"
    rows = [row for batch in catalog.scan(aggregates, recent) for row in batch.to_pylist()]
    seconds = (rows[0]["last"] - rows[0]["first"]) / 1e6 if rows and rows[0]["count"] > 1 else 0.0
    rate = rows[0]["count"] / seconds if seconds else None
    return {
        "documents a second": round(rate, 2) if rate else None,
        "seconds left": round(waiting / rate) if rate and waiting else None,
    }


def _text(name: str, value: Any) -> str:  # noqa: ANN401  whatever the figure is
    if value is None or value == {}:
        return "–"
    if name == "seconds left":
        return duration(value)
    if isinstance(value, dict):
        return ", ".join(f"{part} {count}" for part, count in value.items())
    return str(value)
