"""Where site profiles lie in the output bucket, and how a worker comes by them."""

import tempfile
from pathlib import Path

from docmill.errors import ConfigError, ObjectNotFoundError
from docmill.retry import retrying
from docmill.store.base import ObjectStore
from schemas.settings import Settings, split_location

__all__ = ["FOLDER", "profiles_key", "with_profiles"]

FOLDER = "profiles/"
_kept: list[tempfile.TemporaryDirectory[str]] = []  # removed when this process ends


def profiles_key(settings: Settings) -> str:
    """The key of the profiles under the output location."""
    return split_location(settings.output or "")[1] + FOLDER + "sites.json"


def with_profiles(settings: Settings, output: ObjectStore) -> Settings:
    """Settings in which `auto` has become a local copy of what the output location holds, or `off`.

    Refining processes read the copy as they start, so all of a worker's use the same.

    Raises:
        ConfigError: What the output location holds are no profiles.
    """
    if settings.profiles != "auto":
        return settings
    try:
        data = retrying(lambda: output.get(profiles_key(settings))).data
    except ObjectNotFoundError:
        return settings.model_copy(update={"profiles": "off"})
    folder = tempfile.TemporaryDirectory(prefix="docmill-profiles-")
    _kept.append(folder)
    file = Path(folder.name) / "sites.json"
    file.write_bytes(data)
    from docmill.clean.sites import load_profiles  # takes half a second, and most have none

    try:
        load_profiles(str(file))
    except ConfigError as error:
        place = f"s3://{output.bucket}/{profiles_key(settings)}"
        hint = "run docmill learn-sites again, remove that object, or set profiles to off"
        raise ConfigError(error.message.replace(str(file), place), hint=hint) from error
    return settings.model_copy(update={"profiles": str(file)})
