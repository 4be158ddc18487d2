"""Load taxonomies: those docmill ships, by name, and the user's own, by path, in TOML or trained by `docmill learn`."""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from docmill.classify.trained import TrainedModel, is_trained, read_trained
from docmill.errors import ConfigError
from schemas.taxonomy import Category, Taxonomy

__all__ = ["LoadedTaxonomy", "load_taxonomies", "load_taxonomy", "shipped"]

_SEE = "see docs/taxonomies.md"


@dataclass(frozen=True, slots=True)
class LoadedTaxonomy:
    """A taxonomy and, where one was trained for it, its model. `digest` identifies both in the fingerprint."""

    taxonomy: Taxonomy
    model: TrainedModel | None
    digest: str


def shipped() -> tuple[str, ...]:
    """Names of the taxonomies docmill ships."""
    return tuple(
        sorted(
            entry.name.removesuffix(".toml") for entry in files("taxonomies").iterdir() if entry.name.endswith(".toml")
        )
    )


def load_taxonomies(names: tuple[str | Path, ...]) -> tuple[LoadedTaxonomy, ...]:
    """All of them, in order.

    Raises:
        ConfigError: One cannot be loaded, or two have the same id.
    """
    loaded = tuple(load_taxonomy(name) for name in names)
    for taxonomy_id, count in Counter(one.taxonomy.id for one in loaded).items():
        if count > 1:
            raise ConfigError(f"{count} taxonomies have the id {taxonomy_id!r}", hint="give each an id of its own")
    return loaded


def load_taxonomy(name: str | Path) -> LoadedTaxonomy:
    """One taxonomy, by the name of a shipped one or the path of a TOML file or of what `docmill learn` wrote.

    Raises:
        ConfigError: There is no such file, or it is no valid taxonomy; the message names file, line and fix.
    """
    data = _read(name)
    if is_trained(data):
        taxonomy, model = read_trained(data, str(name))
        return LoadedTaxonomy(taxonomy, model, hashlib.sha256(data).hexdigest())
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"taxonomy {name} is not UTF-8", hint="save it as UTF-8") from error
    taxonomy = _parse(text, name)
    return LoadedTaxonomy(taxonomy, None, hashlib.sha256(taxonomy.model_dump_json().encode()).hexdigest())


def _parse(text: str, name: str | Path) -> Taxonomy:
    try:
        taxonomy = Taxonomy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"taxonomy {name} is not valid TOML: {error}", hint="correct it at that place") from error
    except ValidationError as error:
        problem = min(error.errors(include_url=False), key=lambda found: found["type"] != "extra_forbidden")
        place = _Places(text).of(problem["loc"])
        raise ConfigError(f"taxonomy {name}: {place}: {problem['msg']}", hint=_fix(problem["type"])) from error
    places = _Places(text)
    for index, message, hint in _faults(taxonomy.category):
        raise ConfigError(f"taxonomy {name}: {places.of(('category', index))}: {message}", hint=hint)
    return taxonomy


def _faults(categories: tuple[Category, ...]) -> Iterator[tuple[int, str, str]]:
    """What no field shows by itself: index of the category, what is wrong, what would put it right."""
    parents = {category.id: category.parent for category in categories}
    seen: dict[str, int] = {}
    for index, category in enumerate(categories):
        if category.id in seen:
            yield index, f"the id {category.id!r} is category {seen[category.id] + 1}'s already", "rename one of them"
        seen[category.id] = index
        if category.parent is not None and category.parent not in parents:
            near = get_close_matches(category.parent, parents, n=1)
            yield (
                index,
                f"its parent {category.parent!r} is no category",
                f"did you mean {near[0]!r}?" if near else "name the id of another category, or drop `parent`",
            )
    for index, category in enumerate(categories):
        path = [category.id]
        while (parent := parents[path[-1]]) is not None:
            path.append(parent)
            if parent in path[:-1]:
                yield index, f"its parents go in a circle: {' > '.join(path)}", "drop the `parent` of one of them"
                break


def _read(name: str | Path) -> bytes:
    if str(name) in shipped():
        return (files("taxonomies") / f"{name}.toml").read_bytes()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        hint = f"give the path of a file or one of: {', '.join(shipped())}"
        raise ConfigError(f"taxonomy {name} cannot be read", hint=hint) from error


def _fix(kind: str) -> str:
    fixes = {
        "missing": "add it",
        "extra_forbidden": "correct its name or drop it",
        "string_too_short": "write one, or drop the field",
        "string_pattern_mismatch": "languages are two or three small letters, as en; ids have no blanks at their ends",
        "dict_type": 'give a text by language, such as { en = "…" }',
        "too_short": "add one",
    }
    return f"{fixes[kind]}; {_SEE}" if kind in fixes else _SEE


class _Places:
    """Where in a TOML file its categories and their fields stand."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._starts = [n for n, line in enumerate(self._lines) if line.split("#")[0].strip() == "[[category]]"]

    def of(self, location: tuple[int | str, ...]) -> str:
        """A validation error's location, as line, category and field."""
        if len(location) < 2 or location[0] != "category" or not isinstance(location[1], int):  # noqa: PLR2004
            return ".".join(map(str, location)) or "the file"
        index, fields = location[1], location[2:]
        line = self._line(index, [str(field) for field in fields])
        at = f"line {line}, " if line else ""
        field = f", {'.'.join(map(str, fields))}" if fields else ""
        return f"{at}category {index + 1}{field}"

    def _line(self, index: int, fields: list[str]) -> int | None:
        """The field's line, 1-based, or the category's; none where the file has another layout."""
        if index >= len(self._starts):
            return None
        start = self._starts[index]
        end = self._starts[index + 1] if index + 1 < len(self._starts) else len(self._lines)
        found = start
        for field in fields:
            names = (f"{field} ", f"{field}=", f"[category.{field}]", f'"{field}"')
            for n in range(found, end):
                if self._lines[n].lstrip().startswith(names):
                    found = n
                    break
        return found + 1
