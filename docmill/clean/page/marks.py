"""Names of elements that tell why the blocks in them are no content."""

import tomllib
from pathlib import Path

from schemas.document import RemovalReason

__all__ = ["MARKS", "REASONS"]

_ROWS = tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))
REASONS = tuple(map(RemovalReason, _ROWS))  # in order of preference
MARKS = {name: 1 << number for number, row in reversed(list(enumerate(_ROWS.values()))) for name in row}
"""Names that tell a reason: the bit of its number."""
