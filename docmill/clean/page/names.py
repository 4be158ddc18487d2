"""The names of a page's elements: tags, roles, and the word parts of classes and ids, of all signatures at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Signature

__all__ = ["KINDS", "Names", "read_names"]

KINDS = ("tag", "class", "id", "role")
_CHARACTERS = 300  # of a class or an id that are looked at
_END = "\x00"
_PART = re.compile(f"[A-Z][a-z]+|[a-z]{{2,}}|[A-Z]{{2,}}(?![a-z])|{_END}")
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Names:
    """For each kind the names in all signatures; one that stands twice in a signature counts once."""

    found: Mapping[str, tuple[list[str], Index, Index]]  # different names, the place of each there, its signature
    signatures: int

    def sums(self, kind: str, numbers: Mapping[str, int], weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Each signature's names' weights, summed; the first row of weights is that of a name without number.

        Args:
            kind: Of names.
            numbers: The row of each name.
            weights: Shape (rows, sums).

        Returns:
            Shape (sums, signatures).
        """
        names, place, owner = self.found[kind]
        rows = weights[np.fromiter(map(numbers.get, names, repeat(0)), np.intp, len(names))]
        return np.stack([np.bincount(owner, column[place], self.signatures) for column in rows.T])

    def marks(self, numbers: Mapping[str, int]) -> NDArray[np.intp]:
        """The bits that any of a signature's names, of any kind, gives. Shape (signatures,)."""
        bits = np.zeros(self.signatures, np.intp)
        for names, place, owner in self.found.values():
            own = np.fromiter(map(numbers.get, names, repeat(0)), np.intp, len(names))[place]
            telling = np.flatnonzero(own)
            np.bitwise_or.at(bits, owner[telling], own[telling])
        return bits


def read_names(signatures: Sequence[Signature]) -> Names:
    """The names in some elements' signatures."""
    size = len(signatures)
    tags, classes, identities, roles = zip(*signatures, strict=True) if size else ((), (), (), ())
    return Names(
        {
            "tag": (list(tags), np.arange(size), np.arange(size)),
            "class": _parts(classes),
            "id": _parts(identities),
            "role": _whole(roles),
        },
        size,
    )


def _whole(texts: Sequence[str]) -> tuple[list[str], Index, Index]:
    """The words of some texts as they are."""
    numbers: dict[str, int] = {}
    pairs = [
        (numbers.setdefault(word, len(numbers)), owner)
        for owner, text in enumerate(texts) if text for word in text.split()
    ]  # fmt: skip
    place, owner = np.array(pairs, np.intp).reshape(-1, 2).T
    return list(numbers), place, owner


def _parts(texts: Sequence[str]) -> tuple[list[str], Index, Index]:
    """The parts of the words of some texts; as most words stand in many texts, they are taken apart once."""
    rows = [text[:_CHARACTERS].replace(_END, " ").split() for text in texts]
    words = {word: number for number, word in enumerate(dict.fromkeys(chain.from_iterable(rows)))}
    names: dict[str, int] = {}
    parts: list[list[int]] = [[]]
    for part in _PART.findall(_END.join(words)):
        if part == _END:
            parts.append([])
        else:
            parts[-1].append(names.setdefault(part.lower(), len(names)))
    places: list[int] = []
    ends = []
    for row in rows:
        if len(row) == 1:
            places += dict.fromkeys(parts[words[row[0]]])
        elif row:
            places += dict.fromkeys(chain.from_iterable([parts[words[word]] for word in row]))
        ends.append(len(places))
    owner = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=0))
    return list(names), np.array(places, np.intp), owner
