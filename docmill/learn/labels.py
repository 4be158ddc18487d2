"""Known labels: JSONL of `{"key" or "text", "label", "taxonomy"}`, from a file or dropped into the output bucket."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from docmill.errors import ConfigError
from schemas.taxonomy import Taxonomy

__all__ = ["FOLDER", "KnownLabel", "parse_labels"]

FOLDER = "labels/"  # under the output location


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """What a person says a document is: by its source key, or with its text."""

    categories: tuple[str, ...]
    key: str | None
    text: str | None


def parse_labels(data: bytes, name: str, taxonomy: Taxonomy) -> list[KnownLabel]:
    """The labels for this taxonomy; those that name another are left out.

    Raises:
        ConfigError: A line is wrong; the message names file, line and fix.
    """
    return list(_parse(data, name, taxonomy))


def _parse(data: bytes, name: str, taxonomy: Taxonomy) -> Iterator[KnownLabel]:
    known = {category.id for category in taxonomy.category}
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"{name}, line {number}"
        row = _row(line, place)
        if row.get("taxonomy", taxonomy.id) != taxonomy.id:
            continue
        said = row.get("label")
        labels = said if isinstance(said, list) else [said]
        for label in labels:
            if not isinstance(label, str) or label not in known:
                near = get_close_matches(str(label), known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(sorted(known)[:20])}"
                raise ConfigError(f"{place}: {label!r} is no category of {taxonomy.id}", hint=hint)
        if len(labels) > 1 and not taxonomy.multi:
            hint = "keep one, or set `multi = true` in the taxonomy"
            raise ConfigError(f"{place}: {len(labels)} labels, but {taxonomy.id} gives one", hint=hint)
        key, text = _text(row.get("key")), _text(row.get("text"))
        if not labels or (key is None and text is None):
            hint = 'write {"key" or "text": …, "label": …}'
            raise ConfigError(f"{place}: it names neither a document nor its text, or no label", hint=hint)
        yield KnownLabel(tuple(map(str, labels)), key, text)


def _text(value: object) -> str | None:
    """What a field says, if anything: tables exported as JSON hold empty ones. Half a surrogate pair has no UTF-8."""
    said = value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
    return said if said.strip() else None


def _row(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{place}: this is no JSON: {error}", hint="write one JSON object a line, in UTF-8"
        ) from error
    if not isinstance(row, dict):
        raise ConfigError(f"{place}: this is no JSON object", hint='write {"key" or "text": …, "label": …}')
    return row
