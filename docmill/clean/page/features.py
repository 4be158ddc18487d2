"""Features of a page's blocks, for the model that decides which belong to the main content.

Everything that can be is computed for all blocks at once. Counts of subtrees are differences of running sums, since
the blocks of an element are a range in document order.
"""

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.characters import CLASSES, count_characters
from docmill.clean.page.names import KINDS, Names, read_names
from docmill.clean.page.tree import (
    ancestors_at,
    common_depths,
    depths,
    least_above,
    levels,
    sums_above,
    tags_around,
)
from docmill.clean.page.vocabulary import Vocabulary
from docmill.clean.page.words import Units, Words, read_units, read_words
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
_SUMS = ("words", "link", "long", "paths", "word_mean", "blocks", "size", "ends", "share")
_FIRST_LEVELS = (2, 3, 4, 5, 6)
_INSIDE_BITS = {tag: 1 << number for number, tag in enumerate(_INSIDE)}
_YEAR_DIGITS = 4
_DATE_CHARACTERS = 80  # of a block that may be a date line
_NEAR_TITLE = 5  # blocks
_ROOM = 320  # columns, no fewer than there are features
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


def _flags(members: str) -> Flags:
    """Which code units are among some characters."""
    flags = np.zeros(0x10000, bool)
    flags[[ord(member) for member in members]] = True
    return flags


_DIGITS = _flags("0123456789")
_ENDS, _COLONS = _flags('.!?。！？…"”»'), _flags(":：")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Features of a page's blocks, and the size of each."""

    values: Array  # (blocks, features)
    words: Array  # (blocks,)


def features(page: Page, names: Names, vocabulary: Vocabulary) -> Matrix:
    """The model's input for every block of a page, in order of `NAMES`. The page has at least one block."""
    columns, facts = _columns(page, names, vocabulary)
    return Matrix(values=columns.matrix(), words=facts.words)


def _columns(page: Page, names: Names, vocabulary: Vocabulary) -> "tuple[_Columns, _Facts]":
    columns, facts = _Columns(len(page.block_text)), _Facts(page, names, vocabulary)
    for part in (_of_text, _of_path, _of_neighbours, _of_headings, _of_nearness, _of_groups, _of_page):
        part(columns, facts)
    return columns, facts


class _Columns:
    """Named columns in the order they are added."""

    def __init__(self, rows: int) -> None:
        self.names: list[str] = []
        self._rows = np.empty((_ROOM, rows), np.float32)

    def add(self, name: str, values: "NDArray[np.generic] | float") -> None:
        self._rows[len(self.names)] = values
        self.names.append(name)

    def block(self, names: list[str]) -> Array:
        """Room for several columns at once, to be filled in. Shape (names, rows)."""
        start = len(self.names)
        self.names += names
        return self._rows[start : start + len(names)]

    def matrix(self) -> Array:
        return np.ascontiguousarray(self._rows[: len(self.names)].T)


class _Facts:
    """What several features are made of: one entry a block, unless said otherwise."""

    def __init__(self, page: Page, names: Names, vocabulary: Vocabulary) -> None:
        self.page = page
        self.size = len(page.block_text)
        self.position = np.arange(self.size)
        self.box = np.array(page.block_box, np.intp)
        self.leaf = np.array(page.block_leaf, np.intp)
        self.parent = np.maximum(np.array(page.element_parent, np.intp), 0)  # an element
        self.signature = np.array(page.element_signature, np.intp)  # an element
        spans = np.fromiter(chain.from_iterable(page.element_blocks), np.intp, 2 * len(page.element_blocks))
        self.ranges = spans.reshape(-1, 2)  # an element
        self.depth = depths(page.element_parent)  # an element
        units = read_units([*page.block_text, page.title])
        self._count(page, units)
        self._place(page, names, vocabulary)
        self._read(units, vocabulary)
        self.heading: Flags = np.isin(self.kind, _HEADINGS)
        self.running = np.concatenate(([0.0], np.cumsum(self.words)))
        self.main_heading = self._find_main_heading()

    def _count(self, page: Page, units: Units) -> None:
        counts = count_characters(units)[:-1]
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
        last = units.codes[units.starts[1:] - 1]
        self.ends: Flags = _ENDS[last]
        self.colon: Flags = _COLONS[last]

    def _place(self, page: Page, names: Names, vocabulary: Vocabulary) -> None:
        tags = [tag for tag, *_ in page.signatures]
        kinds = np.array([_NUMBER_OF[_TAG_OF.get(tag, "other")] for tag in tags], np.intp)
        self.kind = kinds[self.signature[self.box]]
        by_depth = levels(self.depth)
        bits = np.array([_INSIDE_BITS.get(tag, 0) for tag in tags], np.intp)
        self.inside = tags_around(bits[self.signature], self.parent, by_depth)  # an element
        near, far = vocabulary.elements(names).astype(np.float32)[:, self.signature]
        self.near: Array = near  # an element
        self.far = sums_above(far, self.parent, by_depth)  # an element
        self.far_least = least_above(far, self.parent, by_depth)  # an element
        self.own = self.near[self.leaf] + np.where(self.leaf != self.box, self.near[self.box], 0)
        self.path = self.own + self.near[self.parent[self.box]] + self.far[self.leaf]
        timed = np.array([tag == "time" for tag in tags], bool)
        self.timed: Flags = timed[self.signature[self.leaf]]

    def _read(self, units: Units, vocabulary: Vocabulary) -> None:
        """Mean and least log-odds of each text's first words, and how like the page's title they are."""
        words = read_words(units)
        weights = vocabulary.words(words.number)
        counts = np.bincount(words.text, minlength=self.size + 1)
        self.word_mean: Array = (np.bincount(words.text, weights, self.size + 1) / (counts + 1))[:-1].astype(np.float32)
        has = np.flatnonzero(counts[:-1])
        self.word_least: Array = np.zeros(self.size, np.float32)
        if len(has):
            starts = (np.cumsum(counts) - counts)[has]
            self.word_least[has] = np.minimum.reduceat(weights[: len(weights) - counts[-1]], starts)
        self.overlap: Array = _likeness(words, units.lengths[:-1], counts)
        years = np.zeros(self.size + 1, bool)
        years[_years(units)] = True
        self.dated: Flags = (years[:-1] & (units.lengths[:-1] <= _DATE_CHARACTERS)) | self.timed

    def _find_main_heading(self) -> int:
        """The block that is the page's title: the one most like the head's, headings first; -1 for none."""
        score = self.overlap + (self.kind == _NUMBER_OF["h1"]) * _H1_BONUS
        best = int(score.argmax())
        return best if score[best] > _LEAST_LIKE_TITLE else -1


def _likeness(words: Words, characters: Index, counts: Index) -> Array:
    """The share of each short text's different words that the title, the last text, has too."""
    found = np.zeros(len(characters), np.float32)
    ends = np.cumsum(counts)
    wanted = set(words.number[ends[-2] :].tolist()) if len(ends) > 1 else set(words.number.tolist())
    hits = (words.number[:, None] == np.array(list(wanted), np.uint64)).any(axis=1)
    short = np.bincount(words.text[hits], minlength=len(ends))[:-1] * (characters <= _TITLE_CHARACTERS)
    for text in np.flatnonzero(short).tolist():
        own = set(words.number[ends[text] - counts[text] : ends[text]].tolist())
        found[text] = len(own & wanted) / max(len(own), min(len(wanted), 4))
    return found


def _years(units: Units) -> Index:
    """The texts that hold a number from 1900 to 2099."""
    codes = units.codes
    first, second = codes[:-3], codes[1:-2]
    at = np.flatnonzero(((first == ord("1")) & (second == ord("9"))) | ((first == ord("2")) & (second == ord("0"))))
    text = np.searchsorted(units.starts, at, "right") - 1
    left = at - units.starts[text]
    right = units.lengths[text] - left
    digits = _DIGITS[codes[np.minimum(at[:, None] + np.array([-1, 2, 3, _YEAR_DIGITS]), len(codes) - 1)]]
    before, third, fourth, after = digits.T
    alone = ~(before & (left > 0)) & ~(after & (right > _YEAR_DIGITS))
    found: Index = text[alone & third & fourth & (right >= _YEAR_DIGITS)]
    return found


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
        common = common_depths(anchor, box, depth)
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

    numbers = np.stack((
        _by_group(measures, signature[box] * len(facts.page.signatures) + signature[parent[box]]),
        _by_group(measures, signature[leaf] * len(_TAGS) + facts.kind),
    ))  # fmt: skip
    _of_sums(out.block([f"{name}_{what}" for name in ("group", "leaf_group") for what in _SUMS]), numbers, facts)
    running = np.concatenate((np.zeros((len(measures), 1)), np.cumsum(measures, axis=1)), axis=1)

    def under(element: Index) -> Array:
        sums: Array = running[:, facts.ranges[element, 1]] - running[:, facts.ranges[element, 0]]
        return sums

    above = [box]
    for _ in range(_LEVELS):
        above.append(parent[above[-1]])
    level = np.stack(above[1:])
    sums = np.moveaxis(under(level), 0, 1)
    columns = out.block([f"up_{step}_{what}" for step in range(1, _LEVELS + 1) for what in (*_SUMS, "path", "place")])
    _of_sums(columns, sums, facts)
    shaped = columns.reshape(_LEVELS, -1, facts.size)
    shaped[:, -2] = facts.near[level]
    shaped[:, -1] = (facts.position - facts.ranges[level, 0]) / np.maximum(sums[:, 5], 1)
    anchor = box[facts.main_heading] if facts.main_heading >= 0 else None
    for step in range(1, _TITLE_LEVELS + 1):
        anchor = None if anchor is None else parent[anchor]
        around = None if anchor is None else under(np.array([anchor]))[:, 0]
        out.add(f"title_{step}_words", -1.0 if around is None else around[0] / facts.total)
        out.add(f"title_{step}_long", -1.0 if around is None else around[2] / long_total)
    for deep in _FIRST_LEVELS:
        level = ancestors_at(deep, box, facts.depth)
        sums = under(level)
        out.add(f"down_{deep}_words", sums[0] / facts.total)
        out.add(f"down_{deep}_long", sums[2] / long_total)
        out.add(f"down_{deep}_link", sums[1] / (sums[0] + 1))
        out.add(f"down_{deep}_path", facts.near[level])


def _of_sums(columns: Array, sums: Array, facts: _Facts) -> None:
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
    return tuple(_columns(page, read_names(page.signatures), Vocabulary(nothing, nothing, {}))[0].names)


NAMES = _names()
