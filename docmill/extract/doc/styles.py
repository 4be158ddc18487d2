"""The styles and fonts of a Word document (DOC) ([MS-DOC] 2.9.271, 2.9.284)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from docmill.extract.binary import number, wide_text
from docmill.extract.doc.formatting import ParagraphSettings, with_settings
from docmill.extract.word_styles import DEEPEST, Style, inherit, style_named
from schemas.document import BlockKind

__all__ = ["Styles", "fonts"]

_BODY = 9  # level of text in the outline
_NO_BASE = 0xFFF
_PARAGRAPH = 1
_NAME_OF_FONT, _NAME_OF_OLD_FONT = 40, 6  # bytes before it
_OWN = 0xFFE  # what styles are that are none of Word's
# Word's own styles, by number: their names are in the language of the program.
_BUILT_IN = {
    **{level: f"heading {level}" for level in range(1, 10)}, 34: "caption", 47: "list", 48: "list bullet",
    49: "list number", 62: "title", 74: "subtitle", 84: "block text",
    **{48 + depth: f"list {depth}" for depth in range(2, 6)},
    **{52 + depth: f"list bullet {depth}" for depth in range(2, 6)},
    **{56 + depth: f"list number {depth}" for depth in range(2, 6)}, 68: "list continue",
    **{67 + depth: f"list continue {depth}" for depth in range(2, 6)},
}  # fmt: skip


class Styles(NamedTuple):
    """What styles make of their paragraphs, by number."""

    kinds: Mapping[int, Style]
    places: Mapping[int, tuple[int, int]]  # list and level that a style puts its paragraphs in

    @classmethod
    def of(cls, sheet: bytes, *, is_old: bool = False) -> "Styles":
        """Those of the style sheet; a style without a say inherits."""
        kinds: dict[int, Style] = {}
        places: dict[int, tuple[int, int]] = {}
        bases: dict[int, int] = {}
        for index, style in enumerate(_styles(sheet)):
            if not style or number(style, 2, 1) & 0xF != _PARAGRAPH:
                continue
            name, settings = (_read_old if is_old else _read)(style, number(sheet, 4, 2))
            in_list = (BlockKind.LIST_ITEM, None) if settings.list else None
            if kind := style_named(name) or _heading(settings) or in_list:
                kinds[index] = kind
            if settings.list is not None:
                places[index] = (settings.list, settings.level or 0)
            base = number(style, 2, 2) >> 4
            if base != _NO_BASE:
                bases[index] = base
        inherit(kinds, bases)
        inherit(places, bases)
        return cls(kinds, places)

    def kind(self, paragraph: ParagraphSettings) -> Style:
        """What a paragraph is, and of which level if it is a heading or its style is of lists of some depth."""
        if heading := _heading(paragraph):
            return heading
        kind, level = self.kinds.get(paragraph.style, (BlockKind.PARAGRAPH, None))
        if paragraph.list == 0 and kind is BlockKind.LIST_ITEM:  # taken out of the list its style is of
            return BlockKind.PARAGRAPH, None
        return (BlockKind.LIST_ITEM, None) if paragraph.list and kind is BlockKind.PARAGRAPH else (kind, level)

    def place(self, paragraph: ParagraphSettings) -> tuple[int, int]:
        """List and level of a paragraph; list 0 of one that is in none."""
        one, level = self.places.get(paragraph.style, (0, 0))
        return one if paragraph.list is None else paragraph.list, level if paragraph.level is None else paragraph.level


def _heading(settings: ParagraphSettings) -> Style | None:
    """What paragraphs of a level of the outline are."""
    if settings.outline is None or settings.outline >= _BODY:
        return None
    return BlockKind.HEADING, min(settings.outline + 1, DEEPEST)


def _styles(sheet: bytes) -> Iterator[bytes]:
    """Each style; empty ones keep their numbers."""
    at = 2 + number(sheet, 0, 2)
    for _ in range(number(sheet, 2, 2)):
        size = number(sheet, at, 2)
        yield sheet[at + 2 : at + 2 + size]
        at += 2 + size


def _read(style: bytes, base: int) -> tuple[str, ParagraphSettings]:
    """A paragraph style's name, in English where it is one of Word's own, and its settings."""
    characters = number(style, base, 2)
    name = wide_text(style[base + 2 : base + 2 + 2 * characters])
    at = base + 2 + 2 * (characters + 1)
    said = style[at + 4 : at + 2 + number(style, at, 2)]
    return _in_english(style, name), with_settings(ParagraphSettings(), said)


def _read_old(style: bytes, base: int) -> tuple[str, ParagraphSettings]:
    """The same of Word 6 and 95, whose styles know neither lists nor the outline."""
    name = style[base + 1 : base + 1 + number(style, base, 1)].decode("cp1252", "replace")
    return _in_english(style, name), ParagraphSettings()


def _in_english(style: bytes, name: str) -> str:
    """A style's name, in English where it is one of Word's own."""
    return _BUILT_IN.get(number(style, 0, 2) & (_OWN | 1), name.lower())


def fonts(table: bytes, *, is_old: bool = False) -> dict[int, str]:
    """The names of fonts, by number."""
    if is_old:
        return dict(enumerate(_old_fonts(table)))
    found: dict[int, str] = {}
    at = 4
    for index in range(number(table, 0, 2)):
        size = number(table, at, 1) + 1
        found[index] = wide_text(table[at + _NAME_OF_FONT : at + size]).partition("\0")[0]
        at += size
    return found


def _old_fonts(table: bytes) -> Iterator[str]:
    at = 2
    while at < len(table):
        size = number(table, at, 1) + 1
        yield table[at + _NAME_OF_OLD_FONT : at + size].partition(b"\0")[0].decode("cp1252", "replace")
        at += size
