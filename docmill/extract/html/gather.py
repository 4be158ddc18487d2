"""A page's text gathered into blocks, as a walk over its nodes meets text, breaks and elements."""

import re

from selectolax.lexbor import LexborNode

from docmill.extract.collect import UNSEEN
from docmill.extract.html.elements import (
    CURRENCIES,
    EDIT_LINK,
    HIDING,
    LINE,
    PARTING,
    PERMALINKS,
    PREFORMATTED,
    RAISED,
    STRUCK,
    Attributes,
    is_note,
    is_unseen,
    lacks_brackets,
)
from docmill.extract.html.formula import read_formula
from docmill.extract.html.page import Page

__all__ = ["Gathering"]

_CODE_LINES = re.compile(r"(?<![^\S\n])[^\S\n]++\n")  # tried where a run of blanks begins, not at each
_NONE = -1  # no element


class Gathering:
    """The block that is being gathered; each that is complete goes to the page.

    `leaves` and `boxes` of blocks are kept here until they are handed over with the elements they name; `texts` are the
    page's own.
    """

    __slots__ = (
        "_breaks", "_coded", "_footnote", "_hidden", "_leaf", "_line_over", "_linked", "_links_open", "_longest",
        "_open_boxes", "_page", "_parted", "_pieces", "_preformatted", "_raised", "_replaced", "_target",
        "_target_start", "_targets", "_unseen", "boxes", "leaves", "texts",
    )  # fmt: skip

    def __init__(self, page: Page) -> None:
        """Begin the first block of a page."""
        self._page = page
        self.texts = page.block_text
        self.leaves: list[int] = []
        self.boxes: list[int] = []
        self._open_boxes: list[int] = []  # block-level elements
        self._targets: list[tuple[str, str]] = []  # links of the block: where to, and their text
        self._links_open = 0
        self._target, self._target_start = "", 0  # of the link that is open, and its first piece
        self._parted = False  # an inline element has just ended
        self._replaced = False  # one of deleted text
        self._raised = False  # a superscript has begun right behind a digit: 10 to the sixth is not 106
        self._footnote = False  # one has begun that leads to a note: its number would look like part of the word
        self._unseen = _NONE  # the inline element, hidden, whose text is being read
        self._hidden: list[int] = []  # the pieces of such
        self._preformatted = 0  # elements open
        self._coded = 0  # code elements open in preformatted ones: what is a block in them is a line
        self._line_over = False  # an element that is a line of code has just ended
        self._begin()

    def _begin(self) -> None:
        self._pieces: list[str] = []
        self._leaf, self._longest = _NONE, 0  # the element of its longest text, and how long that is
        self._linked = 0  # characters of it that are inside links
        self._breaks = 0  # <br> in a row

    def text(self, node: LexborNode, element: int) -> None:
        """A text node of an element."""
        pieces = self._pieces
        if self._preformatted:
            self._preformatted_text(node, element)
            return
        if node.is_empty_text_node or not (text := node.text_content) or text.isspace():
            if pieces:
                pieces.append(" ")
            return
        if len(text) > self._longest:
            self._leaf, self._longest = element, len(text)
        if self._parted or self._raised or self._footnote:
            text = self._behind(text)
        if self._unseen >= 0:
            self._hidden.append(len(pieces))
        pieces.append(text.replace("\n", " ") if "\n" in text else text)
        self._breaks = 0
        if self._links_open:
            self._linked += len(text.strip())

    def _behind(self, text: str) -> str:
        """Text right behind an element's end, or at the beginning of a superscript, as it is to be read."""
        pieces, first = self._pieces, text[0]
        if self._parted and pieces:  # the style may set it apart, though no space does
            capital = first.isupper() and pieces[-1][-1:].islower()
            if capital or (self._replaced and (first.isalnum() or first in CURRENCIES)):
                pieces.append(" ")
        if self._raised:
            if RAISED.match(text):
                pieces.append("^")
        elif self._footnote:
            text = f"[{text.strip()}]"
        self._parted = self._replaced = self._raised = self._footnote = False
        return text

    def _preformatted_text(self, node: LexborNode, element: int) -> None:
        text = node.text_content
        if not text:
            return
        if self._line_over and text[0] != "\n":
            self._end_line()
        self._line_over = False
        self._pieces.append(text)
        if len(text) > self._longest and not text.isspace():
            self._leaf, self._longest = element, len(text)

    def line_break(self) -> None:
        """A `<br>`: the second in a row ends the block."""
        if self._preformatted:
            self._pieces.append("\n")
        elif self._leaf >= 0:
            self._breaks += 1
            if self._breaks > 1:
                self._flush()
            else:
                self._pieces.append("\n")

    def formula(self, node: LexborNode) -> None:
        """A `math` element."""
        if formula := read_formula(node):
            if self._leaf < 0:  # a block of nothing but formulas is what holds them
                self._leaf = self._open_boxes[-1] if self._open_boxes else 0
            self._pieces.append(formula)
            self._breaks, self._parted, self._replaced = 0, False, False

    def edge(self) -> None:
        """A block-level element begins or ends."""
        self._unseen = _NONE  # blocks within it are for clean to judge
        if self._pieces:
            if self._coded:
                self._end_line()
            else:
                self._flush()

    def open_box(self, tag: str, element: int) -> None:
        """A block-level element that holds something has begun."""
        self._open_boxes.append(element)
        if tag in PREFORMATTED:
            self._preformatted += 1

    def close_box(self, tag: str) -> None:
        """It has ended."""
        self.edge()
        self._open_boxes.pop()
        if tag in PREFORMATTED:
            self._preformatted -= 1

    def open(self, node: LexborNode, tag: str, attributes: Attributes, element: int) -> None:
        """An inline element that holds something has begun."""
        pieces = self._pieces
        if self._unseen < 0 and (
            attributes.get("class") == EDIT_LINK or (not HIDING.isdisjoint(attributes) and is_unseen(node, attributes))
        ):
            self._unseen = element
        if tag == "a":
            self._links_open += 1
            self._target, self._target_start = attributes.get("href") or "", len(pieces)
        elif tag == "code":
            self._coded += self._preformatted > 0
        elif self._preformatted and tag == "span":
            if pieces and attributes and LINE.search(attributes.get("class") or ""):
                self._end_line()
        elif tag == "sup":
            self._footnote = bool(pieces) and is_note(node)
            self._raised = bool(pieces) and not self._footnote and pieces[-1][-1:].isdigit()
        elif tag == "rt" and lacks_brackets(node):
            pieces.append("(")

    def close(self, node: LexborNode, tag: str, element: int) -> None:
        """It has ended."""
        if tag == "a":
            self._links_open -= 1
            self._parted = True
            if self._target:
                self._link()
        elif tag == "code":
            self._coded -= self._preformatted > 0
            self._parted = self._replaced = False
        elif self._preformatted and tag == "span":
            self._line_over = LINE.search(node.attributes.get("class") or "") is not None
        elif tag == "rt":
            if lacks_brackets(node):
                self._pieces.append(")")
        else:
            self._replaced = tag in STRUCK
            self._parted = self._replaced or tag in PARTING
        if element == self._unseen:
            self._unseen = _NONE

    def _link(self) -> None:
        start = self._target_start
        shown = " ".join("".join(self._pieces[start:]).split())
        if shown in PERMALINKS and "#" in self._target:
            del self._pieces[start:]
            self._hidden = [at for at in self._hidden if at < start]
        else:
            self._targets.append((self._target, shown))
        self._target = ""

    def _end_line(self) -> None:
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self._pieces.append("\n")

    def end(self) -> None:
        """The page has ended."""
        if self._pieces:
            self._flush()

    def _flush(self) -> None:
        """Make a block of what was gathered, unless there is nothing to see, and begin the next."""
        text = self._joined() if self._leaf >= 0 else ""
        if text.strip(UNSEEN):
            page = self._page
            self.texts.append(text)
            self.leaves.append(self._leaf)
            self.boxes.append(self._open_boxes[-1] if self._open_boxes else 0)
            page.block_link_characters.append(min(self._linked, len(text)) if self._linked else 0)
            if self._targets:
                for to, shown in self._targets:
                    page.link_block.append(len(self.texts) - 1)
                    page.link_target.append(to)
                    page.link_text.append(text if shown == text else shown)  # most often the same: held once
                self._targets.clear()
        self._hidden.clear()
        self._begin()

    def _joined(self) -> str:
        if self._hidden:
            self._leave_out_hidden()
        text = "".join(self._pieces)
        if self._preformatted:
            return _CODE_LINES.sub("\n", text.expandtabs(4)).strip("\n ")
        if "\n" in text:
            return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))
        return " ".join(text.split())

    def _leave_out_hidden(self) -> None:
        """Unless the block has no other pieces: then it is for clean to judge."""
        shown = set(range(len(self._pieces))).difference(self._hidden)
        if any(self._pieces[at].strip() for at in shown):
            for at in self._hidden:
                self._pieces[at] = ""
