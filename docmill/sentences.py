"""Sentences: where they end in running text of any language.

A stop ends none behind a title, an abbreviation, an initial or a number that goes on, nor before a small letter.
"""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files

__all__ = ["sentences"]

_DATA = tomllib.loads((files("docmill") / "sentences.toml").read_text(encoding="utf-8"))
_OPEN, _NUMBERED, _EITHER, _STARTERS, _COUNTED = (
    frozenset(_DATA[name]["words"]) for name in ("open", "numbered", "either", "starters", "counted")
)
_SURE = "。！？।॥۔։።។"  # stops that none but sentences have; others end them before a blank only
_STOPS = f".!?؟…{_SURE}"
_PERHAPS_END = re.compile(rf"[{_STOPS}\n](?:(?<!\n)(?:[{_STOPS}\"'”’»)\]）】〉》」』]|\s?»|\[\d{{1,3}}\]))*\s*")
_WORD = re.compile(r"[\w'’]+")
_OPENING = "\"'“„‘«(（[¿¡–—- \xa0"
_LONGEST_WORD = 16  # characters looked at before a stop and behind it
_GOES_ON = "，、,；;：:と"  # behind a quotation: the sentence around it


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text in order, each with the blanks behind it."""
    start, size = 0, len(text)
    for mark in _PERHAPS_END.finditer(text):
        said, end = mark[0], mark.end()
        if said[0] in _SURE:
            ends = end == size or text[end] not in _GOES_ON
        else:
            ends = said[0] == "\n" or (said[-1].isspace() and _ends(text, start, mark.start(), end))
        if ends:
            yield text[start:end]
            start = end
    if start < size:
        yield text[start:]


def _ends(text: str, start: int, stop: int, end: int) -> bool:
    """Whether a sentence that began at `start` ends at a stop and the blanks up to `end`."""
    rest = text[end : end + _LONGEST_WORD].lstrip(_OPENING)
    if rest[:1].islower():
        return False
    if text[stop] != "." or not text[stop + 1].isspace():
        return True
    before = text[max(start, stop - _LONGEST_WORD) : stop].split()
    word = before[-1].lstrip(_OPENING).lower() if before else ""
    following = _WORD.match(rest)
    begins = len(before) == 1 and start + len(before[0]) == stop
    if following is None or (following.end() == 1 and rest[0].isalpha() and rest[1:2] == "."):  # an initial
        return _ends_behind(word, "", begins=begins)
    return _ends_behind(word, following[0].lower(), begins=begins)


def _ends_behind(word: str, following: str, *, begins: bool) -> bool:
    """Whether a full stop between these words ends a sentence, of which the first may be all."""
    if word in _OPEN:
        return False
    if following[:1].isdigit() and word in _NUMBERED:
        return False
    if word.isdigit():
        return not (begins or following in _COUNTED)
    if len(word) == 1 or "." in word or word in _EITHER:
        return following in _STARTERS and not (begins or following == word)
    return True
