"""What the texts of a page's blocks are like: their characters, their first words, and the page's title among these."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Flags, Floats, Index
from docmill.clean.page.characters import count_characters
from docmill.clean.page.cues import CUES
from docmill.clean.page.vocabulary import Vocabulary
from docmill.clean.page.words import Units, Words, read_units, read_words

__all__ = ["Texts", "read_texts"]


_AT_ONCE = 4_000  # texts: what is known of every word of a long page would take its size many times over
_YEAR_DIGITS = 4
_CUE_WORDS = 7  # of a block that may head comments or links to other pages
_DATE_CHARACTERS = 80  # of a block that may be a date line
_TITLE_CHARACTERS = 200


def _flags(members: str) -> Flags:
    """Which code units are among some characters."""
    flags = np.zeros(0x10000, bool)
    flags[[ord(member) for member in members]] = True
    return flags


_DIGITS = _flags("0123456789")
_ENDS, _COLONS = _flags('.!?。！？…"”»'), _flags(":：")


class Texts(NamedTuple):
    """One entry a text."""

    counts: Floats  # of the characters of each class, shape (texts, classes)
    ends: Flags  # whether its last character ends a sentence,
    colon: Flags  # or is a colon
    word_mean: Floats  # log-odds of its first words
    word_least: Floats
    overlap: Floats  # how like the page's title it is
    cues: Flags  # whether a word of each class of cues stands in it, shape (texts, classes)
    years: Flags  # whether it is short and holds a year


def read_texts(texts: list[str], title: str, vocabulary: Vocabulary) -> Texts:
    """Read them, some thousands at a time."""
    parts = [_read([*texts[at : at + _AT_ONCE], title], vocabulary) for at in range(0, max(len(texts), 1), _AT_ONCE)]
    return parts[0] if len(parts) == 1 else Texts(*map(np.concatenate, zip(*parts, strict=True)))


def _read(texts: list[str], vocabulary: Vocabulary) -> Texts:
    """Of all texts but the last, which is the title."""
    units, size = read_units(texts), len(texts) - 1
    words = read_words(units)
    weights = vocabulary.words(words.number)
    counts = np.bincount(words.text, minlength=size + 1)
    least = np.zeros(size, np.float32)
    if len(has := np.flatnonzero(counts[:-1])):
        starts = (np.cumsum(counts) - counts)[has]
        least[has] = np.minimum.reduceat(weights[: len(weights) - counts[-1]], starts)
    short = np.append(counts[:-1] <= _CUE_WORDS, False)[words.text]
    cues = [_holding(words.number[short], words.text[short], wanted, size) for wanted in CUES.values()]
    years = np.zeros(size + 1, bool)
    years[_years(units)] = True
    last = units.codes[units.starts[1:] - 1]
    return Texts(
        count_characters(units)[:-1],
        _ENDS[last],
        _COLONS[last],
        (np.bincount(words.text, weights, size + 1) / (counts + 1))[:-1].astype(np.float32),
        least,
        _likeness(words, units.lengths[:-1], counts),
        np.stack(cues, axis=1),
        years[:-1] & (units.lengths[:-1] <= _DATE_CHARACTERS),
    )


def _among(numbers: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> Flags:
    """Which numbers are among some few, which are sorted."""
    found: Flags = wanted[np.minimum(np.searchsorted(wanted, numbers), len(wanted) - 1)] == numbers
    return found


def _holding(numbers: NDArray[np.uint64], text: Index, wanted: NDArray[np.uint64], size: int) -> Flags:
    """Which texts hold one of some words."""
    found = np.zeros(size, bool)
    found[text[_among(numbers, wanted)]] = True
    return found


def _likeness(words: Words, characters: Index, counts: Index) -> Floats:
    """The share of each short text's different words that the title, the last text, has too."""
    found = np.zeros(len(characters), np.float32)
    ends = np.cumsum(counts)
    wanted = set(words.number[ends[-2] :].tolist()) if len(ends) > 1 else set(words.number.tolist())
    if not wanted:
        return found
    hits = _among(words.number, np.array(sorted(wanted), np.uint64))
    short = np.bincount(words.text[hits], minlength=len(ends))[:-1] * (characters <= _TITLE_CHARACTERS)
    for text in np.flatnonzero(short).tolist():
        own = set(words.number[ends[text] - counts[text] : ends[text]].tolist())
        found[text] = len(own & wanted) / max(len(own), min(len(wanted), 4))
    return found


def _years(units: Units) -> Index:
    """The texts that hold a number from 1900 to 2099."""
    codes = units.codes
    first, second = codes[:-3], codes[1:-2]
    at = np.flatnonzero(((first == ord("1")) & (second == ord("9"))) | ((first == ord("2")) & (second == ord("0"))))
    text = np.searchsorted(units.starts, at, "right") - 1
    left = at - units.starts[text]
    right = units.lengths[text] - left
    digits = _DIGITS[codes[np.minimum(at[:, None] + np.array([-1, 2, 3, _YEAR_DIGITS]), len(codes) - 1)]]
    before, third, fourth, after = digits.T
    alone = ~(before & (left > 0)) & ~(after & (right > _YEAR_DIGITS))
    found: Index = text[alone & third & fourth & (right >= _YEAR_DIGITS)]
    return found
