"""`docmill sweep`: do what the inbox holds that is not done."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from docmill.cli.console import say, shown

if TYPE_CHECKING:
    from docmill.worker import Result

__all__ = ["sweep"]

SHOWN = 20


@click.command()
@click.option("--refresh", is_flag=True, help="Also redo what another version, model, taxonomy or threshold made.")
@click.option("--limit", type=click.IntRange(min=1), help="Take at most so many documents.")
@click.option("--no-sandbox", is_flag=True, help="Refine in this process, without limits: to debug only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a document instead of text.")
def sweep(*, refresh: bool, limit: int | None, no_sandbox: bool, as_json: bool) -> int:
    """Find what the inbox holds that is not done at its present version, and do it.

    Runs the Prefect flow `sweep` in this process, recorded by the API that PREFECT_API_URL names, or by a temporary
    one. Exit code 1 if a document was rejected or failed.
    """
    from docmill.cli.prefect_api import run_sweep
    from docmill.config import load_settings

    settings = load_settings()
    if no_sandbox:
        settings = settings.model_copy(update={"sandbox": False})
    results, message, completed = run_sweep(settings, refresh=refresh, limit=limit, quiet=as_json)
    if as_json:
        for result in results:
            click.echo(json.dumps(_as_json(result), ensure_ascii=False))
    else:
        _print(results)
        click.echo(message)
    troubled = any(result.ending in {"rejected", "failed"} for result in results)
    return 1 if troubled or not completed else 0


def _as_json(result: "Result") -> dict[str, object]:
    row = result.row.model_dump(mode="json") if result.row else {}
    return {
        "key": result.source.key,
        "etag": result.source.etag,
        "ending": result.ending,
        "message": result.message,
        "members": result.members,
        "members_rejected": result.members_rejected,
    } | row


def _print(results: Sequence["Result"]) -> None:
    troubled = [result for result in results if result.ending in {"rejected", "failed"}]
    for result in troubled[:SHOWN]:
        reason = f" ({result.row.reason})" if result.row and result.row.reason else ""
        click.echo(f"{result.ending}{reason}: {shown(result.source.key, 80)}: {shown(result.message, 160)}")
    if len(troubled) > SHOWN:
        say(f"and {len(troubled) - SHOWN} more")
