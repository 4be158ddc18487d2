"""Where blocks stand in the markup, by names that pages of one site share: what site memory knows furniture by."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from docmill.extract.html.page import Page
from schemas.document import BlockSignature

__all__ = ["signatures", "summary"]

_LEVELS = 5  # elements of a path; whole paths tell no more
_LONGEST = 60  # characters of a class
_MOST = 200  # signatures of a page
_NUMBER = re.compile(r"\d+")  # of a post or a column


def signatures(page: Page) -> list[str]:
    """The path of each block: its innermost elements with their classes, outermost first, numbers left out."""
    parents, signature = np.array(page.element_parent, np.intp), np.array(page.element_signature, np.intp)
    element = np.array(page.block_leaf, np.intp)
    chains = np.full((_LEVELS, len(element)), -1, np.intp)  # signatures, innermost first; -1 above the root
    for level in range(_LEVELS):
        chains[level] = np.where(element >= 0, signature[element], -1)
        element = np.where(element >= 0, parents[element], -1)
    names: dict[int, str] = {}
    paths: dict[tuple[int, ...], str] = {}
    found: list[str] = []
    for chain in zip(*chains.tolist(), strict=True):
        path = paths.get(chain)
        if path is None:
            path = paths[chain] = ">".join(_path(page, chain, names))
        found.append(path)
    return found


def _path(page: Page, chain: tuple[int, ...], names: dict[int, str]) -> Iterator[str]:
    """The names of some elements' signatures, outermost first; those told already are in `names`."""
    for number in reversed(chain):
        if number >= 0:
            if number not in names:
                tag, words, *_ = page.signatures[number]
                names[number] = _name(tag, words)
            yield names[number]


def summary(page: Page, paths: Sequence[str], keep: Sequence[bool]) -> tuple[BlockSignature, ...]:
    """How much text of each signature is kept and dropped; of very many, those with the most text."""
    counts: dict[str, list[int]] = {}
    for text, path, kept in zip(page.block_text, paths, keep, strict=True):
        counts.setdefault(path, [0, 0])[not kept] += len(text)
    most = sorted(counts.items(), key=lambda entry: (-sum(entry[1]), entry[0]))[:_MOST]
    return tuple(BlockSignature.model_construct(path=p, kept=kept, dropped=dropped) for p, (kept, dropped) in most)


def _name(tag: str, words: str) -> str:
    return tag if not words else ".".join([tag, *_NUMBER.sub("", words)[:_LONGEST].split()])
