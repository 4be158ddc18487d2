"""Words a document shares with a category's names and descriptions: the plain complement of embeddings.

Embeddings blur names and rare words; a shared rare word is strong, readable evidence. Words are cut to a stem of a
few letters, unspaced scripts to character pairs; a word's weight falls with the number of categories that use it
(inverse document frequency over the taxonomy), and repeats count logarithmically.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from docmill.annotate.stopwords import stopwords
from schemas.taxonomy import Category, Taxonomy

__all__ = ["Lexicon", "stem_counts"]

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\W\d_\u3040-\u30ff\u3400-\u9fff]{4,}")
_SPACED_WORD = re.compile(r"\w{4,}")
_TELLING = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_STEM = 6
_TEXT = 5000  # characters of a document looked at
_FEWEST = 24  # stems: words that a shorter text shares would say too much
_ALONE = 0.5  # of its weight: a stem that is the only one shared with a category, as it may well mean something else


def stem_counts(text: str) -> Counter[str]:
    """How often each stem stands in the text's opening."""
    read = text[:_TEXT].casefold()
    if _UNSPACED.search(read):
        return Counter(_stems(read))
    words = _SPACED_WORD.findall(read)  # may hold figures and underscores, which part words
    if all(map(str.isalpha, words)):
        return Counter([word[:_STEM] for word in words])
    return Counter([stem for word in words for stem in ((word[:_STEM],) if word.isalpha() else _stems(word))])


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if _UNSPACED.match(word):
            yield from (word[n : n + 2] for n in range(len(word) - 1))
        else:
            yield word[:_STEM]


def _stems_of(category: Category) -> Iterator[str]:
    """The stems of what a category says of itself, each once, but for function words, which say nothing of texts."""
    said = [*category.labels.items(), *category.description.items(), *((None, seed) for seed in category.seeds)]
    found: dict[str, None] = {}
    for language, text in said:
        functional = (stopwords(language) if language else None) or frozenset()
        words = [word for word in _TELLING.findall(text.casefold()) if word not in functional]
        found.update(dict.fromkeys(stem_counts(" ".join(words))))
    return iter(found)


class Lexicon:
    """The stems of one taxonomy's categories."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._size = len(taxonomy.category)
        self._users: dict[str, list[int]] = {}
        for index, c in enumerate(taxonomy.category):
            for stem in _stems_of(c):
                self._users.setdefault(stem, []).append(index)
        self._weight = {stem: math.log(1 + self._size / len(users)) for stem, users in self._users.items()}

    def shared(self, counts: Counter[str]) -> dict[str, float]:
        """The stems a text shares with any category, and what each weighs."""
        shared = [stem for stem in counts if stem in self._users]
        return {stem: (1 + math.log(counts[stem])) * self._weight[stem] for stem in shared}

    def scores(self, shared: Mapping[str, float], total: int) -> NDArray[np.float32]:
        """Each category's weight of shared stems, for the document's length in stems: shape (categories,)."""
        found, stems = [0.0] * self._size, [0] * self._size
        for stem, weight in shared.items():
            for index in self._users[stem]:
                found[index] += weight
                stems[index] += 1
        weights = [weight * (_ALONE if number == 1 else 1) for weight, number in zip(found, stems, strict=True)]
        return np.array(weights, np.float32) / math.sqrt(max(total, _FEWEST))

    def telling(self, index: int, shared: Mapping[str, float], most: int, text: str) -> Sequence[str]:
        """The words of a text whose stems speak most for a category."""
        own = [stem for stem in shared if index in self._users[stem]]
        strongest = sorted(own, key=lambda stem: (-shared[stem], stem))[:most]
        return list(dict.fromkeys(_written(stem, text) for stem in strongest))


def _written(stem: str, text: str) -> str:
    """The first word of a text that has a stem, in lower case; of a script without spaces the characters themselves."""
    if _UNSPACED.match(stem):
        return stem
    longer = "[^\\W\\d_]*" if len(stem) == _STEM else "(?![^\\W\\d_])"  # a shorter one is a whole word
    found = re.search(rf"(?<![^\W\d_]){re.escape(stem)}{longer}", text[:_TEXT].casefold())
    return found[0] if found else stem
