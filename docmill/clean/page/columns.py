"""Columns of a matrix of features, by name, made for some rows at a time: those of a long page would take 300 MB."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Floats

__all__ = ["Columns"]

_SIZE = np.dtype(np.float32).itemsize
_Values = NDArray[np.generic] | float
_Fill = Callable[[Floats, slice], None]


class Columns:
    """Named columns in the order they are added."""

    def __init__(self) -> None:
        """Begin without columns."""
        self.names: list[str] = []
        self._parts: list[tuple[int, _Values | None, _Fill | None]] = []

    def add(self, name: str, values: _Values) -> None:
        """Set the next column, to a value a row or one for all."""
        if isinstance(values, np.ndarray) and values.itemsize > _SIZE:
            values = values.astype(np.float32)
        self._parts.append((len(self.names), values, None))
        self.names.append(name)

    def block(self, names: Sequence[str], fill: _Fill) -> None:
        """Set several columns at once.

        Args:
            names: Theirs.
            fill: Writes those of some rows, shape (names, rows).
        """
        self._parts.append((len(self.names), None, fill))
        self.names += names

    def rows(self, some: slice) -> Floats:
        """Some rows, from one to before another. Shape (rows, columns)."""
        found = np.empty((len(self.names), some.stop - some.start), np.float32)
        ends = [start for start, *_ in self._parts[1:]] + [len(self.names)]
        for (start, values, fill), end in zip(self._parts, ends, strict=True):
            if fill is not None:
                fill(found[start:end], some)
            else:
                found[start] = values[some] if isinstance(values, np.ndarray) else values
        return np.ascontiguousarray(found.T)
