"""`docmill status`: how far the inbox is done."""

import json

import click

__all__ = ["status"]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, as_json: bool) -> None:
    """Show how much of the inbox is enriched, rejected and waiting, and how much an upgrade made stale."""
    from docmill.config import load_settings
    from docmill.inbox import find_pending
    from docmill.pipeline import Pipeline
    from docmill.profiles import with_profiles
    from tasks.runtime import open_stores

    settings = load_settings()
    inbox, output = open_stores(settings)
    settings = with_profiles(settings, output)
    found = find_pending(inbox, output, settings)
    stale = sum(found.made_by.values()) - found.made_by.get(Pipeline(settings).fingerprint, 0)
    oldest = min((d.source.last_modified for d in found.pending if d.source.last_modified), default=None)
    figures = {
        "inbox": settings.inbox,
        "output": settings.output,
        "objects": found.total,
        "enriched": found.enriched,
        "rejected": found.rejected,
        "waiting": len(found.pending),
        "settling": found.settling,
        "made by another pipeline": stale,
        "oldest waiting": oldest.isoformat() if oldest else None,
    }
    if as_json:
        click.echo(json.dumps({name.replace(" ", "_"): value for name, value in figures.items()}))
        return
    for name, value in figures.items():
        click.echo(f"{name:25} {'–' if value is None else value}")
