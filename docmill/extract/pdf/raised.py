"""Numbers of notes that are set small and high behind a word, of which PDFium's text shows nothing."""

import re
from collections.abc import Callable, Iterator

__all__ = ["with_marks"]

Box = tuple[float, float, float, float]
_CANDIDATE = re.compile(
    r"(?<!\S)\S*?[^\W\d_]{3}[.,;:!?)\]»”’\"']{0,3}(\d{1,3}(?:[,–-]\d{1,3}){0,4})(?=[.,;:!?)»”’\"']{0,2}(?!\S))"
)
_SMALL, _HIGH = 0.85, 0.15  # of the type's size before it


def with_marks(text: str, first: int, end: int, loose: Callable[[int], Box]) -> str:
    """A stretch of a page's text, with such numbers in brackets: `night[1]`.

    Args:
        text: The page's.
        first: The first character.
        end: Behind the last one.
        loose: The box of the line that a character is set in.
    """
    parts: list[str] = []
    at = first
    for number in _numbers(text, first, end):
        if _is_raised(loose(number.start - 1), loose(number.start)):
            parts += [text[at : number.start], "[", text[number.start : number.stop], "]"]
            at = number.stop
    return "".join([*parts, text[at:end]])


def _numbers(text: str, first: int, end: int) -> Iterator[range]:
    return (range(*found.span(1)) for found in _CANDIDATE.finditer(text, first, end))


def _is_raised(before: Box, box: Box) -> bool:
    height = before[3] - before[1]
    return box[3] - box[1] < _SMALL * height and box[1] - before[1] > _HIGH * height
