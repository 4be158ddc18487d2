"""Products of few rows with one matrix, by onnxruntime, which lays the matrix out for its kernels once.

NumPy's libraries do so at each product, which takes longer than the product itself where rows are few.
"""

import numpy as np

from docmill.arrays import Floats
from docmill.trees import session

__all__ = ["CoarseProduct", "Product", "largest"]

_SMALLEST = np.finfo(np.float32).tiny * 128
_LARGEST = np.float32(127)  # of a row's integers, to either side of
_ZERO = 128
_LEVELS = np.float32(63)  # of a matrix: so no kernel's sums of two products overflow 16 bits
_FLOAT, _UNSIGNED, _SIGNED = 1, 2, 3  # as ONNX numbers its types,
_FORMAT, _OPERATORS = 8, 17  # its format and its set of operators
_MORE = b"com.microsoft"  # whose set of operators holds products of integers


class Product:
    """`rows @ matrix`, of a matrix of shape (inputs, outputs)."""

    def __init__(self, matrix: Floats) -> None:
        """Lay the matrix out: this object keeps no other copy."""
        inputs, outputs = matrix.shape
        kept = _kept(b"w", matrix.shape, _FLOAT, np.ascontiguousarray(matrix, np.float32))
        tables = _table(11, b"x", _FLOAT, inputs) + _table(12, b"y", _FLOAT, outputs)
        self._session = session(_model(_node(b"MatMul", (b"x", b"w"), b"y") + kept + tables))

    def __call__(self, rows: Floats) -> Floats:
        """Shape (rows, outputs)."""
        found: Floats = self._session.run(None, {"x": np.ascontiguousarray(rows, np.float32)})[0]
        return found


class CoarseProduct:
    """The same on integers of 8 bits, in half the time; each row and each column has a step of its own.

    Sums of integers are exact: what comes out for a row depends on no other, nor on the order of summation.
    """

    def __init__(self, matrix: Floats) -> None:
        """Round the matrix, and lay it out."""
        inputs, outputs = matrix.shape
        steps = largest(matrix.T).T / _LEVELS
        kept = [
            _kept(b"w", matrix.shape, _SIGNED, np.ascontiguousarray(np.rint(matrix / steps), np.int8)),
            _kept(b"one", (), _FLOAT, np.ones(1, np.float32)),
            _kept(b"steps", (outputs,), _FLOAT, steps),
            _kept(b"zero", (), _UNSIGNED, np.full(1, _ZERO, np.uint8)),
        ]
        whole = _node(b"MatMulIntegerToFloat", (b"x", b"w", b"one", b"steps", b"zero"), b"whole", _MORE)
        nodes = whole + _node(b"Mul", (b"whole", b"of"), b"y")
        given = _table(11, b"x", _UNSIGNED, inputs) + _table(11, b"of", _FLOAT, 1)
        self._session = session(_model(nodes + b"".join(kept) + given + _table(12, b"y", _FLOAT, outputs)))

    def __call__(self, rows: Floats) -> Floats:
        """Shape (rows, outputs)."""
        steps = largest(rows) / _LARGEST
        levels = rows / steps
        levels += _ZERO + 0.5  # what is cut off below rounds it
        found: Floats = self._session.run(None, {"x": levels.astype(np.uint8), "of": steps})[0]
        return found


def largest(rows: Floats) -> Floats:
    """Each row's largest number, either side of 0, in a column; never 0, nor so small that a part of it is."""
    found = np.abs(rows).max(axis=-1, keepdims=True)
    return np.asarray(np.maximum(found, _SMALLEST), np.float32)


def _model(graph: bytes) -> bytes:
    """An ONNX model, a protocol buffer, of a graph's nodes, arrays, inputs and outputs."""
    sets = _field(8, _field(2, _OPERATORS)) + _field(8, _field(1, _MORE) + _field(2, 1))
    return _field(1, _FORMAT) + _field(7, graph + _field(2, b"product")) + sets


def _node(operator: bytes, inputs: tuple[bytes, ...], output: bytes, of: bytes = b"") -> bytes:
    named = b"".join(_field(1, name) for name in inputs)
    return _field(1, named + _field(2, output) + _field(4, operator) + _field(7, of))


def _kept(name: bytes, shape: tuple[int, ...], kind: int, values: np.ndarray) -> bytes:
    """An array of the graph's own."""
    sizes = b"".join(_field(1, size) for size in shape)
    return _field(5, sizes + _field(2, kind) + _field(8, name) + _field(9, values.tobytes()))


def _table(field: int, name: bytes, kind: int, columns: int) -> bytes:
    """An input or output of any number of rows."""
    shape = _field(1, _field(2, b"n")) + _field(1, _field(1, columns))
    return _field(field, _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape))))


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
