"""A parsed page read into text blocks and elements, by one walk over its tree."""

import re
from collections.abc import Callable, Iterable, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from docmill.extract.collect import UNSEEN
from docmill.extract.html.page import Page, Signature

__all__ = ["walk"]

_BLOCK_TAGS = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre",
    "search", "section", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr", "ul", "video",
    "audio", "option", "select", "label",
))  # fmt: skip
_SKIPPED = frozenset((
    "script", "style", "template", "svg", "math", "iframe", "object", "embed", "canvas", "map", "head", "title",
    "meta", "link", "base", "datalist", "colgroup", "col", "frame", "noframes", "applet", "-comment", "-doctype",
    "-document", "-",
))  # fmt: skip
_TELLING = frozenset(("role", "style", "hidden", "aria-hidden", "itemprop", "start"))
_DECLARING = frozenset(("meta", "link", "script", "title"))  # in the body too
_PARTING = frozenset(("span", "time", "cite", "a"))
_PREFORMATTED = frozenset(("pre", "textarea"))
_TEXT, _BREAK, _ELEMENT, _SKIP, _DECLARATION = range(5)  # what the walk does with a node
_CODE_LINES = re.compile(r"(?<![^\S\n])[^\S\n]++\n")  # tried where a run of blanks begins, not at each
_CELLS = frozenset(("td", "th"))
_MOST_DIGITS = 4
_ALWAYS = -1  # instead of a signature: of an element worth a closer look whatever that is
_MANY = 10_000  # elements kept until it is known which of them are worth one


def _action(tag: str) -> int:
    if tag == "-text":
        return _TEXT
    if tag == "br":
        return _BREAK
    if tag not in _SKIPPED:
        return _ELEMENT
    return _DECLARATION if tag in _DECLARING else _SKIP


def _role(attributes: dict[str, str | None]) -> str:
    """An element's role, whether it is hidden, its property, and the number it starts with."""
    role = attributes.get("role") or ""
    style = attributes.get("style")
    if (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or (style and "none" in style and "display" in style)
    ):
        role += " hidden"
    if "itemprop" in attributes:
        role += f" prop-{attributes['itemprop']}"
    if "start" in attributes:
        role += f" start-{attributes['start']}"
    return role


def _span(attributes: dict[str, str | None], name: str) -> int:
    """How many columns or rows a cell says that it spans."""
    said = (attributes.get(name) or "").strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < _MOST_DIGITS else 1


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
    links_open = 0
    preformatted = 0
    coded = 0  # code elements open in preformatted ones: what is a block in them is a line
    target, target_start = "", 0

    open_elements: list[tuple[int, bool, str, LexborNode]] = []  # the one above, is a boundary, tag, node
    open_boxes: list[int] = []
    current = -1

    def flush() -> None:
        nonlocal pieces, leaf, longest, linked, breaks
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
        if not pieces[-1].endswith("\n"):
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
            told = tags[tag_number] = (tag, _action(tag), tag in _BLOCK_TAGS)
        tag, action, boundary = told
        if action == _TEXT:
            if preformatted:
                if text := node.text_content:
                    pieces.append(text)
                    if len(text) > longest and not text.isspace():
                        leaf, longest = current, len(text)
            elif node.is_empty_text_node or not (text := node.text_content) or text.isspace():
                if pieces:
                    pieces.append(" ")
            else:
                if len(text) > longest:
                    leaf, longest = current, len(text)
                if pieces and parted and text[0].isupper() and pieces[-1][-1:].islower():
                    pieces.append(" ")  # two elements set side by side without a space, set apart by their style
                parted = False
                pieces.append(text.replace("\n", " ") if "\n" in text else text)
                breaks = 0
                if links_open:
                    linked += len(text.strip())
        elif action == _BREAK:
            if preformatted:
                pieces.append("\n")
            elif leaf >= 0:
                breaks += 1
                if breaks > 1:
                    flush()
                else:
                    pieces.append("\n")
        elif action == _ELEMENT:
            attributes = node.attributes
            if boundary and pieces:
                if coded:
                    end_line()
                else:
                    flush()
            if not attributes:
                signature = bare.get(tag)
                if signature is None:
                    signature = bare[tag] = (tag, "", "", "")
            elif _TELLING.isdisjoint(attributes):
                signature = (tag, attributes.get("class") or "", attributes.get("id") or "", "")
            else:
                signature = (tag, attributes.get("class") or "", attributes.get("id") or "", _role(attributes))
            number = known.get(signature)
            if number is None:
                number = known[signature] = len(known)
                page.signatures.append(signature)
            waiting.append(node)
            reasons.append(number)
            if tag in _CELLS and ("colspan" in attributes or "rowspan" in attributes):
                page.spans[taken + len(parents)] = (_span(attributes, "colspan"), _span(attributes, "rowspan"))
            parents.append(current)
            signatures.append(number)
            here = len(texts)
            starts.append(here)
            ends.append(here)
            child = node.first_child
            if child is not None:
                open_elements.append((current, boundary, tag, node))
                current = taken + len(parents) - 1
                if boundary:
                    open_boxes.append(current)
                    if tag in _PREFORMATTED:
                        preformatted += 1
                elif tag == "code":
                    coded += preformatted > 0
                elif tag == "a":
                    links_open += 1
                    target, target_start = attributes.get("href") or "", len(pieces)
                    if "rel" in attributes or "/aut" in target:
                        reasons[-1] = _ALWAYS
                node = child
                continue
        elif action == _DECLARATION:
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
                if tag in _PREFORMATTED:
                    preformatted -= 1
            elif tag == "code":
                coded -= preformatted > 0
                parted = False
            elif tag == "a":
                links_open -= 1
                parted = True
                if target:
                    targets.append((target, " ".join("".join(pieces[target_start:]).split())))
                    target = ""
            else:
                parted = tag in _PARTING
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
