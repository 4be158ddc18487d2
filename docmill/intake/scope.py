"""Which notices are about documents in the inbox."""

from collections.abc import Callable, Iterable

from docmill.intake.events import Notice
from docmill.matching import KeyRules
from schemas.settings import Settings, split_location

__all__ = ["selecting"]

UNKNOWN_SIZE = 1  # anything but a folder marker's


def selecting(settings: Settings) -> Callable[[Notice], Iterable[str]]:
    """Tells the keys of a notice that a sweep would look at too."""
    rules = KeyRules(settings)
    bucket, _ = split_location(settings.inbox or "")

    def select(notice: Notice) -> Iterable[str]:
        if notice.bucket != bucket:
            return ()
        return [key for key in notice.keys if not rules.refusal(key, UNKNOWN_SIZE)]

    return select
