"""A parsed page read into text blocks and elements, by one walk over its tree."""

import re
from collections.abc import Callable, Iterable, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from docmill.extract.collect import UNSEEN
from docmill.extract.html.elements import (
    BREAK,
    CELLS,
    CURRENCIES,
    DECLARATION,
    ELEMENT,
    FALLBACK,
    INSTEAD,
    LINE,
    MATH,
    PARTING,
    PERMALINKS,
    PREFORMATTED,
    RAISED,
    SKIP,
    STRUCK,
    TELLING,
    TEXT,
    action,
    is_note,
    is_unseen,
    role,
    span,
)
from docmill.extract.html.formula import read_formula
from docmill.extract.html.page import Page, Signature
from docmill.extract.tags import BLOCK_TAGS

__all__ = ["walk"]

_CODE_LINES = re.compile(r"(?<![^\S\n])[^\S\n]++\n")  # tried where a run of blanks begins, not at each
_ALWAYS = -1  # instead of a signature: of an element worth a closer look whatever that is
_MANY = 10_000  # elements kept until it is known which of them are worth one


def _leave_out(pieces: list[str], hidden: list[int]) -> None:
    """Take hidden pieces out of a block's, unless it has no others: then it is for clean to judge."""
    shown = set(range(len(pieces))).difference(hidden)
    if any(pieces[at].strip() for at in shown):
        for at in hidden:
            pieces[at] = ""


def walk(  # noqa: C901, PLR0912, PLR0915  one loop over all nodes; calls would double its cost
    parser: LexborHTMLParser, notable: Callable[[Sequence[Signature]], Iterable[int]]
) -> tuple[Page, list[LexborNode]]:
    """All visible text of a parsed page as blocks, and the elements worth a closer look, both in document order.

    Args:
        parser: The page.
        notable: Tells the places of those of some signatures whose elements are worth it; links with a `rel` or to an
            author's page, and what the body declares in meta tags and scripts, are so in any case. Of the head nothing
            is looked at.
    """
    page = Page()
    noted: list[LexborNode] = []
    root = parser.root
    if root is None:
        return page, noted
    wanted = {_ALWAYS}  # signatures
    waiting: list[LexborNode] = []  # elements of which it is not yet known whether they are wanted
    reasons: list[int] = []  # the signature of each, or that it is wanted in any case
    looked_at = 0  # signatures
    known: dict[Signature, int] = {}
    bare: dict[str, Signature] = {}  # of elements without attributes, by tag
    tags: dict[int, tuple[str, int, bool]] = {}  # by their numbers: name, action, whether it is a boundary
    # Numbers of the last elements and blocks: of a long page, arrays take them some thousands at a time.
    parents, signatures, starts, ends, leaves, boxes = [list[int]() for _ in range(6)]
    taken = 0  # elements
    texts = page.block_text
    link_counts = page.block_link_characters
    link_blocks, link_targets, link_texts = page.link_block, page.link_target, page.link_text

    pieces: list[str] = []  # of the block being gathered
    leaf, longest = -1, 0  # the element of its longest text, and how long that is
    linked = 0  # characters of it that are inside links
    targets: list[tuple[str, str]] = []
    breaks = 0  # <br> in a row
    parted = False  # an inline element has just ended
    replaced = False  # one of deleted text
    links_open = 0
    preformatted = 0
    raised = False  # a superscript has begun right behind a digit: 10 to the sixth is not 106
    unseen = -1  # the inline element, hidden, whose text is being read
    hidden: list[int] = []  # the pieces of such
    footnote = False  # a superscript has begun that leads to a note: its number would look like part of the word
    line_over = False  # an element that is a line of code has just ended
    coded = 0  # code elements open in preformatted ones: what is a block in them is a line
    target, target_start = "", 0

    open_elements: list[tuple[int, bool, str, LexborNode]] = []  # the one above, is a boundary, tag, node
    open_boxes: list[int] = []
    current = -1

    def flush() -> None:
        nonlocal pieces, leaf, longest, linked, breaks, hidden
        if hidden:
            _leave_out(pieces, hidden)
            hidden = []
        text = "".join(pieces) if leaf >= 0 else ""
        if preformatted:
            text = _CODE_LINES.sub("\n", text.expandtabs(4)).strip("\n ")
        elif "\n" in text:
            text = "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))
        else:
            text = " ".join(text.split())
        if text.strip(UNSEEN):  # else it makes no block
            texts.append(text)
            leaves.append(leaf)
            boxes.append(open_boxes[-1] if open_boxes else 0)
            link_counts.append(min(linked, len(text)) if linked else 0)
            if targets:
                for to, shown in targets:
                    link_blocks.append(len(texts) - 1)
                    link_targets.append(to)
                    link_texts.append(text if shown == text else shown)  # most often the same: held once
                targets.clear()
            if len(parents) > _MANY:
                take()
                look()
        pieces, leaf, longest, linked, breaks = [], -1, 0, 0, 0

    def end_line() -> None:
        if pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")

    def take() -> None:
        nonlocal taken
        page.add(parents, signatures, starts, ends, leaves, boxes)
        taken = len(page.element_parent)

    def look() -> None:
        nonlocal looked_at
        wanted.update(looked_at + place for place in notable(page.signatures[looked_at:]))
        looked_at = len(page.signatures)
        noted.extend([node for node, reason in zip(waiting, reasons, strict=True) if reason in wanted])
        waiting.clear()
        reasons.clear()

    node: LexborNode | None = root
    while node is not None:
        tag_number = node.tag_id  # quicker to get than the name
        told = tags.get(tag_number)
        if told is None:
            tag = node.tag or "-"
            told = tags[tag_number] = (tag, action(tag), tag in BLOCK_TAGS or tag in INSTEAD)
        tag, doing, boundary = told
        if doing == FALLBACK:
            doing = ELEMENT if node.text().strip() else SKIP
        if doing == TEXT:
            if preformatted:
                if text := node.text_content:
                    if line_over and text[0] != "\n":
                        end_line()
                    line_over = False
                    pieces.append(text)
                    if len(text) > longest and not text.isspace():
                        leaf, longest = current, len(text)
            elif node.is_empty_text_node or not (text := node.text_content) or text.isspace():
                if pieces:
                    pieces.append(" ")
            else:
                if len(text) > longest:
                    leaf, longest = current, len(text)
                if parted and pieces:  # two elements set side by side without a space may be set apart by their style
                    first = text[0]
                    if (first.isupper() and pieces[-1][-1:].islower()) or (
                        replaced and (first.isalnum() or first in CURRENCIES)
                    ):
                        pieces.append(" ")
                parted = replaced = False
                if raised:
                    if RAISED.match(text):
                        pieces.append("^")
                    raised = False
                elif footnote:
                    text, footnote = f"[{text.strip()}]", False
                if unseen >= 0:
                    hidden.append(len(pieces))
                pieces.append(text.replace("\n", " ") if "\n" in text else text)
                breaks = 0
                if links_open:
                    linked += len(text.strip())
        elif doing == BREAK:
            if preformatted:
                pieces.append("\n")
            elif leaf >= 0:
                breaks += 1
                if breaks > 1:
                    flush()
                else:
                    pieces.append("\n")
        elif doing == ELEMENT:
            attributes = node.attributes
            if boundary:
                unseen = -1  # blocks within it are for clean to judge
            if boundary and pieces:
                if coded:
                    end_line()
                else:
                    flush()
            if tag in INSTEAD:
                signature = (tag, attributes.get("class") or "", attributes.get("id") or "", "hidden")
            elif not attributes:
                if tag not in bare:
                    bare[tag] = (tag, "", "", "")
                signature = bare[tag]
            elif TELLING.isdisjoint(attributes):
                signature = (tag, attributes.get("class") or "", attributes.get("id") or "", "")
            else:
                signature = (tag, attributes.get("class") or "", attributes.get("id") or "", role(attributes))
            number = known.get(signature)
            if number is None:
                number = known[signature] = len(known)
                page.signatures.append(signature)
            waiting.append(node)
            reasons.append(number)
            if tag in CELLS and ("colspan" in attributes or "rowspan" in attributes):
                page.spans[taken + len(parents)] = (span(attributes, "colspan"), span(attributes, "rowspan"))
            parents.append(current)
            signatures.append(number)
            here = len(texts)
            starts.append(here)
            ends.append(here)
            child = node.first_child
            if child is not None:
                open_elements.append((current, boundary, tag, node))
                current = taken + len(parents) - 1
                if not boundary and unseen < 0 and "hidden" in signature[3] and is_unseen(node, attributes):
                    unseen = current
                if boundary:
                    open_boxes.append(current)
                    if tag in PREFORMATTED:
                        preformatted += 1
                elif tag == "code":
                    coded += preformatted > 0
                elif preformatted and tag == "span":
                    if pieces and attributes and LINE.search(attributes.get("class") or ""):
                        end_line()
                elif tag == "sup":
                    footnote = bool(pieces) and is_note(node)
                    raised = bool(pieces) and not footnote and pieces[-1][-1:].isdigit()
                elif tag == "a":
                    links_open += 1
                    target, target_start = attributes.get("href") or "", len(pieces)
                    if "rel" in attributes or "/aut" in target:
                        reasons[-1] = _ALWAYS
                node = child
                continue
        elif doing == MATH:
            if formula := read_formula(node):
                if leaf < 0:  # a block of nothing but formulas is what holds them
                    leaf = open_boxes[-1] if open_boxes else 0
                pieces.append(formula)
                breaks, parted = 0, False
        elif doing == DECLARATION:
            waiting.append(node)
            reasons.append(_ALWAYS)
        following = node.next
        while following is None:
            if not open_elements:
                break
            parent, boundary, tag, node = open_elements.pop()
            if boundary:
                if pieces and coded:
                    end_line()
                elif pieces:
                    flush()
                if current >= taken:
                    ends[current - taken] = len(texts)
                else:
                    page.element_end[current] = len(texts)
                open_boxes.pop()
                if tag in PREFORMATTED:
                    preformatted -= 1
            elif tag == "code":
                coded -= preformatted > 0
                parted = False
            elif preformatted and tag == "span":
                line_over = LINE.search(node.attributes.get("class") or "") is not None
            elif tag == "a":
                links_open -= 1
                parted = True
                if target:
                    shown = " ".join("".join(pieces[target_start:]).split())
                    if shown in PERMALINKS and "#" in target:
                        del pieces[target_start:]
                        hidden = [at for at in hidden if at < target_start]
                    else:
                        targets.append((target, shown))
                    target = ""
            else:
                replaced = tag in STRUCK
                parted = replaced or tag in PARTING
            if current == unseen:
                unseen = -1
            current = parent
            following = node.next
        node = following
    if pieces:
        flush()
    look()
    if taken:
        take()
    else:
        page.element_parent, page.element_signature = parents, signatures
        page.element_start, page.element_end = starts, ends
        page.block_leaf, page.block_box = leaves, boxes
    head = parser.css_first("title")
    page.title = head.text() if head is not None else ""
    return page, noted
