"""The names of a page's elements: tags, roles, and the word parts of classes and ids, of all signatures at once."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Signature

__all__ = ["KINDS", "Names", "read_names"]

KINDS = ("tag", "class", "id", "role")
_CHARACTERS = 160  # of a class or an id that are looked at
_PART = re.compile(r"[A-Z][a-z]+|[a-z]{2,}|[A-Z]{2,}(?![a-z])|\n")
_BETWEEN = "\n"  # of two texts that are searched at once
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Names:
    """For each kind the names in all signatures; one that stands twice in a signature counts once.

    Many signatures share a class or a tag, so that names are kept, and looked up, once for each different text.
    """

    found: Mapping[str, tuple[list[str], Index, Index]]  # names, the text each is of, and the text of each signature
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
        names, owner, text = self.found[kind]
        rows = weights[np.fromiter(map(numbers.get, names, repeat(0)), np.intp, len(names))]
        return np.stack([np.bincount(owner, column, len(text))[text] for column in rows.T])

    def marks(self, numbers: Mapping[str, int]) -> NDArray[np.intp]:
        """The bits that any of a signature's names, of any kind, gives. Shape (signatures,)."""
        bits = np.zeros(self.signatures, np.intp)
        for names, owner, text in self.found.values():
            own = np.fromiter(map(numbers.get, names, repeat(0)), np.intp, len(names))
            telling = np.flatnonzero(own)
            if len(telling):
                of_text = np.zeros(self.signatures, np.intp)
                np.bitwise_or.at(of_text, owner[telling], own[telling])
                bits |= of_text[text]
        return bits


def read_names(signatures: Sequence[Signature]) -> Names:
    """The names in some elements' signatures."""
    size = len(signatures)
    tags, classes, identities, roles = zip(*signatures, strict=True) if size else ((), (), (), ())
    return Names(
        {
            "tag": _named(tags, lambda texts: [(number, text) for number, text in enumerate(texts)]),
            "class": _named(classes, _parts),
            "id": _named(identities, _parts),
            "role": _named(roles, lambda texts: [(n, word) for n, text in enumerate(texts) for word in text.split()]),
        },
        size,
    )


def _named(
    texts: Sequence[str], names_of: Callable[[Sequence[str]], Iterable[tuple[int, str]]]
) -> tuple[list[str], Index, Index]:
    """The names in some texts, as `Names.found` has them; `names_of` gives each with the number of its text."""
    numbers: dict[str, int] = {}
    text_of = [numbers.setdefault(text, len(numbers)) for text in texts]
    found = list(names_of(list(numbers)))
    owners = np.fromiter((owner for owner, _ in found), np.intp, len(found))
    return [name for _, name in found], owners, np.array(text_of, np.intp)


def _parts(texts: Sequence[str]) -> Iterable[tuple[int, str]]:
    """The parts of classes or ids, each once in its text; all are searched at once."""
    joined = _BETWEEN.join([text[:_CHARACTERS].replace(_BETWEEN, " ") for text in texts])
    found: dict[tuple[int, str], None] = {}
    number = 0
    for part in _PART.findall(joined):
        if part == _BETWEEN:
            number += 1
        else:
            found[number, part.lower()] = None
    return found
