"""Words of a text with what stands around them, read once for all annotators of a document."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, compress, repeat
from operator import itemgetter, ne
from typing import NamedTuple, overload

from docmill.annotate.characters import Characters, Kind

__all__ = ["Mention", "Token", "Tokens"]

_MARKS = r"\u0300-\u036f\u064b-\u065f\u0670"
_MARK = re.compile(f"[{_MARKS}]")
_WORD = re.compile(rf"([^\W_][\w{_MARKS}]*)")
_WORD_WITHOUT_MARKS = re.compile(r"([^\W_]\w*)")  # the same where there are none, in half the time
_NEW_SENTENCE = re.compile(r"[.!?…]['\"”»)]?\s|\n|[:•]\s*[\"“«]?$|^\s*[\"“«(]?$|[\"“«]$")
_DIGITS = frozenset("0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")
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
    """A text's words: parallel lists, which are quick to make and to search; a `Token` of each that is looked at."""

    def __init__(self, text: str) -> None:
        word = _WORD if not text.isascii() and _MARK.search(text) else _WORD_WITHOUT_MARKS
        parts = word.split(text.replace("\u00a0", " "))
        ends = list(accumulate(map(len, parts)))
        self.text = text
        self.words = parts[1::2]
        self.folded = list(map(str.casefold, self.words))
        self.gaps = parts[::2]  # before each word, and after the last
        self.starts = ends[0:-1:2]
        self.ends = ends[1::2]
        self._made: list[Token | None] = [None] * len(self.words)

    @cached_property
    def capitals(self) -> list[int]:
        """Numbers of the words that begin with a capital."""
        words = self.words
        changed = compress(range(len(words)), map(ne, words, self.folded))
        return [i for i in changed if words[i][0].isupper()]

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
        return list(compress(range(len(self.words)), map(_DIGITS.__contains__, map(itemgetter(0), self.words))))

    @cached_property
    def parted(self) -> list[int]:
        """Numbers of the words before which there is anything but a space."""
        return list(compress(range(len(self.words)), map(ne, self.gaps, repeat(" "))))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words in lower case, each once."""
        return frozenset(self.folded)

    def at(self, folded: frozenset[str]) -> list[int]:
        """Numbers of the words that are any of these."""
        if self.vocabulary.isdisjoint(folded):
            return []
        return list(compress(range(len(self.words)), map(folded.__contains__, self.folded)))

    def initial(self, i: int) -> bool:
        """Whether a word begins a sentence, line or quotation, where a capital says nothing."""
        gap = self.gaps[i]
        return i == 0 or (gap != " " and _begins(gap) and not (gap == ". " and len(self.words[i - 1]) == 1))

    @cached_property
    def lowercased(self) -> bool:
        """Whether nothing, or next to nothing, is capitalised."""
        few = _FEW_CAPITALS * len(self.text)
        return len(self.capitals) < few and Characters(self.text).count(Kind.CAPITAL) < few

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


@lru_cache(1 << 12)
def _begins(gap: str) -> bool:
    """Whether a sentence, line or quotation begins after what stands before a word."""
    return bool(_NEW_SENTENCE.search(gap))
