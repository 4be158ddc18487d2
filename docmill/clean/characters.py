"""Characters by kind, for many texts at once.

Everything here works on one array of code points, so that a document costs some dozens of array operations instead
of several searches a line. A kind is a set of characters that no reader tells apart; of each text the characters of
every kind are counted, and counts of classes and signs are sums of those.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Arrays
from docmill.threads import one_thread
from docmill.unpacked import character_tables

__all__ = ["MOST_CHARACTERS", "CharClass", "Characters", "Kinds", "Sign", "kinds", "read_characters"]

MOST_CHARACTERS = 1 << 17  # read at once, line breaks included
_BMP = 0x10000


class CharClass(IntEnum):
    """What a character is, as far as furniture and prose differ in it. Those of words come one after the other."""

    SPACE = 0
    LOWER = 1  # also letters of scripts without case
    UPPER = 2
    UNSPACED = 3  # Chinese, Japanese and Thai letters and digits
    DIGIT = 4
    STOP = 5  # ends a sentence
    PAUSE = 6  # comma, semicolon
    COLON = 7
    BAR = 8  # separates the parts of menus and breadcrumbs
    BULLET = 9
    QUOTE = 10
    BRACKET = 11
    DASH = 12
    OTHER = 13


class Sign(IntEnum):
    """What the rules ask of a character besides; their numbers go on where those of classes end."""

    UNSPACED = 14  # of a script without spaces, its punctuation included
    SEPARATOR = 15  # stands between the parts of a breadcrumb
    BAR = 16  # as between the entries of a menu
    CASELESS = 17  # a letter that has no capital
    JOINER = 18  # joins two to one word
    DECIMAL = 19
    SMALL = 20  # of words run together
    CAPITAL = 21


_CLASSES = {
    CharClass.STOP: ".!?…。！？؟۔।",
    CharClass.PAUSE: ",;、，；،؛",
    CharClass.COLON: ":：",
    CharClass.BAR: "|/\\>»›→<«‹←_=~^",
    CharClass.BULLET: "•·●▪‣*■□►▶★☆+#",
    CharClass.QUOTE: "\"'“”‘’„`「」『』《》",
    CharClass.BRACKET: "()[]{}（）【】〔〕",
    CharClass.DASH: "-–—―‐‑",
}
_SIGNS = {Sign.JOINER: "'’.-", Sign.SEPARATOR: ">»›→❯|/:&", Sign.BAR: "|·•"}
_RANGES = {
    Sign.UNSPACED: (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\u0e00", "\u0eff")),
    Sign.CAPITAL: (("A", "Z"), ("À", "Ö"), ("Ø", "Þ"), ("А", "Я")),
    Sign.SMALL: (("a", "z"), ("ß", "ö"), ("ø", "ÿ"), ("а", "я")),
}


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of characters, numbered in the order of their classes."""

    of: NDArray[np.uint8]  # each code point of the basic plane
    lower: NDArray[np.uint16]  # of each code point: its lower-case form
    columns: NDArray[np.float32]  # (kinds, classes and signs): 1 where a kind belongs to one
    signs: NDArray[np.bool_]  # (signs, kinds): whether a kind has one
    classes: NDArray[np.uint8]  # of each kind
    first: NDArray[np.intp]  # kind of each class

    def are(self, found: NDArray[np.uint8], first: CharClass, last: CharClass | None = None) -> NDArray[np.bool_]:
        """Which of some characters' kinds are of a class, or of those from one to another."""
        low, high = self.first[first], self.first[(first if last is None else last) + 1]
        return (found - np.uint8(low)) < np.uint8(high - low)  # what is lower wraps around

    def have(self, found: NDArray[np.uint8], sign: Sign) -> NDArray[np.bool_]:
        """Which of some characters' kinds have a sign."""
        has: NDArray[np.bool_] = self.signs[sign - len(CharClass)][found]
        return has


def _classes(categories: NDArray[np.str_]) -> NDArray[np.uint16]:
    major = categories.astype("U1")
    classes = np.full(_BMP, CharClass.OTHER, np.uint16)
    classes[(major == "L") | (major == "M")] = CharClass.LOWER
    classes[major == "N"] = CharClass.DIGIT
    classes[(major == "Z") | (major == "C")] = CharClass.SPACE
    for first, last in _RANGES[Sign.UNSPACED]:
        span = classes[ord(first) : ord(last) + 1]
        span[(span == CharClass.LOWER) | (span == CharClass.DIGIT)] = CharClass.UNSPACED
    classes[(categories == "Lu") | (categories == "Lt")] = CharClass.UPPER
    for name, members in _CLASSES.items():
        classes[list(map(ord, members))] = name
    return classes


def _signs(letters: list[str]) -> NDArray[np.bool_]:
    """Of each code point, shape (code points, signs)."""
    signs = np.zeros((_BMP, len(CharClass) + len(Sign)), bool)
    signs[:, Sign.DECIMAL] = [letter.isdecimal() for letter in letters]
    signs[:, Sign.CASELESS] = [letter.isalpha() and letter.lower() == letter.upper() for letter in letters]
    for sign, members in _SIGNS.items():
        signs[list(map(ord, members)), sign] = True
    for sign, ranges in _RANGES.items():
        for first, last in ranges:
            signs[ord(first) : ord(last) + 1, sign] = True
    return signs[:, len(CharClass) :]


@cache
def kinds() -> Kinds:
    """The kinds of the basic plane's characters."""
    return Kinds(**character_tables("characters", __file__, _tables))


def _tables() -> Arrays:
    """`Kinds` by the names of its fields."""
    letters = list(map(chr, range(_BMP)))
    categories = np.array([unicodedata.category(letter) for letter in letters])
    lower = np.arange(_BMP, dtype=np.uint16)
    for code in np.flatnonzero((categories == "Lu") | (categories == "Lt")).tolist():
        small = letters[code].lower()
        if len(small) == 1:
            lower[code] = ord(small)
    signs = _signs(letters)
    keys = (_classes(categories) << len(Sign)) | signs @ (1 << np.arange(len(Sign), dtype=np.uint16))
    found, of = np.unique(keys, return_inverse=True)
    classes = found >> len(Sign)
    member = (found[:, None] >> np.arange(len(Sign), dtype=np.uint16)) & 1
    return {
        "of": of.astype(np.uint8),
        "lower": lower,
        "columns": np.concatenate([classes[:, None] == np.arange(len(CharClass)), member], axis=1).astype(np.float32),
        "signs": np.ascontiguousarray(member.T, bool),
        "classes": classes.astype(np.uint8),
        "first": np.searchsorted(classes, np.arange(len(CharClass) + 1)),
    }


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of some texts, one array, a line break after each text."""

    codes: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    starts: NDArray[np.int64]  # of each text
    ends: NDArray[np.int64]
    line: NDArray[np.int64]  # number of the text of each character

    def counts(self) -> NDArray[np.float32]:
        """Characters of each class and sign, shape (texts, classes and signs); line breaks are spaces."""
        columns = kinds().columns
        width = len(columns)
        found = np.bincount(self.line * width + self.kinds, minlength=len(self.starts) * width)
        with one_thread():
            counts: NDArray[np.float32] = found.reshape(-1, width).astype(np.float32) @ columns
        return counts


def read_characters(texts: Sequence[str]) -> Characters:
    """At most `MOST_CHARACTERS` of texts to arrays; characters beyond the basic plane become one symbol."""
    wide = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.minimum(wide, 0xFFFD).astype(np.uint16)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    ends = np.cumsum(lengths)
    return Characters(
        codes=codes,
        kinds=kinds().of[codes],
        starts=ends - lengths,
        ends=ends - 1,
        line=np.repeat(np.arange(len(texts)), lengths),
    )
