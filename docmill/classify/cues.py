"""Structural cues for the content type, as cues.toml describes them."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import re2

from schemas.document import Evidence

__all__ = ["find_cues"]

_SOURCE = (files("docmill.classify") / "cues.toml").read_text(encoding="utf-8")
_SCOPES = {"lead": 3000, "text": 8_000}  # characters looked at
_TITLE = 1000
_SHOWN = 3  # distinct places named as evidence
_COUNTED = 4  # places that count
_GROWTH = 0.6  # each adds so much of what the one before it did
# A pattern without its edges of words, and with any other letter where it has a class of Unicode's: it matches wherever
# the pattern does, and its automaton is small.
_LOOSER = ((r"\b", ""), (r"[^\d]", r"[\x00-\x{10ffff}]"), (r"\d", r"[\d\x{80}-\x{10ffff}]"), (r"\w", r"\S"))
_LOOSE_SPACE = r"[\s\x{80}-\x{10ffff}]"
_MEMORY = 64 << 20  # bytes a pattern's automaton may take; it uses some MB at most


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


@lru_cache(maxsize=1)
def _suspects() -> re2.Filter:
    """Which patterns to look for: those with a literal part in the text, found in one pass, that then match loosely."""
    options = re2.Options()
    options.max_mem = _MEMORY
    options.case_sensitive = False
    found = re2.Filter()
    for cue in _cues():
        found.Add(_loosened(cue.pattern.pattern), options)
    found.Compile()
    return found


def _loosened(pattern: str) -> str:
    for exact, loose in _LOOSER:
        pattern = pattern.replace(exact, loose)
    return "(?m)" + pattern.replace(r"\s", _LOOSE_SPACE)


def find_cues(text: str) -> list[tuple[str, Evidence]]:
    """What in a text's form speaks for a content type: category id and evidence with its weight."""
    scopes = {name: text[:size] for name, size in _SCOPES.items()} | {"title": text[:_TITLE].strip().partition("\n")[0]}
    suspects = _suspects().Match(scopes["text"].lower().encode("utf-8", "replace")) or ()
    found = []
    for cue in (_cues()[index] for index in sorted(suspects)):
        matches = [match[0].strip() for match in cue.pattern.finditer(scopes[cue.scope])]
        if len(matches) >= cue.least:
            weight = cue.weight * sum(_GROWTH**n for n in range(min(len(matches), _COUNTED)))
            shown = ", ".join(list(dict.fromkeys(matches))[:_SHOWN])
            found.append((cue.category, Evidence(kind="cue", text=f"{cue.name}: {shown}", weight=round(weight, 3))))
    return found
