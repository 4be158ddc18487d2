"""py3langid's model in a quarter of its memory: the same probabilities from tables of what is out of the ordinary.

The model (Lui and Baldwin 2012) is an automaton that finds n-grams of bytes in a text, and log-probabilities of these
in each language. Most of the automaton's moves are those of its first state, and four fifths of the probabilities are
the least of their language: only the others are kept.
"""

import math
import unicodedata
from array import array
from collections import Counter
from collections.abc import Collection
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Arrays
from docmill.sparse import fill_in
from docmill.threads import one_thread
from docmill.unpacked import files_digest, unpacked

__all__ = ["Identifier"]

_BYTES = 256
_AT_ONCE = 2_048  # rows of a table that are looked at
_Floats = NDArray[np.float32]
_Bits = NDArray[np.unsignedinteger]


class Identifier:
    """How probable languages are for a text."""

    def __init__(self, ignored: Collection[str]) -> None:
        """Read the package's model file, but for some languages."""
        from py3langid.langid import MODEL_DIR, MODEL_FILE

        path = Path(MODEL_DIR) / MODEL_FILE
        made_from = f"{files_digest([path, Path(__file__)])} {sorted(ignored)}"
        arrays = unpacked("py3langid", made_from, lambda: _unpack(path, ignored))
        labels: list[str] = arrays["labels"].tolist()
        self._labels = list(dict.fromkeys(labels))
        self._twice = [(labels.index(label), n) for n, label in enumerate(labels) if label in labels[:n]]
        self._columns = [labels.index(label) for label in self._labels]
        self._prior: _Floats = arrays["prior"]
        self._rows, self._ngrams = array("H", arrays["rows"].tobytes()), array("i", arrays["ngrams"].tobytes())
        self._usual, self._letters = arrays["usual"].tolist(), arrays["letters"].tobytes()
        self._targets, self._ends = array("I", arrays["targets"].tobytes()), array("i", arrays["ends"].tobytes())
        self._least, self._starts = arrays["least"], arrays["starts"]
        self._languages, self._weights = arrays["languages"], arrays["weights"]

    @property
    def labels(self) -> list[str]:
        """Of all languages it may name."""
        return self._labels

    def rank(self, text: str) -> list[tuple[str, float]]:
        """All languages, the most probable first; the probabilities sum to 1."""
        plain = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
        data = plain.encode("utf-8", "surrogatepass")
        scores = self._scores(self._found(data))
        scores *= 1 / math.sqrt(len(data) or 1)  # so that long texts leave some doubt
        np.exp(scores - scores.max(), out=scores)
        scores /= scores.sum()
        for first, second in self._twice:  # a language in another script
            scores[first] += scores[second]
        ranked = zip(self._labels, scores[self._columns].tolist(), strict=True)
        return sorted(ranked, key=itemgetter(1), reverse=True)

    def _found(self, data: bytes) -> Counter[int]:
        """How often each n-gram stands in a text."""
        rows, ends, letters, targets, usual = self._rows, self._ends, self._letters, self._targets, self._usual
        ngrams, state, found = self._ngrams, 0, list[int]()
        for letter in data:
            row = rows[state]
            at = letters.find(letter, ends[row], ends[row + 1])
            state = usual[letter] if at < 0 else targets[at]
            if ngrams[state] >= 0:
                found.append(ngrams[state])
        return Counter(found)

    def _scores(self, found: Counter[int]) -> _Floats:
        """Log-probability of each language and the n-grams, but for a constant; all alike where there are none."""
        if not found:
            return np.zeros_like(self._prior)
        ngrams, counts = np.array(list(found)), np.array(list(found.values()), np.float32)
        rows = np.empty((len(ngrams), len(self._least)), np.float16)
        rows[:] = self._least
        fill_in(rows, ngrams, self._starts, self._languages, self._weights)
        with one_thread():
            scores: _Floats = np.log1p(counts) @ rows + self._prior
        return scores


def _unpack(path: Path, ignored: Collection[str]) -> Arrays:
    """The model file's tables, but for some languages' columns, without what is as usual in them."""
    from py3langid.modelio import load_model

    weights, prior, labels, moves, rows, ngrams = load_model(path)
    kept = [n for n, label in enumerate(labels) if label not in ignored]
    table = np.frombuffer(moves, np.dtype(moves.typecode)).reshape(-1, _BYTES)
    usual = table[rows[0]]
    letters, targets, ends = _unusual(table, usual)
    del table, moves  # before the other table is copied
    bits = np.take(np.asarray(weights).view(np.uint16), kept, axis=1)
    del weights
    least = bits.max(axis=0)  # as they are negative
    languages, found, starts = _unusual(bits, least)
    return {
        "labels": np.array([labels[n] for n in kept]),
        "prior": np.asarray(prior)[kept],
        "rows": np.array(rows, np.uint16),
        "ngrams": np.array(ngrams, np.intc),
        "usual": usual,
        "letters": letters,
        "targets": targets.astype(np.uintc),
        "ends": ends,
        "least": least.view(np.float16),
        "languages": languages,
        "weights": found.view(np.float16),
        "starts": starts,
    }


def _unusual(table: _Bits, usual: _Bits) -> tuple[NDArray[np.uint8], _Bits, NDArray[np.intc]]:
    """What is not as usual in the columns, no more than 256, of a table, row after row.

    Returns:
        The numbers of their columns, their values, and where each row's begin, with where the last ends.
    """
    size, width = table.shape
    places, values, ends = list[NDArray[np.uint8]](), list[_Bits](), [np.zeros(1, np.intp)]
    for at in range(0, size, _AT_ONCE):
        some = table[at : at + _AT_ONCE]
        apart = np.flatnonzero(some != usual)
        places.append((apart % width).astype(np.uint8))
        values.append(some.reshape(-1)[apart])
        ends.append(ends[-1][-1] + np.searchsorted(apart, np.arange(1, len(some) + 1) * width))
    return np.concatenate(places), np.concatenate(values), np.concatenate(ends).astype(np.intc)
