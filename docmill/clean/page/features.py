"""Features of a page's blocks, for the model that decides which belong to the main content.

Everything that can be is computed for all blocks at once. Counts of subtrees are differences of running sums, since
the blocks of an element are a range in document order.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.characters import CLASSES, count_characters
from docmill.clean.page.tree import (
    ancestors_at,
    common_depths,
    depths,
    least_above,
    levels,
    sums_above,
    tags_around,
)
from docmill.clean.page.vocabulary import KINDS, Vocabulary, word_tokens
from docmill.extract.html.page import Page

__all__ = ["NAMES", "Matrix", "features"]

Array = NDArray[np.float32]
Index = NDArray[np.intp]
Flags = NDArray[np.bool_]

_TAGS = (
    "p", "li", "h1", "h2", "h3", "heading", "cell", "div", "other", "quote", "code", "caption", "control", "definition",
)  # fmt: skip
_TAG_OF = {
    "p": "p", "li": "li", "h1": "h1", "h2": "h2", "h3": "h3", "h4": "heading", "h5": "heading", "h6": "heading",
    "td": "cell", "th": "cell", "div": "div", "section": "div", "article": "div", "main": "div", "blockquote": "quote",
    "pre": "code", "textarea": "code", "figcaption": "caption", "caption": "caption", "figure": "caption",
    "button": "control", "label": "control", "option": "control", "select": "control", "legend": "control",
    "dt": "definition", "dd": "definition",
}  # fmt: skip
_NUMBER_OF = {name: number for number, name in enumerate(_TAGS)}
_HEADINGS = [_NUMBER_OF[name] for name in ("h1", "h2", "h3", "heading")]
_INSIDE = ("nav", "header", "footer", "aside", "article", "main", "form", "table", "li", "figure", "noscript", "a", "p")
_LONG_WORDS = 15  # a block of this many words outside links is prose
_MOSTLY = 0.5
_LEVELS, _TITLE_LEVELS = 5, 4
_FIRST_LEVELS = (2, 3, 4, 5, 6)
_INSIDE_BITS = {tag: 1 << number for number, tag in enumerate(_INSIDE)}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DATE_CHARACTERS = 80  # of a block that may be a date line
_NEAR_TITLE = 5  # blocks
_TITLE_CHARACTERS = 200
_H1_BONUS, _LEAST_LIKE_TITLE = 0.3, 0.25
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


def features(page: Page, title: str, vocabulary: Vocabulary) -> Matrix:
    """The model's input for every block of a page, in order of `NAMES`. The page has at least one block."""
    columns, facts = _columns(page, title, vocabulary)
    return Matrix(values=np.stack(columns.values, axis=1), words=facts.words)


def _columns(page: Page, title: str, vocabulary: Vocabulary) -> "tuple[_Columns, _Facts]":
    columns, facts = _Columns(len(page.block_text)), _Facts(page, title, vocabulary)
    for part in (_of_text, _of_path, _of_neighbours, _of_headings, _of_nearness, _of_groups, _of_page):
        part(columns, facts)
    return columns, facts


class _Columns:
    """Named columns in the order they are added."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.names: list[str] = []
        self.values: list[Array] = []

    def add(self, name: str, values: "NDArray[np.generic] | float") -> None:
        self.names.append(name)
        if isinstance(values, np.ndarray):
            self.values.append(values.astype(np.float32, copy=False))
        else:
            self.values.append(np.full(self.rows, values, np.float32))


class _Facts:
    """What several features are made of: one entry a block, unless said otherwise."""

    def __init__(self, page: Page, title: str, vocabulary: Vocabulary) -> None:
        self.page = page
        self.size = len(page.block_text)
        self.position = np.arange(self.size)
        self.box = np.array(page.block_box, np.intp)
        self.leaf = np.array(page.block_leaf, np.intp)
        self.parent = np.maximum(np.array(page.element_parent, np.intp), 0)  # an element
        self.signature = np.array(page.element_signature, np.intp)  # an element
        self.ranges = np.array(page.element_blocks, np.intp).reshape(-1, 2)  # an element
        self.depth = depths(page.element_parent)  # an element
        self._count(page)
        self._place(page, vocabulary)
        self._read(page, title, vocabulary)
        self.heading: Flags = np.isin(self.kind, _HEADINGS)
        self.running = np.concatenate(([0.0], np.cumsum(self.words)))
        self.main_heading = self._find_main_heading()

    def _count(self, page: Page) -> None:
        counts = count_characters(page.block_text)
        self.counts = dict(zip(CLASSES, counts.T, strict=True))
        self.characters = counts.sum(axis=1)
        ideographs = self.counts["ideograph"]
        spaces = self.counts["space"] + self.counts["line"]
        self.words: Array = (spaces + 1 + ideographs / 2 - (ideographs > 0)).astype(np.float32)
        linked = np.minimum(np.array(page.block_link_characters, np.float32), self.characters)
        self.link_share = linked / self.characters
        self.link_words = self.words * self.link_share
        self.plain_words = self.words - self.link_words
        self.total = float(self.words.sum()) + 1
        self.long: Flags = (self.plain_words >= _LONG_WORDS) & (self.link_share < _MOSTLY)
        last = np.array([text[-1] for text in page.block_text])
        self.ends: Flags = np.isin(last, list('.!?。！？…"”»'))
        self.colon: Flags = np.isin(last, list(":："))

    def _place(self, page: Page, vocabulary: Vocabulary) -> None:
        tags = [tag for tag, *_ in page.signatures]
        kinds = np.array([_NUMBER_OF[_TAG_OF.get(tag, "other")] for tag in tags], np.intp)
        self.kind = kinds[self.signature[self.box]]
        by_depth = levels(self.depth)
        bits = np.array([_INSIDE_BITS.get(tag, 0) for tag in tags], np.intp)
        self.inside = tags_around(bits[self.signature], self.parent, by_depth)  # an element
        weights = np.array([vocabulary.element(entry) for entry in page.signatures], np.float32)[self.signature]
        self.near: Array = weights[:, 0]  # an element
        self.far = sums_above(weights[:, 1], self.parent, by_depth)  # an element
        self.far_least = least_above(weights[:, 1], self.parent, by_depth)  # an element
        self.own = self.near[self.leaf] + np.where(self.leaf != self.box, self.near[self.box], 0)
        self.path = self.own + self.near[self.parent[self.box]] + self.far[self.leaf]
        timed = np.array([tag == "time" for tag in tags], bool)
        self.timed: Flags = timed[self.signature[self.leaf]]

    def _read(self, page: Page, title: str, vocabulary: Vocabulary) -> None:
        """Mean and least log-odds of each text's first words, and how like the page's title they are."""
        wanted = set(word_tokens(title))
        enough = min(len(wanted), 4)
        means, least, overlaps = [], [], []
        for text in page.block_text:
            tokens = word_tokens(text)
            scores = vocabulary.words(tokens)
            means.append(sum(scores) / (len(scores) + 1))
            least.append(min(scores, default=0.0))
            own = set(tokens) if wanted and len(text) <= _TITLE_CHARACTERS else set()
            overlaps.append(len(own & wanted) / max(len(own), enough) if own else 0.0)
        self.word_mean: Array = np.array(means, np.float32)
        self.word_least: Array = np.array(least, np.float32)
        self.overlap: Array = np.array(overlaps, np.float32)
        years = [len(text) <= _DATE_CHARACTERS and _YEAR.search(text) is not None for text in page.block_text]
        self.dated: Flags = np.array(years, bool) | self.timed

    def _find_main_heading(self) -> int:
        """The block that is the page's title: the one most like the head's, headings first; -1 for none."""
        score = self.overlap + (self.kind == _NUMBER_OF["h1"]) * _H1_BONUS
        best = int(score.argmax())
        return best if score[best] > _LEAST_LIKE_TITLE else -1


def _of_text(out: _Columns, facts: _Facts) -> None:
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


def _of_path(out: _Columns, facts: _Facts) -> None:
    for number, name in enumerate(_TAGS):
        if name != "other":
            out.add(f"tag_{name}", facts.kind == number)
    for number, name in enumerate(_INSIDE):
        out.add(f"in_{name}", (facts.inside[facts.leaf] >> number) & 1)
    out.add("depth", facts.depth[facts.box])
    out.add("path", facts.path)
    out.add("path_near", facts.own)
    out.add("path_parent", facts.near[facts.parent[facts.box]])
    out.add("path_far", facts.far[facts.leaf])
    out.add("path_least", facts.far_least[facts.leaf])


def _of_neighbours(out: _Columns, facts: _Facts) -> None:
    words, size, position, running, total = facts.words, facts.size, facts.position, facts.running, facts.total
    out.add("position", position / size)
    out.add("words_before_share", running[:-1] / total)
    out.add("words_before", running[:-1])
    out.add("words_after", total - running[1:])
    stops = facts.counts["stop"]
    for name, values in (
        ("words", words), ("link_share", facts.link_share), ("word_mean", facts.word_mean), ("path", facts.path),
        ("stops", stops), ("upper_per_word", facts.counts["upper"] / words),
    ):  # fmt: skip
        for offset in (-2, -1, 1, 2):
            out.add(f"{name}_{offset:+d}", _shifted(values, offset))
    around = facts.parent[facts.box]
    same = around[1:] == around[:-1]
    out.add("same_box_before", np.concatenate(([False], same)))
    out.add("same_box_after", np.concatenate((same, [False])))
    for name, values in (
        ("words", words), ("link_words", facts.link_words), ("long", facts.long * words), ("path", facts.path * words),
        ("word_mean", facts.word_mean * words), ("stops", stops),
    ):  # fmt: skip
        sums = np.concatenate(([0.0], np.cumsum(values)))
        for reach in (3, 8, 20):
            low, high = np.maximum(position - reach, 0), np.minimum(position + reach + 1, size)
            of = high - low if name == "words" else running[high] - running[low]
            out.add(f"{name}_in_{reach}", (sums[high] - sums[low]) / of)
    out.add("to_long_before", _since(facts.long))
    out.add("to_long_after", _since(facts.long[::-1])[::-1])
    prose = np.concatenate(([0.0], np.cumsum(facts.plain_words * facts.long)))
    out.add("long_before_share", prose[:-1] / (prose[-1] + 1))
    out.add("long_after_share", (prose[-1] + 1 - prose[1:]) / (prose[-1] + 1))
    out.add("long_total", prose[-1] + 1)


def _of_headings(out: _Columns, facts: _Facts) -> None:
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
    first = facts.main_heading
    out.add("from_title", position - first if first >= 0 else -1.0)
    out.add("words_from_title", running[:-1] - running[first] if first >= 0 else -1.0)
    out.add("from_title_share", (position - first) / facts.size if first >= 0 else -1.0)


def _of_nearness(out: _Columns, facts: _Facts) -> None:
    """How near in the tree each block is to the title and to the element with most prose."""
    box, depth = facts.box, facts.depth
    prose = np.bincount(facts.parent[box], facts.plain_words * facts.long, minlength=len(facts.parent))
    title = int(box[facts.main_heading]) if facts.main_heading >= 0 else 0
    for name, anchor in (("title", title), ("prose", int(prose.argmax()))):
        common = common_depths(anchor, box, facts.parent, depth)
        out.add(f"{name}_common_depth", common)
        out.add(f"{name}_above", depth[anchor] - common)
        out.add(f"{name}_below", depth[box] - common)


def _of_groups(out: _Columns, facts: _Facts) -> None:
    """Of the blocks made by the same template, and of the subtrees a block stands in."""
    box, leaf, parent, signature, words = facts.box, facts.leaf, facts.parent, facts.signature, facts.words
    prose = facts.plain_words * facts.long
    measures = np.stack(
        (words, facts.link_words, prose, facts.path * words, facts.word_mean * words, np.ones(facts.size), facts.ends)
    )
    long_total = float(prose.sum()) + 1

    def add(name: str, sums: Array) -> None:
        inside, blocks = sums[0] + 1e-6, np.maximum(sums[5], 1)
        out.add(f"{name}_words", sums[0] / facts.total)
        for offset, what in enumerate(("link", "long", "paths", "word_mean"), start=1):
            out.add(f"{name}_{what}", sums[offset] / inside)
        out.add(f"{name}_blocks", sums[5] / facts.size)
        out.add(f"{name}_size", sums[0] / blocks)
        out.add(f"{name}_ends", sums[6] / blocks)
        out.add(f"{name}_share", words / inside)

    add("group", _by_group(measures, signature[box] * len(facts.page.signatures) + signature[parent[box]]))
    add("leaf_group", _by_group(measures, signature[leaf] * len(_TAGS) + facts.kind))
    running = np.concatenate((np.zeros((len(measures), 1)), np.cumsum(measures, axis=1)), axis=1)

    def under(element: Index) -> Array:
        sums: Array = running[:, facts.ranges[element, 1]] - running[:, facts.ranges[element, 0]]
        return sums

    level = box
    for step in range(1, _LEVELS + 1):
        level = parent[level]
        sums = under(level)
        add(f"up_{step}", sums)
        out.add(f"up_{step}_path", facts.near[level])
        out.add(f"up_{step}_place", (facts.position - facts.ranges[level, 0]) / np.maximum(sums[5], 1))
    anchor = box[facts.main_heading] if facts.main_heading >= 0 else None
    for step in range(1, _TITLE_LEVELS + 1):
        anchor = None if anchor is None else parent[anchor]
        around = None if anchor is None else under(np.array([anchor]))[:, 0]
        out.add(f"title_{step}_words", -1.0 if around is None else around[0] / facts.total)
        out.add(f"title_{step}_long", -1.0 if around is None else around[2] / long_total)
    for deep in _FIRST_LEVELS:
        level = ancestors_at(deep, box, parent, facts.depth)
        sums = under(level)
        out.add(f"down_{deep}_words", sums[0] / facts.total)
        out.add(f"down_{deep}_long", sums[2] / long_total)
        out.add(f"down_{deep}_link", sums[1] / (sums[0] + 1))
        out.add(f"down_{deep}_path", facts.near[level])


def _of_page(out: _Columns, facts: _Facts) -> None:
    """The same for all blocks of a page."""
    counts, total = facts.counts, facts.total
    prose = float((facts.plain_words * facts.long).sum()) + 1
    out.add("page_words", total)
    out.add("page_blocks", facts.size)
    out.add("page_link", facts.link_words.sum() / total)
    out.add("page_long", facts.long.sum())
    out.add("page_long_share", prose / total)
    out.add("page_currency", (counts["currency"] > 0).sum())
    out.add("page_headings", facts.heading.sum())
    out.add("page_cells", (facts.kind == _NUMBER_OF["cell"]).sum())
    out.add("page_items", (facts.kind == _NUMBER_OF["li"]).sum())
    out.add("page_questions", (counts["question"] > 0).sum())
    out.add("page_path", facts.path.mean())
    out.add("page_word_mean", (facts.word_mean * facts.words).sum() / total)
    out.add("page_dated", facts.dated.sum())
    first = facts.main_heading
    near = slice(max(first - _NEAR_TITLE, 0), first + _NEAR_TITLE + 1)
    out.add("page_title_dated", float(first >= 0 and bool(facts.dated[near].any())))
    for name, types in _TYPES.items():
        out.add(f"page_is_{name}", float(bool(types & facts.page.types)))
    out.add("page_ideographs", counts["ideograph"].sum() / (facts.characters.sum() + 1))


def _shifted(values: Array, offset: int) -> Array:
    """Each block's neighbour's value; -1 beyond the ends."""
    shifted = np.full(len(values), -1, np.float32)
    if offset > 0:
        shifted[:-offset] = values[offset:]
    else:
        shifted[-offset:] = values[:offset]
    return shifted


def _since(flags: Flags) -> Index:
    """Blocks since the last flagged one, itself not counted; 999 where there is none."""
    position = np.arange(len(flags))
    latest = np.maximum.accumulate(np.where(flags, position, -999))
    return np.minimum(position - np.concatenate(([-999], latest[:-1])), 999)


def _by_group(measures: Array, group: Index) -> Array:
    """Sums over each block's group. Shape as measures."""
    _, number = np.unique(group, return_inverse=True)
    size = int(number.max()) + 1
    return np.stack([np.bincount(number, row, minlength=size)[number] for row in measures])


def _names() -> tuple[str, ...]:
    page = Page(
        block_text=["a"], block_leaf=[0], block_box=[0], block_link_characters=[0], block_links=[None],
        element_parent=[-1], element_signature=[0], element_blocks=[(0, 1)], signatures=[("p", "", "", "")],
    )  # fmt: skip
    nothing: dict[str, dict[str, float]] = {kind: {} for kind in KINDS}
    return tuple(_columns(page, "", Vocabulary(nothing, nothing, {}))[0].names)


NAMES = _names()
