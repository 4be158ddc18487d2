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
_DIGITS = b"0123456789"


def signatures(page: Page, shape: Shape) -> list[str]:
    """The path of each block: its innermost elements with their classes, outermost first, numbers left out."""
    above, own = np.append(shape.parent, -1), np.append(shape.signature, -1)  # -1 stands for what is above the root
    element = shape.leaf
    chains = np.empty((_LEVELS, len(element)), np.intp)  # signatures, innermost first
    for level in range(_LEVELS):
        chains[level] = own[element]
        element = above[element]
    used = np.zeros(len(page.signatures) + 1, bool)
    used[chains] = True
    names = _names(page, np.flatnonzero(used[:-1]).tolist())
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


def _names(page: Page, numbers: list[int]) -> dict[int, str]:
    """The tag and classes of some signatures, numbers left out of the classes."""
    names: dict[int, str] = {}
    for number in numbers:
        tag, words, *_ = page.signatures[number]
        if words:
            plain = words.encode().translate(None, _DIGITS).decode() if words.isascii() else _NUMBER.sub("", words)
            tag = ".".join([tag, *plain[:_LONGEST].split()])
        names[number] = tag
    return names
