"""Features of a page's blocks, for the model that decides which belong to the main content.

Everything that can be is computed for all blocks at once. Counts of subtrees are differences of running sums, since
the blocks of an element are a range in document order.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.vocabulary import Vocabulary
from docmill.extract.html.page import Page

__all__ = ["NAMES", "Matrix", "features"]

Array = NDArray[np.float32]
Index = NDArray[np.intp]

_CLASSES = 12
(_UPPER, _LOWER, _DIGIT, _SPACE, _STOP, _COMMA, _IDEOGRAPH, _CURRENCY, _SEPARATOR, _QUESTION, _OTHER, _LINE) = range(_CLASSES)


def _character_classes() -> NDArray[np.uint8]:
    """A class for each code point of the basic plane."""
    table = np.full(0x10000, _OTHER, np.uint8)
    for point in range(0x10000):
        character = chr(point)
        if character.isupper():
            table[point] = _UPPER
        elif character.isdigit():
            table[point] = _DIGIT
        elif 0x2E80 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF:  # noqa: PLR2004  Han, kana and their radicals
            table[point] = _IDEOGRAPH
        elif character.isalpha():
            table[point] = _LOWER
    for characters, name in (
        (" \t\u00a0", _SPACE), ("\n", _LINE), (".!。！…।؟", _STOP), ("?？", _QUESTION), (",;:，、；：،؛", _COMMA),
        ("$€£¥₹₽¢฿₩", _CURRENCY), ("|›»→•·/>‹«<←▸►", _SEPARATOR),
    ):  # fmt: skip
        for character in characters:
            table[ord(character)] = name
    return table


_TABLE = _character_classes()
_TAGS = ("p", "li", "h1", "h2", "h3", "heading", "cell", "div", "a", "quote", "code", "caption", "control", "definition")
_TAG_OF = {
    "p": 0, "li": 1, "h1": 2, "h2": 3, "h3": 4, "h4": 5, "h5": 5, "h6": 5, "td": 6, "th": 6, "div": 7, "section": 7,
    "article": 7, "main": 7, "blockquote": 9, "pre": 10, "textarea": 10, "figcaption": 11, "caption": 11, "figure": 11,
    "button": 12, "label": 12, "option": 12, "select": 12, "legend": 12, "dt": 13, "dd": 13,
}  # fmt: skip
_INSIDE = ("nav", "header", "footer", "aside", "article", "main", "form", "table", "li", "figure", "noscript", "a", "p")
_LONG_WORDS = 15  # a block of this many words outside links is prose
_LEVELS = 5
_FIRST_LEVELS = (2, 3, 4, 5, 6)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Features of a page's blocks, and the size of each."""

    values: Array  # (blocks, features)
    words: Array  # (blocks,)


def features(page: Page, title: str, vocabulary: Vocabulary) -> Matrix:
    """The model's input for every block of a page, in order of `NAMES`."""
    columns = _Columns(len(page.block_text))
    words = _build(columns, page, title, vocabulary)
    return Matrix(values=np.stack(columns.values, axis=1), words=words)


class _Columns:
    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.names: list[str] = []
        self.values: list[Array] = []

    def add(self, name: str, values: NDArray[np.generic] | float) -> None:
        self.names.append(name)
        if isinstance(values, np.ndarray):
            self.values.append(values.astype(np.float32, copy=False))
        else:
            self.values.append(np.full(self.rows, values, np.float32))


def _build(out: _Columns, page: Page, title: str, vocabulary: Vocabulary) -> Array:
    n = out.rows
    box = np.array(page.block_box, np.intp)
    leaf = np.array(page.block_leaf, np.intp)
    parent = np.maximum(np.array(page.element_parent, np.intp), 0)
    signature = np.array(page.element_signature, np.intp)
    tags = [name for name, *_ in page.signatures]

    # Characters
    counts = _count_characters(page.block_text)
    characters = counts.sum(axis=1)
    ideographs = counts[:, _IDEOGRAPH]
    spaces = counts[:, _SPACE] + counts[:, _LINE]
    words = (spaces + 1 + ideographs / 2 - (ideographs > 0)).astype(np.float32)
    linked = np.minimum(np.array(page.block_link_characters, np.float32), characters)
    link_share = linked / characters
    link_words = words * link_share
    plain_words = words - link_words
    total = words.sum() + 1
    out.add("words", words)
    out.add("characters", characters)
    out.add("link_share", link_share)
    out.add("word_length", characters / words)
    for name, kind in (
        ("upper", _UPPER), ("digit", _DIGIT), ("stop", _STOP), ("comma", _COMMA), ("separator", _SEPARATOR),
        ("other", _OTHER),
    ):  # fmt: skip
        out.add(f"{name}_share", counts[:, kind] / characters)
    out.add("stops", counts[:, _STOP])
    out.add("questions", counts[:, _QUESTION])
    out.add("currency", counts[:, _CURRENCY])
    out.add("lines", counts[:, _LINE])
    out.add("upper_per_word", counts[:, _UPPER] / words)
    out.add("ideograph_share", ideographs / characters)
    last = np.array([text[-1] for text in page.block_text])
    ends = np.isin(last, np.array(list('.!?。！？…"”»')))
    out.add("ends_sentence", ends)
    out.add("ends_colon", np.isin(last, np.array(list(":："))))
    seen: dict[str, int] = {}
    numbers = np.array([seen.setdefault(text, len(seen)) for text in page.block_text], np.intp)
    repeats = np.bincount(numbers, minlength=len(seen))[numbers]
    out.add("repeats", repeats)

    # Words
    word_mean, word_least = _word_scores(page.block_text, vocabulary)
    out.add("word_mean", word_mean)
    out.add("word_least", word_least)
    overlap = _title_overlap(page.block_text, title)
    out.add("title_overlap", overlap)

    # Tags and paths
    kind_of = np.array([_TAG_OF.get(tag, 8) for tag in tags], np.intp)
    kind = kind_of[signature[box]]
    for number, name in enumerate(_TAGS):
        if name != "a":
            out.add(f"tag_{name}", kind == number)
    inside = _inside(tags, signature, parent)
    for number, name in enumerate(_INSIDE):
        out.add(f"in_{name}", (inside[leaf] >> number) & 1)
    depth = _depths(page.element_parent)
    out.add("depth", depth[box])
    near = np.array([vocabulary.near(entry) for entry in page.signatures], np.float32)[signature]
    far = _path_sums(np.array([vocabulary.far(entry) for entry in page.signatures], np.float32)[signature], page.element_parent)
    path = near[leaf] + np.where(leaf != box, near[box], 0) + near[parent[box]] + far[leaf]
    out.add("path", path)
    out.add("path_near", near[leaf] + np.where(leaf != box, near[box], 0))
    out.add("path_parent", near[parent[box]])
    out.add("path_far", far[leaf])
    lowest = _path_least(np.array([vocabulary.far(entry) for entry in page.signatures], np.float32)[signature], page.element_parent)
    out.add("path_least", lowest[leaf])

    # Neighbours
    long = (plain_words >= _LONG_WORDS) & (link_share < 0.5)
    heading = (kind >= 2) & (kind <= 5)
    position = np.arange(n)
    running = np.concatenate(([0.0], np.cumsum(words)))
    out.add("position", position / n)
    out.add("words_before_share", running[:-1] / total)
    out.add("words_before", running[:-1])
    out.add("words_after", total - running[1:])
    basic = {
        "words": words, "link_share": link_share, "word_mean": word_mean, "path": path, "stops": counts[:, _STOP],
        "upper_per_word": counts[:, _UPPER] / words,
    }  # fmt: skip
    for name, values in basic.items():
        for offset in (-2, -1, 1, 2):
            out.add(f"{name}_{offset:+d}", _shift(values, offset))
    out.add("same_box_before", np.concatenate(([False], parent[box][1:] == parent[box][:-1])) if n else position)
    out.add("same_box_after", np.concatenate((parent[box][1:] == parent[box][:-1], [False])) if n else position)
    for name, values in (
        ("words", words), ("link_words", link_words), ("long", long * words), ("path", path * words),
        ("word_mean", word_mean * words), ("stops", counts[:, _STOP]),
    ):  # fmt: skip
        sums = np.concatenate(([0.0], np.cumsum(values)))
        for reach in (3, 8, 20):
            low, high = np.maximum(position - reach, 0), np.minimum(position + reach + 1, n)
            window = sums[high] - sums[low]
            if name == "words":
                out.add(f"words_in_{reach}", window / (high - low))
            else:
                out.add(f"{name}_in_{reach}", window / (running[high] - running[low]))
    out.add("to_long_before", _distance_before(long))
    out.add("to_long_after", _distance_before(long[::-1])[::-1])
    long_running = np.concatenate(([0.0], np.cumsum(plain_words * long)))
    long_total = long_running[-1] + 1
    out.add("long_before_share", long_running[:-1] / long_total)
    out.add("long_after_share", (long_total - long_running[1:]) / long_total)
    out.add("long_total", long_total)

    # Headings
    last_heading = np.maximum.accumulate(np.where(heading, position, -1)) if n else position
    has = last_heading >= 0
    at = np.maximum(last_heading, 0)
    out.add("since_heading", np.where(has, position - last_heading, -1))
    out.add("heading_words", np.where(has, words[at], 0))
    out.add("heading_word_mean", np.where(has, word_mean[at], 0))
    out.add("heading_path", np.where(has, path[at], 0))
    out.add("heading_level", np.where(has, kind[at], 0))
    out.add("heading_link", np.where(has, link_share[at], 0))
    first = _main_heading(kind == 2, overlap, n)
    out.add("from_title", position - first if first >= 0 else -1.0)
    out.add("words_from_title", running[:-1] - running[first] if first >= 0 else -1.0)
    out.add("from_title_share", (position - first) / n if first >= 0 else -1.0)

    # Groups of blocks made by the same template, and the subtrees a block stands in
    measures = np.stack((words, link_words, plain_words * long, path * words, word_mean * words, np.ones(n), ends * 1.0))
    group = signature[box] * len(page.signatures) + signature[parent[box]]
    _, group_number = np.unique(group, return_inverse=True)
    _add_sums(out, "group", _by_group(measures, group_number), words, total, n)
    _, leaf_number = np.unique(signature[leaf] * 64 + kind, return_inverse=True)
    _add_sums(out, "leaf_group", _by_group(measures, leaf_number), words, total, n)
    ranges = np.array(page.element_blocks, np.intp).reshape(-1, 2)
    sums = np.concatenate((np.zeros((len(measures), 1)), np.cumsum(measures, axis=1)), axis=1)
    level = box
    for step in range(1, _LEVELS + 1):
        level = parent[level]
        inner = sums[:, ranges[level, 1]] - sums[:, ranges[level, 0]]
        _add_sums(out, f"up_{step}", inner, words, total, n)
        out.add(f"up_{step}_path", near[level])
        out.add(f"up_{step}_place", (position - ranges[level, 0]) / np.maximum(inner[5], 1))
    for deep in _FIRST_LEVELS:
        level = _ancestor_at(box, parent, depth, deep)
        inner = sums[:, ranges[level, 1]] - sums[:, ranges[level, 0]]
        out.add(f"down_{deep}_words", inner[0] / total)
        out.add(f"down_{deep}_long", inner[2] / long_total)
        out.add(f"down_{deep}_link", inner[1] / (inner[0] + 1))
        out.add(f"down_{deep}_path", near[level])

    # The page
    out.add("page_words", total)
    out.add("page_blocks", n)
    out.add("page_link", link_words.sum() / total)
    out.add("page_long", long.sum())
    out.add("page_long_share", long_total / total)
    out.add("page_currency", (counts[:, _CURRENCY] > 0).sum())
    out.add("page_headings", heading.sum())
    out.add("page_cells", (kind == 6).sum())
    out.add("page_items", (kind == 1).sum())
    out.add("page_questions", (counts[:, _QUESTION] > 0).sum())
    out.add("page_path", path.mean() if n else 0.0)
    out.add("page_word_mean", (word_mean * words).sum() / total)
    out.add("page_ideographs", ideographs.sum() / (characters.sum() + 1))
    return words


def _count_characters(texts: list[str]) -> Array:
    """How many characters of each class every text has. Shape (texts, classes)."""
    joined = np.frombuffer("".join(texts).encode("utf-16-le", "replace"), np.uint16)
    units = [len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2 for text in texts]
    block = np.repeat(np.arange(len(texts)), units)
    counted = np.bincount(block * _CLASSES + _TABLE[joined], minlength=len(texts) * _CLASSES)
    return counted.reshape(len(texts), _CLASSES).astype(np.float32)


def _word_scores(texts: list[str], vocabulary: Vocabulary) -> tuple[Array, Array]:
    """Mean and least log-odds of a text's first words."""
    means, least = [], []
    for text in texts:
        scores = vocabulary.words(text)
        means.append(sum(scores) / (len(scores) + 1))
        least.append(min(scores, default=0.0))
    return np.array(means, np.float32), np.array(least, np.float32)


def _title_overlap(texts: list[str], title: str) -> Array:
    """Share of a short text's words that the page's title has too."""
    wanted = set(_WORD.findall(title.lower()))
    found = []
    for text in texts:
        if len(text) > 200 or not wanted:  # noqa: PLR2004  longer than any title
            found.append(0.0)
        else:
            own = set(_WORD.findall(text.lower()))
            found.append(len(own & wanted) / (max(len(own), min(len(wanted), 4)) or 1))
    return np.array(found, np.float32)


def _inside(tags: list[str], signature: Index, parent: Index) -> Index:
    """For each element, a bit for every tag of `_INSIDE` among it and its ancestors."""
    bit = {tag: 1 << number for number, tag in enumerate(_INSIDE)}
    own = [bit.get(tag, 0) for tag in tags]
    bits = [own[number] for number in signature.tolist()]
    for element, above in enumerate(parent.tolist()):
        bits[element] |= bits[above]
    return np.array(bits, np.intp)


def _depths(parents: list[int]) -> Index:
    depths: list[int] = []
    for parent in parents:
        depths.append(depths[parent] + 1 if parent >= 0 else 0)
    return np.array(depths, np.intp)


def _path_sums(own: Array, parents: list[int]) -> Array:
    sums: list[float] = []
    for value, parent in zip(own.tolist(), parents, strict=True):
        sums.append(sums[parent] + value if parent >= 0 else value)
    return np.array(sums, np.float32)


def _path_least(own: Array, parents: list[int]) -> Array:
    least: list[float] = []
    for value, parent in zip(own.tolist(), parents, strict=True):
        least.append(min(least[parent], value) if parent >= 0 else value)
    return np.array(least, np.float32)


def _shift(values: Array, offset: int) -> Array:
    """Each block's neighbour's value; -1 beyond the ends."""
    shifted = np.full(len(values), -1, np.float32)
    if offset > 0:
        shifted[:-offset] = values[offset:]
    else:
        shifted[-offset:] = values[:offset]
    return shifted


def _distance_before(flags: NDArray[np.bool_]) -> Index:
    """Blocks since the last flagged one, itself not counted; 999 where there is none."""
    position = np.arange(len(flags))
    latest = np.maximum.accumulate(np.where(flags, position, -999)) if len(flags) else position
    previous = np.concatenate(([-999], latest[:-1]))[: len(flags)]
    return np.minimum(position - previous, 999)


def _main_heading(is_h1: NDArray[np.bool_], overlap: Array, n: int) -> int:
    """The block that is the page's title: the heading most like <title>, else the first h1; -1 for none."""
    if not n:
        return -1
    score = overlap + is_h1 * 0.3
    best = int(score.argmax())
    return best if score[best] > 0.25 else -1  # noqa: PLR2004


def _by_group(measures: Array, group: Index) -> Array:
    """Sums over each block's group. Shape as measures."""
    size = int(group.max()) + 1 if len(group) else 0
    return np.stack([np.bincount(group, row, minlength=size)[group] for row in measures])


def _add_sums(out: _Columns, name: str, sums: Array, words: Array, total: float, n: int) -> None:
    inside = sums[0] + 1e-6
    out.add(f"{name}_words", sums[0] / total)
    out.add(f"{name}_link", sums[1] / inside)
    out.add(f"{name}_long", sums[2] / inside)
    out.add(f"{name}_paths", sums[3] / inside)
    out.add(f"{name}_word_mean", sums[4] / inside)
    out.add(f"{name}_blocks", sums[5] / n)
    out.add(f"{name}_size", sums[0] / np.maximum(sums[5], 1))
    out.add(f"{name}_ends", sums[6] / np.maximum(sums[5], 1))
    out.add(f"{name}_share", words / inside)


def _ancestor_at(box: Index, parent: Index, depth: Index, level: int) -> Index:
    """The ancestor at a depth, or the element itself where it is not as deep."""
    at = box
    while True:
        deeper = depth[at] > level
        if not deeper.any():
            return at
        at = np.where(deeper, parent[at], at)


def _names() -> tuple[str, ...]:
    page = Page(block_text=["a"], block_leaf=[0], block_box=[0], block_link_characters=[0], block_links=[None],
                element_parent=[-1], element_signature=[0], element_blocks=[(0, 1)], signatures=[("p", "", "", "")])  # fmt: skip
    columns = _Columns(1)
    _build(columns, page, "", Vocabulary({}, {}, {}))
    return tuple(columns.names)


NAMES = _names()
_ = pairwise
