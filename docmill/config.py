"""Read settings from `docmill.toml` and `DOCMILL_…` environment variables, or say what is wrong with them."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from docmill.errors import ConfigError
from schemas.settings import Settings

__all__ = ["CONFIG_FILE", "load_settings"]

CONFIG_FILE = "docmill.toml"
PREFIX = "DOCMILL_"
SECRET = {"webhook_token"}
LISTS = {"annotations", "taxonomies", "include", "exclude", "temporary"}
# What Kubernetes tells every container of a service whose name begins with docmill.
_OF_SERVICES = re.compile(r"_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_\w+)?)$")
POINTER = PREFIX + "CONFIG"  # where docmill.toml lies, if not in the working directory


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the file, overridden by the environment.

    Args:
        path: The file; by default `$DOCMILL_CONFIG`, else `docmill.toml` in the working directory if there is one.
        environ: Variables to use instead of the process's own.

    Raises:
        ConfigError: The file cannot be read or a setting is wrong; the message names setting, value and fix.
    """
    environ = os.environ if environ is None else environ
    named = path or (Path(environ[POINTER]) if environ.get(POINTER) else None)
    values, origins = _from_file(named or Path(CONFIG_FILE), required=named is not None)
    for name, text in environ.items():
        if name.startswith(PREFIX) and name != POINTER and not _OF_SERVICES.search(name):
            field = name.removeprefix(PREFIX).lower()
            values[field], origins[field] = _parse(field, text), name
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _explain(error, origins) from error


def _from_file(path: Path, *, required: bool) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        if required:
            raise ConfigError(f"settings file {path} does not exist", hint=f"create it or unset {POINTER}") from error
        return {}, {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"settings file {path} cannot be read: {error}", hint="it should be TOML in UTF-8") from error
    return values, {name: f"{name} in {path}" for name in values}


def _parse(field: str, text: str) -> object:
    """An environment variable's value: a list may be JSON or separated by commas."""
    if field not in LISTS:
        return text
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except ValueError as error:
            raise ConfigError(
                f"{PREFIX}{field.upper()}={text!r} is no JSON list", hint="or separate by commas"
            ) from error
    return [part.strip() for part in text.split(",") if part.strip()]


def _explain(error: ValidationError, origins: Mapping[str, str]) -> ConfigError:
    """The first problem, as one line a user can act on."""
    problem = error.errors(include_url=False)[0]
    field = str(problem["loc"][0]) if problem["loc"] else "settings"
    origin = origins.get(field, field)
    if problem["type"] == "extra_forbidden":
        near = get_close_matches(field, Settings.model_fields, n=1)
        if origin.startswith(PREFIX):
            near = [PREFIX + name.upper() for name in near]
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(Settings.model_fields)}"
        return ConfigError(f"unknown setting {origin}", hint=hint)
    what = problem["msg"].removeprefix("Value error, ")
    given = "(not shown)" if field in SECRET else repr(problem["input"])
    return ConfigError(
        f"setting {origin} is {given}: {what[0].lower()}{what[1:]}",
        hint=Settings.model_fields[field].description if field in Settings.model_fields else None,
    )
