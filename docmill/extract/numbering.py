"""Word's numbering, which it counts and no text has: an item's depth and number, and what stands before a heading."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["ListKind", "Numbering", "Place"]

_DEEPEST = 9
_PLACE = re.compile(r"%([1-9])")
_LETTERS = 26
_MOST_ROMAN = 1000
_ROMAN = (
    ("", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"),
    ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"),
    ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
)


@dataclass(slots=True)
class ListKind:
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


class Numbering:
    """Counts the items of a document's lists, one after the other."""

    def __init__(self) -> None:
        # By a list's number: its kind, and by level where the list itself begins.
        self.lists: dict[str, tuple[ListKind, dict[int, int]]] = {}
        self._begun: set[tuple[str, int]] = set()

    def note(self, number: str, level: int, *, has_text: bool) -> Place:
        """The place of the next paragraph, of a list's level from 0; one without text is not counted."""
        kind, begins = self.lists.get(number, (None, {}))
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
