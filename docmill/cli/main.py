"""The `docmill` command and how its errors reach a person: one line, exit code 2, no traceback."""

import atexit
import errno
import gc
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from docmill.cli.console import shown, write_unicode
from docmill.cli.signals import stopped_by_signals
from docmill.errors import DocmillError

__all__ = ["cli", "main"]

# Name, module and one line of help: all that `docmill --help` needs, so that it imports none of them.
COMMANDS = {
    "demo": "Drop sample documents in an embedded bucket, refine them, show what came out.",
    "up": "Run the store, the Prefect server, the listener and the scheduled sweep until Ctrl-C.",
    "listen": "Process what notifications say was dropped, as it is dropped, until Ctrl-C.",
    "sweep": "Find what the inbox holds that is not done yet, and do it.",
    "refine": "Refine local files; print one JSON object a line.",
    "learn": "Train a taxonomy on documents, without labels or with some.",
    "learn-sites": "Find what repeats across each site's documents, for cleaning to drop.",
    "status": "Show how much of the inbox is done, rejected and waiting.",
    "setup-notifications": "Create the queue of the inbox's notifications, and have the bucket send them.",
    "setup-automations": "Have the Prefect server watch over sweeps, listeners and rejections.",
    "why": "Say everything known of one object, and what happens to it next.",
    "retry": "Try rejected and failed documents once more.",
    "reprocess": "Do again documents chosen by pipeline, key or the catalog's columns.",
    "catalog": "Make the catalog anew from the records, or compact it.",
    "doctor": "Check settings, credentials, buckets, the store's abilities and the Prefect API.",
    "schema": "Print or write the JSON Schema of the output.",
}

_REMEDIES = {
    errno.ENOSPC: "free some space; TMPDIR is where temporary files go, DOCMILL_STATE_DIR where `up` keeps its data",
    errno.EACCES: "check the permissions",
    errno.EROFS: "choose a place that can be written",
    errno.EMFILE: "raise the limit of open files: ulimit -n 4096",
}


class _Commands(click.Group):
    """Knows its commands by name and imports one when it is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        place = name.replace("-", "_")
        command = getattr(import_module(f"docmill.cli.{place}"), place)
        if not isinstance(command, click.Command):
            raise TypeError(f"docmill.cli.{place}.{place} is no command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:  # noqa: ANN401  click's
        near = get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and near and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

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
    atexit.register(gc.freeze)  # else the interpreter's end looks for cycles in all of Prefect, which takes a second
    write_unicode()
    try:
        with stopped_by_signals():
            result: Any = cli.main(args=arguments, standalone_mode=False)
    except click.ClickException as error:
        _show_usage(error)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("docmill: interrupted", err=True)
        sys.exit(130)
    except DocmillError as error:
        _complain(str(error))
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone: nothing more to do
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # of files and folders of this machine: the stores' are docmill's own
        _complain(f"{error} ({_REMEDIES.get(error.errno or 0, 'check that it is there and may be used')})")
        sys.exit(2)
    except BaseException as error:  # as Prefect's is, which has SIGTERM for itself while a flow runs
        if not _is_interruption(error):
            raise
        click.echo("\ndocmill: interrupted", err=True)
        sys.exit(130)
    sys.exit(result if isinstance(result, int) else 0)


def _is_interruption(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind it: a library that was called in that moment may have made an error of its own of it."""
    while error is not None:
        if type(error).__name__ == "TerminationSignal":  # Prefect's, which takes a second to import
            return True
        if isinstance(error, KeyboardInterrupt) or str(error).rstrip(" :").endswith("KeyboardInterrupt"):
            return True
        error = error.__cause__ or error.__context__
    return False


def _show_usage(error: click.ClickException) -> None:
    """What click says of wrong arguments, which may hold anything, or, where there are none, of all there is."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.message, err=True)
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        click.echo(f"Try '{error.ctx.command_path} --help' for help.\n", err=True)
    click.echo(f"Error: {shown(error.format_message(), 4000)}", err=True)


def _complain(text: str) -> None:
    click.echo(f"docmill: {shown(text, 4000)}", err=True)  # it may name a file or key as somebody called it
