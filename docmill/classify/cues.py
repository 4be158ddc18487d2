"""Structural cues for the content type, as cues.toml describes them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import re2

from docmill.papers import LINES
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
_LOOSER = (
    (r"\b", ""),
    (r"(?!\w)", ""),
    (r"[^\d]", r"[\x00-\x{10ffff}]"),
    (r"\d", r"[\d\x{80}-\x{10ffff}]"),
    (r"\w", r"\S"),
)
_LOOSE_SPACE = r"[\s\x{80}-\x{10ffff}]"
_MEMORY = 64 << 20  # bytes a pattern's automaton may take; it uses some MB at most
_LETTERS_LIKE_I = str.maketrans("ıİ", "ii")  # `re` takes them for an i where case is ignored, RE2 does not


@dataclass(frozen=True, slots=True)
class _Cue:
    category: str
    name: str
    scope: str
    pattern: re.Pattern[str]
    loose: Any  # an RE2 that matches wherever the pattern does
    weight: float
    least: int


@lru_cache(maxsize=1)
def _cues() -> tuple[_Cue, ...]:
    return tuple(
        _Cue(
            category=cue["category"],
            name=cue["name"],
            scope=cue["in"],
            pattern=re.compile(pattern := _pattern(cue), re.IGNORECASE | re.MULTILINE),
            loose=re2.compile(_loosened(pattern).encode(), _options()),
            weight=cue["weight"],
            least=cue.get("least", 1),
        )
        for cue in tomllib.loads(_SOURCE)["cue"]
    )


def _pattern(cue: dict[str, Any]) -> str:
    """The cue's own, or that of a line of an office's paper."""
    return str(cue["pattern"]) if "pattern" in cue else rf"^(?:{LINES[cue['line']]})\s*$"


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.case_sensitive = False
    return options


@lru_cache(maxsize=1)
def _suspects() -> re2.Filter:
    """Which patterns to look for: those with a literal part in the text, found in one pass."""
    options = _options()
    found = re2.Filter()
    for cue in _cues():
        found.Add(_loosened(cue.pattern.pattern), options)
    found.Compile()
    return found


def _loosened(pattern: str) -> str:
    for exact, loose in _LOOSER:
        pattern = pattern.replace(exact, loose)
    return "(?m)" + pattern.replace(r"\s", _LOOSE_SPACE)


class _Text:
    """A text, its bytes, and the characters that places among the bytes stand for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._read = text.translate(_LETTERS_LIKE_I) if "ı" in text or "İ" in text else text
        self.data = self._read.encode("utf-8", "replace")
        self._one_each = len(self.data) == len(text)

    def character(self, place: int) -> int:
        return place if self._one_each else len(self.data[:place].decode())

    def place(self, character: int) -> int:
        return character if self._one_each else len(self._read[:character].encode("utf-8", "replace"))


def _places(cue: _Cue, text: _Text) -> Iterator[str]:
    """What a pattern's matches hold. It is tried only where it matches loosely, which RE2 finds many times sooner."""
    place, done = 0, 0
    while loose := cue.loose.search(text.data, place):
        start = text.character(loose.start())
        if match := cue.pattern.match(text.text, start):
            yield match[0].strip()
        done = max(match.end() if match else 0, start + 1)
        place = text.place(done)


def find_cues(text: str) -> list[tuple[str, Evidence]]:
    """What in a text's form speaks for a content type: category id and evidence with its weight."""
    parts = {name: text[:size] for name, size in _SCOPES.items()} | {"title": text[:_TITLE].strip().partition("\n")[0]}
    scopes = {name: _Text(part) for name, part in parts.items()}
    suspects = _suspects().Match(parts["text"].lower().encode("utf-8", "replace"), potential=True) or ()
    found = []
    for cue in (_cues()[index] for index in sorted(suspects)):
        matches = list(_places(cue, scopes[cue.scope]))
        if len(matches) >= cue.least:
            weight = cue.weight * sum(_GROWTH**n for n in range(min(len(matches), _COUNTED)))
            shown = ", ".join(list(dict.fromkeys(matches))[:_SHOWN])
            found.append((cue.category, Evidence(kind="cue", text=f"{cue.name}: {shown}", weight=round(weight, 3))))
    return found
