"""Keyphrases: the document's own terms, by C-value (Frantzi, Ananiadou and Mima 2000) and where they first stand."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from docmill.annotate.terms import Terms

__all__ = ["find_keyphrases"]

_SINGLE = 0.5  # one word says less than several
_ONCE = 0.35
_TITLE = 2.0
_PLACES = 1 << 12  # segments; later ones count alike
_COMMON = 5  # letters with which two words begin that are forms of one
_ENDING = 4  # letters in which they may differ then
_Ints = NDArray[np.int64]
_Phrase = tuple[str, frozenset[str], frozenset[str]]  # its text, its words and what they begin with


@dataclass(frozen=True, slots=True)
class _Grams:
    """The distinct runs of so many terms."""

    size: int
    first: _Ints  # number of the term each first stands at
    counts: _Ints
    before: _Ints  # number of the run that each is without its last term
    at: _Ints  # number of the run that begins at each term, or -1


def find_keyphrases(terms: Terms, limit: int) -> tuple[str, ...]:
    """The best first, none part or near-repeat of another."""
    return tuple(_distinct(_ranked(terms), terms, limit))


@cache
def _early() -> NDArray[np.float64]:
    """What it is worth to stand first in the first, second, … segment."""
    return np.array([1 + 1 / (1 + math.log1p(place)) for place in range(_PLACES)])


def _grams(numbers: _Ints, most: int) -> list[_Grams]:
    """Runs without a break of one to `most` terms; `numbers` are the terms', 0 for a break."""
    bits, none = max(len(numbers), int(numbers.max(initial=0))).bit_length(), np.zeros(0, np.int64)
    found = [_Grams(0, none, none, none, np.zeros(len(numbers), np.int64))]
    for size in range(1, most + 1):
        shorter = found[-1].at
        last = np.concatenate((numbers[size - 1 :], np.zeros(min(size - 1, len(numbers)), np.int64)))
        begins = np.flatnonzero((shorter >= 0) & (last > 0))
        both = (((shorter[begins] << bits) | last[begins]) << bits) | begins
        both.sort()
        keys, places = both >> bits, both & ((1 << bits) - 1)
        new = np.ones(len(keys), np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        at = np.full(len(numbers), -1, np.int64)
        at[places] = np.cumsum(new) - 1
        edges = np.append(np.flatnonzero(new), len(keys))
        found.append(_Grams(size, places[new], edges[1:] - edges[:-1], keys[new] >> bits, at))
    return found[1:]


def _ranked(terms: Terms) -> Iterator[tuple[int, int]]:
    """Candidates as the number of their first term and their size, by score."""
    said = terms.numbers > 0
    begins = said.copy()
    begins[1:] &= ~said[:-1]
    places = np.minimum(np.cumsum(begins) - 1, _PLACES - 1)
    scores: list[NDArray[np.float64]] = []
    firsts: list[_Ints] = []
    sizes: list[_Ints] = []
    grams = _grams(terms.numbers, terms.most)
    for found, longer in zip(grams, [*grams[1:], None], strict=True):
        own = found.counts - (_held(found, longer) if longer else 0)
        titled = found.first < terms.head
        if found.size == 1:
            kept = (found.counts > 1) | titled
        else:
            named = np.logical_and.reduce([terms.capital[found.first + i] for i in range(found.size)])
            kept = (found.counts > 1) | titled | named
        kept &= own > 0
        if terms.nouns:
            kept &= terms.capital[found.first + found.size - 1]
        weight, first = _SINGLE if found.size == 1 else math.log2(found.size + 1), found.first[kept]
        worth = own[kept] * weight * _early()[places[first]]
        worth *= np.where(found.counts[kept] == 1, _ONCE, 1) * np.where(titled[kept], _TITLE, 1)
        scores.append(worth)
        firsts.append(first)
        sizes.append(np.full(len(firsts[-1]), found.size))
    first, size, score = np.concatenate(firsts), np.concatenate(sizes), np.concatenate(scores)
    order = np.lexsort((size, first, -score))
    return zip(first[order].tolist(), size[order].tolist(), strict=True)


def _held(found: _Grams, longer: _Grams) -> NDArray[np.float64]:
    """How many mentions of each belong to longer runs: of one term the most, else the mean of those runs' counts."""
    before, after = longer.before, found.at[longer.first + 1]
    once = before != after  # of `a a` both parts are one
    parts = np.concatenate((before, after[once]))
    counts = np.concatenate((longer.counts, longer.counts[once]))
    if found.size == 1:
        most = np.zeros(len(found.counts))
        np.maximum.at(most, parts, counts)
        return most
    total = np.bincount(parts, counts, len(found.counts))
    return total / np.maximum(np.bincount(parts, minlength=len(found.counts)), 1)


def _distinct(ranked: Iterable[tuple[int, int]], terms: Terms, limit: int) -> Iterator[str]:
    """Phrases that share no more than a part of their words with one already given."""
    given: list[_Phrase] = []
    for first, size in ranked:
        text = terms.phrase(first, size)
        numbers = terms.numbers[first : first + size].tolist()
        words = frozenset(part for number in numbers for part in terms.stems[number].split("-"))
        phrase = (text, words, frozenset(word[:_COMMON] for word in words))
        if len(text) < 2 or any(map(_alike, repeat(phrase), given, repeat(terms.space))):  # noqa: PLR2004
            continue
        given.append(phrase)
        yield text
        if len(given) == limit:
            return


def _alike(one: _Phrase, other: _Phrase, space: str) -> bool:
    """Whether half of the words of one are, in some form, the other's; without spaces, whether one holds the other."""
    if not space and (one[0] in other[0] or other[0] in one[0]):
        return True
    if one[2].isdisjoint(other[2]):
        return False
    fewer, more = sorted((one[1], other[1]), key=len)
    return 2 * sum(word in more or any(map(_forms, repeat(word), more)) for word in fewer) >= len(fewer)


def _forms(one: str, other: str) -> bool:
    """Whether two words seem forms of one: `education`, `educational`."""
    shorter, longer = sorted((one, other), key=len)
    if shorter[:_COMMON] != longer[:_COMMON] or len(shorter) < _COMMON or len(longer) - len(shorter) > _ENDING:
        return False
    common = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return len(longer) - common <= _ENDING
