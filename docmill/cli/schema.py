"""`docmill schema`: the output contract as JSON Schema."""

from pathlib import Path

import click

from docmill.errors import ConfigError

__all__ = ["schema"]


@click.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@click.option(
    "--check", type=click.Path(path_type=Path, dir_okay=False), help="Compare with this file; exit 2 if it differs."
)
def schema(out: Path | None, check: Path | None) -> None:
    """Print the JSON Schema of the records under enriched/ and quarantine/."""
    from docmill.contract import json_schema

    text = json_schema()
    if check is not None:
        if not check.exists() or check.read_text(encoding="utf-8") != text:
            raise ConfigError(f"{check} is not the schema of the models", hint=f"run: docmill schema --out {check}")
        click.echo(f"{check} is up to date")
    elif out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        click.echo(f"wrote {out}")
    else:
        click.echo(text, nl=False)
