"""A parsed page read into text blocks and elements, by one walk over its tree."""

from collections.abc import Callable, Iterable, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from docmill.extract.html.elements import (
    BREAK,
    CELLS,
    DECLARATION,
    ELEMENT,
    FALLBACK,
    INSTEAD,
    MATH,
    SKIP,
    TELLING,
    TEXT,
    Attributes,
    action,
    role,
    span,
)
from docmill.extract.html.gather import Gathering
from docmill.extract.html.page import Page, Signature
from docmill.extract.tags import BLOCK_TAGS

__all__ = ["walk"]

_ALWAYS = -1  # instead of a signature: of an element worth a closer look whatever that is
_MANY = 10_000  # elements kept until it is known which of them are worth one
Notable = Callable[[Sequence[Signature]], Iterable[int]]


def walk(parser: LexborHTMLParser, notable: Notable) -> tuple[Page, list[LexborNode]]:
    """All visible text of a parsed page as blocks, and the elements worth a closer look, both in document order.

    Args:
        parser: The page.
        notable: Tells the places of those of some signatures whose elements are worth it; links with a `rel` or to an
            author's page, and what the body declares in meta tags and scripts, are so in any case. Of the head nothing
            is looked at.
    """
    page = Page()
    if parser.root is None:
        return page, []
    gathering = Gathering(page)
    elements = _Elements(page, gathering, notable)
    _visit(parser.root, elements, gathering)
    gathering.end()
    elements.hand_over()
    head = parser.css_first("title")
    page.title = head.text() if head is not None else ""
    return page, elements.noted


def _visit(  # noqa: C901, PLR0912  what each kind of node is to others, and the way from one to the next
    root: LexborNode, elements: "_Elements", gathering: Gathering
) -> None:
    """Tell of all nodes below a root, in document order; without recursion, as pages may be nested deeply."""
    tags: dict[int, tuple[str, int, bool]] = {}  # by their numbers: name, action, whether it is a boundary
    above: list[tuple[int, bool, str, LexborNode]] = []  # open elements: the one above, is a boundary, tag, node
    ends, texts = elements.ends, gathering.texts
    current = -1  # element
    node: LexborNode | None = root
    while node is not None:
        number = node.tag_id  # quicker to get than the name
        told = tags.get(number)
        if told is None:
            tag = node.tag or "-"
            told = tags[number] = (tag, action(tag), tag in BLOCK_TAGS or tag in INSTEAD)
        tag, doing, boundary = told
        if doing == FALLBACK:
            doing = ELEMENT if node.text().strip() else SKIP
        if doing == TEXT:
            gathering.text(node, current)
        elif doing == ELEMENT:
            if boundary:
                gathering.edge()
            attributes = node.attributes
            element = elements.add(node, tag, attributes, current)
            child = node.first_child
            if child is not None:
                above.append((current, boundary, tag, node))
                current = element
                if boundary:
                    gathering.open_box(tag, element)
                else:
                    gathering.open(node, tag, attributes, element)
                    if tag == "a" and ("rel" in attributes or "/aut" in (attributes.get("href") or "")):
                        elements.note()
                node = child
                continue
        elif doing == BREAK:
            gathering.line_break()
        elif doing == MATH:
            gathering.formula(node)
        elif doing == DECLARATION:
            elements.declaration(node)
        following = node.next
        while following is None and above:
            parent, boundary, tag, node = above.pop()
            if boundary:
                gathering.close_box(tag)
                ends[current] = len(texts)
            else:
                gathering.close(node, tag, current)
            current, following = parent, node.next
        node = following


class _Elements:
    """The elements of a page as they are met, and those of them that are worth a closer look.

    Of a long page, the page's arrays take them some thousands at a time.
    """

    def __init__(self, page: Page, gathering: Gathering, notable: Notable) -> None:
        self.noted: list[LexborNode] = []
        self.ends: dict[int, int] = {}  # of block-level ones that have ended: the block after their last
        self._page, self._gathering, self._notable = page, gathering, notable
        self._texts = gathering.texts
        self._wanted = {_ALWAYS}  # signatures
        self._waiting: list[LexborNode] = []  # elements of which it is not yet known whether they are wanted
        self._reasons: list[int] = []  # the signature of each, or that it is wanted in any case
        self._looked_at = 0  # signatures
        self._known: dict[Signature, int] = {}
        self._bare: dict[str, Signature] = {}  # of elements without attributes, by tag
        self._rows: list[tuple[int, int, int]] = []  # parent, signature, first block
        self._handed_over = 0

    def add(self, node: LexborNode, tag: str, attributes: Attributes, parent: int) -> int:
        """An element has begun; its number."""
        if len(self._rows) > _MANY:
            self.hand_over()
        if tag in INSTEAD:
            signature = (tag, attributes.get("class") or "", attributes.get("id") or "", "hidden")
        elif not attributes:
            if tag not in self._bare:
                self._bare[tag] = (tag, "", "", "")
            signature = self._bare[tag]
        else:
            told = "" if TELLING.isdisjoint(attributes) else role(attributes)
            signature = (tag, attributes.get("class") or "", attributes.get("id") or "", told)
        number = self._known.get(signature)
        if number is None:
            number = self._known[signature] = len(self._known)
            self._page.signatures.append(signature)
        self._waiting.append(node)
        self._reasons.append(number)
        element = self._handed_over + len(self._rows)
        if tag in CELLS and ("colspan" in attributes or "rowspan" in attributes):
            self._page.spans[element] = (span(attributes, "colspan"), span(attributes, "rowspan"))
        self._rows.append((parent, number, len(self._texts)))
        return element

    def note(self) -> None:
        """The last one is worth a closer look whatever its signature."""
        self._reasons[-1] = _ALWAYS

    def declaration(self, node: LexborNode) -> None:
        """An element that declares something of the page, and is none of its text."""
        self._waiting.append(node)
        self._reasons.append(_ALWAYS)

    def hand_over(self) -> None:
        """Give the page the elements met since the last time, and tell which of them are wanted."""
        if not self._rows:
            return
        parents, signatures, starts = map(list, zip(*self._rows, strict=True))
        ends = starts.copy()
        for element, end in self.ends.items():
            if element >= self._handed_over:
                ends[element - self._handed_over] = end
            else:
                self._page.element_end[element] = end
        self._page.add(parents, signatures, starts, ends, self._gathering.leaves, self._gathering.boxes)
        self._handed_over += len(self._rows)
        self._rows.clear()
        self.ends.clear()
        fresh = self._page.signatures[self._looked_at :]
        self._wanted.update(self._looked_at + place for place in self._notable(fresh))
        self._looked_at += len(fresh)
        met = zip(self._waiting, self._reasons, strict=True)
        self.noted.extend([node for node, reason in met if reason in self._wanted])
        self._waiting.clear()
        self._reasons.clear()
