"""The names of a page's elements: tags, roles, and the word parts of classes and ids."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Signature

__all__ = ["KINDS", "NameTable", "Told", "names_in"]

KINDS = ("tag", "class", "id", "role")
_CHARACTERS = 160  # of a class or an id that are looked at
_MOST_REMEMBERED = 20_000  # words of a kind
_PART = re.compile(r"[A-Z][a-z]+|[a-z]{2,}|[A-Z]{2,}(?![a-z])")


class Told(NamedTuple):
    """What the names of each signature of a page tell."""

    near: NDArray[np.float32]  # weight for blocks near such an element
    far: NDArray[np.float32]  # weight for all blocks in it
    marks: NDArray[np.intp]  # bits of the reasons they name


def names_in(kind: str, text: str) -> Iterable[str]:
    """The different names in a tag, a class, an id or a role."""
    return dict.fromkeys(chain.from_iterable(_names_of(kind, word) for word in text[:_CHARACTERS].split()))


def _names_of(kind: str, word: str) -> Iterable[str]:
    return map(str.lower, _PART.findall(word)) if kind in {"class", "id"} else (word,)


class NameTable:
    """Weights and marks of names, by kind."""

    def __init__(
        self, near: Mapping[str, Mapping[str, float]], far: Mapping[str, Mapping[str, float]], marks: Mapping[str, int]
    ) -> None:
        """Weights by kind and name; marks are the same for all kinds. What is not there weighs and marks nothing."""
        self._kinds = [_Kind(kind, near[kind], far[kind], marks) for kind in KINDS]

    def read(self, signatures: Sequence[Signature]) -> Told:
        """What the names in some elements' signatures add up to."""
        near, far = np.zeros(len(signatures)), np.zeros(len(signatures))
        marks = np.zeros(len(signatures), np.intp)
        for kind, texts in zip(self._kinds, zip(*signatures, strict=True), strict=False):
            own_near, own_far, own_marks = kind.read(texts)
            near += own_near
            far += own_far
            marks |= own_marks
        return Told(near.astype(np.float32), far.astype(np.float32), marks)


class _Kind:
    def __init__(
        self, kind: str, near: Mapping[str, float], far: Mapping[str, float], marks: Mapping[str, int]
    ) -> None:
        names = sorted({*near, *far, *marks})
        self._near, self._far = (np.array([w.get(name, 0) for name in names], np.float32) for w in (near, far))
        self._marks = np.array([marks.get(name, 0) for name in names], np.intp)
        self._words = _Words(kind, {name: number for number, name in enumerate(names)})

    def read(self, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
        """Sums of weights, and marks, of each text's names; a name that stands in it twice counts once."""
        if len(self._words) > _MOST_REMEMBERED:
            self._words.clear()
        of_word, numbers = self._words.__getitem__, dict[str, int]()
        text_of = [numbers.setdefault(text, len(numbers)) for text in texts]
        found = [dict.fromkeys(chain.from_iterable(map(of_word, text[:_CHARACTERS].split()))) for text in numbers]
        names = np.array(list(chain.from_iterable(found)), np.intp)
        owner = np.repeat(np.arange(len(found)), list(map(len, found)))
        marks = np.zeros(len(found), np.intp)
        np.bitwise_or.at(marks, owner, self._marks[names])
        near = np.asarray(np.bincount(owner, self._near[names], len(found)), float)
        far = np.asarray(np.bincount(owner, self._far[names], len(found)), float)
        return near[text_of], far[text_of], marks[text_of]


class _Words(dict[str, tuple[int, ...]]):
    """The numbers of the names in each word met lately; pages of a site repeat theirs."""

    def __init__(self, kind: str, numbers: Mapping[str, int]) -> None:
        super().__init__()
        self._kind, self._numbers = kind, numbers

    def __missing__(self, word: str) -> tuple[int, ...]:
        known = map(self._numbers.get, _names_of(self._kind, word))
        found = self[word] = tuple(number for number in known if number is not None)
        return found
