"""What is closed at the end of a `with` block."""

from types import TracebackType
from typing import Self

__all__ = ["Closing"]


class Closing:
    """A context manager whose end is its `close`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        raise NotImplementedError
