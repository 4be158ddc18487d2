"""`docmill sweep`: do what the inbox holds that is not done."""

import click

from docmill.cli.outcomes import Outcomes

__all__ = ["sweep"]


@click.command()
@click.option("--refresh", is_flag=True, help="Also redo what another version, model, taxonomy or threshold made.")
@click.option("--limit", type=click.IntRange(min=1), help="Take at most so many documents.")
@click.option("--deep", is_flag=True, help="Also list the records, for those whose object is gone and no row knows of.")
@click.option("--part", metavar="N/M", help="Only one of M shares of the keys: the others are other workers'.")
@click.option(
    "--remove-many", is_flag=True, help="Remove the records of what is gone, however many (max_removed_share)."
)
@click.option(
    "--task-runner", type=click.Choice(["local", "dask", "ray"]), help="Where shards are done: see task_runner."
)
@click.option("--cluster", metavar="ADDRESS", help="Of a Dask scheduler or Ray cluster; else one is started here.")
@click.option("--no-sandbox", is_flag=True, help="Refine in this process, without limits: to debug only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a document instead of text.")
def sweep(  # noqa: PLR0913  one an option
    *,
    refresh: bool,
    limit: int | None,
    deep: bool,
    part: str | None,
    remove_many: bool,
    task_runner: str | None,
    cluster: str | None,
    no_sandbox: bool,
    as_json: bool,
) -> int:
    """Find what the inbox holds that is not done at its present version, and do it.

    Runs the Prefect flow `sweep` in this process, recorded by the API that PREFECT_API_URL names, or by a temporary
    one. Exit code 1 if a document was rejected or failed, or the removal of records has to be confirmed.
    """
    from docmill.cli.prefect_api import run_sweep
    from docmill.config import load_settings
    from docmill.part import Part

    if part is not None:
        Part.parse(part)  # what is wrong with it is said before anything is started
    settings = load_settings()
    asked = {"task_runner": task_runner, "cluster": cluster, "sandbox": False if no_sandbox else None}
    settings = settings.model_copy(update={name: value for name, value in asked.items() if value is not None})
    shown = Outcomes(as_json=as_json)
    summary, message, completed = run_sweep(
        settings, refresh=refresh, limit=limit, deep=deep, part=part, remove_many=remove_many,
        quiet=as_json, observer=shown,
    )  # fmt: skip
    return shown.close(summary, message, completed=completed)
