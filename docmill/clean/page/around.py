"""Features of what is around a page's blocks: the other blocks of their templates, and the subtrees they stand in."""

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.columns import Columns
from docmill.clean.page.facts import TAGS, Facts
from docmill.clean.page.tree import ancestors_at, common_depths

__all__ = ["add_groups", "add_nearness"]

Array = NDArray[np.float32]
Index = NDArray[np.intp]

_LEVELS, _TITLE_LEVELS = 5, 4
_SUMS = ("words", "link", "long", "paths", "word_mean", "blocks", "size", "ends", "share")
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
    prose = facts.plain_words * facts.long
    measures = np.stack(
        (words, facts.link_words, prose, facts.path * words, facts.word_mean * words, np.ones(facts.size), facts.ends)
    )
    numbers = np.stack((
        _by_group(measures, signature[box] * len(facts.page.signatures) + signature[parent[box]]),
        _by_group(measures, signature[leaf] * len(TAGS) + facts.kind),
    ))  # fmt: skip
    _of_sums(out.block([f"{name}_{what}" for name in ("group", "leaf_group") for what in _SUMS]), numbers, facts)
    running = np.concatenate((np.zeros((len(measures), 1)), np.cumsum(measures, axis=1)), axis=1)
    above = [parent[box]]
    for _ in range(_LEVELS - 1):
        above.append(parent[above[-1]])
    level = np.stack(above)
    _add_above(out, facts, running, level)
    _add_title(out, facts, running, level[:_TITLE_LEVELS])
    _add_below(out, facts, running)


def _under(facts: Facts, running: Array, elements: Index) -> Array:
    """Sums of measures in some elements. Shape (measures, *elements)."""
    sums: Array = running[:, facts.end[elements]] - running[:, facts.start[elements]]
    return sums


def _add_above(out: Columns, facts: Facts, running: Array, level: Index) -> None:
    """Of the elements above each block's box, which are given by level."""
    sums = np.moveaxis(_under(facts, running, level), 0, 1)
    columns = out.block([f"up_{step}_{what}" for step in range(1, _LEVELS + 1) for what in (*_SUMS, "path", "place")])
    _of_sums(columns, sums, facts)
    shaped = columns.reshape(_LEVELS, -1, facts.size)
    shaped[:, -2] = facts.near[level]
    shaped[:, -1] = (facts.position - facts.start[level]) / np.maximum(sums[:, 5], 1)


def _add_title(out: Columns, facts: Facts, running: Array, level: Index) -> None:
    """Of the elements above the page's title; -1 where it has none."""
    columns = out.block([f"title_{step}_{what}" for step in range(1, _TITLE_LEVELS + 1) for what in ("words", "long")])
    columns[:] = -1
    if facts.main_heading >= 0:
        words, _, prose = _under(facts, running[:3], level[:, facts.main_heading])[:, :, None]
        columns[::2], columns[1::2] = words / facts.total, prose / (running[2, -1] + 1)


def _add_below(out: Columns, facts: Facts, running: Array) -> None:
    """Of the elements around each block that are so many levels below the root."""
    level = ancestors_at(np.array(_FIRST_LEVELS), facts.box, facts.depth)
    words, linked, prose = _under(facts, running[:3], level)
    columns = out.block([f"down_{deep}_{what}" for deep in _FIRST_LEVELS for what in ("words", "long", "link", "path")])
    columns[::4], columns[1::4] = words / facts.total, prose / (running[2, -1] + 1)
    columns[2::4], columns[3::4] = linked / (words + 1), facts.near[level]


def _of_sums(columns: Array, sums: Array, facts: Facts) -> None:
    """Features of some sets of blocks around each block, from the sums of their measures.

    Args:
        columns: Where they go: for each of the sets those named in `_SUMS`, and maybe others.
        sums: Shape (sets, measures, blocks).
        facts: The page's.
    """
    shaped = columns.reshape(len(sums), -1, facts.size)
    inside, blocks = sums[:, 0] + 1e-6, np.maximum(sums[:, 5], 1)
    shaped[:, 0] = sums[:, 0] / facts.total
    shaped[:, 1:5] = sums[:, 1:5] / inside[:, None]
    shaped[:, 5] = sums[:, 5] / facts.size
    shaped[:, 6] = sums[:, 0] / blocks
    shaped[:, 7] = sums[:, 6] / blocks
    shaped[:, 8] = facts.words / inside


def _by_group(measures: Array, group: Index) -> Array:
    """Sums over each block's group. Shape as measures."""
    _, number = np.unique(group, return_inverse=True)
    size, rows = int(number.max()) + 1, len(measures)
    sums = np.bincount((number + size * np.arange(rows)[:, None]).ravel(), measures.ravel(), size * rows)
    found: Array = np.asarray(sums, float).reshape(rows, size)[:, number]
    return found
