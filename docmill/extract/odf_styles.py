"""OpenDocument's styles: which paragraphs are titles, quotes or captions, and how lists count."""

from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, attribute, local
from schemas.document import BlockKind

__all__ = ["Styles"]

_KINDS = {
    "title": (BlockKind.HEADING, 1), "subtitle": (BlockKind.HEADING, 2), "quotations": (BlockKind.QUOTE, None),
    "caption": (BlockKind.CAPTION, None), "preformatted text": (BlockKind.CODE, None),
}  # fmt: skip
_CAPTIONS = frozenset({"figure", "illustration", "table", "drawing", "text"})  # styles of what stands below pictures
_MOST_PARENTS = 20


class Styles:
    """Those met so far; a document's parts declare theirs before they use them."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._shown: dict[str, str] = {}  # names of styles as people see them, by their own
        self._first: dict[tuple[str, int], int] = {}  # by list style and level: the first number; not of bullets

    def note(self, style: Element) -> None:
        """Take a style of paragraphs or of lists."""
        name = attribute(style, "name") or ""
        if local(style) == "list-style":
            for level in style:
                if local(level) == "list-level-style-number" and attribute(level, "num-format"):
                    place, start = whole(attribute(level, "level")), whole(attribute(level, "start-value") or "1")
                    if place is not None and start is not None:
                        self._first[name, place] = start
        elif attribute(style, "family") == "paragraph":
            self._shown[name] = attribute(style, "display-name") or name.replace("_20_", " ")
            if parent := attribute(style, "parent-style-name"):
                self._parents[name] = parent

    def kind(self, paragraph: Element) -> tuple[BlockKind, int | None]:
        """What a paragraph is by its style, and a heading's level."""
        name = attribute(paragraph, "style-name") or ""
        for _ in range(_MOST_PARENTS):
            shown = self._shown.get(name, name.replace("_20_", " ")).casefold()
            if shown in _KINDS:
                return _KINDS[shown]
            if shown in _CAPTIONS:
                return BlockKind.CAPTION, None
            if name not in self._parents:
                break
            name = self._parents[name]
        return BlockKind.PARAGRAPH, None

    def first(self, style: str, depth: int) -> int | None:
        """The number of the first item of a list of some style, so deep in others; None of bullets."""
        return self._first.get((style, depth))
