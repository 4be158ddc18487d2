"""Why the model dropped a block: named by the names of the elements around it, else by the phrases in it."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from docmill.clean.page.names import Names
from docmill.clean.reasons import name_reasons as name_by_wording
from docmill.extract.html.page import Page
from schemas.document import RemovalReason

__all__ = ["MARKS", "REASONS", "name_reasons"]

_ROWS = tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))
REASONS = tuple(map(RemovalReason, _ROWS))  # in order of preference
MARKS = {name: 1 << number for number, row in reversed(list(enumerate(_ROWS.values()))) for name in row}
"""Names that tell a reason: the bit of its number."""


def name_reasons(page: Page, names: Names, blocks: Sequence[int]) -> list[RemovalReason]:
    """Why each of some blocks goes: by the innermost telling element around it, else by its wording."""
    told = [REASONS[(bits & -bits).bit_length() - 1] if bits else None for bits in names.marks(MARKS).tolist()]
    known: dict[int, RemovalReason | None] = {-1: None}
    found = [_around(page, page.block_leaf[block], told, known) for block in blocks]
    texts = [page.block_text[block] for block, reason in zip(blocks, found, strict=True) if reason is None]
    worded = iter(name_by_wording(texts))
    return [reason or next(worded) or RemovalReason.BOILERPLATE for reason in found]


def _around(
    page: Page, element: int, told: list[RemovalReason | None], known: dict[int, RemovalReason | None]
) -> RemovalReason | None:
    """The reason an element or the nearest above it gives; what is found on the way is kept in `known`."""
    way = []
    while element not in known:
        way.append(element)
        if reason := told[page.element_signature[element]]:
            break
        element = page.element_parent[element]
    else:
        reason = known[element]
    known.update(dict.fromkeys(way, reason))
    return reason
