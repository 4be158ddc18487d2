"""Which lines of a plain-text dump are the document's own: two small models over the sequence of lines.

The first looks at a line and its surroundings; the second at what the first makes of them and how the line relates
to the document's core (stacked generalization, Wolpert 1992). MODEL_CARD.md says what they were trained on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmill.clean.line import Line
from docmill.clean.lines.features import features
from docmill.clean.lines.scope import scope_features
from docmill.clean.reading import Reading
from docmill.trees import Trees

__all__ = ["MODELS", "Judged", "judge_lines"]

_HERE = Path(__file__).parent
MODELS = (Trees(_HERE / "lines.onnx"), Trees(_HERE / "scope.onnx"))
_HEADING = 40  # the most characters of a heading
_DOUBT = 0.55  # by which the odds of content are multiplied; measured on labelled dumps
_LEAST = 1e-3  # a probability nearer to 0 or 1 than this says no more


@dataclass(frozen=True, slots=True)
class Judged:
    """What the models say of each line."""

    content: NDArray[np.bool_]
    comment_heading: NDArray[np.bool_]  # a short line with a word for readers' comments
    related_heading: NDArray[np.bool_]


def judge_lines(reading: Reading, lines: Sequence[Line]) -> Judged:
    """Tell content from furniture among the non-blank lines of a document, given with their reading."""
    first = features(reading, [line.lowered for line in lines], [line.blank_before for line in lines])
    near = np.clip(MODELS[0].probabilities(first.values), _LEAST, 1 - _LEAST)
    scores = np.clip(MODELS[1].probabilities(scope_features(first, near)), _LEAST, 1 - _LEAST)
    short = first.sizes <= _HEADING
    return Judged(
        content=best_share(_less_sure(scores), first.sizes),
        comment_heading=short & (first.column("cue_comment") > 0),
        related_heading=short & (first.column("cue_related") > 0),
    )


def _less_sure(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pages with far more furniture than content weighed less in training than they cost; this makes up for it."""
    odds = probabilities / (1 - probabilities) * _DOUBT
    found: NDArray[np.float32] = odds / (1 + odds)
    return found


def best_share(probabilities: NDArray[np.float32], sizes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The lines to keep so that the expected F1, weighted by size, is highest.

    It is reached by all lines above some threshold (Lewis 1995); numerator and denominator are expected apart.
    """
    order = np.argsort(-probabilities, kind="stable")
    size = sizes[order].astype(np.float64)
    hits = np.cumsum(size * probabilities[order])
    expected = 2 * hits / np.maximum(np.cumsum(size) + hits[-1], 1e-9)
    kept = np.zeros(len(sizes), bool)
    kept[order[: int(expected.argmax()) + 1]] = True
    return kept
