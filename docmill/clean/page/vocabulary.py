"""Weights of class names, ids and words: how much each speaks for or against main content."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from docmill.extract.html.page import Signature

__all__ = ["KINDS", "Names", "Vocabulary", "path_tokens", "word_tokens"]

KINDS = ("tag", "class", "id", "role")
Names = Mapping[str, Mapping[str, float]]  # kind of name to name to weight

_PART = re.compile(r"[A-Z][a-z]+|[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2}|[^\\W\\d_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|\\d+|[©|@#$€£%›»•·→]"
)
_TEXT_CHARACTERS = 160
_NAME_CHARACTERS = 300


@lru_cache(20_000)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str.lower, _PART.findall(text[:_NAME_CHARACTERS]))))


def path_tokens(signature: Signature) -> tuple[tuple[str, Sequence[str]], ...]:
    """An element's tag and the word parts of its class, id and role: the kind of name and the names."""
    tag, classes, identity, role = signature
    return ("tag", (tag,)), ("class", _parts(classes)), ("id", _parts(identity)), ("role", role.split())


def word_tokens(text: str) -> list[str]:
    """Words of a text's beginning; pairs of characters in scripts without spaces; numbers by their length."""
    words = _WORD.findall(text[:_TEXT_CHARACTERS].lower())
    return ["0" * min(len(word), 5) if word[0].isdecimal() else word for word in words]


class Vocabulary:
    """Log-odds of the names of elements near a block and above it, and of the words in it."""

    def __init__(self, near: Names, far: Names, words: Mapping[str, float]) -> None:
        """Take the tables as they are; what they do not have weighs nothing."""
        self._near, self._far, self._words = near, far, words
        self.element = lru_cache(20_000)(self._element)

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Read a file written by the training script."""
        tables = json.loads(path.read_text(encoding="utf-8"))
        return cls(tables["near"], tables["far"], tables["words"])

    def _element(self, signature: Signature) -> tuple[float, float]:
        """What an element's names weigh for blocks it is near to, and for all that stand in it."""
        near = far = 0.0
        for kind, names in path_tokens(signature):
            if names:
                near_table, far_table = self._near[kind], self._far[kind]
                for name in names:
                    near += near_table.get(name, 0.0)
                    far += far_table.get(name, 0.0)
        return near, far

    def words(self, tokens: Iterable[str]) -> list[float]:
        """Weights of the words."""
        get = self._words.get
        return [get(token, 0.0) for token in tokens]
