"""Features of a page's blocks, for the model that decides which belong to the main content.

Everything that can be is computed for all blocks at once. Counts of subtrees are differences of running sums, since
the blocks of an element are a range in document order.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Flags, Floats, Index
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

__all__ = ["NAMES", "Matrix", "columns_of", "features"]


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
    """Features of a page's blocks, some of them or all, and the size of each."""

    values: Floats  # (blocks, features)
    words: Floats  # (blocks,)
    first: Floats  # all features of the first block, in order of `NAMES`
    names: tuple[str, ...]

    def column(self, name: str) -> Floats:
        """A feature of every block."""
        return self.values[:, self.names.index(name)]


def features(page: Page, shape: Shape, told: Told, vocabulary: Vocabulary) -> Matrix:
    """The model's input for every block of a page, in order of `NAMES`. The page has at least one block."""
    columns, words = columns_of(page, shape, told, vocabulary)
    values = columns.rows(slice(0, len(words)))
    return Matrix(values, words, values[0], NAMES)


def columns_of(page: Page, shape: Shape, told: Told, vocabulary: Vocabulary) -> tuple[Columns, Floats]:
    """The same to be made for some blocks at a time, and the words of each block."""
    columns, facts = Columns(), Facts(page, shape, told, vocabulary)
    for part in (_of_text, _of_path, _of_neighbours, _of_headings, add_nearness, add_groups, _of_page):
        part(columns, facts)
    return columns, facts.words


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
    times = Counter(facts.page.block_text)
    out.add("repeats", np.fromiter(map(times.__getitem__, facts.page.block_text), np.float32, facts.size))
    out.add("word_mean", facts.word_mean)
    out.add("word_least", facts.word_least)
    out.add("title_overlap", facts.overlap)
    out.add("dated", facts.dated)


def _of_path(out: Columns, facts: Facts) -> None:
    told = [number for number, name in enumerate(TAGS) if name != "other"]

    def tags(columns: Floats, some: slice) -> None:
        columns[:] = facts.kind[some] == np.array(told)[:, None]

    out.block([f"tag_{TAGS[number]}" for number in told], tags)
    out.block([f"in_{name}" for name in INSIDE], _bits(facts.inside))
    out.add("depth", facts.depth[facts.box])
    out.add("path", facts.path)
    out.add("path_near", facts.own)
    out.add("path_parent", facts.near[facts.parent[facts.box]])
    out.add("path_far", facts.far[facts.leaf])
    out.add("path_least", facts.far_least[facts.leaf])
    out.block([f"named_{reason.value}" for reason in REASONS], _bits(facts.marks))


def _of_neighbours(out: Columns, facts: Facts) -> None:
    words, size, position, running, total = facts.words, facts.size, facts.position, facts.running, facts.total
    out.add("position", position / size)
    out.add("words_before_share", running[:-1] / total)
    out.add("words_before", running[:-1])
    out.add("words_after", total - running[1:])
    stops = facts.counts["stop"]
    most = max(_OFFSETS)
    measures = np.full((len(_BESIDE), size + 2 * most), -1, np.float32)  # beyond the ends
    for number, values in enumerate(
        (words, facts.link_share, facts.word_mean, facts.path, stops, facts.counts["upper"] / words)
    ):
        measures[number, most : most + size] = values

    def beside(columns: Floats, some: slice) -> None:
        shifted = columns.reshape(len(_BESIDE), len(_OFFSETS), -1)
        for number, offset in enumerate(_OFFSETS):
            shifted[:, number] = measures[:, most + offset + some.start : most + offset + some.stop]

    out.block([f"{name}_{offset:+d}" for name in _BESIDE for offset in _OFFSETS], beside)
    around = facts.parent[facts.box]
    same = around[1:] == around[:-1]
    out.add("same_box_before", np.concatenate(([False], same)))
    out.add("same_box_after", np.concatenate((same, [False])))
    sums = np.zeros((len(_WITHIN), size + 1), np.float32)
    for row, values in zip(
        sums,
        (words, facts.link_words, facts.long * words, facts.path * words, facts.word_mean * words, stops),
        strict=True,
    ):
        np.cumsum(values, out=row[1:])

    def inside(columns: Floats, some: slice) -> None:
        low = np.maximum(position[some] - np.array(_REACHES)[:, None], 0)
        high = np.minimum(position[some] + np.array(_REACHES)[:, None] + 1, size)
        found = np.subtract(sums[:, high], sums[:, low], dtype=float)
        within = columns.reshape(len(_WITHIN), len(_REACHES), -1)
        within[0] = found[0] / (high - low)
        within[1:] = found[1:] / (running[high] - running[low])

    out.block([f"{name}_in_{reach}" for name in _WITHIN for reach in _REACHES], inside)
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
    same = np.array(list(values.values()), float)[:, None]

    def fill(columns: Floats, _: slice) -> None:
        columns[:] = same

    out.block([f"page_{name}" for name in values], fill)


def _bits(numbers: Index) -> Callable[[Floats, slice], None]:
    """What fills columns in with numbers' lowest bits."""

    def fill(columns: Floats, some: slice) -> None:
        columns[:] = (numbers[some] >> np.arange(len(columns))[:, None]) & 1

    return fill


def _since(flags: Flags) -> NDArray[np.int32]:
    """Blocks since the last flagged one, itself not counted; 999 where there is none."""
    position = np.arange(len(flags), dtype=np.int32)
    latest = np.maximum.accumulate(np.where(flags, position, np.int32(-999)))
    position[1:] -= latest[:-1]
    position[:1] += 999
    return np.minimum(position, 999)


def _names() -> tuple[str, ...]:
    page = Page(
        block_text=["a"], block_leaf=[0], block_box=[0], block_link_characters=[0],
        element_parent=[-1], element_signature=[0], element_start=[0], element_end=[1], signatures=[("p", "", "", "")],
    )  # fmt: skip
    nothing: dict[str, dict[str, float]] = {kind: {} for kind in KINDS}
    vocabulary = Vocabulary(nothing, nothing, {})
    return tuple(columns_of(page, Shape.of(page), vocabulary.names.read(page.signatures), vocabulary)[0].names)


NAMES = _names()
