"""Code that the model drops though the text around it stays, and most other code of the page."""

from collections.abc import Sequence

from docmill.extract.html.kinds import Place
from schemas.document import BlockKind

__all__ = ["between"]

_REACH = 3  # blocks on either side within which text stays


def between(where: Sequence[Place], keep: Sequence[bool]) -> list[int]:
    """The blocks of code that go though they stand in text that stays, as examples in documentation do.

    Where they are more than stay, the model takes the text for an article without code: none.

    Args:
        where: Each block's place in its structure.
        keep: Whether the model keeps each block.
    """
    code = [number for number, place in enumerate(where) if place.kind is BlockKind.CODE]
    gone = [number for number in code if not keep[number]]
    found = [number for number in gone if _stays(where, keep, number, -1) and _stays(where, keep, number, 1)]
    return found if len(found) <= len(code) - len(gone) else []


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
