"""Many texts searched as one: a search for each would take longer than all that is found."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["rows_with"]


def rows_with(pattern: Any, whole: bytes, ends: Sequence[int]) -> Iterator[int]:  # noqa: ANN401  re2 has no types
    """The numbers of the texts in which a pattern is found, each once.

    Args:
        pattern: Of re2.
        whole: The texts, with one byte after each but the last.
        ends: Where each ends, that byte included.
    """
    at = 0
    while at < len(whole) and (match := pattern.search(whole, at)):
        row = bisect_right(ends, match.start())
        yield row
        at = ends[row]
