"""What the second model sees: the first one's probabilities around a line, and the line's relation to the core.

The core is the stretch of lines that holds most of what the first model takes for content. Teasers, comments and
footers read like content; what tells them from it is how much furniture stands between them and the core, and whether
they speak of the same things in the same words.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from docmill.clean.lines.features import Features

__all__ = ["scope_features"]

Floats = NDArray[np.float32]

_CORE_LINES = 8  # on either side of its middle
_SHIFTS = (-3, -2, -1, 1, 2, 3)
_WINDOWS = (4, 12, 40)
_TAKEN = (
    "size", "words", "ends", "prose", "first", "last", "gap", "digits", "capitals", "stops", "repeats", "cues",
    "cue_comment", "cue_related", "single", "frequent", "of_longest", "of_typical", "group", "group_size",
    "group_mean", "since_comment", "since_related", "until_comment", "until_related", "since_legal", "since_share",
    "since_byline", "until_prose", "page_lines", "page_prose", "page_typical", "page_comment", "position", "run",
    "run_ends", "run_share", "size+5w", "size-5w",
)  # fmt: skip


def scope_features(first: Features, probabilities: Floats) -> tuple[tuple[str, ...], Floats]:
    """Names and values, shape (lines, names), from the first model's features and what it made of them."""
    columns = [*_around(first, probabilities), *_core(first, probabilities)]
    values = np.empty((len(probabilities), len(columns) + len(_TAKEN)), np.float32)
    for index, (_, column) in enumerate(columns):
        values[:, index] = column
    values[:, len(columns) :] = first.values[:, [first.names.index(name) for name in _TAKEN]]
    return (*(name for name, _ in columns), *_TAKEN), values


def _around(first: Features, p: Floats) -> Iterator[tuple[str, Floats]]:
    n = len(p)
    odds = np.log(p / (1 - p))
    yield "odds", odds
    most = max(_WINDOWS)
    padded = np.full(n + 2 * most, -6, np.float32)
    padded[most : most + n] = odds
    for shift in _SHIFTS:
        yield f"odds{shift:+d}", padded[most + shift : most + shift + n]
    sizes = np.minimum(first.sizes, 600)
    stacked = np.zeros((n + 2 * most + 1, 2))
    stacked[most + 1 : most + n + 1, 0] = p * sizes
    stacked[most + 1 : most + n + 1, 1] = sizes
    sums = np.cumsum(stacked, axis=0)
    here = np.arange(n) + most
    for window in _WINDOWS:
        for name, low, high in ((f"-{window}w", here - window, here), (f"+{window}w", here + 1, here + 1 + window)):
            mass, size = (sums[high] - sums[low]).T
            yield "kept" + name, (mass / np.maximum(size, 1)).astype(np.float32)
            yield "mass" + name, np.log1p(mass).astype(np.float32)


def _core(first: Features, p: Floats) -> Iterator[tuple[str, Floats]]:
    n = len(p)
    sizes = np.minimum(first.sizes, 600).astype(np.float64)
    mass = p * sizes
    total = max(float(mass.sum()), 1.0)
    typical = float((mass * p).sum()) / total
    sums = np.concatenate([[0.0], np.cumsum(mass * p)])
    index = np.arange(n)
    low, high = np.maximum(index - _CORE_LINES, 0), np.minimum(index + _CORE_LINES + 1, n)
    weight = sums[high] - sums[low]
    middle = int(weight.argmax())
    furniture = np.cumsum((1 - p) * sizes)
    thin = np.cumsum((1 - p).astype(np.float64))
    content = np.cumsum(mass)
    side = np.where(index < middle, -1, 1)
    yield "of_best", (p / max(float(p.max()), 1e-6)).astype(np.float32)
    yield "of_typical_p", (p / max(typical, 1e-6)).astype(np.float32)
    yield "typical_p", np.full(n, typical, np.float32)
    yield "total_mass", np.full(n, np.log1p(total), np.float32)
    yield "mass_share", np.full(n, total / max(float(sizes.sum()), 1.0), np.float32)
    yield "core_share", np.full(n, float(weight[middle]) / max(float((mass * p).sum()), 1.0), np.float32)
    yield "from_core", (side * np.log1p(np.abs(index - middle))).astype(np.float32)
    yield "furniture_to_core", (side * np.log1p(np.abs(furniture - furniture[middle]))).astype(np.float32)
    yield "lines_to_core", (side * np.log1p(np.abs(thin - thin[middle]))).astype(np.float32)
    yield "content_to_core", np.log1p(np.abs(content - content[middle])).astype(np.float32)
    yield "mass_before", ((content - mass) / total).astype(np.float32)
    yield "mass_after", ((total - content) / total).astype(np.float32)
    yield "here_of_core", (weight / max(float(weight[middle]), 1.0)).astype(np.float32)
    yield "likeness", _likeness(first, p, low[middle], high[middle])


def _likeness(first: Features, p: Floats, low: int, high: int) -> Floats:
    """The share of a line's rarer words that stand in other lines of the core, each weighted by its rarity."""
    n = len(p)
    if not len(first.terms):
        return np.zeros(n, np.float32)
    _, inverse, counts = np.unique(first.terms, return_inverse=True, return_counts=True)
    core = ((first.term_lines >= low) & (first.term_lines < high)) * p[first.term_lines]
    held = np.bincount(inverse, core)
    others = held[inverse] - core
    rarity = np.log(2 * n / np.minimum(counts, n))[inverse]
    found = np.bincount(first.term_lines, rarity * np.minimum(others, 1), n)
    return (found / np.maximum(np.bincount(first.term_lines, rarity, n), 1e-6)).astype(np.float32)
