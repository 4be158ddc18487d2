"""Words of Hebrew and Arabic among others, in the order they are read in: a page's content may have them by the eye."""

import re
import unicodedata
from collections.abc import Callable

from docmill.extract.pdf.right_to_left import plain_letters

__all__ = ["holds_right_to_left", "in_logical_order"]

_LETTER = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_LETTERS = re.compile(f"[{_LETTER}]")
_RUN = re.compile(f"[{_LETTER}](?:[^A-Za-z\u00c0-\u058f\r\n]*[{_LETTER}])?")
_WORD = re.compile(r"\S+")
_UNIT = re.compile(r"\d[\d.,:/]*\d|.", re.DOTALL)  # a number runs the other way


def holds_right_to_left(text: str) -> bool:
    """Whether some of the letters are Hebrew or Arabic."""
    return _LETTERS.search(text) is not None


def in_logical_order(text: str, start: int, end: int, middle: Callable[[int], float]) -> str:
    """A stretch of a text, its words of such letters from the right to the left as they stand on the page.

    Args:
        text: The page's.
        start: Of the stretch.
        end: Behind it.
        middle: Where a character of the page's text stands.
    """
    parts: list[str] = []
    for run in _RUN.finditer(text, start, end):
        words = [_word(word, middle) for word in _WORD.finditer(text, run.start(), run.end())]
        ordered = " ".join(word for _, word in sorted(words, key=lambda one: -one[0]))
        parts += [text[start : run.start()], plain_letters(ordered)]
        start = run.end()
    return "".join([*parts, text[start:end]])


def _word(word: re.Match[str], middle: Callable[[int], float]) -> tuple[float, str]:
    """Where a word stands, and its letters from the right to the left; marks stay on theirs."""
    units: list[tuple[float, str]] = []
    for unit in _UNIT.finditer(word[0]):
        if units and len(unit[0]) == 1 and unicodedata.combining(unit[0]):
            units[-1] = units[-1][0], units[-1][1] + unit[0]
        else:
            at = word.start() + unit.start()
            units.append(((middle(at) + middle(at + len(unit[0]) - 1)) / 2, unit[0]))
    place = sum(at for at, _ in units) / len(units)
    return place, "".join(unit for _, unit in sorted(units, key=lambda one: -one[0]))
