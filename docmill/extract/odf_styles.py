"""OpenDocument's styles: which paragraphs are titles, quotes or captions, and how lists count."""

from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, attribute, local
from schemas.document import BlockKind

__all__ = ["Styles"]

_KINDS = {
    "title": (BlockKind.HEADING, 1), "subtitle": (BlockKind.HEADING, 2), "quotations": (BlockKind.QUOTE, None),
    "caption": (BlockKind.CAPTION, None), "preformatted text": (BlockKind.CODE, None),
}  # fmt: skip
# Styles of what stands below pictures.
_CAPTIONS = frozenset({"figure", "illustration", "table", "drawing", "text", "tablecaption", "figurecaption"})
_MOST_PARENTS = 20
_FAMILIES = {"span": "text", "table": "table", "page": "drawing-page", "p": "paragraph", "h": "paragraph"}


class Styles:
    """Those met so far; a document's parts declare theirs before they use them."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._shown: dict[str, str] = {}  # names of styles as people see them, by their own
        self._hidden: set[tuple[str, str]] = set()  # family and name of those whose text is not shown
        self._raised: set[str] = set()
        self._first: dict[tuple[str, int], int] = {}  # by list style and level: the first number; not of bullets

    def note(self, style: Element) -> None:
        """Take a style, such as one of paragraphs or of lists."""
        name, family = attribute(style, "name") or "", attribute(style, "family") or ""
        if local(style) == "list-style":
            for level in style:
                if local(level) == "list-level-style-number" and attribute(level, "num-format"):
                    place, start = whole(attribute(level, "level")), whole(attribute(level, "start-value") or "1")
                    if place is not None and start is not None:
                        self._first[name, place] = start
            return
        for setting in style:
            if attribute(setting, "display") in {"none", "false"} or attribute(setting, "visibility") == "hidden":
                self._hidden.add((family, name))
            if family == "text" and (attribute(setting, "text-position") or "").startswith("super"):
                self._raised.add(name)
        if family == "paragraph":
            self._shown[name] = attribute(style, "display-name") or name.replace("_20_", " ")
            if parent := attribute(style, "parent-style-name"):
                self._parents[name] = parent

    def hides(self, element: Element) -> bool:
        """Whether an element, such as a span, a section or a sheet, is not shown."""
        if local(element) in {"section", "hidden-text"}:
            return attribute(element, "display") == "none" or attribute(element, "is-hidden") == "true"
        family = _FAMILIES.get(local(element))
        return family is not None and (family, attribute(element, "style-name") or "") in self._hidden

    def is_raised(self, span: Element) -> bool:
        """Whether a span stands above the line."""
        return (attribute(span, "style-name") or "") in self._raised

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
