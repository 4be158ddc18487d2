"""Products of few rows with one matrix, by onnxruntime, which lays the matrix out for its kernels once.

NumPy's libraries do so at each product, which takes longer than the product itself where rows are few.
"""

import numpy as np

from docmill.classify.room import Floats
from docmill.trees import session

__all__ = ["Product"]

_FLOAT, _VERSION, _OPERATORS = 1, 8, 17  # as ONNX numbers its types, formats and sets of operators


class Product:
    """`rows @ matrix`, of a matrix of shape (inputs, outputs)."""

    def __init__(self, matrix: Floats) -> None:
        """Lay the matrix out: this object keeps no other copy."""
        self._session = session(_model(np.ascontiguousarray(matrix, np.float32)))

    def __call__(self, rows: Floats) -> Floats:
        """Shape (rows, outputs)."""
        found: Floats = self._session.run(None, {"x": np.ascontiguousarray(rows, np.float32)})[0]
        return found


def _model(matrix: Floats) -> bytes:
    """An ONNX model, a protocol buffer, of one operator: y = x @ w."""
    inputs, outputs = matrix.shape
    kept = _field(1, inputs) + _field(1, outputs) + _field(2, _FLOAT) + _field(8, b"w") + _field(9, matrix.tobytes())
    operator = b"".join(_field(number, text) for number, text in ((1, b"x"), (1, b"w"), (2, b"y"), (4, b"MatMul")))
    graph = _field(1, operator) + _field(2, b"product") + _field(5, kept)
    graph += _field(11, _table(b"x", inputs)) + _field(12, _table(b"y", outputs))
    return _field(1, _VERSION) + _field(7, graph) + _field(8, _field(2, _OPERATORS))


def _table(name: bytes, columns: int) -> bytes:
    """Numbers of any number of rows."""
    shape = _field(1, _field(2, b"n")) + _field(1, _field(1, columns))
    return _field(1, name) + _field(2, _field(1, _field(1, _FLOAT) + _field(2, shape)))


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    found = bytearray()
    while number >> 7:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
