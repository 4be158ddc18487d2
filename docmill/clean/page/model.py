"""The learned decision: a probability for every block, then the set of blocks that is likely best as a whole."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.choose import candidates, preference
from docmill.clean.page.features import features
from docmill.clean.page.names import Names
from docmill.clean.page.vocabulary import Vocabulary
from docmill.extract.html.page import Page
from docmill.trees import Trees

__all__ = ["PageModel", "load_model"]

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

    def keep(self, page: Page, names: Names) -> NDArray[np.bool_]:
        """Whether each block of a page belongs to its main content. Shape (blocks,)."""
        if not page.block_text:
            return np.zeros(0, bool)
        matrix = features(page, names, self._vocabulary)
        found = candidates(page, self._blocks.probabilities(matrix.values), matrix)
        best = int(preference(found.features, self._sets.scores(found.features)).argmax())
        return found.keep(best)


@cache
def load_model() -> PageModel:
    """The committed model, shared by all callers of a process."""
    vocabulary, blocks, sets = _FILES
    return PageModel(Vocabulary.load(vocabulary), Trees(blocks), Trees(sets))
