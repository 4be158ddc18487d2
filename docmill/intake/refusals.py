"""What the webhook refused, for its operator: a line at once, then one a minute at most, however many are posted."""

import logging
import time
from collections import Counter

__all__ = ["Refusals"]

SECONDS = 60.0  # between lines
_LOG = logging.getLogger(__name__)


class Refusals:
    """Counts what was refused, by reason, until it is said."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._said: float | None = None

    def note(self, why: str) -> None:
        """One more; says those that were not said yet, unless some were just now."""
        self._counts[why] += 1
        now = time.monotonic()
        if self._said is None or now - self._said >= SECONDS:
            reasons = "; ".join(f"{count} × {why}" for why, count in self._counts.most_common())
            _LOG.warning("the webhook refused posts: %s", reasons)
            self._counts.clear()
            self._said = now
