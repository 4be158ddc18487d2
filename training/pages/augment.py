"""Made-up variants of article pages: short ones, and ones with other pages' teasers around the article.

The labelled pages are mostly long articles of large sites. Short news among lists of other news, as on many older and
smaller sites, is what a model trained on them alone gets wrong.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Page
from training.pages.corpus import Example

__all__ = ["variants"]

_CROPPED = 0.85  # share of variants whose article is cut to a few paragraphs
_PARAGRAPHS = (2, 9)
_WITH_TEASERS, _WITH_MORE, _WITH_POSTS = 0.7, 0.3, 0.35
_TEASERS = (8, 60)
_PLACES = {"after": 0.5, "before": 0.2, "end": 0.3}
_CONTENT = 0.6  # a block of which so much is content, is
_PARAGRAPH_WORDS = 5
_LEAST_WORDS = 30
_DONOR_BLOCKS, _DONOR_POSTS = 15, 6
_LISTS, _FORUMS = frozenset({"listing", "collection"}), frozenset({"forum"})


def variants(examples: Sequence[Example], seed: int) -> Iterator[Example]:
    """One variant of every article that is long enough to be cut; what is put in comes from pages of the same fold."""
    random = np.random.default_rng(seed)
    teasers, posts = _donors(examples, _LISTS, _DONOR_BLOCKS), _donors(examples, _FORUMS, _DONOR_POSTS)
    for example in examples:
        share, words = np.array(example.share), np.array(example.words)
        paragraphs = np.flatnonzero((share > _CONTENT) & (words >= _PARAGRAPH_WORDS))
        if example.kind != "article" or example.known is not None or len(paragraphs) < _PARAGRAPHS[0] + 3:
            continue
        page = example.page
        if random.random() < _CROPPED and len(paragraphs) > (count := int(random.integers(*_PARAGRAPHS))):
            keep = np.ones(len(share), bool)
            keep[paragraphs[count] : paragraphs[-1] + 1] = False
            page, share, words = _without(page, keep), share[keep], words[keep]
        for pool, likely, places in (
            (teasers.get(example.fold), _WITH_TEASERS, _PLACES),
            (teasers.get(example.fold), _WITH_MORE, _PLACES),
            (posts.get(example.fold), _WITH_POSTS, {"after": 1.0}),
        ):
            if not pool or random.random() >= likely:
                continue
            donor, blocks = pool[int(random.integers(len(pool)))]
            count = int(random.integers(*_TEASERS))
            start = int(random.integers(max(1, len(blocks) - count)))
            chosen = blocks[start : start + count]
            at = _place(share, str(random.choice(list(places), p=list(places.values()))))
            page = _with(page, at, donor.page, chosen)
            share = np.insert(share, at, np.zeros(len(chosen)))
            words = np.insert(words, at, np.array(donor.words)[chosen])
        content = int(share @ words)
        if content >= _LEAST_WORDS:
            yield Example(
                example.name,
                example.site,
                example.kind,
                page,
                share.tolist(),
                words.tolist(),
                content,
                fold=example.fold,
            )


def _donors(
    examples: Sequence[Example], kinds: frozenset[str], least: int
) -> dict[int, list[tuple[Example, list[int]]]]:
    """Pages of some types and their content blocks, if enough, by fold."""
    found: dict[int, list[tuple[Example, list[int]]]] = {}
    for example in examples:
        blocks = [number for number, share in enumerate(example.share) if share > _CONTENT]
        if example.kind in kinds and len(blocks) > least:
            found.setdefault(example.fold, []).append((example, blocks))
    return found


def _place(share: NDArray[np.float64], where: str) -> int:
    content = np.flatnonzero(share > _CONTENT)
    if where == "end" or not len(content):
        return len(share)
    return int(content[0]) if where == "before" else int(content[-1]) + 1


def _without(page: Page, keep: NDArray[np.bool_]) -> Page:
    """A page without some of its blocks."""
    before = np.concatenate(([0], np.cumsum(keep))).tolist()
    chosen = np.flatnonzero(keep).tolist()
    return Page(
        block_text=[page.block_text[number] for number in chosen],
        block_leaf=[page.block_leaf[number] for number in chosen],
        block_box=[page.block_box[number] for number in chosen],
        block_link_characters=[page.block_link_characters[number] for number in chosen],
        block_links=[None] * len(chosen),
        element_parent=page.element_parent,
        element_signature=page.element_signature,
        element_start=[before[start] for start in page.element_start],
        element_end=[before[end] for end in page.element_end],
        signatures=page.signatures,
        title=page.title,
        types=page.types,
    )


def _with(page: Page, at: int, donor: Page, chosen: list[int]) -> Page:
    """A page with blocks of another put in, each in a copy of its box and its box's parent, all in one `div`."""
    count = len(chosen)
    signatures = list(page.signatures)
    numbers = {signature: number for number, signature in enumerate(signatures)}
    parents, kinds = list(page.element_parent), list(page.element_signature)
    body = max((e for e, kind in enumerate(kinds) if signatures[kind][0] in ("html", "body")), default=0)
    ranges = [
        _moved(start, end, at, count, element <= body)
        for element, (start, end) in enumerate(zip(page.element_start, page.element_end, strict=True))
    ]
    made: dict[tuple[str, int], int] = {}

    def element(role: str, original: int, parent: int, block: int) -> int:
        """The copy of a donor's element, widened to hold a block."""
        if (role, original) not in made:
            signature = donor.signatures[donor.element_signature[original]] if original >= 0 else ("div", "", "", "")
            if signature not in numbers:
                numbers[signature] = len(signatures)
                signatures.append(signature)
            made[role, original] = len(parents)
            parents.append(parent)
            kinds.append(numbers[signature])
            ranges.append((block, block))
        number = made[role, original]
        ranges[number] = (ranges[number][0], block + 1)
        return number

    boxes, leaves = [], []
    for offset, number in enumerate(chosen):
        box, leaf = donor.block_box[number], donor.block_leaf[number]
        around = element("around", -1, body, at + offset)
        above = element("above", donor.element_parent[box], around, at + offset)
        boxes.append(element("box", box, above, at + offset))
        leaves.append(boxes[-1] if leaf == box else element("leaf", leaf, boxes[-1], at + offset))

    def put(own: list[Any], new: list[Any]) -> list[Any]:
        return [*own[:at], *new, *own[at:]]

    return Page(
        block_text=put(page.block_text, [donor.block_text[number] for number in chosen]),
        block_leaf=put(page.block_leaf, leaves),
        block_box=put(page.block_box, boxes),
        block_link_characters=put(page.block_link_characters, [donor.block_link_characters[n] for n in chosen]),
        block_links=[None] * (len(page.block_text) + count),
        element_parent=parents,
        element_signature=kinds,
        element_start=[start for start, _ in ranges],
        element_end=[end for _, end in ranges],
        signatures=signatures,
        title=page.title,
        types=page.types,
    )


def _moved(start: int, end: int, at: int, count: int, outer: bool) -> tuple[int, int]:  # noqa: FBT001  a plain case
    """An element's range after the insertion; the page's own root elements hold what is put in."""
    if outer and start <= at <= end:
        return start, end + count
    if start >= at:
        return start + count, end + count
    return start, end + count if end > at else end
