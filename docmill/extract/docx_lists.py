"""The lists of a Word document (DOCX): their kinds, and which one a paragraph is in, by itself or by its style."""

from collections.abc import Iterator

from docmill.extract.limits import Limits
from docmill.extract.numbering import ListKind, Numbering, Place
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.whole import whole
from docmill.extract.word_styles import inherit
from docmill.extract.xml_stream import Element, attribute, local, units

__all__ = ["Lists"]

_DEEPEST = 9
_BULLETS = frozenset({"bullet", "none"})


class Lists:
    """Counts a document's list items, paragraph by paragraph."""

    def __init__(self, package: Package, main: str, limits: Limits) -> None:
        self._kinds: dict[str, ListKind] = {}
        self._numbering = Numbering()
        self._styles: dict[str, tuple[str, int]] = {}  # list and level that a style puts its paragraphs in
        try:
            for part in package.related(main, "numbering"):
                self._read(units(package.chunks(part), {"abstractNum", "num"}, limits))
            for part in package.related(main, "styles"):
                self._read_styles(units(package.chunks(part), {"style"}, limits))
        except UnreadableError:
            self._numbering.lists.clear()  # items without numbers

    def note(self, paragraph: Element, *, has_text: bool) -> Place:
        """A paragraph's place; of one in no list 1 and no number."""
        found = {local(child): child for child in _settings(paragraph, "pPr")}
        style = attribute(found["pStyle"], "val") if "pStyle" in found else None
        number, level = self._styles.get(style or "", ("", 0))
        if "numPr" in found:
            number, level = _placed(found["numPr"], number, level)
        if number in {"", "0"}:
            return Place()
        return self._numbering.note(number, level, has_text=has_text)

    def _read(self, elements: Iterator[Element]) -> None:
        for element in elements:
            if local(element) == "abstractNum":
                self._read_kind(element)
            else:
                self._read_list(element)

    def _read_kind(self, element: Element) -> None:
        """What lists of a kind look like at each level."""
        kind = self._kinds.setdefault(attribute(element, "abstractNumId") or "", ListKind())
        for level in _settings_of(element, "lvl"):
            said = {local(one): attribute(one, "val") for one in level}
            form, start = said.get("numFmt"), whole(said.get("start"))
            at = whole(attribute(level, "ilvl")) or 0
            kind.first[at] = None if form in _BULLETS else 1 if start is None else start
            kind.labels[at], kind.forms[at] = said.get("lvlText") or "", form or ""

    def _read_list(self, element: Element) -> None:
        """Of which kind a list is, and where its levels begin otherwise than all of the kind do."""
        base = next((attribute(one, "val") for one in element if local(one) == "abstractNumId"), None)
        begins: dict[int, int] = {}
        for override in _settings_of(element, "lvlOverride"):
            start = next((whole(attribute(one, "val")) for one in override if local(one) == "startOverride"), None)
            if start is not None:
                begins[whole(attribute(override, "ilvl")) or 0] = start
        if base in self._kinds:
            self._numbering.lists[attribute(element, "numId") or ""] = (self._kinds[base], begins)

    def _read_styles(self, elements: Iterator[Element]) -> None:
        bases: dict[str, str] = {}
        for style in elements:
            identity = attribute(style, "styleId") or ""
            for setting in _settings(style, "pPr"):
                if local(setting) == "numPr":
                    self._styles[identity] = _placed(setting, "", 0)
            for base in _settings_of(style, "basedOn"):
                bases[identity] = attribute(base, "val") or ""
        inherit(self._styles, bases)


def _settings(element: Element, name: str) -> Iterator[Element]:
    """What an element's settings of some name hold."""
    return (setting for holder in _settings_of(element, name) for setting in holder)


def _settings_of(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if local(child) == name)


def _placed(setting: Element, number: str, level: int) -> tuple[str, int]:
    """The list and level that a paragraph's or a style's setting names; what it does not say stays."""
    for one in setting:
        if local(one) == "numId":
            number = attribute(one, "val") or ""
        elif local(one) == "ilvl":
            level = min(whole(attribute(one, "val")) or 0, _DEEPEST - 1)
    return number, level
