"""`docmill setup-notifications`: have the inbox's bucket tell a queue what is dropped."""

import json
from typing import TYPE_CHECKING

import click

from docmill.cli.console import say

if TYPE_CHECKING:
    from docmill.intake.notifications import SetUp
    from schemas.settings import Settings

__all__ = ["DEFAULT_QUEUE", "set_up", "setup_notifications"]

DEFAULT_QUEUE = "docmill-notifications"


@click.command()
@click.option("--queue", help=f"Name of the queue; by default the setting's, else {DEFAULT_QUEUE}.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def setup_notifications(*, queue: str | None, as_json: bool) -> None:
    """Create an SQS queue and its dead-letter queue, and have the inbox's bucket notify it.

    Needs a store with S3's notification API and SQS (AWS, and servers like it). Other notification targets of the
    bucket stay. May be repeated: what is right already is left alone.
    """
    from docmill.config import load_settings

    settings = load_settings()
    done = set_up(settings, queue)
    if as_json:
        click.echo(json.dumps({"queue": done.url, "dead_letter_queue": done.dead_letter_url, "changes": done.changes}))
        return
    for change in done.changes or ("nothing to change",):
        say(change)
    click.echo(f"export DOCMILL_QUEUE={done.url}")


def set_up(settings: "Settings", queue: str | None = None) -> "SetUp":
    """Do it for the settings' inbox.

    Raises:
        DocmillError: The store, the queue server or the settings do not allow it.
    """
    from docmill.intake.notifications import set_up_notifications
    from docmill.intake.sqs import make_sqs_client
    from docmill.store.s3 import make_client
    from schemas.settings import split_location
    from tasks.runtime import open_store

    name = (queue or settings.queue or DEFAULT_QUEUE).rpartition("/")[2]
    inbox, location = open_store(settings, "inbox"), settings.inbox or ""
    next(iter(inbox.list(split_location(location)[1])), None)  # if the bucket is missing, say so before a queue is made
    return set_up_notifications(make_client(1), make_sqs_client(), location, name, settings.queue_visibility_seconds)
