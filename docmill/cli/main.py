"""The `docmill` command and how its errors reach a person: one line, exit code 2, no traceback."""

import sys
from importlib import import_module
from typing import Any

import click

from docmill.errors import DocmillError

__all__ = ["cli", "main"]

# Name, module and one line of help: all that `docmill --help` needs, so that it imports none of them.
COMMANDS = {
    "demo": "Drop sample documents in an embedded bucket, refine them, show what came out.",
    "up": "Run the store, the Prefect server and the scheduled sweep until Ctrl-C.",
    "sweep": "Find what the inbox holds that is not done yet, and do it.",
    "refine": "Refine local files; print one JSON object a line.",
    "learn": "Train a taxonomy on documents, without labels or with some.",
    "learn-sites": "Find what repeats across each site's documents, for cleaning to drop.",
    "status": "Show how much of the inbox is done, rejected and waiting.",
    "doctor": "Check settings, credentials, buckets, the store's abilities and the Prefect API.",
    "schema": "Print or write the JSON Schema of the output.",
}


class _Commands(click.Group):
    """Knows its commands by name and imports one when it is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = name.replace("-", "_")
        command = getattr(import_module(f"docmill.cli.{module}"), module)
        if not isinstance(command, click.Command):
            raise TypeError(f"docmill.cli.{module}.{module} is no command")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="docmill")
def cli() -> None:
    """Turn whatever lands in an S3 bucket into clean, classified, enriched JSON.

    Settings come from docmill.toml and DOCMILL_… variables (DOCMILL_INBOX=s3://bucket/prefix,
    DOCMILL_OUTPUT=s3://bucket/prefix); credentials, region and endpoint from the usual AWS ones.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 some document was rejected or failed, 2 it could not be done."""
    try:
        result: Any = cli.main(args=arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("docmill: interrupted", err=True)
        sys.exit(130)
    except DocmillError as error:
        click.echo(f"docmill: {_one_line(error)}", err=True)
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone: nothing more to do
        sys.stderr.close()
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)


def _one_line(error: DocmillError) -> str:
    return " ".join(str(error).split())
