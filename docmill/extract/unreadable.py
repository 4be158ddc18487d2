"""How a reader deep in a format says that it cannot go on; `extract` turns it into a refusal."""

from schemas.document import Reason

__all__ = ["UnreadableError"]


class UnreadableError(Exception):
    """The document cannot be read, for a reason a consumer can act on."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
