"""Where blocks stand in the markup, by names that pages of one site share: what site memory knows furniture by."""

import re
from collections.abc import Sequence

import numpy as np
from pydantic import TypeAdapter

from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape
from schemas.document import BlockSignature

__all__ = ["signatures", "summary"]

_SIGNATURES = TypeAdapter(tuple[BlockSignature, ...])  # many at once: far faster than one by one
_LEVELS = 5  # elements of a path; whole paths tell no more
_LONGEST = 60  # characters of a class
_MOST = 200  # signatures of a page
_NUMBER = re.compile(r"\d+")  # of a post or a column


def signatures(page: Page, shape: Shape) -> list[str]:
    """The path of each block: its innermost elements with their classes, outermost first, numbers left out."""
    element = shape.leaf
    chains = np.full((_LEVELS, len(element)), -1, np.intp)  # signatures, innermost first; -1 above the root
    for level in range(_LEVELS):
        chains[level] = np.where(element >= 0, shape.signature[element], -1)
        element = np.where(element >= 0, shape.parent[element], -1)
    names = [_name(tag, words) for tag, words, *_ in page.signatures]
    paths: dict[tuple[int, ...], str] = {}
    found: list[str] = []
    for chain in zip(*chains[::-1].tolist(), strict=True):
        path = paths.get(chain)
        if path is None:
            path = paths[chain] = ">".join([names[number] for number in chain if number >= 0])
        found.append(path)
    return found


def summary(page: Page, paths: Sequence[str], keep: Sequence[bool]) -> tuple[BlockSignature, ...]:
    """How much text of each signature is kept and dropped; of very many, those with the most text."""
    counts: dict[str, list[int]] = {}
    for text, path, kept in zip(page.block_text, paths, keep, strict=True):
        counts.setdefault(path, [0, 0])[not kept] += len(text)
    most = sorted(counts.items(), key=lambda entry: (-sum(entry[1]), entry[0]))[:_MOST]
    return _SIGNATURES.validate_python([{"path": p, "kept": kept, "dropped": gone} for p, (kept, gone) in most])


def _name(tag: str, words: str) -> str:
    return ".".join([tag, *_NUMBER.sub("", words)[:_LONGEST].split()]) if words else tag
