"""Columns of a matrix of features, by name."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Columns"]

Array = NDArray[np.float32]
_ROOM = 400  # columns, no fewer than there are features


class Columns:
    """Named columns in the order they are added."""

    def __init__(self, rows: int) -> None:
        """Begin without columns."""
        self.names: list[str] = []
        self._rows = np.empty((_ROOM, rows), np.float32)

    def add(self, name: str, values: "NDArray[np.generic] | float") -> None:
        """Set the next column, to a value a row or one for all."""
        self._rows[len(self.names)] = values
        self.names.append(name)

    def block(self, names: list[str]) -> Array:
        """Room for several columns at once, to be filled in. Shape (names, rows)."""
        start = len(self.names)
        self.names += names
        return self._rows[start : start + len(names)]

    def matrix(self) -> Array:
        """Shape (rows, columns); column after column in memory."""
        return self._rows[: len(self.names)].T
