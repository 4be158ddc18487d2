"""Numerical libraries on one thread: the matrices are small, and every core has a process of its own."""

from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]


def one_thread() -> AbstractContextManager[object]:
    """Within this they start no others, which would wait awake for longer than the work takes."""
    limit: AbstractContextManager[object] = _pools().limit(limits=1, user_api="blas")
    return limit


@lru_cache(maxsize=1)
def _pools() -> Any:  # noqa: ANN401  an untyped library's class
    return ThreadpoolController()
