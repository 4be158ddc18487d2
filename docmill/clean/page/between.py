"""Code that the model drops though the text around it stays, and most other code of the page."""

from collections.abc import Sequence

from docmill.extract.html.kinds import Place
from schemas.document import BlockKind

__all__ = ["between"]

_REACH = 3  # blocks on either side within which text stays


def between(where: Sequence[Place], keep: Sequence[bool], dropped: Sequence[int]) -> list[int]:
    """The dropped blocks of code that stand in text that stays, as examples in documentation do.

    Where the model drops most of a page's code there, it takes the text for an article without: none.

    Args:
        where: Each block's place in its structure.
        keep: Whether the model keeps each block.
        dropped: The others.
    """
    code = [number for number in dropped if where[number].kind is BlockKind.CODE]
    found = [number for number in code if _stays(where, keep, number, -1) and _stays(where, keep, number, 1)]
    if not found or 2 * len(found) > sum(place.kind is BlockKind.CODE for place in where) - len(code) + len(found):
        return []
    return found


def _stays(where: Sequence[Place], keep: Sequence[bool], number: int, step: int) -> bool:
    """Whether text stays within some blocks before or after one; code does not count."""
    seen = 0
    number += step
    while 0 <= number < len(keep) and seen < _REACH:
        if where[number].kind is not BlockKind.CODE:
            if keep[number]:
                return True
            seen += 1
        number += step
    return False
