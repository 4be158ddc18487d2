"""Which set of blocks to keep, given each one's probability of being main content.

Keeping what is likelier than one half is right for blocks that are judged one by one; a page is judged whole, by the
F-measure of its words. With n words kept of which m are expected to be content, and t expected on the page, that is
2m / (n + t), and the best set is cut at half its own best value (Lipton et al. 2014, "Optimal Thresholding of
Classifiers to Maximize F1 Measure"). As blocks of a page are right or wrong together, a second small model, trained on
pages the first had not seen, corrects this estimate for every candidate set.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Page

__all__ = ["NAMES", "Candidates", "candidates", "preference"]

Array = NDArray[np.float32]
Flags = NDArray[np.bool_]

_THRESHOLDS = np.array(
    [0.02, 0.05, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8], np.float32
)
_SCOPE_SHARE = 0.8  # a scope holds this share of the content expected in the scope around it
_SHRINKS = 0.97  # a scope with hardly fewer blocks is the same scope
_MAX_SCOPES = 4
_ESTIMATE_SHARE = 2.0  # what the estimate counts beside what was learned of how far it errs
_OWN = (
    "threshold", "scope", "estimate", "estimate_lost", "log_words", "share", "precision", "recall", "blocks",
    "words_to_best", "outside_mean",
)  # fmt: skip
_SHARED = (
    "expected",
    "page_words",
    "expected_share",
    "best_estimate",
    "best_threshold",
    "page_blocks",
    "doubt",
    "scopes",
    "scope_share",
)
NAMES = (*_OWN, *_SHARED, *(f"share_above_{threshold:.2f}" for threshold in _THRESHOLDS))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sets of blocks that could be kept."""

    keep: Flags  # (candidates, blocks)
    features: Array  # (candidates, features), in order of `NAMES`


def candidates(page: Page, probability: Array, words: Array) -> Candidates:
    """Blocks above each of some thresholds, in the whole page and in each narrower scope its content lies in.

    Args:
        page: The page.
        probability: Shape (blocks,).
        words: Shape (blocks,).
    """
    mass = probability * words
    expected, total = float(mass.sum()) + 1e-6, float(words.sum()) + 1e-6
    scopes = _scopes(page, mass)
    rows: list[list[float]] = []
    keeps: list[Flags] = []
    position = np.arange(len(words))
    seen: set[tuple[int, int]] = set()
    for number, (start, end) in enumerate(scopes):
        inside = (position >= start) & (position < end)
        for threshold in _THRESHOLDS:
            keep = inside & (probability >= threshold)
            count = int(keep.sum())
            if not count or (count, int(keep.argmax())) in seen:
                continue
            seen.add((count, int(keep.argmax())))
            kept, right = float(words[keep].sum()), float(mass[keep].sum())
            rest = total - kept
            keeps.append(keep)
            rows.append([
                float(threshold), number, 2 * right / (kept + expected), 0, float(np.log1p(kept)), kept / total,
                right / (kept + 1e-6), right / expected, count / len(words), kept, (expected - right) / (rest + 1),
            ])  # fmt: skip
    if not rows:
        best = probability >= probability.max(initial=0)
        keeps.append(best)
        rows.append([0.0] * len(_OWN))
    own = np.array(rows, np.float32)
    best_row = int(own[:, 2].argmax())
    own[:, 3] = own[best_row, 2] - own[:, 2]
    own[:, 9] /= own[best_row, 9] + 1
    doubt = float((mass * (1 - probability)).sum()) / expected
    above = [float(words[probability >= threshold].sum()) / total for threshold in _THRESHOLDS]
    narrowest = scopes[-1]
    shared = np.array(
        [
            expected, total, expected / total, own[best_row, 2], own[best_row, 0], len(words), doubt, len(scopes),
            float(words[narrowest[0] : narrowest[1]].sum()) / total, *above,
        ],
        np.float32,
    )  # fmt: skip
    return Candidates(keep=np.stack(keeps), features=np.hstack((own, np.broadcast_to(shared, (len(own), len(shared))))))


def preference(features: Array, learned: Array) -> Array:
    """How good each candidate is likely to be: the larger the better."""
    return learned + _ESTIMATE_SHARE * features[:, _OWN.index("estimate")]


def _scopes(page: Page, mass: Array) -> list[tuple[int, int]]:
    """Ranges of blocks: the page, then each element down the line that still holds most of the content expected."""
    running = np.concatenate(([0.0], np.cumsum(mass)))
    found = [(0, len(mass))]
    ranges = page.element_blocks
    children: dict[int, list[int]] = {}
    for element, parent in enumerate(page.element_parent):
        start, end = ranges[element]
        if end > start:
            children.setdefault(parent, []).append(element)
    here = -1
    while len(found) <= _MAX_SCOPES:
        start, end = found[-1]
        enough = _SCOPE_SHARE * (running[end] - running[start])
        inside = [(running[ranges[e][1]] - running[ranges[e][0]], e) for e in children.get(here, ())]
        held, heaviest = max(inside, key=lambda entry: entry[0], default=(0.0, -1))
        if heaviest < 0 or held < enough:
            break
        here = heaviest
        if ranges[heaviest] != found[-1] and _SHRINKS * (end - start) > ranges[heaviest][1] - ranges[heaviest][0]:
            found.append(ranges[heaviest])
    return found
