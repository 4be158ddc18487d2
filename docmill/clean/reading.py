"""One reading of many texts: what the rules and the models of lines both go by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Floats, Numbers
from docmill.clean.characters import MOST_CHARACTERS, Characters, CharClass, Sign, kinds, read_characters
from docmill.clean.words import read_words

__all__ = ["SAMPLE", "UNSPACED_CHARS_A_WORD", "Reading", "read"]

SAMPLE = 300  # characters looked at of each text: all of a label, and of a paragraph enough to know it for one
UNSPACED_CHARS_A_WORD = 1.7  # Chinese text has about so many characters where English has a word


@dataclass(frozen=True, slots=True)
class Reading:
    """Of each text, from its beginning, and of all their words."""

    sizes: Floats  # characters, all of them
    counts: Floats  # of characters of each class and sign, shape (texts, classes and signs)
    words: Floats  # unspaced scripts converted; of a long text estimated
    tokens: Floats  # words of scripts with spaces, and letters of others
    capitals: Floats  # of those, how many begin with a capital
    first: NDArray[np.uint8]  # class of the first and last character
    last: NDArray[np.uint8]
    glued: NDArray[np.int64]  # small letters before capitals
    dated: NDArray[np.bool_]  # whether a year, time or slashed date may stand in it
    hashes: NDArray[np.uint64]  # of all words
    pairs: NDArray[np.uint64]  # of each with the next one; 0 for a text's last
    unspaced: NDArray[np.bool_]
    place: NDArray[np.int64]  # of each word in its text, from 0
    line: NDArray[np.int64]  # number of each word's text


def read(texts: Sequence[str]) -> Reading:
    """Read texts to no more than `SAMPLE` characters of each."""
    parts = [_read(list(part)) for part in _parts([_begin(text) for text in texts])]
    sizes = np.fromiter(map(len, texts), np.float32, len(texts))
    found = parts[0] if len(parts) == 1 else _joined(parts)
    seen = np.maximum(np.minimum(sizes, SAMPLE), 1)
    return Reading(**found | {"sizes": sizes, "words": found["words"] * np.maximum(sizes / seen, 1)})


def _begin(text: str) -> str:
    """What is looked at: the last character too, which tells how a paragraph ends."""
    return text if len(text) <= SAMPLE else text[: SAMPLE - 1] + text[-1]


def _parts(texts: list[str]) -> Iterator[list[str]]:
    """Runs of texts of at most `MOST_CHARACTERS`, line breaks included; at least one."""
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    first = 0
    while True:
        before = ends[first - 1] if first else 0
        last = int(np.searchsorted(ends, before + MOST_CHARACTERS, "right"))
        yield texts[first:last]
        first = last
        if first >= len(texts):
            return


def _joined(parts: list[dict[str, Numbers]]) -> dict[str, Numbers]:
    texts = np.cumsum([0] + [len(part["words"]) for part in parts])
    for part, first in zip(parts, texts.tolist(), strict=False):
        part["line"] = part["line"] + first
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _read(texts: list[str]) -> dict[str, Numbers]:
    """The values of `Reading`, but for its sizes."""
    characters = read_characters(texts)
    words = read_words(characters)
    n = len(texts)
    counts = characters.counts()
    spaced = np.bincount(words.line, ~(words.unspaced | words.joined), n)
    classes = kinds().classes
    return {
        "counts": counts,
        "words": (spaced + counts[:, Sign.UNSPACED] / UNSPACED_CHARS_A_WORD).astype(np.float32),
        "tokens": np.bincount(words.line, minlength=n).astype(np.float32),
        "capitals": np.bincount(words.line, words.capital, n).astype(np.float32),
        "first": classes[characters.kinds[characters.starts]],  # of none, the line break
        "last": classes[characters.kinds[characters.ends - 1]],
        "glued": _glued(characters),
        "dated": _dated(characters),
        "hashes": words.hashes,
        "pairs": words.pairs,
        "unspaced": words.unspaced,
        "place": words.place,
        "line": words.line,
    }


def _glued(characters: Characters) -> NDArray[np.int64]:
    table, found = kinds(), characters.kinds
    capital = np.flatnonzero(table.are(found, CharClass.UPPER))
    capital = capital[capital > 0]
    capital = capital[table.have(found[capital], Sign.CAPITAL) & table.have(found[capital - 1], Sign.SMALL)]
    return np.bincount(characters.line[capital], minlength=len(characters.starts))


def _dated(characters: Characters) -> NDArray[np.bool_]:
    """Where a year of 1900 to 2099, a time with two digits of minutes, or a slash and four digits stand."""
    table = kinds()
    found = np.zeros(len(characters.starts), bool)
    maybe = np.flatnonzero(table.are(characters.kinds, CharClass.UNSPACED, CharClass.DIGIT))
    at = maybe[table.have(characters.kinds[maybe], Sign.DECIMAL)]
    if not len(at):
        return found
    # Digits side by side in the text are neighbours in `at`, one apart.
    far = np.concatenate([at[:1] - 9, at, at[-1:] + np.array([9, 18, 27])])
    codes = characters.codes
    fours = at[far[4:] - at == 3]  # noqa: PLR2004
    century = codes[fours] * np.uint32(256) + codes[fours + 1]
    years = (century == ord("1") * 256 + ord("9")) | (century == ord("2") * 256 + ord("0"))
    slashed = (codes[fours - 1] == ord("/")) & (fours > 0)
    found[characters.line[fours[years | slashed]]] = True
    minutes = at[(far[2:-2] - at == 1) & (at - far[:-4] == 2)]  # noqa: PLR2004
    found[characters.line[minutes[codes[minutes - 1] == ord(":")]]] = True
    return found
