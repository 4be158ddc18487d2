"""`docmill doctor`: one line a check, with the fix where it fails."""

import json
import os
import platform
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Literal

import click

from docmill.errors import AccessDeniedError, DocmillError, ServiceError, without_login
from schemas.settings import Settings, split_location

__all__ = ["doctor"]

Check = Callable[[], str]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a check.")
def doctor(*, as_json: bool) -> int:
    """Check versions, settings, credentials, buckets, queue, what the store can do, the models and the Prefect API.

    Writes and removes one small object under the output location. Exit code 2 if a check failed.
    """
    checks = dict(_checks())
    failed = False
    with ThreadPoolExecutor(len(checks)) as pool:  # a service that does not answer keeps none of the others waiting
        for name, (good, said, fix) in zip(checks, pool.map(_answer, checks.values()), strict=True):
            failed = failed or not good
            if as_json:
                click.echo(json.dumps({"check": name, "ok": good, "said": said, "fix": fix}))
            else:
                mark = click.style("ok  ", fg="green") if good else click.style("FAIL", fg="red")
                click.echo(f"{mark} {name}: {' '.join(said.split())}{f' - fix: {fix}' if fix else ''}")
    return 2 if failed else 0


def _answer(check: Check) -> tuple[bool, str, str | None]:
    """Whether all is well, what there is to say, and the fix if it is not."""
    try:
        return True, check(), None
    except DocmillError as error:
        return False, error.message, error.hint


def _checks() -> Iterator[tuple[str, Check]]:
    yield "versions", _versions
    try:
        from docmill.config import load_settings

        settings = load_settings()
    except DocmillError as error:
        yield "settings", _failing(error)
        return
    yield "settings", lambda: f"inbox {settings.inbox or 'not set'}, output {settings.output or 'not set'}"
    yield "taxonomies and model", lambda: _models(settings)
    yield "Prefect API", _prefect
    yield "credentials", _credentials
    yield "inbox", lambda: _bucket(settings, "inbox")
    yield "output", lambda: _bucket(settings, "output")
    if settings.output:
        yield "conditional requests", lambda: _abilities(settings)
    if settings.queue:
        yield "queue", lambda: _queue(settings)


def _failing(error: DocmillError) -> Check:
    def check() -> str:
        raise error

    return check


def _versions() -> str:
    names = ("docmill", "prefect", "boto3", "pydantic", "selectolax")
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])


def _models(settings: Settings) -> str:
    from docmill.extras import check_extras
    from docmill.pipeline import Pipeline

    check_extras(settings)
    pipeline = Pipeline(settings)
    pipeline.warm_up()
    names = ", ".join(str(name) for name in settings.taxonomies)
    return f"{names}; pipeline fingerprint {pipeline.fingerprint}"


def _prefect() -> str:
    from docmill.cli.ping import ping
    from docmill.cli.prefect_api import quiet_prefect

    quiet_prefect()
    from prefect.settings import PREFECT_API_URL

    url = PREFECT_API_URL.value()
    if not url:
        return "PREFECT_API_URL is not set: each sweep starts a temporary server"
    found = ping(str(url))
    if found.split(".")[:2] != version("prefect").split(".")[:2]:
        raise ServiceError(
            f"the server at {url} is {found}, this client {version('prefect')}", hint="use the same minor version"
        )
    return f"{without_login(str(url))} is Prefect {found}"


def _credentials() -> str:
    from docmill.aws import credentials_source

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "AWS"
    return f"found by {credentials_source()}, for {without_login(endpoint)}"


def _bucket(settings: Settings, name: Literal["inbox", "output"]) -> str:
    from tasks.runtime import open_store

    store = open_store(settings, name)
    _, prefix = split_location(getattr(settings, name))
    some = next(iter(store.list(prefix)), None)
    return f"{getattr(settings, name)} can be listed, {'holds objects' if some else 'is empty'}"


def _queue(settings: Settings) -> str:
    from docmill.intake.sqs import SqsQueue, make_sqs_client

    queue = SqsQueue(settings.queue or "", make_sqs_client())
    try:
        return f"{queue.name} holds about {queue.waiting()} messages"
    except AccessDeniedError as error:
        if "AccessDenied" not in error.message:  # but wrong keys
            raise
        return f"{queue.name} may not be asked what it holds (sqs:GetQueueAttributes); listening does not need that"


def _abilities(settings: Settings) -> str:
    from tasks.runtime import open_store

    output = open_store(settings, "output")
    can = output.capabilities(split_location(settings.output or "")[1])
    words = {
        "conditional reads": can.get_if_match,
        "create-only writes": can.put_if_none_match,
        "compare-and-swap": can.put_if_match,
    }
    listed = ", ".join(f"{name} {'yes' if able else 'no'}" for name, able in words.items())
    return listed if can.compare_and_swap else f"{listed}: docmill re-checks each object after writing instead"
