"""Types of the arrays that cleaning computes with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Flags", "Floats", "Index", "Numbers"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Index = NDArray[np.intp]
Numbers = NDArray[Any]
