"""Terms: the words of a document that keyphrases are made of, as stems, with breaks where no phrase goes on."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from docmill.annotate.countries.gazetteer import fold
from docmill.annotate.tokens import Tokens

__all__ = ["BREAK", "Terms", "chinese_terms", "find_terms"]

_SOURCE = (files("docmill.annotate") / "stopwords.toml").read_text(encoding="utf-8")
_STOPWORDS = {language: frozenset(words.split()) for language, words in tomllib.loads(_SOURCE).items()}
BREAK = ""
_GAP = re.compile(r"[\s_'’]*")  # within a phrase
_HYPHENS = ("-", "‐")
_READ = 20_000  # characters: later text rarely holds a new key term
_WORDS = 3  # of a phrase, at most
_CHINESE_WORDS = 4
_KEPT = 1 << 16  # stems of a language
_STEM = 4  # letters that stay when an ending is cut
_ENDING = 3
_CHINESE_TERM = re.compile(r"n|vn|j|eng|an|l")  # jieba's parts of speech that make terms


@dataclass(frozen=True, slots=True)
class Terms:
    """The title's words, then the text's."""

    stems: list[str]  # BREAK where a function word, punctuation or a figure stands
    words: list[str]  # as written; a space for a break
    head: int  # how many are the title's
    most: int  # words of a phrase
    space: str  # between the words of a phrase


def find_terms(tokens: Tokens, title: int, body: int, language: str) -> Terms | None:
    """The terms of a language of spaced words; None where docmill knows too little of the language.

    Args:
        tokens: Of title and text.
        title: How many of them are the title's.
        body: The text's first.
        language: One whose function words are known.
    """
    if language not in _STOPWORDS or language == "zh":
        return None
    head = _terms(tokens, 0, title, language)
    end = len(tokens)
    if end and tokens.ends[-1] > _READ:
        end = next(i for i, at in enumerate(tokens.ends) if at > _READ)
    rest = _terms(tokens, body, max(body, end), language)
    return Terms(head[0] + rest[0], head[1] + rest[1], len(head[0]), _WORDS, " ")


def chinese_terms(words: Sequence[tuple[int, str, str]], title: int) -> Terms:
    """The terms among tagged words, of which those before the offset `title` are the title's."""
    stopwords = _STOPWORDS["zh"]
    read = [
        (offset, word) if _is_term(part) and word not in stopwords and word[0].isalpha() else (offset, BREAK)
        for offset, word, part in words
        if offset < _READ
    ]
    head = sum(offset < title for offset, _ in read)
    stems = [word.casefold() for _, word in read]
    return Terms(stems, [word or " " for _, word in read], head, _CHINESE_WORDS, "")


def _terms(tokens: Tokens, start: int, end: int, language: str) -> tuple[list[str], list[str]]:
    """Stems and words, a break after them."""
    words, folded = tokens.words[start:end], tokens.folded[start:end]
    breaks: list[int] = []
    joined: list[int] = []
    for i in tokens.parted:
        if start < i < end:
            if tokens.gaps[i] in _HYPHENS:
                joined.append(i)
            elif not _goes_on(tokens.gaps[i]):
                breaks.append(i - start - len(joined))
    for i in reversed(joined):
        at = i - start
        for pieces in (words, folded):
            pieces[at - 1 : at + 1] = [pieces[at - 1] + tokens.gaps[i] + pieces[at]]
    found = list(map(_stems(language).__getitem__, folded))
    stems, surfaces, done = list[str](), list[str](), 0
    for i in (*breaks, len(found)):
        stems += found[done:i]
        stems.append(BREAK)
        surfaces += words[done:i]
        surfaces.append(" ")
        done = i
    return stems, surfaces


@lru_cache(1 << 12)
def _goes_on(gap: str) -> bool:
    """Whether a phrase may go on over what stands between two words."""
    return "\n" not in gap and bool(_GAP.fullmatch(gap))


class _Stems(dict[str, str]):
    """Words of a language to their stems, as far as they were asked for: a plain dictionary answers soonest."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= _KEPT:
            self.clear()
        found = self[word] = _stem(word, self._language)
        return found


_stems = cache(_Stems)


def _stem(word: str, language: str) -> str:
    """A word less its probable ending, so that forms of one word count as one; a break for what makes no term."""
    word = fold(word, language)
    if word in _STOPWORDS[language] or len(word) < 2 or word[0].isdigit():  # noqa: PLR2004
        return BREAK
    if language == "en":
        for ending, instead in (("ies", "y"), ("sses", "ss"), ("s", "")):
            if word.endswith(ending) and len(word) > _STEM and not word.endswith(("ss", "us", "is")):
                return word.removesuffix(ending) + instead
        return word
    if language == "ar":
        word = re.sub(r"^(?:و|ف)?(?:ب|ل|ك)?(?:ال|لل)(?=\w{3})", "", word)
        return re.sub(r"(?<=\w{3})(?:ات|ين|ون|ان|يه|ه)$", "", word)
    return word[: max(_STEM, len(word) - (_ENDING if language in ("ru", "de") else 2))]


@lru_cache(1 << 8)
def _is_term(part: str) -> bool:
    return bool(_CHINESE_TERM.match(part))
