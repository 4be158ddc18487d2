"""Structural cues for the content type, as cues.toml describes them."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from schemas.document import Evidence

__all__ = ["find_cues"]

_SOURCE = (files("docmill.classify") / "cues.toml").read_text(encoding="utf-8")
_SCOPES = {"lead": 3000, "text": 8_000}  # characters looked at
_SHOWN = 3  # distinct places named as evidence
_COUNTED = 4  # places that count
_GROWTH = 0.6  # each adds so much of what the one before it did


@dataclass(frozen=True, slots=True)
class _Cue:
    category: str
    name: str
    scope: str
    pattern: re.Pattern[str]
    weight: float
    least: int


@lru_cache(maxsize=1)
def _cues() -> tuple[_Cue, ...]:
    return tuple(
        _Cue(
            category=cue["category"],
            name=cue["name"],
            scope=cue["in"],
            pattern=re.compile(cue["pattern"], re.IGNORECASE | re.MULTILINE),
            weight=cue["weight"],
            least=cue.get("least", 1),
        )
        for cue in tomllib.loads(_SOURCE)["cue"]
    )


def find_cues(text: str) -> list[tuple[str, Evidence]]:
    """What in a text's form speaks for a content type: category id and evidence with its weight."""
    scopes = {name: text[:size] for name, size in _SCOPES.items()} | {"title": text.strip().partition("\n")[0]}
    found = []
    for cue in _cues():
        matches = [match[0].strip() for match in cue.pattern.finditer(scopes[cue.scope])]
        if len(matches) >= cue.least:
            weight = cue.weight * sum(_GROWTH**n for n in range(min(len(matches), _COUNTED)))
            shown = ", ".join(list(dict.fromkeys(matches))[:_SHOWN])
            found.append((cue.category, Evidence(kind="cue", text=f"{cue.name}: {shown}", weight=round(weight, 3))))
    return found
