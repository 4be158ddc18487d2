"""What Word's styles make of their paragraphs, in whichever form a document is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from docmill.extract.collect import Collector
from docmill.extract.numbering import Place
from schemas.document import BlockKind

__all__ = ["DEEPEST", "Style", "WordParagraph", "inherit", "style_named"]

K = TypeVar("K")
T = TypeVar("T")
DEEPEST = 6  # level of headings
_STYLES = (
    (("heading", "title", "subtitle"), BlockKind.HEADING),
    (("caption",), BlockKind.CAPTION),
    (("list",), BlockKind.LIST_ITEM),
    (("quote", "quotations", "intense quote", "block text"), BlockKind.QUOTE),
    (("html preformatted", "preformatted text", "source code", "code block"), BlockKind.CODE),
)
Style: TypeAlias = tuple[BlockKind, int | None]  # what its paragraphs are, and a heading's or a list's level
_LEVEL = re.compile(r"(?:heading|list(?: bullet| number| continue)?) ([1-9])")
_MOST_BASES = 20  # styles a style inherits through


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph as Word shows it."""

    text: str
    kind: BlockKind
    level: int | None
    number: int | None = None

    @classmethod
    def at(cls, text: str, style: Style, place: Place) -> "WordParagraph":
        """One by its style and its place in a list."""
        kind, level = style
        if kind is BlockKind.LIST_ITEM and not place.is_marked:
            return cls(text, BlockKind.PARAGRAPH, None)
        if kind is BlockKind.LIST_ITEM:
            return cls(text, kind, place.depth if place.depth > 1 else level or 1, place.number)
        if kind is BlockKind.HEADING and place.label:
            return cls(f"{place.label} {text.lstrip()}", kind, level)
        return cls(text, kind, level)

    def put(self, into: Collector) -> None:
        """Make a block of it; lines of code below each other are one."""
        if self.kind is BlockKind.CODE:
            into.add_code(self.text)
        else:
            into.add(self.kind, self.text, level=self.level, number=self.number)


def style_named(name: str) -> Style | None:
    """What a style is whose name, in English and lower case, says so."""
    for beginnings, kind in _STYLES:
        if name.startswith(beginnings):
            level = _LEVEL.fullmatch(name)
            return kind, min(int(level[1]), DEEPEST) if level else 1 if name == "title" else None
    return None


def inherit(own: dict[K, T], bases: Mapping[K, K]) -> None:
    """Give styles that say nothing themselves what the nearest says that they are based on.

    Args:
        own: By style, what is said; is added to.
        bases: By style, the one it is based on.
    """
    for identity in bases:
        base = identity
        for _ in range(_MOST_BASES):
            if base in own or base not in bases:
                break
            base = bases[base]
        if base in own:
            own.setdefault(identity, own[base])
