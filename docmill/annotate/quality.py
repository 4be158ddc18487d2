"""Quality: documented signals of a text's worth and one score, so that consumers can filter.

The signals follow Gopher's (Rae et al. 2021, table A1) and C4's (Raffel et al. 2020) heuristics, each turned into a
share or count; the score multiplies a penalty for each signal outside of its usual range.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import re2
from numpy.typing import NDArray

from docmill.annotate.characters import CJK, MARKS, Kind
from docmill.annotate.tokens import Tokens
from docmill.stage import Cleaned
from schemas.document import BlockKind, Quality

__all__ = ["assess"]

_LETTERS = re.compile(r"[^\W\d_]+")
_CJK = re.compile(f"[{CJK}]")
_MARKED = re.compile(f"[{MARKS}]+")
_GLUED = re2.compile(r"[a-zа-яё]{2}[.,;:!?][A-ZА-ЯЁ]?[a-zа-яё]{2}|[a-zà-ÿа-яё]{3}[A-ZА-ЯЁ][a-zà-ÿа-яё]{3}".encode())
_LONG = 28  # letters that no word has
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]+@\S+")
_SENTENCE = re.compile(r"[.!?؟…۔。！？।॥։።။។](?:(?<=[。！？।॥։።။។])|[\"”»’')）]?(?=\s|$|[\u3400-\u9fff]))")
_CLAUSE = re.compile(r"[\u0e00-\u0eff\u1780-\u17d3]{20}")  # of Thai, Lao and Khmer, which mark no sentence's end
_UNSPACED = re.compile(f"[{CJK}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
# Signal: value where the penalty sets in, value where it is full, and the factor then.
_RANGES = {
    "words": (60.0, 5.0, 0.3),
    "language_confidence": (0.7, 0.2, 0.5),
    "boilerplate_share": (0.6, 0.98, 0.7),
    "repeated_line_share": (0.1, 0.5, 0.4),
    "repeated_phrase_share": (0.2, 0.6, 0.3),
    "symbol_share": (0.05, 0.25, 0.3),
    "digit_share": (0.2, 0.5, 0.5),
    "glued_share": (0.01, 0.08, 0.5),
    "capital_share": (0.3, 0.8, 0.7),
    "sentence_share": (0.5, 0.0, 0.6),
}
_NGRAM = 5
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd: runs come out alike by chance about once in 2^64 pairs
_NO_PROSE = frozenset({BlockKind.HEADING, BlockKind.TABLE, BlockKind.CODE})


class _Words(NamedTuple):
    """A text's words without its figures."""

    lengths: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    spaced: int  # how many are in a script that writes spaces
    glued: int  # how many of these are longer than any word


def assess(tokens: Tokens, start: int, cleaned: Cleaned, confidence: float) -> Quality:
    """Signals and score. `words` counts two Chinese characters as one word; shares are of 0 to 1.

    `boilerplate_share` knows removed pieces by what the removal log keeps of each.

    Args:
        tokens: Of the text, or of title and text.
        start: Character at which the text begins.
        cleaned: Its blocks and what was removed.
        confidence: In the language.
    """
    text, characters = tokens.text[start:], tokens.characters.since(start)
    addressed = "@" in text or "://" in text or "www." in text
    plain = _ADDRESS.sub(" ", text) if addressed else text
    visible = (len(text) - characters.count(Kind.SPACE)) or 1
    cjk = characters.count(Kind.CJK)
    if addressed:
        distinct, numbers = _others(_LETTERS.findall(_MARKED.sub("", plain) if characters.count(Kind.INNER) else plain))
    else:
        distinct, numbers = _own(tokens, start)
    words = _words(distinct, numbers, unspaced=cjk > 0)
    letters = int(words.lengths.sum()) or 1
    kept = sum(len(block.text) for block in cleaned.blocks) or 1
    dropped = sum(len(removal.text) for removal in cleaned.removed)
    prose = [b.text for b in cleaned.blocks if b.kind not in _NO_PROSE] or [b.text for b in cleaned.blocks]
    signals = {
        "words": float(words.spaced + cjk // 2),
        "language_confidence": confidence,
        "boilerplate_share": dropped / (dropped + kept),
        "repeated_line_share": _repeated([block.text for block in cleaned.blocks]),
        "repeated_phrase_share": _repeated_runs(characters.among(Kind.CJK), 2 * _NGRAM)
        if cjk * 2 >= letters
        else _repeated_runs(words.hashes, _NGRAM),
        "symbol_share": characters.count(Kind.SYMBOL) / visible,
        "digit_share": characters.count(Kind.DIGIT) / visible,
        "glued_share": _glued(plain, words) / max(len(words.lengths), 1),
        "capital_share": characters.count(Kind.CAPITAL) / letters,
        "sentence_share": _sentences(prose, unspaced=characters.count(Kind.UNSPACED) > 0),
    }
    score = 1.0
    for name, (least, full, factor) in _RANGES.items():
        excess = min(1.0, max(0.0, (signals[name] - least) / (full - least)))
        score *= 1 - (1 - factor) * excess
    return Quality(score=round(score, 3), signals={name: round(value, 4) for name, value in signals.items()})


def _own(tokens: Tokens, start: int) -> tuple[Sequence[str], NDArray[np.int64]]:
    """The distinct words of a text, and the numbers among them of those from a character on that are no figures."""
    figures = np.fromiter(map(str.isdecimal, tokens.distinct), np.bool_, len(tokens.distinct))
    numbers = tokens.numbers[bisect_left(tokens.starts, start) :]
    return tokens.distinct, numbers[~figures[numbers]]


def _others(words: Sequence[str]) -> tuple[Sequence[str], NDArray[np.int64]]:
    return words, np.arange(len(words))


def _words(distinct: Sequence[str], numbers: NDArray[np.int64], *, unspaced: bool) -> _Words:
    """Those with these numbers; `unspaced` if there may be any in a script that writes no spaces."""
    count = len(distinct)
    lengths = np.fromiter(map(len, distinct), np.int64, count)
    hashes = np.fromiter(map(hash, distinct), np.int64, count).view(np.uint64)
    glued = lengths >= _LONG
    for i in np.flatnonzero(glued).tolist():
        glued[i] = not _UNSPACED.search(distinct[i])
    spaced = len(numbers)
    if unspaced:
        spaced -= int(np.array([bool(_CJK.search(word)) for word in distinct], np.bool_)[numbers].sum())
    return _Words(lengths[numbers], hashes[numbers], spaced, int(np.count_nonzero(glued[numbers])))


def _glued(text: str, words: _Words) -> int:
    """Places where two words seem to have run together."""
    return len(_GLUED.findall(text.encode("utf-8", "replace"))) + words.glued


def _repeated(lines: Sequence[str]) -> float:
    """Share of characters in lines that stand more than once."""
    counts = Counter(lines)
    total = sum(map(len, lines)) or 1
    return sum(len(line) * (n - 1) for line, n in counts.items()) / total


def _repeated_runs(parts: NDArray[np.unsignedinteger], size: int) -> float:
    """Share of runs of `size` parts, given as numbers, that stood before."""
    total = len(parts) - size + 1
    if total <= 0:
        return 0.0
    runs = np.zeros(total, np.uint64)
    for i in range(size):
        runs = runs * _FACTOR + parts[i : i + total]
    runs.sort()
    return float(np.count_nonzero(runs[1:] == runs[:-1])) / total


def _sentences(prose: Sequence[str], *, unspaced: bool) -> float:
    """Share of the prose's characters in blocks that hold the end of a sentence."""
    total = sum(map(len, prose))
    return sum(len(text) for text in prose if _SENTENCE.search(text) or (unspaced and _CLAUSE.search(text))) / max(
        total, 1
    )
