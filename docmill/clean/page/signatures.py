"""Where blocks stand in the markup, by names that pages of one site share: what site memory knows furniture by."""

import re
from collections.abc import Sequence

from docmill.extract.html.page import Page
from schemas.document import BlockSignature

__all__ = ["signatures", "summary"]

_LEVELS = 5  # elements of a path; whole paths tell no more
_LONGEST = 60  # characters of a class
_MOST = 200  # signatures of a page
_NUMBER = re.compile(r"\d+")  # of a post or a column


def signatures(page: Page) -> list[str]:
    """The path of each block: its innermost elements with their classes, outermost first, numbers left out."""
    names = [_name(tag, words) for tag, words, *_ in page.signatures]
    paths: dict[int, str] = {}
    found: list[str] = []
    for leaf in page.block_leaf:
        if leaf not in paths:
            parts: list[str] = []
            element = leaf
            while element >= 0 and len(parts) < _LEVELS:
                parts.append(names[page.element_signature[element]])
                element = page.element_parent[element]
            paths[leaf] = ">".join(reversed(parts))
        found.append(paths[leaf])
    return found


def summary(page: Page, paths: Sequence[str], keep: Sequence[bool]) -> tuple[BlockSignature, ...]:
    """How much text of each signature is kept and dropped; of very many, those with the most text."""
    counts: dict[str, list[int]] = {}
    for text, path, kept in zip(page.block_text, paths, keep, strict=True):
        counts.setdefault(path, [0, 0])[not kept] += len(text)
    most = sorted(counts.items(), key=lambda entry: (-sum(entry[1]), entry[0]))[:_MOST]
    return tuple(BlockSignature.model_construct(path=p, kept=kept, dropped=dropped) for p, (kept, dropped) in most)


def _name(tag: str, words: str) -> str:
    return ".".join([tag, *_NUMBER.sub("", words)[:_LONGEST].split()])
