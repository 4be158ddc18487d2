"""Features of a page's blocks, for the model that decides which belong to the main content.

Everything that can be is computed for all blocks at once. Counts of subtrees are differences of running sums, since
the blocks of an element are a range in document order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.around import add_groups, add_nearness
from docmill.clean.page.columns import Columns
from docmill.clean.page.cues import CUES
from docmill.clean.page.facts import INSIDE, NUMBER_OF, TAGS, Facts
from docmill.clean.page.marks import REASONS
from docmill.clean.page.names import KINDS, Told
from docmill.clean.page.vocabulary import Vocabulary
from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape
from schemas.document import RemovalReason

__all__ = ["NAMES", "Matrix", "features"]

Array = NDArray[np.float32]
Index = NDArray[np.intp]
Flags = NDArray[np.bool_]

_MOSTLY = 0.5
_COUNTED = (RemovalReason.COMMENT, RemovalReason.RELATED_LINKS, RemovalReason.NAVIGATION)
_AFTER_TITLE = 12  # blocks
_NEAR_TITLE = 5  # blocks
_BESIDE = ("words", "link_share", "word_mean", "path", "stops", "upper_per_word")
_OFFSETS = (-2, -1, 1, 2)
_WITHIN = ("words", "link_words", "long", "path", "word_mean", "stops")
_REACHES = (3, 8, 20)  # blocks to either side
_TYPES = {
    "article": frozenset(
        ("article", "newsarticle", "blogposting", "reportagenewsarticle", "techarticle", "scholarlyarticle")
    ),
    "product": frozenset(("product", "og:product", "productgroup", "offer", "aggregateoffer")),
    "list": frozenset(("itemlist", "collectionpage", "searchresultspage", "offercatalog")),
    "forum": frozenset(("qapage", "discussionforumposting", "question", "answer")),
    "service": frozenset(
        ("service", "localbusiness", "organization", "professionalservice", "softwareapplication", "faqpage")
    ),
    "website": frozenset(("website", "webpage")),
}


@dataclass(frozen=True, slots=True)
class Matrix:
    """Features of a page's blocks, and the size of each."""

    values: Array  # (blocks, features)
    words: Array  # (blocks,)


def features(page: Page, shape: Shape, told: Told, vocabulary: Vocabulary) -> Matrix:
    """The model's input for every block of a page, in order of `NAMES`. The page has at least one block."""
    columns, facts = _columns(page, shape, told, vocabulary)
    return Matrix(values=columns.matrix(), words=facts.words)


def _columns(page: Page, shape: Shape, told: Told, vocabulary: Vocabulary) -> tuple[Columns, Facts]:
    columns, facts = Columns(len(page.block_text)), Facts(page, shape, told, vocabulary)
    for part in (_of_text, _of_path, _of_neighbours, _of_headings, add_nearness, add_groups, _of_page):
        part(columns, facts)
    return columns, facts


def _of_text(out: Columns, facts: Facts) -> None:
    counts, characters, words = facts.counts, facts.characters, facts.words
    out.add("words", words)
    out.add("characters", characters)
    out.add("link_share", facts.link_share)
    out.add("word_length", characters / words)
    for name in ("upper", "digit", "stop", "comma", "separator", "other"):
        out.add(f"{name}_share", counts[name] / characters)
    out.add("stops", counts["stop"])
    out.add("questions", counts["question"])
    out.add("currency", counts["currency"])
    out.add("lines", counts["line"])
    out.add("upper_per_word", counts["upper"] / words)
    out.add("ideograph_share", counts["ideograph"] / characters)
    out.add("ends_sentence", facts.ends)
    out.add("ends_colon", facts.colon)
    seen: dict[str, int] = {}
    numbers = np.array([seen.setdefault(text, len(seen)) for text in facts.page.block_text], np.intp)
    out.add("repeats", np.bincount(numbers, minlength=len(seen))[numbers])
    out.add("word_mean", facts.word_mean)
    out.add("word_least", facts.word_least)
    out.add("title_overlap", facts.overlap)
    out.add("dated", facts.dated)


def _of_path(out: Columns, facts: Facts) -> None:
    told = [number for number, name in enumerate(TAGS) if name != "other"]
    out.block([f"tag_{TAGS[number]}" for number in told])[:] = facts.kind == np.array(told)[:, None]
    out.block([f"in_{name}" for name in INSIDE])[:] = _bits(facts.inside, len(INSIDE))
    out.add("depth", facts.depth[facts.box])
    out.add("path", facts.path)
    out.add("path_near", facts.own)
    out.add("path_parent", facts.near[facts.parent[facts.box]])
    out.add("path_far", facts.far[facts.leaf])
    out.add("path_least", facts.far_least[facts.leaf])
    out.block([f"named_{reason.value}" for reason in REASONS])[:] = _bits(facts.marks, len(REASONS))


def _of_neighbours(out: Columns, facts: Facts) -> None:
    words, size, position, running, total = facts.words, facts.size, facts.position, facts.running, facts.total
    out.add("position", position / size)
    out.add("words_before_share", running[:-1] / total)
    out.add("words_before", running[:-1])
    out.add("words_after", total - running[1:])
    stops = facts.counts["stop"]
    measures = np.stack((words, facts.link_share, facts.word_mean, facts.path, stops, facts.counts["upper"] / words))
    columns = out.block([f"{name}_{offset:+d}" for name in _BESIDE for offset in _OFFSETS])
    shifted = columns.reshape(len(_BESIDE), len(_OFFSETS), size)
    shifted[:] = -1  # beyond the ends
    for number, offset in enumerate(_OFFSETS):
        shifted[:, number, max(-offset, 0) : size - max(offset, 0)] = measures[
            :, max(offset, 0) : size + min(offset, 0)
        ]
    around = facts.parent[facts.box]
    same = around[1:] == around[:-1]
    out.add("same_box_before", np.concatenate(([False], same)))
    out.add("same_box_after", np.concatenate((same, [False])))
    measures = np.stack(
        (words, facts.link_words, facts.long * words, facts.path * words, facts.word_mean * words, stops)
    )
    sums = np.zeros((len(_WITHIN), size + 1))
    sums[:, 1:] = np.cumsum(measures, axis=1)
    low = np.maximum(position - np.array(_REACHES)[:, None], 0)
    high = np.minimum(position + np.array(_REACHES)[:, None] + 1, size)
    inside = sums[:, high] - sums[:, low]
    columns = out.block([f"{name}_in_{reach}" for name in _WITHIN for reach in _REACHES])
    within = columns.reshape(len(_WITHIN), len(_REACHES), size)
    within[0] = inside[0] / (high - low)
    within[1:] = inside[1:] / (running[high] - running[low])
    out.add("to_long_before", _since(facts.long))
    out.add("to_long_after", _since(facts.long[::-1])[::-1])
    prose = np.concatenate(([0.0], np.cumsum(facts.plain_words * facts.long)))
    out.add("long_before_share", prose[:-1] / (prose[-1] + 1))
    out.add("long_after_share", (prose[-1] + 1 - prose[1:]) / (prose[-1] + 1))
    out.add("long_total", prose[-1] + 1)


def _of_headings(out: Columns, facts: Facts) -> None:
    """Of the last heading above each block, and of the page's own."""
    position, running = facts.position, facts.running
    last = np.maximum.accumulate(np.where(facts.heading, position, -1))
    has, at = last >= 0, np.maximum(last, 0)
    out.add("since_heading", np.where(has, position - last, -1))
    for name, values in (
        ("words", facts.words), ("word_mean", facts.word_mean), ("path", facts.path), ("level", facts.kind),
        ("link", facts.link_share),
    ):  # fmt: skip
        out.add(f"heading_{name}", np.where(has, values[at], 0))
    for name in CUES:
        before = _since(facts.cues[name])
        out.add(f"since_{name}", before)
        out.add(f"{name}_before", np.cumsum(facts.cues[name]))
    first = facts.main_heading
    out.add("from_title", position - first if first >= 0 else -1.0)
    out.add("words_from_title", running[:-1] - running[first] if first >= 0 else -1.0)
    out.add("from_title_share", (position - first) / facts.size if first >= 0 else -1.0)


def _of_page(out: Columns, facts: Facts) -> None:
    """The same for all blocks of a page."""
    counts, total = facts.counts, facts.total
    long_words = facts.plain_words * facts.long
    prose = float(long_words.sum()) + 1
    first = facts.main_heading
    near = slice(max(first - _NEAR_TITLE, 0), first + _NEAR_TITLE + 1)
    after = slice(first + 1, first + 1 + _AFTER_TITLE)
    own = long_words[after].sum() if first >= 0 else -1.0
    values = {
        "words": total,
        "blocks": facts.size,
        "link": facts.link_words.sum() / total,
        "long": facts.long.sum(),
        "long_share": prose / total,
        "currency": (counts["currency"] > 0).sum(),
        "headings": facts.heading.sum(),
        "cells": (facts.kind == NUMBER_OF["cell"]).sum(),
        "items": (facts.kind == NUMBER_OF["li"]).sum(),
        "questions": (counts["question"] > 0).sum(),
        "path": facts.path.mean(),
        "word_mean": (facts.word_mean * facts.words).sum() / total,
        "dated": facts.dated.sum(),
        "title_likeness": facts.overlap.max(),
        "title_prose": own,
        "title_prose_share": own / prose,
        "title_linked": facts.link_share[first] if first >= 0 else -1.0,
        "linked_headings": (facts.heading & (facts.link_share > _MOSTLY)).sum(),
        "title_dated": first >= 0 and facts.dated[near].any(),
    }
    values |= {f"is_{name}": bool(types & facts.page.types) for name, types in _TYPES.items()}
    for reason in _COUNTED:
        named = (facts.marks >> REASONS.index(reason)) & 1
        values[f"named_{reason.value}"] = float(facts.words @ named) / total
    values |= {f"cues_{name}": found.sum() for name, found in facts.cues.items()}
    values["ideographs"] = counts["ideograph"].sum() / (facts.characters.sum() + 1)
    out.block([f"page_{name}" for name in values])[:] = np.array(list(values.values()), float)[:, None]


def _bits(numbers: Index, size: int) -> Index:
    """The lowest bits of numbers. Shape (size, numbers)."""
    return (numbers >> np.arange(size)[:, None]) & 1


def _since(flags: Flags) -> Index:
    """Blocks since the last flagged one, itself not counted; 999 where there is none."""
    position = np.arange(len(flags))
    latest = np.maximum.accumulate(np.where(flags, position, -999))
    return np.minimum(position - np.concatenate(([-999], latest[:-1])), 999)


def _names() -> tuple[str, ...]:
    page = Page(
        block_text=["a"], block_leaf=[0], block_box=[0], block_link_characters=[0], block_links=[None],
        element_parent=[-1], element_signature=[0], element_start=[0], element_end=[1], signatures=[("p", "", "", "")],
    )  # fmt: skip
    nothing: dict[str, dict[str, float]] = {kind: {} for kind in KINDS}
    vocabulary = Vocabulary(nothing, nothing, {})
    return tuple(_columns(page, Shape.of(page), vocabulary.names.read(page.signatures), vocabulary)[0].names)


NAMES = _names()
