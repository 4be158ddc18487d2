"""Arrays to be overwritten time and again: to ask the system for new memory takes longer than to fill it."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmill.arrays import Floats

__all__ = ["Room"]


class Room:
    """Memory by name, as large as the largest array that was asked for under it; what it holds is left over."""

    def __init__(self) -> None:
        self._flat: dict[str, NDArray[Any]] = {}

    def floats(self, name: str, *shape: int) -> Floats:
        """Of 32 bits."""
        return self._array(name, shape, np.float32)

    def bytes(self, name: str, *shape: int) -> NDArray[np.uint8]:
        """Integers of 8 bits without sign."""
        return self._array(name, shape, np.uint8)

    def signed(self, name: str, *shape: int) -> NDArray[np.int8]:
        """Those with one."""
        return self._array(name, shape, np.int8)

    def _array(self, name: str, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:  # noqa: ANN401  a NumPy type
        size = math.prod(shape)
        if name not in self._flat or len(self._flat[name]) < size:
            self._flat[name] = np.empty(size, kind)
        return self._flat[name][:size].reshape(shape)
