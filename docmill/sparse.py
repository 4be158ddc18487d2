"""Tables that hold, row after row, only what is out of the ordinary in them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fill_in"]


def fill_in(
    rows: NDArray[Any],
    numbers: NDArray[np.integer[Any]],
    ends: NDArray[np.integer[Any]],
    columns: NDArray[np.integer[Any]],
    values: NDArray[Any],
) -> None:
    """Write what is out of the ordinary into some rows of a table.

    Args:
        rows: These, as they ordinarily are.
        numbers: Theirs in the table.
        ends: Where each row's entries begin, with where the last row's end.
        columns: Of each entry.
        values: Of each entry.
    """
    first = ends[numbers]
    counts = ends[numbers + 1] - first
    at = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    rows[np.repeat(np.arange(len(numbers)), counts), columns[at]] = values[at]
