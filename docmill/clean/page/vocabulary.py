"""Weights of class names, ids and words: how much each speaks for or against main content."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from docmill.extract.html.page import Signature

__all__ = ["Vocabulary", "path_tokens", "word_tokens"]

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2}|[^\\W\\d_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|\\d+|[©|@#$€£%›»•·→]")
_TEXT_CHARACTERS = 160
_PARTS = 24


@lru_cache(20_000)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.lower() for part in _PART.findall(text[:400]) if len(part) > 1))[:_PARTS]


@lru_cache(20_000)
def path_tokens(signature: Signature) -> tuple[str, ...]:
    """An element's tag and the word parts of its class, id and role."""
    tag, classes, identity, role = signature
    return (f"<{tag}>", *(f".{part}" for part in _parts(classes)), *(f"#{part}" for part in _parts(identity)),
            *(f"={part}" for part in role.split()))  # fmt: skip


def word_tokens(text: str) -> list[str]:
    """Words of a text's beginning; pairs of characters in scripts without spaces; numbers by their length."""
    return ["0" * min(len(word), 5) if word[0].isdecimal() else word for word in _WORD.findall(text[:_TEXT_CHARACTERS].lower())]


class Vocabulary:
    """Three tables of log-odds: element near a block, element anywhere above it, word in it."""

    def __init__(self, near: Mapping[str, float], far: Mapping[str, float], words: Mapping[str, float]) -> None:
        """Take the tables as they are; what they do not have weighs nothing."""
        self._near, self._far, self._words = near, far, words
        self.near = lru_cache(20_000)(self._near_weight)
        self.far = lru_cache(20_000)(self._far_weight)

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Read a file written by the training script."""
        tables = json.loads(path.read_text(encoding="utf-8"))
        return cls(tables["near"], tables["far"], tables["words"])

    def _near_weight(self, signature: Signature) -> float:
        return sum(self._near.get(token, 0.0) for token in path_tokens(signature))

    def _far_weight(self, signature: Signature) -> float:
        return sum(self._far.get(token, 0.0) for token in path_tokens(signature))

    def words(self, text: str) -> list[float]:
        """Weights of a text's words."""
        get = self._words.get
        return [get(token, 0.0) for token in word_tokens(text)]
