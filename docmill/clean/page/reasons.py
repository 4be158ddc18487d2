"""Why the model dropped a block: named by the names of the elements around it, else by the phrases in it.

Headers, footers and sidebars are all navigation by their names: wording names the notices and prompts in them. An
element that holds most of what stays is no advertisement, byline or comment, whatever its name: a page within an
`ad-wallpaper`.
"""

from collections.abc import Sequence

import numpy as np

from docmill.arrays import Flags
from docmill.clean.page.marks import REASONS
from docmill.clean.page.names import Told
from docmill.clean.reasons import name_reasons as name_by_wording
from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape
from schemas.document import RemovalReason

__all__ = ["name_reasons"]

_LABEL = 25  # characters; what is longer may say what it is
_SAID = frozenset((
    RemovalReason.LEGAL, RemovalReason.COOKIE_BANNER, RemovalReason.LOGIN_PROMPT, RemovalReason.SHARING,
    RemovalReason.CONTACT,
))  # fmt: skip
_NAVIGATION = 1 << REASONS.index(RemovalReason.NAVIGATION)
_FIRST: dict[int, RemovalReason | None] = {0: None, **{1 << number: reason for number, reason in enumerate(REASONS)}}


def name_reasons(page: Page, shape: Shape, told: Told, blocks: Sequence[int]) -> list[RemovalReason]:
    """Why each of the blocks that go does: by the innermost telling element around it, else by its wording."""
    marks = told.marks[shape.signature]
    marks[_hold_most(page, shape, blocks)] &= _NAVIGATION
    bits = marks[shape.innermost(marks > 0)[shape.leaf[np.array(blocks, np.intp)]]]
    found = [_FIRST[first] for first in (bits & -bits).tolist()]
    texts = [page.block_text[block] for block in blocks]
    unnamed = [
        at
        for at, reason in enumerate(found)
        if reason is None or (reason is RemovalReason.NAVIGATION and len(texts[at]) > _LABEL)
    ]
    for at, worded in zip(unnamed, name_by_wording([texts[at] for at in unnamed]), strict=True):
        if found[at] is None or worded in _SAID:
            found[at] = worded
    return [reason or RemovalReason.BOILERPLATE for reason in found]


def _hold_most(page: Page, shape: Shape, dropped: Sequence[int]) -> Flags:
    """Whether each element holds more than half of the text that stays. Shape (elements,)."""
    characters = np.fromiter(map(len, page.block_text), np.intp, len(page.block_text))
    characters[np.array(dropped, np.intp)] = 0
    before = np.concatenate(([0], np.cumsum(characters)))
    held: Flags = 2 * (before[shape.end] - before[shape.start]) > before[-1]
    return held
