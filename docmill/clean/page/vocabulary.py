"""Weights of class names, ids and words: how much each speaks for or against main content."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.marks import MARKS
from docmill.clean.page.names import NameTable
from docmill.clean.page.words import SIGNS, TEXT_CHARACTERS, UNSPACED, word_numbers

__all__ = ["Vocabulary", "Weights", "word_tokens"]

Weights = Mapping[str, Mapping[str, float]]  # kind of name to name to weight

_PAIRED = "".join(f"{chr(first)}-{chr(last)}" for first, last in UNSPACED)
_WORD = re.compile(f"[{_PAIRED}]{{2}}|[^\\W\\d_{_PAIRED}]+|\\d+|[{re.escape(SIGNS)}]")


def word_tokens(text: str) -> list[str]:
    """Words of a text's beginning; pairs of characters in scripts without spaces; numbers by their length."""
    words = _WORD.findall(text[:TEXT_CHARACTERS].lower())
    return ["0" * min(len(word), 5) if word[0].isdecimal() else word for word in words]


class Vocabulary:
    """Log-odds of the names of elements near a block and above it, and of the words in it."""

    def __init__(self, near: Weights, far: Weights, words: Mapping[str, float]) -> None:
        """Take the tables as they are; what they do not have weighs nothing."""
        self.names = NameTable(near, far, MARKS)
        numbers, weights = word_numbers(list(words)), np.array(list(words.values()), np.float32)
        order = np.argsort(numbers, kind="stable")
        self._numbers = numbers[order] if words else np.zeros(1, np.uint64)
        self._weights = weights[order] if words else np.zeros(1, np.float32)

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Read a file written by the training script."""
        tables = json.loads(path.read_text(encoding="utf-8"))
        return cls(tables["near"], tables["far"], tables["words"])

    def words(self, numbers: NDArray[np.uint64]) -> NDArray[np.float32]:
        """Weights of words, given by their numbers; 0 for one it does not have."""
        at = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        weights: NDArray[np.float32] = np.where(self._numbers[at] == numbers, self._weights[at], np.float32(0))
        return weights
