"""Word's lists: how deep an item is, and its number, which Word counts and no text has."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from docmill.extract.limits import Limits
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, attribute, local, units

__all__ = ["Lists", "inherit"]

T = TypeVar("T")
_DEEPEST = 9
_BULLETS = frozenset({"bullet", "none"})
_MOST_BASES = 20  # styles a style inherits through
_PLACE = re.compile(r"%([1-9])")
_LETTERS = 26
_MOST_ROMAN = 1000
_ROMAN = (
    ("", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"),
    ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"),
    ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
)


@dataclass(slots=True)
class _Kind:
    """A kind of list; all lists of it are counted on, unless they say where they begin."""

    first: dict[int, int | None] = field(default_factory=dict)  # by level: the first number; None of bullets
    counts: dict[int, int] = field(default_factory=dict)  # items so far
    labels: dict[int, str] = field(default_factory=dict)  # by level: what stands before an item, `%1.%2`
    forms: dict[int, str] = field(default_factory=dict)  # by level: how its number is written

    def label(self, level: int) -> str:
        """What Word shows before the last item of a level."""

        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            return _written(self.counts.get(at, self.first.get(at) or 1), self.forms.get(at, ""))

        return _PLACE.sub(number, self.labels.get(level, "")).strip()


class Place(NamedTuple):
    """Where a paragraph stands in a list."""

    depth: int = 1
    number: int | None = None
    label: str = ""  # the number as Word shows it
    is_marked: bool = True  # else it is a further paragraph of the item before


class Lists:
    """Counts a document's list items, paragraph by paragraph."""

    def __init__(self, package: Package, main: str, limits: Limits) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._lists: dict[str, tuple[_Kind, dict[int, int]]] = {}  # kind, and by level where the list itself begins
        self._begun: set[tuple[str, int]] = set()
        self._styles: dict[str, tuple[str, int]] = {}  # list and level that a style puts its paragraphs in
        try:
            for part in package.related(main, "numbering"):
                self._read(units(package.chunks(part), {"abstractNum", "num"}, limits))
            for part in package.related(main, "styles"):
                self._read_styles(units(package.chunks(part), {"style"}, limits))
        except UnreadableError:
            self._lists.clear()  # items without numbers

    def note(self, paragraph: Element, *, has_text: bool) -> Place:
        """A paragraph's place; of one in no list 1 and no number."""
        found = {local(child): child for child in _settings(paragraph, "pPr")}
        style = attribute(found["pStyle"], "val") if "pStyle" in found else None
        number, level = self._styles.get(style or "", ("", 0))
        if "numPr" in found:
            number, level = _placed(found["numPr"], number, level)
        if number in {"", "0"}:
            return Place()
        kind, begins = self._lists.get(number, (None, {}))
        if kind is None or not has_text:
            return Place(level + 1)
        first = kind.first.get(level, 1)
        if first is None:
            return Place(level + 1, is_marked=not kind.labels.get(level, "").isspace())
        if (number, level) not in self._begun and level in begins:
            kind.counts[level] = begins[level] - 1
        self._begun.add((number, level))
        kind.counts[level] = kind.counts.get(level, first - 1) + 1
        for deeper in [one for one in kind.counts if one > level]:
            del kind.counts[deeper]
        return Place(level + 1, kind.counts[level], kind.label(level))

    def _read(self, elements: Iterator[Element]) -> None:
        for element in elements:
            if local(element) == "abstractNum":
                kind = self._kinds.setdefault(attribute(element, "abstractNumId") or "", _Kind())
                for level in _settings_of(element, "lvl"):
                    said = {local(one): attribute(one, "val") for one in level}
                    form, start = said.get("numFmt"), whole(said.get("start"))
                    at = whole(attribute(level, "ilvl")) or 0
                    kind.first[at] = None if form in _BULLETS else 1 if start is None else start
                    kind.labels[at], kind.forms[at] = said.get("lvlText") or "", form or ""
                continue
            base = next((attribute(one, "val") for one in element if local(one) == "abstractNumId"), None)
            begins: dict[int, int] = {}
            for override in _settings_of(element, "lvlOverride"):
                start = next((whole(attribute(one, "val")) for one in override if local(one) == "startOverride"), None)
                if start is not None:
                    begins[whole(attribute(override, "ilvl")) or 0] = start
            if base in self._kinds:
                self._lists[attribute(element, "numId") or ""] = (self._kinds[base], begins)

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


def _written(number: int, form: str) -> str:
    """A number as Word writes it."""
    text = str(number)
    if form.endswith("Roman") and 0 < number < _MOST_ROMAN:
        text = "".join(digits[int(digit)] for digits, digit in zip(_ROMAN, f"{number:03}", strict=True))
    elif form.endswith("Letter") and number > 0:
        text = chr(ord("A") + (number - 1) % _LETTERS) * min((number - 1) // _LETTERS + 1, _DEEPEST)
    elif form == "decimalZero":
        text = f"{number:02}"
    return text.lower() if form.startswith("lower") else text


def inherit(own: dict[str, T], bases: Mapping[str, str]) -> None:
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
