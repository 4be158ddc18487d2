"""Types of the arrays that stages compute with."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Arrays", "Flags", "Floats", "Index", "Numbers"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Index = NDArray[np.intp]
Numbers = NDArray[Any]
Arrays = Mapping[str, Numbers]  # by name, as a model is kept
