"""What the features of a page's blocks are made of: their sizes, places, words, and the page's title among them."""

import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.characters import CLASSES, count_characters
from docmill.clean.page.cues import CUES
from docmill.clean.page.names import Told
from docmill.clean.page.tree import inherited
from docmill.clean.page.vocabulary import Vocabulary
from docmill.clean.page.words import Units, Words, read_units, read_words
from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape

__all__ = ["INSIDE", "LONG_WORDS", "NUMBER_OF", "TAGS", "Facts"]

Array = NDArray[np.float32]
Index = NDArray[np.intp]
Flags = NDArray[np.bool_]

TAGS = (
    "p", "li", "h1", "h2", "h3", "heading", "cell", "div", "other", "quote", "code", "caption", "control", "definition",
)  # fmt: skip
_TAG_OF = {
    "p": "p", "li": "li", "h1": "h1", "h2": "h2", "h3": "h3", "h4": "heading", "h5": "heading", "h6": "heading",
    "td": "cell", "th": "cell", "div": "div", "section": "div", "article": "div", "main": "div", "blockquote": "quote",
    "pre": "code", "textarea": "code", "figcaption": "caption", "caption": "caption", "figure": "caption",
    "button": "control", "label": "control", "option": "control", "select": "control", "legend": "control",
    "dt": "definition", "dd": "definition",
}  # fmt: skip
NUMBER_OF = {name: number for number, name in enumerate(TAGS)}
_OTHER = NUMBER_OF["other"]
_KIND_OF = {tag: NUMBER_OF[name] for tag, name in _TAG_OF.items()}
_HEADINGS = [NUMBER_OF[name] for name in ("h1", "h2", "h3", "heading")]
INSIDE = ("nav", "header", "footer", "aside", "article", "main", "form", "table", "li", "figure", "noscript", "a", "p")
_INSIDE_BITS = {tag: 1 << number for number, tag in enumerate(INSIDE)}
LONG_WORDS = 15  # a block of this many words outside links is prose
_MOSTLY = 0.5
_YEAR_DIGITS = 4
_CUE_WORDS = 7  # of a block that may head comments or links to other pages
_DATE_CHARACTERS = 80  # of a block that may be a date line
_TITLE_CHARACTERS = 200
_H1_BONUS, _LEAST_LIKE_TITLE = 0.3, 0.25


def _flags(members: str) -> Flags:
    """Which code units are among some characters."""
    flags = np.zeros(0x10000, bool)
    flags[[ord(member) for member in members]] = True
    return flags


_DIGITS = _flags("0123456789")
_ENDS, _COLONS = _flags('.!?。！？…"”»'), _flags(":：")


class Facts:
    """What several features are made of: one entry a block, unless said otherwise."""

    def __init__(self, page: Page, shape: Shape, told: Told, vocabulary: Vocabulary) -> None:
        self.page = page
        self.size = len(page.block_text)
        self.position = np.arange(self.size)
        self.box, self.leaf = shape.box, shape.leaf
        self.start, self.end = shape.start, shape.end  # an element
        self.parent = np.maximum(shape.parent, 0)  # an element
        self.signature = shape.signature  # an element
        units = read_units([*page.block_text, page.title])
        self._count(page, units)
        self._place(shape, told)
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
        self.long: Flags = (self.plain_words >= LONG_WORDS) & (self.link_share < _MOSTLY)
        last = units.codes[units.starts[1:] - 1]
        self.ends: Flags = _ENDS[last]
        self.colon: Flags = _COLONS[last]

    def _place(self, shape: Shape, told: Told) -> None:
        kinds = np.array([_KIND_OF.get(tag, _OTHER) for tag in shape.tags], np.intp)
        self.kind = kinds[self.signature[self.box]]
        bits = np.array([_INSIDE_BITS.get(tag, 0) for tag in shape.tags], np.intp) | told.marks << len(INSIDE)
        # Of each element: depth, the weights of all names around it summed up, the least of them.
        self.depth, self.far, self.far_least, bits = inherited(
            shape.parent, told.far[self.signature], bits[self.signature]
        )
        around = bits[self.leaf]
        self.inside, self.marks = around & (1 << len(INSIDE)) - 1, around >> len(INSIDE)
        self.near: Array = told.near[self.signature]  # an element
        self.own = self.near[self.leaf] + np.where(self.leaf != self.box, self.near[self.box], 0)
        self.path = self.own + self.near[self.parent[self.box]] + self.far[self.leaf]
        timed = np.array([tag == "time" for tag in shape.tags], bool)
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
        short = np.append(counts[:-1] <= _CUE_WORDS, False)[words.text]
        self.cues = {
            name: _holding(words.number[short], words.text[short], wanted, self.size) for name, wanted in CUES.items()
        }
        years = np.zeros(self.size + 1, bool)
        years[_years(units)] = True
        self.dated: Flags = (years[:-1] & (units.lengths[:-1] <= _DATE_CHARACTERS)) | self.timed

    def _find_main_heading(self) -> int:
        """The block that is the page's title: the one most like the head's, headings first; -1 for none."""
        score = self.overlap + (self.kind == NUMBER_OF["h1"]) * _H1_BONUS
        best = int(score.argmax())
        return best if score[best] > _LEAST_LIKE_TITLE else -1


def _among(numbers: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> Flags:
    """Which numbers are among some few, which are sorted."""
    found: Flags = wanted[np.minimum(np.searchsorted(wanted, numbers), len(wanted) - 1)] == numbers
    return found


def _holding(numbers: NDArray[np.uint64], text: Index, wanted: NDArray[np.uint64], size: int) -> Flags:
    """Which texts hold one of some words."""
    found = np.zeros(size, bool)
    found[text[_among(numbers, wanted)]] = True
    return found


def _likeness(words: Words, characters: Index, counts: Index) -> Array:
    """The share of each short text's different words that the title, the last text, has too."""
    found = np.zeros(len(characters), np.float32)
    ends = np.cumsum(counts)
    wanted = set(words.number[ends[-2] :].tolist()) if len(ends) > 1 else set(words.number.tolist())
    if not wanted:
        return found
    hits = _among(words.number, np.array(sorted(wanted), np.uint64))
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
