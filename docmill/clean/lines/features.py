"""What the model of lines sees: each line's own measures, its neighbours', and the document's.

Measures are counted in word equivalents, so that scripts written without spaces compare with the others. No word or
script is seen as such but the classes of `cues.toml`, so that what is learned in one language holds in another.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Floats, Numbers
from docmill.clean.characters import CharClass
from docmill.clean.lines.surroundings import PLACES, Measured, context, context_names, places
from docmill.clean.reading import Reading
from docmill.clean.words import hash_words

__all__ = ["CUES", "NAMES", "Features", "Terms", "features"]


_SOURCE = (files("docmill.clean.lines") / "cues.toml").read_text(encoding="utf-8")
CUES: dict[str, list[str]] = tomllib.loads(_SOURCE)["cues"]
_WORDS = 24  # words of a line looked at for cues
_UNSPACED_WIDTH = 3.0  # Latin letters that say as much as one letter of an unspaced script
_CUE_BITS = 20
_PROSE_WORDS, _LONG_WORDS = 8.0, 25.0
_FREQUENT = 30  # most frequent words of a document
_BUCKETS_A_WORD = 8  # words of one bucket count as one: enough that few share theirs
_RATES = (CharClass.PAUSE, CharClass.BAR, CharClass.QUOTE, CharClass.BRACKET, CharClass.DASH, CharClass.OTHER)
_AROUND = ("size", "capitals", "digits", "stops", "ends", "prose", "repeats", "frequent", "single", "gap", "cues")
_OWN = (
    *_AROUND, "words", "upper", "word_length", "first", "last", "colons", "bullets",
    "pauses", "bars", "quotes", "brackets", "dashes", "others", *(f"cue_{name}" for name in CUES),
)  # fmt: skip
NAMES = (*_OWN, *context_names(_AROUND), *PLACES)
_CUES_AT = _OWN.index(f"cue_{next(iter(CUES))}")


@cache
def _cue_table() -> NDArray[np.uint16]:
    """For the top bits of a hash, the classes of cues as bits."""
    table = np.zeros(1 << _CUE_BITS, np.uint16)
    for bit, terms in enumerate(CUES.values()):
        table[hash_words(terms) >> np.uint64(64 - _CUE_BITS)] |= 1 << bit
    return table


def _cues(reading: Reading) -> Floats:
    """How many words of each class of cues stand in each line, shape (lines, classes)."""
    near = np.flatnonzero(reading.place < _WORDS)
    table, shift = _cue_table(), np.uint64(64 - _CUE_BITS)
    pairs = reading.pairs[near]
    found = table[reading.hashes[near] >> shift] | table[pairs >> shift] * (pairs != 0)
    telling = np.flatnonzero(found)
    word, cue = np.nonzero(found[telling, None] & (1 << np.arange(len(CUES), dtype=np.uint16)))
    n, width = len(reading.sizes), len(CUES)
    counts = np.bincount(reading.line[near[telling[word]]] * width + cue, minlength=n * width)
    return counts.reshape(n, width).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all lines: words, and pairs of letters in scripts without spaces."""

    bucket: NDArray[np.int64]  # of each term
    counts: NDArray[np.int64]  # of terms in each bucket
    line: NDArray[np.int64]  # of each term


def _terms(reading: Reading) -> Terms:
    hashes = np.where(reading.unspaced & (reading.pairs != 0), reading.pairs, reading.hashes)
    bits = max(8, (_BUCKETS_A_WORD * len(hashes)).bit_length())
    bucket = (hashes >> np.uint64(64 - bits)).astype(np.int64)
    return Terms(bucket, np.bincount(bucket, minlength=1 << bits), reading.line)


def _shares(terms: Terms, total: Floats) -> tuple[Numbers, Numbers]:
    """Shares of a line's terms that are among the document's most frequent, and that stand nowhere else."""
    n = len(total)
    several = terms.counts[terms.counts > 1]
    bar = int(np.partition(several, -_FREQUENT)[-_FREQUENT]) if len(several) >= _FREQUENT else 2
    counts = terms.counts[terms.bucket]
    frequent = np.bincount(terms.line, counts >= bar, n)
    return frequent / total, np.bincount(terms.line, counts == 1, n) / total


def _own(reading: Reading, terms: Terms, lowered: Sequence[str], gaps: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The measures of lines by themselves, in the order of `_OWN`, and their sizes in Latin letters."""
    counts = reading.counts
    n = len(gaps)
    seen = np.maximum(counts[:, : len(CharClass)].sum(axis=1) - 1, 1)
    sizes = reading.sizes * (1 + (_UNSPACED_WIDTH - 1) / seen * counts[:, CharClass.UNSPACED])
    some = np.maximum(reading.words * (seen / np.maximum(reading.sizes, 1)), 1)  # words of what was read
    spaced = counts[:, CharClass.LOWER] + counts[:, CharClass.UPPER]
    stops = counts[:, CharClass.STOP]
    closed = (reading.last == CharClass.QUOTE) | (reading.last == CharClass.BRACKET)
    ends = (reading.last == CharClass.STOP) | (closed & (stops > 0))
    times = Counter(lowered)
    tokens = np.maximum(reading.tokens, 1)
    cues = _cues(reading)
    values = np.empty((n, len(_OWN)), np.float32)
    columns = (
        sizes, reading.capitals / some, counts[:, CharClass.DIGIT] / seen, stops / some, ends,
        ((reading.words >= _PROSE_WORDS) & ends) | (reading.words >= _LONG_WORDS),
        [times[text] for text in lowered], *_shares(terms, tokens), gaps, cues.sum(axis=1) / some,
        reading.words, counts[:, CharClass.UPPER] / np.maximum(spaced + counts[:, CharClass.UNSPACED], 1),
        spaced / np.maximum(reading.tokens - counts[:, CharClass.UNSPACED], 1),
        reading.first, reading.last, counts[:, CharClass.COLON], counts[:, CharClass.BULLET],
    )  # fmt: skip
    for at, column in enumerate(columns):
        values[:, at] = column
    for name in ("size", "words", "repeats"):
        values[:, _OWN.index(name)] = np.log1p(values[:, _OWN.index(name)])
    np.divide(counts[:, _RATES], some[:, None], out=values[:, len(columns) : _CUES_AT])
    np.divide(cues, some[:, None], out=values[:, _CUES_AT:])
    return values, sizes


@dataclass(frozen=True, slots=True)
class Features:
    """What a model sees of a document's lines, and what the second one builds on."""

    values: Floats  # (lines, names)
    sizes: Floats  # characters, unspaced scripts converted
    terms: Terms

    def column(self, name: str) -> Floats:
        """One measure of all lines."""
        return self.values[:, NAMES.index(name)]


def features(reading: Reading, lowered: Sequence[str], gaps: Sequence[bool]) -> Features:
    """The measures of a document's non-blank lines.

    Args:
        reading: Of the lines, without white space around them, none empty.
        lowered: The lines in lower case.
        gaps: Whether a blank line, or the document's beginning, stands before each.
    """
    gap = np.asarray(gaps, bool).copy()
    gap[0] = True
    terms = _terms(reading)
    own, sizes = _own(reading, terms, lowered, gap)
    cues = {name: own[:, _CUES_AT + at] > 0 for at, name in enumerate(CUES)}
    ends, prose = own[:, _AROUND.index("ends")], own[:, _AROUND.index("prose")] > 0
    values = np.empty((len(gap), len(NAMES)), np.float32)
    first, last = len(_OWN), len(NAMES) - len(PLACES)
    values[:, :first] = own
    context(own[:, : len(_AROUND)], values[:, first:last])
    places(Measured(sizes, reading.words, ends, prose, gap, cues), values[:, last:])
    return Features(values, sizes, terms)
