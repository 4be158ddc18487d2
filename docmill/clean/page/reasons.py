"""Why the model dropped a block: named by the phrases in it, else by the names of the elements around it."""

import tomllib
from functools import cache, lru_cache
from pathlib import Path

from docmill.clean.page.vocabulary import path_tokens
from docmill.extract.html.page import Page, Signature
from schemas.document import RemovalReason

__all__ = ["name_by_path"]

_SOURCE = (Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8")


@cache
def _tokens() -> dict[str, tuple[int, RemovalReason]]:
    """Each token's reason, and its place in the order of preference."""
    rows = tomllib.loads(_SOURCE).items()
    return {token: (place, RemovalReason(reason)) for place, (reason, row) in enumerate(rows) for token in row}


@lru_cache(20_000)
def _of_signature(signature: Signature) -> RemovalReason | None:
    found = [row for _, names in path_tokens(signature) for name in names if (row := _tokens().get(name))]
    return min(found)[1] if found else None


def name_by_path(page: Page, element: int) -> RemovalReason | None:
    """The reason the innermost telling element around a block gives; None where none tells."""
    while element >= 0:
        if reason := _of_signature(page.signatures[page.element_signature[element]]):
            return reason
        element = page.element_parent[element]
    return None
