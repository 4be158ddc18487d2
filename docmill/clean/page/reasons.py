"""Why the model dropped a block: named by the names of the elements around it, else by the phrases in it."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from docmill.clean.page.names import Names
from docmill.clean.reasons import name_reasons as name_by_wording
from docmill.extract.html.innermost import innermost
from docmill.extract.html.page import Page
from schemas.document import RemovalReason

__all__ = ["MARKS", "REASONS", "name_reasons"]

_ROWS = tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))
REASONS = tuple(map(RemovalReason, _ROWS))  # in order of preference
MARKS = {name: 1 << number for number, row in reversed(list(enumerate(_ROWS.values()))) for name in row}
"""Names that tell a reason: the bit of its number."""
_FIRST: dict[int, RemovalReason | None] = {0: None, **{1 << number: reason for number, reason in enumerate(REASONS)}}


def name_reasons(page: Page, names: Names, blocks: Sequence[int]) -> list[RemovalReason]:
    """Why each of some blocks goes: by the innermost telling element around it, else by its wording."""
    told = names.marks(MARKS)[np.array(page.element_signature, np.intp)]
    leaf = np.array(page.block_leaf, np.intp)[np.array(blocks, np.intp)]
    bits = told[innermost(told > 0, np.array(page.element_parent, np.intp))[leaf]]
    found = [_FIRST[first] for first in (bits & -bits).tolist()]
    texts = [page.block_text[block] for block, reason in zip(blocks, found, strict=True) if reason is None]
    worded = iter(name_by_wording(texts))
    return [reason or next(worded) or RemovalReason.BOILERPLATE for reason in found]
