"""Labels for a page's blocks: the share of each block's words that the known main content accounts for."""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import accumulate

__all__ = ["Labels", "align"]

_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_GRAM = 4  # words in a row that must agree
_AROUND = 10  # blocks on either side that tell a block's copy in the content from one in a teaser
_CANDIDATES = 20
_SHORT = 12
_HALF = 0.5
_LINE_SHARE = 0.9
_LEAST_AROUND = 0.15


@dataclass(frozen=True, slots=True)
class Labels:
    """Per block the share in 0..1 and the number of words; words of the main content."""

    share: list[float]
    words: list[int]
    content: int


def align(texts: list[str], content: str) -> Labels:
    """Match blocks with the content by runs of four words, over the borders of blocks.

    Each word of the content is accounted for once; where a page has a text twice, the copy among other matching blocks
    gets it. What is left of short blocks counts where it is a whole line of the content.
    """
    gold = _words(content)
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(gold) - _GRAM + 1):
        places[tuple(gold[index : index + _GRAM])].append(index)
    blocks = [_words(text) for text in texts]
    stream = [word for block in blocks for word in block]
    starts = [0, *accumulate(len(block) for block in blocks)]
    found = [places.get(tuple(stream[index : index + _GRAM])) for index in range(len(stream))]
    covered = [False] * len(stream)
    for index, hits in enumerate(found):
        if hits:
            covered[index : index + _GRAM] = [True] * len(covered[index : index + _GRAM])
    density = _density(covered, starts)
    order = sorted(range(len(blocks)), key=lambda number: -density[number])
    used = bytearray(len(gold) + 1)
    share = [0.0] * len(blocks)
    for number in order:
        got = sum(
            covered[index] and _take(index, found, used) for index in range(starts[number], starts[number + 1])
        )
        share[number] = got / max(len(blocks[number]), 1)
    lines = Counter(tuple(_words(line)) for line in content.split("\n"))
    lines.subtract(tuple(block) for block, part in zip(blocks, share, strict=True) if part >= _HALF)
    for number in order:
        line = tuple(blocks[number])
        if 0 < len(line) <= _SHORT and share[number] < _HALF and lines[line] > 0 and density[number] > _LEAST_AROUND:
            lines[line] -= 1
            share[number] = _LINE_SHARE
    return Labels(share, [len(block) for block in blocks], len(gold))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _density(covered: list[bool], starts: list[int]) -> list[float]:
    """How much of the blocks around each one is covered; more of it counts for a little more."""
    sums = [0, *accumulate(covered)]
    last = len(starts) - 2
    found = []
    for number in range(last + 1):
        low, high = starts[max(0, number - _AROUND)], starts[min(last, number + _AROUND) + 1]
        mass = sums[high] - sums[low]
        found.append(mass / (high - low + 20) + 0.0005 * min(mass, 500))
    return found


def _take(index: int, found: list[list[int] | None], used: bytearray) -> bool:
    """Whether a word has a place in the content that is still free; takes it."""
    for start in range(max(0, index - _GRAM + 1), index + 1):
        for place in (found[start] or ())[:_CANDIDATES]:
            if not used[place + index - start]:
                used[place + index - start] = 1
                return True
    return False
