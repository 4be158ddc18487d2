"""The names of a page's elements: tags, roles, and the word parts of classes and ids."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Signature

__all__ = ["KINDS", "NameTable", "Told", "names_in"]

KINDS = ("tag", "class", "id", "role")
_CHARACTERS = 160  # of a class or an id that are looked at
_PART, _WORD = re.compile(r"[A-Z][a-z]+|[a-z]{2,}|[A-Z]{2,}(?![a-z])|\n"), re.compile(r"[^\s]+|\n")


class Told(NamedTuple):
    """What the names of each signature of a page tell."""

    near: NDArray[np.float32]  # weight for blocks near such an element
    far: NDArray[np.float32]  # weight for all blocks in it
    marks: NDArray[np.intp]  # bits of the reasons they name


def names_in(kind: str, text: str) -> Iterable[str]:
    """The different names in a tag, a class, an id or a role."""
    return dict.fromkeys(part for part in _parts(kind, text[:_CHARACTERS]) if part != "\n")


def _parts(kind: str, text: str) -> Iterable[str]:
    """The names in a text and its line ends."""
    return map(str.lower, _PART.findall(text)) if kind in {"class", "id"} else _WORD.findall(text)


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
        self._numbers = {name: number for number, name in enumerate(names)}
        self._kind = kind

    def read(self, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
        """Sums of weights, and marks, of each text's names; a name that stands in it twice counts once."""
        at: dict[str, int] = {}  # of each different text
        text_of = [at.setdefault(text, len(at)) for text in texts]
        owner, names = np.divmod(self._found(list(at)), len(self._numbers) or 1)
        marks = np.zeros(len(at), np.intp)
        np.bitwise_or.at(marks, owner, self._marks[names])
        near = np.asarray(np.bincount(owner, self._near[names], len(at)), float)
        far = np.asarray(np.bincount(owner, self._far[names], len(at)), float)
        return near[text_of], far[text_of], marks[text_of]

    def _found(self, texts: list[str]) -> NDArray[np.intp]:
        """The known names in some texts, each once a text: its number, plus the text's times the number of names."""
        joined = "\n".join([" ".join(text[:_CHARACTERS].split()) for text in texts])
        found: dict[int, None] = {}
        base, known, size = 0, self._numbers.get, len(self._numbers)
        for part in _parts(self._kind, joined):
            if part == "\n":
                base += size
            elif (number := known(part)) is not None:
                found[base + number] = None
        return np.fromiter(found, np.intp, len(found))
