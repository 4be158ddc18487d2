"""What the features of a page's blocks are made of: their sizes, places, words, and the page's title among them."""

import numpy as np

from docmill.arrays import Flags, Floats
from docmill.clean.page.characters import CLASSES
from docmill.clean.page.cues import CUES
from docmill.clean.page.names import Told
from docmill.clean.page.texts import read_texts
from docmill.clean.page.tree import inherited
from docmill.clean.page.vocabulary import Vocabulary
from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape

__all__ = ["INSIDE", "LONG_WORDS", "NUMBER_OF", "TAGS", "Facts"]


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
_H1_BONUS, _LEAST_LIKE_TITLE = 0.3, 0.25


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
        texts = read_texts(page.block_text, page.title, vocabulary)
        self._count(page, texts.counts)
        self._place(shape, told)
        self.ends, self.colon = texts.ends, texts.colon
        self.word_mean, self.word_least, self.overlap = texts.word_mean, texts.word_least, texts.overlap
        self.cues = dict(zip(CUES, texts.cues.T, strict=True))
        self.dated: Flags = texts.years | self.timed
        self.heading: Flags = np.isin(self.kind, _HEADINGS)
        self.running = np.concatenate(([0.0], np.cumsum(self.words)))
        self.main_heading = self._find_main_heading()

    def _count(self, page: Page, counts: Floats) -> None:
        self.counts = dict(zip(CLASSES, counts.T, strict=True))
        self.characters = counts.sum(axis=1)
        ideographs = self.counts["ideograph"]
        spaces = self.counts["space"] + self.counts["line"]
        self.words: Floats = (spaces + 1 + ideographs / 2 - (ideographs > 0)).astype(np.float32)
        linked = np.minimum(np.array(page.block_link_characters, np.float32), self.characters)
        self.link_share = linked / self.characters
        self.link_words = self.words * self.link_share
        self.plain_words = self.words - self.link_words
        self.total = float(self.words.sum()) + 1
        self.long: Flags = (self.plain_words >= LONG_WORDS) & (self.link_share < _MOSTLY)

    def _place(self, shape: Shape, told: Told) -> None:
        kinds = np.array([_KIND_OF.get(tag, _OTHER) for tag in shape.tags], np.int8)
        self.kind = kinds[self.signature[self.box]]
        bits = np.array([_INSIDE_BITS.get(tag, 0) for tag in shape.tags], np.int32)
        bits |= (told.marks << len(INSIDE)).astype(np.int32)
        # Of each element: depth, the weights of all names around it summed up, the least of them.
        self.depth, self.far, self.far_least, bits = inherited(
            shape.parent, told.far[self.signature], bits[self.signature]
        )
        around = bits[self.leaf]
        self.inside, self.marks = around & (1 << len(INSIDE)) - 1, around >> len(INSIDE)
        self.near: Floats = told.near[self.signature]  # an element
        self.own = self.near[self.leaf] + np.where(self.leaf != self.box, self.near[self.box], 0)
        self.path = self.own + self.near[self.parent[self.box]] + self.far[self.leaf]
        timed = np.array([tag == "time" for tag in shape.tags], bool)
        self.timed: Flags = timed[self.signature[self.leaf]]

    def _find_main_heading(self) -> int:
        """The block that is the page's title: the one most like the head's, headings first; -1 for none."""
        score = self.overlap + (self.kind == NUMBER_OF["h1"]) * _H1_BONUS
        best = int(score.argmax())
        return best if score[best] > _LEAST_LIKE_TITLE else -1
