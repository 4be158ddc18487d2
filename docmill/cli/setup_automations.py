"""`docmill setup-automations`: have the Prefect server watch over sweeps, listeners and rejections."""

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docmill.cli.console import say
from docmill.errors import ConfigError

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient
    from prefect.events.schemas.automations import AutomationCore

__all__ = ["setup_automations"]

UNCHANGED = "unchanged"


@click.command()
@click.option(
    "--file", "path", type=click.Path(path_type=Path, dir_okay=False), help="Automations of your own instead."
)
@click.option("--notify", metavar="TYPE/NAME", help="Notification block to tell too, such as slack-webhook/ops.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def setup_automations(*, path: Path | None, notify: str | None, as_json: bool) -> None:
    """Create docmill's automations on the Prefect server, or bring them up to date.

    They start a sweep when none completed for three intervals, or when the last listener fell silent, and report when
    too many documents are rejected. Needs the deployment sweep/sweep (`docmill up`, or deployments/prefect.yaml). May
    be repeated; one that was paused stays paused.
    """
    from docmill.automations import load_automations
    from docmill.cli.ping import ping
    from docmill.cli.prefect_api import quiet_prefect
    from docmill.config import load_settings

    wanted = load_automations(load_settings(), path)
    quiet_prefect()
    from prefect.settings import PREFECT_API_URL

    api_url = PREFECT_API_URL.value() or os.environ.get("PREFECT_API_URL")
    if not api_url:
        raise ConfigError("PREFECT_API_URL is not set", hint="set it to the Prefect server that is to watch")
    ping(str(api_url))
    done = asyncio.run(_apply(wanted, notify))
    for name, what in done.items():
        say(f"{name}: {what}", quiet=as_json)
    if as_json:
        click.echo(json.dumps(done))


async def _apply(wanted: list[dict[str, Any]], notify: str | None) -> dict[str, str]:
    """By name, what was done."""
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        block = await _block_id(client, notify) if notify else None
        automations = [await _filled(client, automation, block) for automation in wanted]
        return {automation.name: await _put(client, automation) for automation in automations}


async def _filled(client: "PrefectClient", automation: dict[str, Any], block: "UUID | None") -> "AutomationCore":
    """With ids in place of names.

    Raises:
        ConfigError: A deployment does not exist, or it is no automation.
    """
    from prefect.events.schemas.automations import AutomationCore
    from pydantic import ValidationError

    actions = [await _with_id(client, dict(action)) for action in automation.get("actions", [])]
    if block is not None:
        text = automation.get("description") or automation["name"]
        note = {"type": "send-notification", "block_document_id": block, "subject": automation["name"], "body": text}
        actions = [*(action for action in actions if action["type"] != "do-nothing"), note]
    try:
        return AutomationCore.model_validate(automation | {"actions": actions})
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise ConfigError(f"automation {automation['name']!r}: {where}: {problem['msg']}", hint="correct it") from error


async def _with_id(client: "PrefectClient", action: dict[str, Any]) -> dict[str, Any]:
    from prefect.exceptions import ObjectNotFound

    name = action.pop("deployment", None)
    if name is not None:
        try:
            action["deployment_id"] = (await client.read_deployment_by_name(name)).id
        except ObjectNotFound as error:
            hint = "start `docmill up`, or run `prefect deploy --all` with deployments/prefect.yaml"
            raise ConfigError(f"there is no deployment {name} on the Prefect server", hint=hint) from error
    return action


async def _block_id(client: "PrefectClient", notify: str) -> "UUID":
    from prefect.exceptions import ObjectNotFound

    kind, _, name = notify.partition("/")
    try:
        return (await client.read_block_document_by_name(name, kind)).id
    except ObjectNotFound as error:
        hint = "create it in the Prefect UI under Blocks; its address there ends in TYPE/NAME"
        raise ConfigError(f"there is no notification block {notify}", hint=hint) from error


async def _put(client: "PrefectClient", wanted: "AutomationCore") -> str:
    found = await client.read_automations_by_name(wanted.name)
    if not found:
        await client.create_automation(wanted)
        return "created"
    wanted = wanted.model_copy(update={"enabled": found[0].enabled})
    if _plain(found[0]) == _plain(wanted):
        return UNCHANGED
    await client.update_automation(found[0].id, wanted)
    return "brought up to date"


def _plain(automation: "AutomationCore") -> dict[str, Any]:
    """What makes an automation, without what the server adds."""
    found = automation.model_dump(mode="json", include={"name", "description", "enabled", "trigger", "actions"})
    return json.loads(json.dumps(found, sort_keys=True))  # type: ignore[no-any-return]
