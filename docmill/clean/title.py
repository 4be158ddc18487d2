"""Find the line that is the document's title."""

import re

from docmill.clean.line import Line
from docmill.clean.patterns import NUMBERS
from schemas.document import RemovalReason

__all__ = ["find_title"]

_SECTION = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)、]|[IVX]+\.|[（(]?[一二三四五六七八九十]+[、）)])\s*\S")
_MIN_WORDS = 2.5
# Menus and breadcrumbs stand above a page's title, next to the site's name.
_SITE_FURNITURE = frozenset({RemovalReason.NAVIGATION, RemovalReason.BREADCRUMB, RemovalReason.LOGIN_PROMPT})


def find_title(lines: list[Line], verdicts: list[RemovalReason | None], declared: str | None) -> int | None:
    """Index of the title among the lines before the body, or None.

    The title is a heading-like line before the first prose that no rule takes for furniture: one that
    matches the declared title, else one that is repeated further down, else the first with enough words.
    """
    head = _head(lines)
    if declared:
        wanted = " ".join(declared.casefold().split())
        return next((line.index for line in head if " ".join(line.text.casefold().split()) == wanted), None)
    bar = max((at for at in range(len(head)) if verdicts[at] in _SITE_FURNITURE), default=-1)
    below = [line for line in head[bar + 1 :] if verdicts[line.index] is None and _could_be_title(line)]
    candidates = below or [line for line in head if verdicts[line.index] is None and _could_be_title(line)]
    if not candidates:
        return None
    later = {line.lowered for line in lines[len(head) :]}
    repeated = [line for line in candidates if line.lowered in later and line.words >= _MIN_WORDS]
    long_enough = [line for line in candidates if line.words >= _MIN_WORDS + 0.5]
    best = next(iter(repeated or long_enough), None)
    return None if best is None else _without_site_name(best, candidates).index


def _head(lines: list[Line]) -> list[Line]:
    first = next((line.index for line in lines if line.is_prose), None)
    return [] if first is None else lines[:first]


def _could_be_title(line: Line) -> bool:
    if line.words > NUMBERS.title_words or line.text.endswith((".", ":", "：", "。", ",", "，", ";")):
        return False
    return not line.is_list_item and not _SECTION.match(line.text)


def _without_site_name(best: Line, candidates: list[Line]) -> Line:
    """The candidate that `Title - Site name` contains, where both stand in the text."""
    for line in candidates:
        if line.index > best.index and line.words >= _MIN_WORDS and best.folded.startswith(line.folded + " "):
            return line
    return best
