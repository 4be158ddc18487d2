"""The automations in their file form, filled in from the settings."""

import string
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from docmill.errors import ConfigError
from schemas.settings import Settings

__all__ = ["load_automations"]

FEWEST_SECONDS = 10.0  # Prefect's least for what waits for an absence
MISSED = 3  # sweeps or heartbeats, before someone is alarmed


def load_automations(settings: Settings, path: Path | None = None) -> list[dict[str, Any]]:
    """The automations of a file, by default the one that comes with docmill.

    Raises:
        ConfigError: The file cannot be read or is not of this form.
    """
    source = path or files("deployments") / "automations" / "docmill.yaml"
    try:
        text = source.read_text(encoding="utf-8")
        found = yaml.safe_load(string.Template(text).substitute(_values(settings)))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"automations cannot be read: {error}", hint="check the path") from error
    except (KeyError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(
            f"automations in {source} cannot be used: {error}", hint="see deployments/automations"
        ) from error
    automations = found.get("automations") if isinstance(found, dict) else None
    if not isinstance(automations, list) or not all(map(_is_automation, automations)):
        what = "no list of automations, each with a name and a list of actions, each with a type"
        raise ConfigError(f"{source} holds {what}", hint="see deployments/automations")
    return automations


def _is_automation(found: object) -> bool:
    if not isinstance(found, dict) or not found.get("name"):
        return False
    actions = found.get("actions", [])
    return isinstance(actions, list) and all(isinstance(action, dict) and action.get("type") for action in actions)


def _values(settings: Settings) -> dict[str, float]:
    return {
        "sweep_overdue_seconds": max(FEWEST_SECONDS, MISSED * settings.sweep_interval_seconds),
        "listener_silent_seconds": max(FEWEST_SECONDS, MISSED * settings.heartbeat_seconds),
    }
