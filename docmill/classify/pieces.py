"""Texts to the Universal Sentence Encoder's tokens, word by word: a word met before is looked up.

The package's tokeniser is exact but slow (it is written in Python). No piece of its vocabulary reaches over a space, so
that a text's best segmentation is its words' best segmentations in a row. Long words, and scripts without spaces, whose
"words" are whole clauses, are not kept.
"""

from collections.abc import Sequence
from typing import Protocol

__all__ = ["Pieces"]

_KEPT = 20_000  # words
_LONG = 24  # characters of a word that is not kept


class _Tokeniser(Protocol):
    def encode(self, texts: str, *, add_bos: bool, add_eos: bool) -> list[int]: ...


class Pieces:
    """A tokeniser with a memory for words."""

    def __init__(self, tokeniser: _Tokeniser) -> None:
        """Begin and end marks are taken from the package's own encoding of nothing."""
        self._tokeniser = tokeniser
        self._begin, self._nothing, self._end = tokeniser.encode("", add_bos=True, add_eos=True)
        self._known: dict[str, list[int]] = {}

    def encode(self, text: str) -> Sequence[int]:
        """Token ids, with begin and end marks."""
        ids = [self._begin]
        for word in text.split():
            found = self._known.get(word)
            ids += self._encode(word) if found is None else found
        if len(ids) == 1:
            ids.append(self._nothing)
        ids.append(self._end)
        return ids

    def _encode(self, word: str) -> list[int]:
        found = self._tokeniser.encode(word, add_bos=False, add_eos=False)
        if found == [self._nothing]:  # nothing is left of it
            found = []
        if len(word) <= _LONG:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[word] = found
        return found
