"""Words of a text with what stands around them, read once for all annotators of a document."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count, repeat
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from docmill.annotate.characters import Characters, Kind

__all__ = ["Mention", "Token", "Tokens"]

_NEW_SENTENCE = re.compile(r"[.!?…]['\"”»)]?\s|\n|[:•]\s*[\"“«]?$|^\s*[\"“«(]?$|[\"“«]$")
_DIGITS = frozenset("0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")
_SPACE, _NO_BREAK_SPACE = 0x20, 0xA0
_FEW_CAPITALS = 0.004  # of the characters: a text written in lower case throughout


@dataclass(slots=True)
class Token:
    """One word."""

    start: int
    end: int
    text: str
    folded: str
    gap: str  # between the word before and this one
    initial: bool  # begins a sentence, line or quotation, where a capital says nothing
    capital: bool  # begins with a capital letter


class Mention(NamedTuple):
    """Where a text names something."""

    start: int
    end: int
    type: str
    canonical: str | None = None  # where it differs from the text


class Tokens(Sequence[Token]):
    """A text's words: parallel lists, which are quick to make and to search; a `Token` of each that is looked at.

    Each distinct word, as written, has a number: what depends on a word alone is found out once for each.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.characters = Characters.of(text)
        codes, inside = self.characters.codes, _inside_words(self.characters.kinds)
        edges = np.flatnonzero(np.diff(inside, prepend=np.False_, append=np.False_))
        self.words = np.where(inside, codes, np.uint32(_SPACE)).tobytes().decode("utf-32-le").split()
        self.places = edges.reshape(-1, 2)  # where each word starts and ends
        starts, ends = self.places.T
        self.starts: list[int] = starts.tolist()
        self.ends: list[int] = ends.tolist()
        first, last = starts[1:], ends[:-1]  # characters after each gap between words, and its own first
        plain = (last + 1 == first) & ((codes[last] == _SPACE) | (codes[last] == _NO_BREAK_SPACE))
        self.initials = self.characters.kinds[starts]
        self._unlike = np.flatnonzero(~plain) + 1  # words before which there is anything but a space
        self.gaps = self._gaps(text.replace("\u00a0", " "))
        self._numbered()
        self._made: list[Token | None] = [None] * len(self.words)

    def _gaps(self, text: str) -> list[str]:
        """What stands before each word, and after the last."""
        if not self.words:
            return [text]
        starts, ends = self.starts, self.ends
        gaps = [text[: starts[0]], *repeat(" ", len(starts) - 1), text[ends[-1] :]]
        for i in self._unlike.tolist():
            gaps[i] = text[ends[i - 1] : starts[i]]
        return gaps

    def _numbered(self) -> None:
        known = defaultdict[str, int](count().__next__)
        numbers = list(map(known.__getitem__, self.words))
        self.distinct = list(known)
        self.folds = list(map(str.casefold, self.distinct))  # of the distinct words
        self.folded = list(map(self.folds.__getitem__, numbers))
        self.numbers = np.array(numbers, np.int64)  # of each word, into the distinct ones

    @cached_property
    def capitals(self) -> list[int]:
        """Numbers of the words that begin with a capital."""
        words, folded = self.words, self.folded
        return [i for i in self._beginning(Kind.CAPITAL) if words[i] != folded[i]]

    @cached_property
    def capital(self) -> bytearray:
        """Of each word, whether it begins with one."""
        flags = bytearray(len(self.words))
        for i in self.capitals:
            flags[i] = 1
        return flags

    @cached_property
    def figures(self) -> list[int]:
        """Numbers of the words that begin with a digit."""
        return [i for i in self._beginning(Kind.DIGIT) if self.words[i][0] in _DIGITS]

    def _beginning(self, kind: Kind) -> list[int]:
        return np.flatnonzero(self.initials & kind).tolist()

    @cached_property
    def parted(self) -> list[int]:
        """Numbers of the words before which there is anything but a space."""
        first = [0] if self.words and self.gaps[0] != " " else []
        return first + self._unlike.tolist()

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words in lower case, each once."""
        return frozenset(self.folds)

    def at(self, folded: frozenset[str]) -> list[int]:
        """Numbers of the words that are any of these."""
        if self.vocabulary.isdisjoint(folded):
            return []
        wanted = np.fromiter(map(folded.__contains__, self.folds), np.bool_, len(self.folds))
        return np.flatnonzero(wanted[self.numbers]).tolist()

    def initial(self, i: int) -> bool:
        """Whether a word begins a sentence, line or quotation, where a capital says nothing."""
        gap = self.gaps[i]
        return i == 0 or (gap != " " and _begins(gap) and not (gap == ". " and len(self.words[i - 1]) == 1))

    @cached_property
    def written(self) -> frozenset[str]:
        """The words as they are written, each once."""
        return frozenset(self.distinct)

    @cached_property
    def alone(self) -> frozenset[str]:
        """Capitalised words, in lower case, that somewhere stand beside no other."""
        capital, gaps, last = self.capital, self.gaps, len(self.words) - 1
        return frozenset(
            self.folded[i]
            for i in self.capitals
            if not (gaps[i] == " " and capital[i - 1]) and not (i < last and gaps[i + 1] == " " and capital[i + 1])
        )

    def namelike(self, i: int) -> bool:
        """Whether a word may be part of somebody's name: a capital, then neither capitals only nor figures."""
        word = self.words[i]
        return bool(self.capital[i]) and not (len(word) > 1 and word.isupper()) and not word[-1].isdigit()

    @cached_property
    def lowercased(self) -> bool:
        """Whether nothing, or next to nothing, is capitalised."""
        few = _FEW_CAPITALS * len(self.text)
        return len(self.capitals) < few and self.characters.count(Kind.CAPITAL) < few

    def __len__(self) -> int:
        return len(self.words)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> list[Token]: ...
    def __getitem__(self, at: int | slice) -> Token | list[Token]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self.words)))]
        return self._made[at] or self._make(at if at >= 0 else at + len(self.words))

    def __iter__(self) -> Iterator[Token]:
        return (self[i] for i in range(len(self.words)))

    def _make(self, i: int) -> Token:
        token = Token(
            self.starts[i],
            self.ends[i],
            self.words[i],
            self.folded[i],
            self.gaps[i],
            self.initial(i),
            bool(self.capital[i]),
        )
        self._made[i] = token
        return token


def _inside_words(kinds: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Of each character, whether it is a word's: from a letter or figure on, as far as there is nothing else."""
    inside = kinds >= Kind.WORD
    inner = kinds >= Kind.INNER
    if inner.any():
        places = np.arange(len(kinds))
        begun = np.maximum.accumulate(np.where(inside & ~inner, places, -1))
        inside &= begun > np.maximum.accumulate(np.where(inside, -1, places))
    return inside


@lru_cache(1 << 12)
def _begins(gap: str) -> bool:
    """Whether a sentence, line or quotation begins after what stands before a word."""
    return bool(_NEW_SENTENCE.search(gap))
