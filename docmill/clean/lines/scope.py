"""What the second model sees: the first one's probabilities around a line, and the line's relation to the core.

The core is the stretch of lines that holds most of what the first model takes for content. Teasers, comments and
footers read like content; what tells them from it is how much furniture stands between them and the core, and whether
they speak of the same things in the same words.
"""

import numpy as np

from docmill.arrays import Floats, Numbers
from docmill.clean.lines.features import NAMES as FEATURES
from docmill.clean.lines.features import Features, Terms

__all__ = ["NAMES", "scope_features"]


_CORE_LINES = 8  # on either side of its middle
_LONGEST = 600  # characters of a line that count
_SHIFTS = (-3, -2, -1, 1, 2, 3)
_WINDOWS = (4, 12, 40)
_MOST = max(_WINDOWS)
_NO_ODDS = -6  # beyond the document
_TAKEN = (
    "size", "words", "ends", "prose", "first", "last", "gap", "digits", "capitals", "stops", "repeats", "cues",
    "cue_comment", "cue_related", "single", "frequent", "of_longest", "of_typical", "group", "group_size",
    "group_mean", "since_comment", "since_related", "until_comment", "until_related", "since_legal", "since_share",
    "since_byline", "until_prose", "page_lines", "page_prose", "page_typical", "page_comment", "position", "run",
    "run_ends", "run_share", "size+5w", "size-5w",
)  # fmt: skip
_AT = np.array([FEATURES.index(name) for name in _TAKEN])
_CORE = (
    "of_best", "of_typical_p", "typical_p", "total_mass", "mass_share", "core_share", "from_core",
    "furniture_to_core", "lines_to_core", "content_to_core", "mass_before", "mass_after", "here_of_core", "likeness",
)  # fmt: skip
_SIDES = [f"{side}{window}w" for window in _WINDOWS for side in "-+"]
NAMES = (
    "odds", *(f"odds{shift:+d}" for shift in _SHIFTS), *(f"kept{side}" for side in _SIDES),
    *(f"mass{side}" for side in _SIDES), *_CORE, *_TAKEN,
)  # fmt: skip
# Of each window: its first line and the one after its last, relative to a line and shifted by the widest.
_LOW = np.array([[-window, 1] for window in _WINDOWS]).reshape(-1, 1) + _MOST
_HIGH = np.array([[0, 1 + window] for window in _WINDOWS]).reshape(-1, 1) + _MOST


def scope_features(first: Features, probabilities: Floats) -> Floats:
    """Values in the order of `NAMES`, shape (lines, names), from the features and what the first model made of them."""
    values = np.empty((len(probabilities), len(NAMES)), np.float32)
    at = NAMES.index(_CORE[0])
    _around(first, probabilities, values[:, :at])
    _core(first, probabilities, values[:, at : at + len(_CORE)])
    values[:, at + len(_CORE) :] = first.values[:, _AT]
    return values


def _around(first: Features, p: Floats, values: Floats) -> None:
    n = len(p)
    padded = np.full(n + 2 * _MOST, _NO_ODDS, np.float32)
    padded[_MOST : _MOST + n] = np.log(p / (1 - p))
    for at, shift in enumerate((0, *_SHIFTS)):
        values[:, at] = padded[_MOST + shift : _MOST + shift + n]
    sizes = np.minimum(first.sizes, _LONGEST)
    sums = np.zeros((2, n + 2 * _MOST + 1))
    np.cumsum((p * sizes, sizes), axis=1, dtype=np.float64, out=sums[:, _MOST + 1 : _MOST + n + 1])
    sums[:, _MOST + n + 1 :] = sums[:, _MOST + n, None]
    here = np.arange(n)
    mass, size = sums[:, here + _HIGH] - sums[:, here + _LOW]
    at, sides = 1 + len(_SHIFTS), len(_SIDES)
    values[:, at : at + sides] = (mass / np.maximum(size, 1)).T
    values[:, at + sides :] = np.log1p(mass).T


def _core(first: Features, p: Floats, values: Floats) -> None:
    n = len(p)
    sizes = np.minimum(first.sizes, _LONGEST).astype(np.float64)
    mass = p * sizes
    sure = mass * p
    total, typical = max(float(mass.sum()), 1.0), float(sure.sum())
    sums = np.concatenate([[0.0], np.cumsum(sure)])
    index = np.arange(n)
    low, high = np.maximum(index - _CORE_LINES, 0), np.minimum(index + _CORE_LINES + 1, n)
    weight = sums[high] - sums[low]
    middle = int(weight.argmax())
    furniture, lines, content = np.cumsum((sizes - mass, 1 - p, mass), axis=1, dtype=np.float64)
    side = np.where(index < middle, -1, 1)
    columns = (
        p / max(float(p.max()), 1e-6), p / max(typical / total, 1e-6), typical / total, np.log1p(total),
        total / max(float(sizes.sum()), 1.0), float(weight[middle]) / max(typical, 1.0),
        *(side * np.log1p(np.abs(away - away[middle])) for away in (index, furniture, lines)),
        np.log1p(np.abs(content - content[middle])), (content - mass) / total, (total - content) / total,
        weight / max(float(weight[middle]), 1.0), _likeness(first.terms, p, low[middle], high[middle]),
    )  # fmt: skip
    for at, column in enumerate(columns):
        values[:, at] = column


def _likeness(terms: Terms, p: Floats, low: int, high: int) -> Numbers:
    """The share of a line's rarer words that stand in other lines of the core, each weighted by its rarity."""
    n = len(p)
    inside = np.zeros(n)
    inside[low:high] = p[low:high]
    core = inside[terms.line]
    others = np.bincount(terms.bucket, core, len(terms.counts))[terms.bucket] - core
    rarity = np.log(2 * n / np.minimum(terms.counts[terms.bucket], n))
    found = np.bincount(terms.line, rarity * np.minimum(others, 1), n)
    return found / np.maximum(np.bincount(terms.line, rarity, n), 1e-6)
