"""Whether a piece of a page belongs to the page's own text or to something beside it: comments, teasers, side bars."""

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

__all__ = ["Surroundings"]

_FOREIGN_TAGS = frozenset({"aside", "footer", "nav", "form", "template", "noscript"})
_FOREIGN_WORDS = re.compile(
    r"comment(?!ator|ary)|(?<![a-z])respond|disqus|related|(?<!has-)(?<!with-)(?<!no-)sidebar(?!-?(?:right|left|none|on|layout|active))|widget(?!s-on)"
    r"|recommend|teaser|(?<![a-z])promo|popular|trending|most-?read|read-?(?:more|next)|(?<![a-z])more-|latest|recent|carousel|slider"
    r"|(?<![\w-])(?:site-|page-|global-|main-)?footer(?![\w-])|newsletter|(?<![a-z])nav(?![a-z])|(?<!post)(?<!popup)menu|also-?like|you-?may|copyright"
    r"|kommentar|suggest|similar",
    re.IGNORECASE,
)
_TOPS = frozenset({"body", "html", "main"})
_LINKED_HEADINGS = "h2 a[href], h3 a[href], h4 a[href], a[href] h2, a[href] h3, a[href] h4"
_HEADINGS = frozenset({"h2", "h3", "h4"})
_CARD = 2  # linked headings of a teaser at most; what holds more is a list of them
_HIGHEST = 40  # ancestors looked at
_CARD_HIGHEST = 6  # levels of a teaser
_TEASER = 1_500  # characters of a teaser at most
_APART = 3  # nodes, white space among them
_TITLE = 200  # characters


class Surroundings:
    """Tells a page's own parts from those beside its text, once its heading is known."""

    def __init__(self, heading: LexborNode | None) -> None:
        """What holds the heading is the page's own, whatever it is called."""
        self._title = _letters(heading.text()) if heading is not None else ""
        self._cards: dict[int, list[str] | None] = {}  # the linked headings within an element
        self._foreign: dict[tuple[int, bool], bool] = {}  # of the elements looked at so far
        self._own: set[int] = set()
        for _ in range(_HIGHEST):
            if heading is None:
                break
            self._own.add(heading.mem_id)
            heading = heading.parent

    def are_teaser(self, node: LexborNode) -> bool:
        """Whether a node stands in a card: a piece of the page with a linked heading that is not the page's own."""
        own = _letters(node.text()[:_TITLE])
        here = node.parent
        for _ in range(_CARD_HIGHEST):
            if here is None or here.mem_id in self._own or here.tag in _TOPS:
                return False
            headings = [] if here.tag in _HEADINGS else self._headings(here)
            if headings is None:
                return False
            if headings and not any(self._is_own(heading, own) for heading in headings):
                return _is_repeated(here)
            here = here.parent
        return False

    def _headings(self, node: LexborNode) -> list[str] | None:
        """The linked headings within an element; None where it is too large for a card."""
        if node.mem_id not in self._cards:
            found = node.css(_LINKED_HEADINGS)
            is_large = len(found) > _CARD or (found and len(node.text()) > _TEASER)
            self._cards[node.mem_id] = None if is_large else [_letters(one.text()[:_TITLE]) for one in found]
        return self._cards[node.mem_id]

    def _is_own(self, heading: str, text: str) -> bool:
        """Whether a heading repeats the page's title, or is but the name or date that is asked about."""
        return (
            not heading or heading in self._title or (bool(self._title) and self._title in heading) or text in heading
        )

    def are_foreign(self, node: LexborNode, *, even_aside: bool = False) -> bool:
        """Whether the node or one of its nearest 40 ancestors is a side bar, a comment, a teaser, a menu or a footer.

        Args:
            node: Any node of the page.
            even_aside: Whether an `aside` or `footer` may be the page's own, as those of articles are.
        """
        here: LexborNode | None = node
        passed: list[tuple[int, bool]] = []
        foreign = False
        for _ in range(_HIGHEST):
            if here is None or here.mem_id in self._own or here.tag in _TOPS:
                break
            place = (here.mem_id, even_aside)
            if place in self._foreign:
                foreign = self._foreign[place]
                break
            passed.append(place)
            if foreign := _is_foreign(here, even_aside=even_aside):
                break
            here = here.parent
        self._foreign.update(dict.fromkeys(passed, foreign))
        return foreign


def _is_foreign(node: LexborNode, *, even_aside: bool) -> bool:
    """Whether an element's own tag, class or id says that it stands beside the text."""
    tag = node.tag
    if tag in _FOREIGN_TAGS and not (even_aside and tag in ("aside", "footer")):
        return True
    attributes = node.attributes
    words = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return len(words) > 1 and _are_foreign(words[:300])


def _is_repeated(node: LexborNode) -> bool:
    """Whether an element before or after this one is of its kind."""
    kind = node.attributes.get("class")
    after = node.next
    before = node.prev
    for _ in range(_APART):
        for beside in (after, before):
            if beside is not None and beside.tag == node.tag and beside.attributes.get("class") == kind:
                return True
        after, before = after and after.next, before and before.prev
    return False


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


@lru_cache(maxsize=4096)
def _are_foreign(words: str) -> bool:
    """Whether class and id name a part beside the text; sites repeat theirs."""
    return _FOREIGN_WORDS.search(words) is not None
