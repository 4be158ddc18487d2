"""Terms: the words of a document that keyphrases are made of, as stems, with breaks where no phrase goes on."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from docmill.annotate.characters import Kind
from docmill.annotate.countries.gazetteer import fold
from docmill.annotate.stopwords import stopwords
from docmill.annotate.tokens import Tokens
from docmill.annotate.verbs import is_verb, tells_verbs

__all__ = ["BREAK", "Terms", "chinese_terms", "find_terms"]

BREAK = ""  # a stem
_Ints = NDArray[np.int64]
_GAP = re.compile(r"[\s_'’]*")  # within a phrase
_HYPHENS = ("-", "‐")
_READ = 20_000  # characters: later text rarely holds a new key term
_WORDS = 3  # of a phrase, at most
_CHINESE_WORDS = 4
_KEPT = 1 << 15  # words of a language
_STEM = 4  # letters that stay when an ending is cut
_ENDING = 3
_ENDED = ("de", "el", "pl", "ru")  # languages of longer endings
_NOUNS = ("de",)  # languages that write nouns, and little else, with a capital
_ADDRESSES = frozenset(
    ["http", "https", "www", "com", "org", "net", "html", "htm", "php", "pdf", "jpg", "png", "mailto"]
)  # parts of addresses
_CHINESE_TERM = re.compile(r"n|vn|j|eng|an|l")  # jieba's parts of speech that make terms


@dataclass(frozen=True, slots=True)
class Terms:
    """The title's terms, then the text's: parallel arrays."""

    numbers: _Ints  # of their stems; 0 for a break, where a function word, punctuation or a figure stands
    stems: Sequence[str]  # by number
    capital: NDArray[np.bool_]  # whether they begin with one
    starts: _Ints  # in the text
    ends: _Ints
    text: str
    head: int  # how many are the title's
    most: int  # words of a phrase
    space: str  # between the words of a phrase
    nouns: bool = False  # whether a phrase must end with a capital

    def phrase(self, first: int, size: int) -> str:
        """So many terms as they are written."""
        here = slice(first, first + size)
        places = zip(self.starts[here].tolist(), self.ends[here].tolist(), strict=True)
        return self.space.join([self.text[start:end] for start, end in places])


def find_terms(tokens: Tokens, title: int, body: int, language: str) -> Terms | None:
    """The terms of a language of spaced words; None without words, or of a language docmill knows too little of.

    Args:
        tokens: Of title and text.
        title: How many of them are the title's.
        body: The text's first.
        language: One whose function words are known.
    """
    if stopwords(language) is None or language == "zh" or not tokens.words:
        return None
    end = max(body, bisect_right(tokens.ends, _READ))
    stems = _stems(language)
    spelled = tokens.distinct if tells_verbs(language) else tokens.folds  # capitals tell names from verbs
    own = spelled[: int(tokens.numbers[: max(title, end)].max(initial=-1)) + 1]  # those of the words that are read
    numbered = np.fromiter(map(stems.__getitem__, own), np.int64, len(own))
    parts = [_terms(tokens, at, to, numbered, stems) for at, to in ((0, title), (body, end))]
    numbers, first, last = map(np.concatenate, zip(*parts, strict=True))
    return Terms(
        numbers,
        stems.stems,
        (numbers > 0) & (tokens.initials[first] & Kind.CAPITAL > 0),
        tokens.places[first, 0],
        tokens.places[last, 1],
        tokens.text,
        len(parts[0][0]),
        _WORDS,
        " ",
        language in _NOUNS and not tokens.lowercased,
    )


def chinese_terms(words: Sequence[tuple[int, str, str]], title: int) -> Terms:
    """The terms among tagged words, which make up the text; those before the offset `title` are the title's."""
    functional = stopwords("zh") or frozenset()
    read = list(takewhile(lambda word: word[0] < _READ, words))
    stems = [
        word.casefold() if _is_term(part) and word not in functional and word[0].isalpha() else BREAK
        for _, word, part in read
    ]
    known = {stem: number for number, stem in enumerate(dict.fromkeys([BREAK, *stems]))}
    starts = np.array([offset for offset, _, _ in read], np.int64)
    return Terms(
        np.array([known[stem] for stem in stems], np.int64),
        list(known),
        np.array([bool(stem) and word[0].isupper() for stem, (_, word, _) in zip(stems, read, strict=True)], np.bool_),
        starts,
        starts + np.array([len(word) for _, word, _ in read], np.int64),
        "".join(word for _, word, _ in read),
        int(np.searchsorted(starts, title)),
        _CHINESE_WORDS,
        "",
    )


def _terms(tokens: Tokens, start: int, end: int, numbered: _Ints, stems: "_Stems") -> tuple[_Ints, _Ints, _Ints]:
    """Of the terms between two tokens, a break after them: their stems' numbers, their first and their last token.

    `numbered` are those of the stems of the text's distinct words.
    """
    parted = tokens.parted
    breaks = np.zeros(end - start + 1, np.bool_)  # before a token, or after the last
    begins = np.ones(end - start, np.bool_)  # no hyphen joins it to the token before
    breaks[-1] = True
    for i in parted[bisect_right(parted, start) : bisect_left(parted, end)]:
        if tokens.gaps[i] in _HYPHENS:
            begins[i - start] = False
        elif not _goes_on(tokens.gaps[i]):
            breaks[i - start] = True
    first = np.flatnonzero(begins) + start
    last = np.append(first[1:], end)[: len(first)] - 1
    numbers = numbered[tokens.numbers[first]]
    for n in np.flatnonzero(last > first).tolist():
        numbers[n] = stems[tokens.text[tokens.starts[first[n]] : tokens.ends[last[n]]]]
    places = np.arange(len(first)) + np.cumsum(breaks[first - start])
    columns = np.zeros((3, len(first) + np.count_nonzero(breaks)), np.int64)
    columns[:, places] = numbers, first, last
    return columns[0], columns[1], columns[2]


@lru_cache(1 << 12)
def _goes_on(gap: str) -> bool:
    """Whether a phrase may go on over what stands between two words."""
    return "\n" not in gap and bool(_GAP.fullmatch(gap))


class _Stems(dict[str, int]):
    """Words of a language to their stems' numbers, as far as they were asked for; with capitals where verbs are told.

    A plain dictionary is quickest.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language, self._verbs = language, tells_verbs(language)
        self._numbers = {BREAK: 0}
        self.stems = [BREAK]  # by number

    def __missing__(self, word: str) -> int:
        stem = BREAK if self._verbs and is_verb(word, self._language) else _stem(word.casefold(), self._language)
        number = self[word] = self._numbers.setdefault(stem, len(self.stems))
        if number == len(self.stems):
            self.stems.append(stem)
        return number


_KNOWN: dict[str, _Stems] = {}


def _stems(language: str) -> _Stems:
    """Those met in a language, forgotten where they have become many: numbers hold for a text."""
    if len(_KNOWN.get(language, ())) >= _KEPT:
        del _KNOWN[language]
    if language not in _KNOWN:
        _KNOWN[language] = _Stems(language)
    return _KNOWN[language]


def _stem(word: str, language: str) -> str:
    """A word less its probable ending, so that forms of one word count as one; a break for what makes no term."""
    word = fold(word, language)
    if word in (stopwords(language) or ()) or word in _ADDRESSES or len(word) < 2 or word[0].isdigit():  # noqa: PLR2004
        return BREAK
    if language == "en":
        for ending, instead in (("ies", "y"), ("sses", "ss"), ("s", "")):
            if word.endswith(ending) and len(word) > _STEM and not word.endswith(("ss", "us", "is")):
                return word.removesuffix(ending) + instead
        return word
    if language == "ar":
        word = re.sub(r"^(?:و|ف)?(?:ب|ل|ك)?(?:ال|لل)(?=\w{3})", "", word)
        return re.sub(r"(?<=\w{3})(?:ات|ين|ون|ان|يه|ه)$", "", word)
    return word[: max(_STEM, len(word) - (_ENDING if language in _ENDED else 2))]


@lru_cache(1 << 8)
def _is_term(part: str) -> bool:
    return bool(_CHINESE_TERM.match(part))
