"""Keyphrases: the document's own terms, by C-value (Frantzi, Ananiadou and Mima 2000) and where they first stand."""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from docmill.annotate.countries.gazetteer import fold

__all__ = ["find_keyphrases"]

_SOURCE = (files("docmill.annotate") / "stopwords.toml").read_text(encoding="utf-8")
_STOPWORDS = {language: frozenset(words.split()) for language, words in tomllib.loads(_SOURCE).items()}
_PIECE = re.compile(r"[^\W_][\w\u0300-\u036f\u064b-\u065f\u0670]*(?:[-‐][^\W_]\w*)*|[^\s\w'’]+|\n")
_WORDS = 3  # of a phrase, at most
_CHINESE_WORDS = 4
_READ = 20_000  # characters: later text rarely holds a new key term
_SINGLE = 0.5  # one word says less than several
_ONCE = 0.35
_TITLE = 2.0
_STEM = 4  # letters that stay when an ending is cut
_ENDING = 3
_CHINESE_TERM = re.compile(r"n|vn|j|eng|an|l")  # jieba's parts of speech that make terms

_BREAK = ("", "")  # between segments

Phrase = tuple[str, ...]  # stems


def find_keyphrases(
    title: str | None, text: str, language: str, chinese: Sequence[tuple[int, str, str]] | None, limit: int
) -> tuple[str, ...]:
    """The best first, none part or near-repeat of another. `chinese` are the tagged words of title and text."""
    if language == "zh":
        words = chinese or ()
        segments = list(_chinese_segments(words))
        head = 0
        most = _CHINESE_WORDS
    elif language in _STOPWORDS:
        head_segments = list(_segments(title or "", language))
        segments = head_segments + list(_segments(text[:_READ], language))
        head, most = len(head_segments), _WORDS
    else:
        return ()
    return tuple(_distinct(_ranked(segments, head, most), limit, " " if language != "zh" else ""))


def _segments(text: str, language: str) -> Iterator[list[tuple[str, str]]]:
    """Stretches of words without stop words or punctuation: each word as stem and surface."""
    stopwords, segment = _STOPWORDS[language], list[tuple[str, str]]()
    for piece in _PIECE.findall(text):
        folded = fold(piece, language)
        if not piece[0].isalnum() or folded in stopwords or piece[0].isdigit() or (len(piece) < 2 and language != "zh"):  # noqa: PLR2004
            if segment:
                yield segment
            segment = []
        else:
            segment.append((_stem(folded, language), piece))
    if segment:
        yield segment


@cache
def _stem(word: str, language: str) -> str:
    """A word less its probable ending, so that forms of one word count as one."""
    if language == "en":
        for ending, instead in (("ies", "y"), ("sses", "ss"), ("s", "")):
            if word.endswith(ending) and len(word) > _STEM and not word.endswith(("ss", "us", "is")):
                return word.removesuffix(ending) + instead
        return word
    if language == "ar":
        word = re.sub(r"^(?:و|ف)?(?:ب|ل|ك)?(?:ال|لل)(?=\w{3})", "", word)
        return re.sub(r"(?<=\w{3})(?:ات|ين|ون|ان|يه|ه)$", "", word)
    return word[: max(_STEM, len(word) - (_ENDING if language in ("ru", "de") else 2))]


def _chinese_segments(words: Iterable[tuple[int, str, str]]) -> Iterator[list[tuple[str, str]]]:
    stopwords, segment = _STOPWORDS["zh"], list[tuple[str, str]]()
    for _, word, part in words:
        if _CHINESE_TERM.match(part) and word not in stopwords and (word[0].isalpha()):
            segment.append((word.casefold(), word))
        else:
            if segment:
                yield segment
            segment = []
    if segment:
        yield segment


def _ranked(segments: Sequence[list[tuple[str, str]]], head: int, most: int) -> list[tuple[Phrase, list[str]]]:
    """Candidates by score, with their words as they first stand. The segments before `head` are the title's."""
    words = [word for segment in segments for word in (*segment, _BREAK)]
    places = [place for place, segment in enumerate(segments) for _ in range(len(segment) + 1)]
    stems = [stem for stem, _ in words]
    frequency: Counter[Phrase] = Counter()
    first: dict[Phrase, int] = {}  # number of the word it first stands at
    for size in range(1, most + 1):
        runs = list(zip(*(stems[i:] for i in range(size)), strict=False))
        frequency.update(run for run in runs if "" not in run)
        first.update(zip(reversed(runs), range(len(runs) - 1, -1, -1), strict=True))
    longer: defaultdict[Phrase, list[int]] = defaultdict(list)
    for phrase, count in frequency.items():
        if len(phrase) > 1:
            for part in {phrase[1:], phrase[:-1]}:
                longer[part].append(count)
    scores = {}
    for phrase, count in frequency.items():
        single, place = len(phrase) == 1, places[first[phrase]]
        titled = place < head
        if count == 1 and not titled and (single or not _named(words, first[phrase], len(phrase))):
            continue
        counts = longer.get(phrase, ())
        own = count - (max(counts, default=0) if single else sum(counts) / max(1, len(counts)))
        if own > 0:
            early = 1 + 1 / (1 + math.log1p(place))
            weight = _SINGLE if single else math.log2(len(phrase) + 1)
            scores[phrase] = own * weight * early * (_ONCE if count == 1 else 1) * (_TITLE if titled else 1)
    ranked = sorted(scores, key=lambda phrase: (-scores[phrase], places[first[phrase]], phrase))
    return [(phrase, [word for _, word in words[first[phrase] : first[phrase] + len(phrase)]]) for phrase in ranked]


def _named(words: Sequence[tuple[str, str]], start: int, size: int) -> bool:
    return all(word[0].isupper() for _, word in words[start : start + size])


def _distinct(ranked: Iterable[tuple[Phrase, list[str]]], limit: int, space: str) -> Iterator[str]:
    """Phrases that share no more than a part of their words with one already given."""
    given: list[set[str]] = []
    for phrase, surface in ranked:
        text, words = space.join(surface), set(phrase)
        if len(text) < 2 or any(2 * len(words & other) >= min(len(words), len(other)) for other in given):  # noqa: PLR2004
            continue
        given.append(words)
        yield text
        if len(given) == limit:
            return
