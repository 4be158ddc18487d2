"""Whether a piece of a page belongs to the page's own text or to something beside it: comments, teasers, side bars."""

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

__all__ = ["Surroundings"]

_FOREIGN_TAGS = frozenset({"aside", "footer", "nav", "form", "template", "noscript"})
_FOREIGN_WORDS = re.compile(
    r"comment(?!ator|ary)|(?<![a-z])respond|disqus|related|(?<!has-)(?<!with-)(?<!no-)sidebar(?!-?(?:right|left|none|on|layout|active))|widget(?!s-on)"
    r"|recommend|teaser|(?<![a-z])promo|popular|trending|most-?read|read-?(?:more|next)|(?<![a-z])more-|latest|recent|carousel|slider"
    r"|(?<![\w-])(?:site-|page-|global-|main-)?footer(?![\w-])|newsletter|(?<![a-z])nav(?![a-z])|menu|also-?like|you-?may|copyright"
    r"|kommentar|suggest|similar",
    re.IGNORECASE,
)
_TOPS = frozenset({"body", "html", "main"})
_HIGHEST = 40  # ancestors looked at


class Surroundings:
    """Tells a page's own parts from those beside its text, once its heading is known."""

    def __init__(self, heading: LexborNode | None) -> None:
        """What holds the heading is the page's own, whatever it is called."""
        self._own: set[int] = set()
        for _ in range(_HIGHEST):
            if heading is None:
                break
            self._own.add(heading.mem_id)
            heading = heading.parent

    def are_foreign(self, node: LexborNode, *, even_aside: bool = False) -> bool:
        """Whether the node or one of its nearest 40 ancestors is a side bar, a comment, a teaser, a menu or a footer.

        Args:
            node: Any node of the page.
            even_aside: Whether an `aside` or `footer` may be the page's own, as those of articles are.
        """
        here: LexborNode | None = node
        for _ in range(_HIGHEST):
            if here is None or here.mem_id in self._own or here.tag in _TOPS:
                return False
            if here.tag in _FOREIGN_TAGS and not (even_aside and here.tag in ("aside", "footer")):
                return True
            attributes = here.attributes
            words = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
            if len(words) > 1 and _are_foreign(words[:300]):
                return True
            here = here.parent
        return False


@lru_cache(maxsize=4096)
def _are_foreign(words: str) -> bool:
    """Whether class and id name a part beside the text; sites repeat theirs."""
    return _FOREIGN_WORDS.search(words) is not None
