"""Taking blocks out of a page, and putting another page's in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Page, Signature

__all__ = ["Graft", "with_blocks", "without_blocks"]

_PLAIN: Signature = ("div", "", "", "")


@dataclass(frozen=True, slots=True)
class Graft:
    """Some blocks of a page, by their numbers."""

    page: Page
    numbers: list[int]


def without_blocks(page: Page, keep: NDArray[np.bool_]) -> Page:
    """A page without some of its blocks."""
    before = np.concatenate(([0], np.cumsum(keep))).tolist()
    chosen = np.flatnonzero(keep).tolist()
    return Page(
        block_text=[page.block_text[number] for number in chosen],
        block_leaf=[page.block_leaf[number] for number in chosen],
        block_box=[page.block_box[number] for number in chosen],
        block_link_characters=[page.block_link_characters[number] for number in chosen],
        element_parent=page.element_parent,
        element_signature=page.element_signature,
        element_start=[before[start] for start in page.element_start],
        element_end=[before[end] for end in page.element_end],
        signatures=page.signatures,
        title=page.title,
        types=page.types,
    )


def with_blocks(page: Page, at: int, graft: Graft, parent: int) -> Page:
    """A page with other blocks put in, each in a copy of its box and its box's parent, all in one `div`.

    Args:
        page: The page.
        at: The number that the first block put in will have.
        graft: What is put in.
        parent: The element that the `div` stands in; it holds, or borders on, the blocks beside it.
    """
    donor, chosen, count = graft.page, graft.numbers, len(graft.numbers)
    signatures = list(page.signatures)
    numbers = {signature: number for number, signature in enumerate(signatures)}
    parents, kinds = list(page.element_parent), list(page.element_signature)
    outer = _above(page, parent)
    ranges = [
        (start, end + count) if element in outer and start <= at <= end else _moved(start, end, at, count)
        for element, (start, end) in enumerate(zip(page.element_start, page.element_end, strict=True))
    ]
    made: dict[tuple[str, int], int] = {}

    def element(role: str, original: int, above: int, block: int) -> int:
        """The copy of a donor's element, widened to hold a block."""
        if (role, original) not in made:
            signature = donor.signatures[donor.element_signature[original]] if original >= 0 else _PLAIN
            if signature not in numbers:
                numbers[signature] = len(signatures)
                signatures.append(signature)
            made[role, original] = len(parents)
            parents.append(above)
            kinds.append(numbers[signature])
            ranges.append((block, block))
        number = made[role, original]
        ranges[number] = (ranges[number][0], block + 1)
        return number

    boxes, leaves = [], []
    for offset, number in enumerate(chosen):
        box, leaf = donor.block_box[number], donor.block_leaf[number]
        around = element("around", -1, parent, at + offset)
        above = element("above", donor.element_parent[box], around, at + offset)
        boxes.append(element("box", box, above, at + offset))
        leaves.append(boxes[-1] if leaf == box else element("leaf", leaf, boxes[-1], at + offset))

    def put(own: list[Any], new: list[Any]) -> list[Any]:
        return [*own[:at], *new, *own[at:]]

    place = _order(parents, [start for start, _ in ranges])
    order = np.argsort(place).tolist()
    return Page(
        block_text=put(page.block_text, [donor.block_text[number] for number in chosen]),
        block_leaf=[place[leaf] for leaf in put(page.block_leaf, leaves)],
        block_box=[place[box] for box in put(page.block_box, boxes)],
        block_link_characters=put(page.block_link_characters, [donor.block_link_characters[n] for n in chosen]),
        element_parent=[place[parents[old]] if parents[old] >= 0 else -1 for old in order],
        element_signature=[kinds[old] for old in order],
        element_start=[ranges[old][0] for old in order],
        element_end=[ranges[old][1] for old in order],
        signatures=signatures,
        title=page.title,
        types=page.types,
    )


def _above(page: Page, element: int) -> set[int]:
    """An element and all above it."""
    found = set()
    while element >= 0:
        found.add(element)
        element = page.element_parent[element]
    return found


def _moved(start: int, end: int, at: int, count: int) -> tuple[int, int]:
    """The range of an element that does not hold what is put in, after that."""
    if start >= at:
        return start + count, end + count
    return start, end + count if end > at else end


def _order(parents: Sequence[int], starts: Sequence[int]) -> list[int]:
    """Each element's number in document order."""
    inside: list[list[int]] = [[] for _ in parents]
    roots = []
    for element in sorted(range(len(parents)), key=lambda element: (-starts[element], -element)):
        (inside[parents[element]] if parents[element] >= 0 else roots).append(element)
    place, waiting, count = [0] * len(parents), roots, 0
    while waiting:
        element = waiting.pop()
        place[element] = count
        count += 1
        waiting += inside[element]
    return place
