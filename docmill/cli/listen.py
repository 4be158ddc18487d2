"""`docmill listen`: documents are done as they are dropped."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from docmill.cli.console import log_shown, say
from docmill.errors import ConfigError

if TYPE_CHECKING:
    from docmill.intake.listener import Counts
    from docmill.intake.queue import MessageQueue
    from schemas.settings import Settings

__all__ = ["listen", "open_queue"]

CANCEL_SECONDS = 10.0


@click.command()
@click.option("--until-idle", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
              help="Stop after so many seconds without a notification.")  # fmt: skip
@click.option("--webhook", metavar="HOST:PORT", help="Also take notifications posted here, with a bearer token.")
def listen(*, until_idle: float | None, webhook: str | None) -> int:
    """Process what the inbox's notifications say was dropped, as it is dropped, until Ctrl-C or SIGTERM.

    Takes notifications from the SQS queue DOCMILL_QUEUE names (see `docmill setup-notifications`) and deletes each
    once its document's record is written. Any number of listeners may share a queue.

    With --webhook, notifications are posted to http://HOST:PORT/ instead, by stores that cannot send to SQS. They are
    put into the queue, or, if none is set, into files in the state folder, before the answer is given.
    """
    from docmill.config import load_settings

    settings = load_settings()
    with ExitStack() as stack, log_shown():
        queue = _open(settings, webhook, stack)
        counts = _run(settings, queue, until_idle)
    if counts is None:
        return 1
    say(f"{counts.done} of {counts.received} notifications done, {counts.unreadable} set aside")
    return 1 if counts.left or counts.unreadable else 0


def open_queue(settings: "Settings") -> "MessageQueue":
    """The settings' queue.

    Raises:
        ConfigError: None is set.
        StoreError: It cannot be used.
    """
    from docmill.intake.sqs import SqsQueue, asked, make_sqs_client
    from docmill.store.endpoint import check_endpoint

    if not settings.queue:
        hint = "run docmill setup-notifications and set DOCMILL_QUEUE to the queue's name or URL, or use --webhook"
        raise ConfigError("setting queue is not set", hint=hint)
    client = make_sqs_client()
    with asked("listen"):
        check_endpoint(client.meta.endpoint_url)
    return SqsQueue(settings.queue, client, settings.queue_visibility_seconds)


def _open(settings: "Settings", webhook: str | None, stack: ExitStack) -> "MessageQueue":
    """The queue to listen to, with the webhook that feeds it, if there is to be one."""
    if webhook is None:
        return open_queue(settings)
    from docmill.cli.lock import folder_lock
    from docmill.cli.webhook_server import address, open_spool, serving_webhook

    host, port = address(webhook)
    if settings.queue:
        queue = open_queue(settings)
    else:
        stack.enter_context(folder_lock(settings.state_dir.resolve() / "webhook"))
        queue = open_spool(settings)
    url = stack.enter_context(serving_webhook(queue, settings, host, port))
    say(f"post notifications to {url}")
    return queue


def _run(settings: "Settings", queue: "MessageQueue", until_idle: float | None) -> "Counts | None":
    """Listen until a signal: the first has what is under way finished, the second breaks it off."""
    from docmill.cli.background import ListenerThread
    from docmill.cli.prefect_api import open_runtime

    with open_runtime(settings):
        listener = ListenerThread(queue, until_idle)
        listener.start()
        say(f"listening to {queue.name}")
        try:
            return listener.wait()
        except KeyboardInterrupt:
            say("stopping: what is under way is finished first")
            listener.stop()
        try:
            return listener.wait()
        except KeyboardInterrupt:
            listener.cancel()
            listener.wait(CANCEL_SECONDS)
            raise
