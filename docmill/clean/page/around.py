"""Features of what is around a page's blocks: the other blocks of their templates, and the subtrees they stand in."""

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Floats, Index
from docmill.clean.page.columns import Columns
from docmill.clean.page.facts import TAGS, Facts
from docmill.clean.page.tree import ancestors_at, common_depths

__all__ = ["add_groups", "add_nearness"]

Sums = NDArray[np.float64]

_LEVELS, _TITLE_LEVELS = 5, 4
_SUMS = ("words", "link", "long", "paths", "word_mean", "blocks", "size", "ends", "share")
_MEASURES = 7
_FIRST_LEVELS = (2, 3, 4, 5, 6)


def add_nearness(out: Columns, facts: Facts) -> None:
    """How near in the tree each block is to the title and to the element with most prose."""
    box, depth = facts.box, facts.depth
    prose = np.bincount(facts.parent[box], facts.plain_words * facts.long, minlength=len(facts.parent))
    title = int(box[facts.main_heading]) if facts.main_heading >= 0 else 0
    for name, anchor in (("title", title), ("prose", int(prose.argmax()))):
        common = common_depths(anchor, box, depth)
        out.add(f"{name}_common_depth", common)
        out.add(f"{name}_above", depth[anchor] - common)
        out.add(f"{name}_below", depth[box] - common)


def add_groups(out: Columns, facts: Facts) -> None:
    """Of the blocks made by the same template, and of the subtrees a block stands in."""
    box, leaf, parent, signature, words = facts.box, facts.leaf, facts.parent, facts.signature, facts.words
    running = np.zeros((_MEASURES, facts.size + 1))  # first the measures, then their sums up to each block
    measures = running[:, 1:]
    for row, values in zip(
        measures,
        (
            words, facts.link_words, facts.plain_words * facts.long, facts.path * words, facts.word_mean * words, 1,
            facts.ends,
        ),
        strict=True,
    ):  # fmt: skip
        row[:] = values
    groups = (
        _by_group(measures, signature[box] * len(facts.page.signatures) + signature[parent[box]]),
        _by_group(measures, signature[leaf] * len(TAGS) + facts.kind),
    )

    def fill(columns: Floats, some: slice) -> None:
        _of_sums(columns, np.stack([sums[:, number[some]] for sums, number in groups]), facts, some)

    out.block([f"{name}_{what}" for name in ("group", "leaf_group") for what in _SUMS], fill)
    for row in measures:
        np.cumsum(row, out=row)
    _add_above(out, facts, running)
    _add_title(out, facts, running)
    _add_below(out, facts, running)


def _under(facts: Facts, running: Sums, elements: NDArray[np.signedinteger]) -> Sums:
    """Sums of measures in some elements. Shape (measures, *elements)."""
    sums: Sums = running[:, facts.end[elements]] - running[:, facts.start[elements]]
    return sums


def _above(facts: Facts, boxes: Index, levels: int) -> Index:
    """The elements above some. Shape (levels, *boxes)."""
    above = [facts.parent[boxes]]
    for _ in range(levels - 1):
        above.append(facts.parent[above[-1]])
    return np.stack(above)


def _add_above(out: Columns, facts: Facts, running: Sums) -> None:
    """Of the elements above each block's box."""

    def fill(columns: Floats, some: slice) -> None:
        level = _above(facts, facts.box[some], _LEVELS)
        sums = np.moveaxis(_under(facts, running, level), 0, 1)
        _of_sums(columns, sums, facts, some)
        shaped = columns.reshape(_LEVELS, -1, columns.shape[1])
        shaped[:, -2] = facts.near[level]
        shaped[:, -1] = (facts.position[some] - facts.start[level]) / np.maximum(sums[:, 5], 1)

    out.block([f"up_{step}_{what}" for step in range(1, _LEVELS + 1) for what in (*_SUMS, "path", "place")], fill)


def _add_title(out: Columns, facts: Facts, running: Sums) -> None:
    """Of the elements above the page's title; -1 where it has none."""
    found = np.full((2, _TITLE_LEVELS), -1.0)
    if facts.main_heading >= 0:
        level = _above(facts, facts.box[facts.main_heading], _TITLE_LEVELS)
        words, _, prose = _under(facts, running[:3], level)
        found[:] = words / facts.total, prose / (running[2, -1] + 1)
    for step, values in enumerate(found.T.tolist(), start=1):
        for what, value in zip(("words", "long"), values, strict=True):
            out.add(f"title_{step}_{what}", value)


def _add_below(out: Columns, facts: Facts, running: Sums) -> None:
    """Of the elements around each block that are so many levels below the root."""
    level = ancestors_at(np.array(_FIRST_LEVELS), facts.box, facts.depth)

    def fill(columns: Floats, some: slice) -> None:
        here = level[:, some]
        words, linked, prose = _under(facts, running[:3], here)
        columns[::4], columns[1::4] = words / facts.total, prose / (running[2, -1] + 1)
        columns[2::4], columns[3::4] = linked / (words + 1), facts.near[here]

    out.block([f"down_{deep}_{what}" for deep in _FIRST_LEVELS for what in ("words", "long", "link", "path")], fill)


def _of_sums(columns: Floats, sums: Sums, facts: Facts, some: slice) -> None:
    """Features of some sets of blocks around each block, from the sums of their measures.

    Args:
        columns: Where they go: for each of the sets those named in `_SUMS`, and maybe others.
        sums: Shape (sets, measures, blocks).
        facts: The page's.
        some: Which blocks these are.
    """
    shaped = columns.reshape(len(sums), -1, columns.shape[1])
    inside, blocks = sums[:, 0] + 1e-6, np.maximum(sums[:, 5], 1)
    shaped[:, 0] = sums[:, 0] / facts.total
    shaped[:, 1:5] = sums[:, 1:5] / inside[:, None]
    shaped[:, 5] = sums[:, 5] / facts.size
    shaped[:, 6] = sums[:, 0] / blocks
    shaped[:, 7] = sums[:, 6] / blocks
    shaped[:, 8] = facts.words[some] / inside


def _by_group(measures: Sums, group: Index) -> tuple[Sums, Index]:
    """Sums over each group, shape (measures, groups), and the number of each block's."""
    _, number = np.unique(group, return_inverse=True)
    size = int(number.max()) + 1
    return np.stack([np.bincount(number, row, size) for row in measures]), number
