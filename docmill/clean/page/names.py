"""The names of a page's elements: tags, roles, and the word parts of classes and ids."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Index
from docmill.extract.html.page import Signature

__all__ = ["KINDS", "NameTable", "Told", "names_in"]

KINDS = ("tag", "class", "id", "role")
_IN_PARTS = frozenset(("class", "id"))
_CHARACTERS = 160  # of a class or an id that are looked at
_PART = re.compile(r"[A-Z][a-z]+|[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_NEXT = b"A"  # stands between texts of small letters
_SMALL = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyzA" else ord(" ") for code in range(256))
_UNKNOWN, _SEPARATOR = -1, -2


class Told(NamedTuple):
    """What the names of each signature of a page tell."""

    near: NDArray[np.float32]  # weight for blocks near such an element
    far: NDArray[np.float32]  # weight for all blocks in it
    marks: Index  # bits of the reasons they name


def names_in(kind: str, text: str) -> Iterable[str]:
    """The different names in a tag, a class, an id or a role."""
    text = text[:_CHARACTERS]
    return dict.fromkeys(map(str.lower, _PART.findall(text)) if kind in _IN_PARTS else text.split())


class NameTable:
    """Weights and marks of names, by kind."""

    def __init__(
        self, near: Mapping[str, Mapping[str, float]], far: Mapping[str, Mapping[str, float]], marks: Mapping[str, int]
    ) -> None:
        """Weights by kind and name; marks are the same for all kinds. What is not there weighs and marks nothing."""
        every = [(kind, name) for kind in KINDS for name in sorted({*near[kind], *far[kind], *marks})]
        self._near, self._far = (np.array([w[kind].get(n, 0) for kind, n in every], np.float32) for w in (near, far))
        self._marks = np.array([marks.get(name, 0) for _, name in every], np.intp)
        self._numbers: dict[str, dict[bytes, int]] = {kind: {_NEXT: _SEPARATOR} for kind in KINDS}
        for number, (kind, name) in enumerate(every):
            self._numbers[kind][name.encode("utf-8", "replace")] = number

    def read(self, signatures: Sequence[Signature]) -> Told:
        """What the names in some elements' signatures add up to; one that stands twice in a text counts once."""
        size = 0  # different texts of each kind so far
        places: list[int] = []  # by kind, the text of each signature
        owners, numbers = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
        for kind, texts in zip(KINDS, zip(*signatures, strict=True), strict=False):
            at = dict(zip(dict.fromkeys(texts), count(size), strict=False))
            places += map(at.__getitem__, texts)
            owner, number = (_in_parts if kind in _IN_PARTS else _whole)(list(at), self._numbers[kind])
            owners.append(owner + size)
            numbers.append(number)
            size += len(at)
        bits = len(self._near).bit_length()
        keys = np.sort((np.concatenate(owners) << bits) + np.concatenate(numbers))
        keys = keys[np.diff(keys, prepend=-1) > 0]
        owner, number = keys >> bits, keys & ((1 << bits) - 1)
        text_of = np.array(places, np.intp).reshape(-1, len(signatures))
        near, far = (np.bincount(owner, w[number], size)[text_of].sum(axis=0) for w in (self._near, self._far))
        marks = np.zeros(size, np.intp)
        np.bitwise_or.at(marks, owner, self._marks[number])
        return Told(near.astype(np.float32), far.astype(np.float32), np.bitwise_or.reduce(marks[text_of], axis=0))


def _in_parts(texts: list[str], known: Mapping[bytes, int]) -> tuple[Index, Index]:
    """The known names among the parts of classes or ids: the place of each one's text, and its number."""
    small = [
        text if text.islower() else " ".join(_PART.findall(text)).lower()
        for text in [text[:_CHARACTERS] for text in texts]
    ]
    parts = f" {_NEXT.decode()} ".join(small).encode("ascii", "replace").translate(_SMALL).split()
    numbers = np.fromiter(map(known.get, parts, repeat(_UNKNOWN)), np.intp, len(parts))
    found = np.flatnonzero(numbers >= 0)
    return np.cumsum(numbers == _SEPARATOR)[found], numbers[found]


def _whole(texts: list[str], known: Mapping[bytes, int]) -> tuple[Index, Index]:
    """The same of names between spaces."""
    found = [
        (place, number)
        for place, text in enumerate(texts)
        for name in text[:_CHARACTERS].split()
        if (number := known.get(name.encode("utf-8", "replace"), _UNKNOWN)) >= 0
    ]
    owner, numbers = np.array(found, np.intp).reshape(-1, 2).T
    return owner, numbers
