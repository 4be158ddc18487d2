"""Load taxonomies: those docmill ships, by name, and the user's own, by path."""

import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from docmill.errors import ConfigError
from schemas.taxonomy import Taxonomy

__all__ = ["load_taxonomies", "load_taxonomy", "shipped"]


def shipped() -> tuple[str, ...]:
    """Names of the taxonomies docmill ships."""
    return tuple(
        sorted(
            entry.name.removesuffix(".toml") for entry in files("taxonomies").iterdir() if entry.name.endswith(".toml")
        )
    )


def load_taxonomies(names: tuple[str | Path, ...]) -> tuple[Taxonomy, ...]:
    """All of them, in order.

    Raises:
        ConfigError: One cannot be loaded, or two have the same id.
    """
    loaded = tuple(load_taxonomy(name) for name in names)
    for taxonomy_id, count in Counter(taxonomy.id for taxonomy in loaded).items():
        if count > 1:
            raise ConfigError(f"{count} taxonomies have the id {taxonomy_id!r}", hint="give each an id of its own")
    return loaded


def load_taxonomy(name: str | Path) -> Taxonomy:
    """One taxonomy, by the name of a shipped one or the path of a TOML file.

    Raises:
        ConfigError: There is no such file, or it is no valid taxonomy; the message names file, place and fix.
    """
    text = _read(name)
    try:
        taxonomy = Taxonomy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"taxonomy {name} is not valid TOML: {error}", hint="correct it at that place") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = _place(problem["loc"], text)
        raise ConfigError(f"taxonomy {name}: {place}: {problem['msg']}", hint="see docs/taxonomies.md") from error
    for category_id, count in Counter(category.id for category in taxonomy.category).items():
        if count > 1:
            raise ConfigError(f"taxonomy {name}: {count} categories have the id {category_id!r}", hint="rename one")
    return taxonomy


def _read(name: str | Path) -> str:
    if str(name) in shipped():
        return (files("taxonomies") / f"{name}.toml").read_text(encoding="utf-8")
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        hint = f"give the path of a TOML file or one of: {', '.join(shipped())}"
        raise ConfigError(f"taxonomy {name} {reason}", hint=hint) from error


def _place(location: tuple[int | str, ...], text: str) -> str:
    """Where in the file a problem is: the category's line and the field."""
    if len(location) > 1 and location[0] == "category" and isinstance(location[1], int):
        starts = [n for n, line in enumerate(text.splitlines(), start=1) if line.strip() == "[[category]]"]
        line = f"line {starts[location[1]]}, " if location[1] < len(starts) else ""
        return f"{line}category {location[1] + 1}, {'.'.join(map(str, location[2:])) or 'itself'}"
    return ".".join(map(str, location)) or "the file"
