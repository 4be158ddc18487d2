"""Which set of blocks to keep, given each one's probability of being main content.

Keeping what is likelier than one half is right for blocks that are judged one by one; a page is judged whole, by the
F-measure of its words. With n words kept of which m are expected to be content, and t expected on the page, that is
2m / (n + t), and the best set is cut at half its own best value (Lipton et al. 2014, "Optimal Thresholding of
Classifiers to Maximize F1 Measure"). That takes blocks to be right or wrong one by one, and so it keeps many unlikely
ones: of thirty other news at one third each it expects ten. But they are all content or none is. On a page that is
about one thing, the F-measure is therefore averaged over scenarios in which the odds of all blocks are higher or lower
together. A second small model, trained on pages the first had not seen, corrects this estimate for every candidate set.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Flags, Floats, Index
from docmill.clean.page.facts import LONG_WORDS
from docmill.clean.page.features import NAMES as COLUMNS
from docmill.clean.page.features import Matrix
from docmill.extract.html.shape import Shape
from docmill.threads import one_thread

__all__ = ["BLOCK_FEATURES", "NAMES", "Candidates", "candidates", "preference"]


_THRESHOLDS = np.array(
    [0.02, 0.05, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8], np.float32
)
_SCOPE_SHARE = 0.8  # a scope holds this share of the content expected in the scope around it
_BLOCKS = 1 << 16  # summed at a time
_SHRINKS = 0.97  # a scope with hardly fewer blocks is the same scope
_MAX_SCOPES = 4
_HALF = 0.5
_ONE_SUBJECT = 0.8  # a page is about one thing if so much of a block is its title
_SPREAD = 3.0  # standard deviation, in log-odds, of what is misjudged on all blocks of such a page together
_PROBIT = 1.7  # a logistic function is nearly a normal distribution function of this deviation
_DEVIATIONS, _LIKELY = np.polynomial.hermite_e.hermegauss(5)  # of the scenarios, and how likely each is
_LIKELY /= _LIKELY.sum()
_ODDS = 1e-4  # no probability is taken to be surer
_ESTIMATE_SHARE = 6.0  # what the estimate counts beside what was learned of how far it errs
_LIST_SHARE = 1.0  # the same on a page that is not about one thing, or shows prices in so many blocks
_SHOP_PRICES = 10
BLOCK_FEATURES = (
    "link_share", "from_title", "named_comment", "named_related_links", "named_navigation", "since_heading", "dated",
    "title_overlap",
)  # fmt: skip
_EVIDENCE = ("link", "prose", "before_title", "comment", "related", "navigation", "headings", "dates", "likely")
_OWN = (
    "threshold", "scope", "estimate", "estimate_lost", "log_words", "share", "precision", "recall", "blocks",
    "words_to_best", "outside_mean", "words_a_block", "runs",
    *(f"{name}_{of}" for of in ("inside", "found") for name in _EVIDENCE),
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
_PAGE_FEATURES = (
    "page_link", "page_long", "page_long_share", "page_currency", "page_headings", "page_linked_headings", "page_items",
    "page_questions", "page_dated", "page_title_likeness", "page_title_prose_share", "page_title_dated", "page_path",
    "page_named_comment", "page_cues_comment", "page_cues_related", *(name for name in COLUMNS if "page_is_" in name),
)  # fmt: skip
_PAGE = [COLUMNS.index(name) for name in _PAGE_FEATURES]
NAMES = (*_OWN, *_SHARED, *(f"share_above_{threshold:.2f}" for threshold in _THRESHOLDS), *_PAGE_FEATURES)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sets of blocks that could be kept: within a range, those of at least some probability."""

    features: Floats  # (candidates, features), in order of `NAMES`
    ranges: Index  # (candidates, 2)
    thresholds: Floats  # (candidates,)
    probability: Floats  # (blocks,)

    def keep(self, number: int) -> Flags:
        """Whether each block is in a candidate set. Shape (blocks,)."""
        keep: Flags = self.probability >= self.thresholds[number]
        start, end = self.ranges[number]
        keep[:start] = keep[end:] = False
        return keep


def candidates(shape: Shape, probability: Floats, matrix: Matrix) -> Candidates:
    """Blocks above each of some thresholds, in the whole page and in each narrower scope its content lies in.

    Args:
        shape: The page's.
        probability: Shape (blocks,).
        matrix: The blocks' features, at least `BLOCK_FEATURES`.
    """
    words, evidence = matrix.words, _evidence(matrix)
    mass = probability * words
    expected, total = float(mass.sum()) + 1e-6, float(words.sum()) + 1e-6
    scopes = np.array(_scopes(shape, mass), np.intp)
    thresholds = np.append(_THRESHOLDS, probability.max()) if probability.max() < _THRESHOLDS[0] else _THRESHOLDS
    above = probability >= thresholds[:, None]
    scenarios = _scenarios(probability, matrix) * words
    measures = np.vstack((np.ones(len(words)), words, mass, scenarios, evidence))
    runs = above.copy()
    runs[:, 1:] &= ~above[:, :-1]
    with one_thread():
        inside = np.stack([_sums(measures[:, a:z], above[:, a:z], runs[:, a:z]) for a, z in scopes.tolist()], axis=1)
    count = inside[0]
    # A set is told by its size and its first block.
    first = np.stack([a + above[:, a:].argmax(axis=1) for a in scopes[:, 0].tolist()])
    inside_page = inside[1, 0, : len(_THRESHOLDS)]
    scope, threshold = np.nonzero(count)
    told = (count * (len(words) + 1) + first)[scope, threshold]
    different = np.sort(np.unique(told, return_index=True)[1])
    scope, threshold = scope[different], threshold[different]
    inside = inside[:, scope, threshold]
    count, kept, right = inside[:3]
    rights, shown = inside[3 : 3 + len(scenarios)], inside[3 + len(scenarios) : -1]
    own = np.zeros((len(scope), len(_OWN)), np.float32)
    estimate = _LIKELY @ (2 * rights / (kept + scenarios.sum(axis=1)[:, None] + 1e-6))
    own[:, 0] = thresholds[threshold]
    own[:, 1] = scope
    own[:, 2] = estimate
    own[:, 4] = np.log1p(kept)
    own[:, 5] = kept / total
    own[:, 6] = right / (kept + 1e-6)
    own[:, 7] = right / expected
    own[:, 8] = count / len(words)
    own[:, 9] = kept
    own[:, 10] = (expected - right) / (total - kept + 1)
    own[:, 11] = kept / count
    own[:, 12] = inside[-1] / count
    own[:, 13 : 13 + len(evidence)] = (shown / (kept + 1)).T
    own[:, 13 + len(evidence) :] = (shown / (evidence.sum(axis=1)[:, None] + 1)).T
    best = int(own[:, 2].argmax())
    own[:, 3] = own[best, 2] - own[:, 2]
    own[:, 9] /= own[best, 9] + 1
    doubt = float((mass * (1 - probability)).sum()) / expected
    start, end = scopes[-1]
    shares = inside_page / total
    shared = np.array(
        [
            expected, total, expected / total, own[best, 2], own[best, 0], len(words), doubt, len(scopes),
            float(words[start:end].sum()) / total, *shares, *matrix.first[_PAGE],
        ],
        np.float32,
    )  # fmt: skip
    rows = np.hstack((own, np.broadcast_to(shared, (len(own), len(shared)))))
    return Candidates(rows, scopes[scope], thresholds[threshold], probability)


def _sums(measures: NDArray[np.float64], above: Flags, runs: Flags) -> NDArray[np.float64]:
    """Of the blocks above each threshold in a scope: their measures, summed, and of how many runs they are.

    Args:
        measures: Shape (measures, blocks).
        above: Shape (thresholds, blocks).
        runs: Whether a run begins. Shape as above.

    Returns:
        Shape (measures + 1, thresholds).
    """
    sums = np.zeros((len(measures), len(above)))
    for at in range(0, above.shape[1], _BLOCKS):
        sums += measures[:, at : at + _BLOCKS] @ above[:, at : at + _BLOCKS].T.astype(float)
    return np.vstack((sums, runs.sum(axis=1)))


def _scenarios(probability: Floats, matrix: Matrix) -> NDArray[np.float64]:
    """Each block's probability in each scenario; all the same on a page of many subjects. Shape (scenarios, blocks)."""
    sure = np.clip(probability.astype(float), _ODDS, 1 - _ODDS)
    spread = _SPREAD * (matrix.first[COLUMNS.index("page_title_likeness")] >= _ONE_SUBJECT)
    odds = np.log(sure / (1 - sure)) * np.sqrt(1 + (spread / _PROBIT) ** 2)  # so that their mean stays what it is
    scenarios: NDArray[np.float64] = 1 / (1 + np.exp(-odds - spread * _DEVIATIONS[:, None]))
    return scenarios


def _evidence(matrix: Matrix) -> Floats:
    """What tells sets apart, summed over their blocks: words of some kinds. Shape (kinds, blocks)."""
    words, column = matrix.words, {name: matrix.column(name) for name in BLOCK_FEATURES}
    plain = words * (1 - column["link_share"])
    return np.stack((
        words - plain,
        plain * ((plain >= LONG_WORDS) & (column["link_share"] < _HALF)),
        words * (column["from_title"] < 0),
        words * column["named_comment"],
        words * column["named_related_links"],
        words * column["named_navigation"],
        words * (column["since_heading"] == 0),
        words * column["dated"],
        words * (column["title_overlap"] > _HALF),
    ))  # fmt: skip


def preference(features: Floats, learned: Floats) -> Floats:
    """How good each candidate is likely to be: the larger the better.

    What was learned counts for more on lists and in shops, where the estimate errs most.
    """
    page = dict(zip(NAMES, features[0].tolist(), strict=True))
    several = page["page_title_likeness"] < _ONE_SUBJECT or page["page_currency"] >= _SHOP_PRICES
    return learned + (_LIST_SHARE if several else _ESTIMATE_SHARE) * features[:, _OWN.index("estimate")]


def _scopes(shape: Shape, mass: Floats) -> list[tuple[int, int]]:
    """Ranges of blocks: the page, then each element down the line that still holds most of the content expected."""
    running = np.concatenate(([0.0], np.cumsum(mass)))
    found = [(0, len(mass))]
    held = running[shape.end] - running[shape.start]
    parents = np.where(shape.end == shape.start, -2, shape.parent)  # no way leads to what holds nothing
    here = -1
    while len(found) <= _MAX_SCOPES:
        start, end = found[-1]
        inside = np.flatnonzero(parents == here)
        if not len(inside):
            break
        here = int(inside[held[inside].argmax()])
        if held[here] < _SCOPE_SHARE * (running[end] - running[start]):
            break
        first, last = int(shape.start[here]), int(shape.end[here])
        if (first, last) != (start, end) and _SHRINKS * (end - start) > last - first:
            found.append((first, last))
    return found
