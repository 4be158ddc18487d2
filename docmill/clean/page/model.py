"""The learned decision: a probability for every block, then the set of blocks that is likely best as a whole."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.choose import BLOCK_FEATURES, candidates, preference
from docmill.clean.page.features import Matrix, columns_of
from docmill.clean.page.names import NameTable, Told
from docmill.clean.page.vocabulary import Vocabulary
from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape
from docmill.heap import give_back_now
from docmill.trees import Trees

__all__ = ["MANY", "PageModel", "load_model"]

MANY = 20_000  # blocks whose features leave much behind
_ROWS = 2_000  # blocks judged at a time: all features of these are made at once
_HERE = Path(__file__).parent
_FILES = (_HERE / "vocabulary.json", _HERE / "blocks.onnx", _HERE / "sets.onnx")


class PageModel:
    """Two ensembles of trees and the vocabulary they were trained with; see MODEL_CARD.md."""

    def __init__(self, vocabulary: Vocabulary, blocks: Trees, sets: Trees) -> None:
        """Parts as loaded; `load_model` reads the committed ones."""
        self._vocabulary, self._blocks, self._sets = vocabulary, blocks, sets

    def load(self) -> None:
        """Read the files now, so that the first page does not wait for them."""
        self._blocks.load()
        self._sets.load()

    @property
    def names(self) -> NameTable:
        """What names of elements tell."""
        return self._vocabulary.names

    def keep(self, page: Page, shape: Shape, told: Told) -> NDArray[np.bool_]:
        """Whether each block of a page belongs to its main content.

        Args:
            page: The page.
            shape: Its shape.
            told: What the names in its signatures tell.

        Returns:
            Shape (blocks,).
        """
        if not page.block_text:
            return np.zeros(0, bool)
        columns, words = columns_of(page, shape, told, self._vocabulary)
        wanted = [columns.names.index(name) for name in BLOCK_FEATURES]
        probabilities, values = np.empty(len(words), np.float32), np.empty((len(words), len(wanted)), np.float32)
        for at in reversed(range(0, len(words), _ROWS)):
            some = slice(at, min(at + _ROWS, len(words)))
            rows = columns.rows(some)
            probabilities[some], values[some] = self._blocks.probabilities(rows), rows[:, wanted]
        del columns  # with all it was made of
        if len(words) > MANY:
            give_back_now()
        found = candidates(shape, probabilities, Matrix(values, words, rows[0], BLOCK_FEATURES))
        best = int(preference(found.features, self._sets.scores(found.features)).argmax())
        return found.keep(best)


@cache
def load_model() -> PageModel:
    """The committed model, shared by all callers of a process."""
    vocabulary, blocks, sets = _FILES
    return PageModel(Vocabulary.load(vocabulary), Trees(blocks), Trees(sets))
