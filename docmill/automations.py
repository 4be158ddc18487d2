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
    if not isinstance(automations, list) or not all(isinstance(a, dict) and a.get("name") for a in automations):
        raise ConfigError(f"{source} holds no list of named automations", hint="see deployments/automations")
    return automations


def _values(settings: Settings) -> dict[str, float]:
    return {
        "sweep_overdue_seconds": max(FEWEST_SECONDS, MISSED * settings.sweep_interval_seconds),
        "listener_silent_seconds": max(FEWEST_SECONDS, MISSED * settings.heartbeat_seconds),
    }
