"""What became of a container's members, gathered for its own record: bounded, however many there are."""

from collections import Counter
from typing import NamedTuple, Self

from docmill.stage import Refusal
from schemas.document import MemberEntry, Members, Outcome, Reason, Rejection

__all__ = ["Tally", "Verdict"]

_LISTED = 1000
_REASONS = tuple(Reason)


class Verdict(NamedTuple):
    """How a document ended: enriched where there is no reason."""

    reason: Reason | None

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """An outcome's."""
        return cls(outcome.reason if isinstance(outcome, Rejection) else None)

    @classmethod
    def decode(cls, code: int) -> Self:
        """From a byte."""
        return cls(_REASONS[code - 1] if code else None)

    def encode(self) -> int:
        """As a byte: 0 is enriched."""
        return 0 if self.reason is None else _REASONS.index(self.reason) + 1


class Tally:
    """Counts a container's direct members and lists the first of them."""

    def __init__(self) -> None:
        self._reasons: Counter[Reason | None] = Counter()
        self._skipped: Counter[str] = Counter()
        self._listed: list[MemberEntry] = []
        self._seen: dict[int, int] = {}

    def occurrence(self, name: str) -> int:
        """Which of the members of this name the next one is, from 1."""
        number = self._seen.get(hash(name), 0) + 1
        self._seen[hash(name)] = number
        return number

    def skip(self, what: str) -> None:
        """Note an entry that is no document."""
        self._skipped[what] += 1

    def add(self, identity: str, name: str, verdict: Verdict) -> None:
        """Note a member."""
        self._reasons[verdict.reason] += 1
        if len(self._listed) < _LISTED or (verdict.reason and len(self._listed) < 2 * _LISTED):
            status = "rejected" if verdict.reason else "enriched"
            self._listed.append(MemberEntry(id=identity, name=name, status=status, reason=verdict.reason))

    def members(self, *, complete: bool) -> Members:
        """For the record."""
        return Members(
            count=self._reasons.total(),
            enriched=self._reasons[None],
            rejected=self._reasons.total() - self._reasons[None],
            reasons={reason.value: count for reason, count in self._reasons.most_common() if reason},
            skipped=dict(sorted(self._skipped.items())),
            complete=complete,
            listed=tuple(self._listed),
        )

    def refusal(self, ending: Refusal | None) -> Refusal | None:
        """Why the container is rejected as a whole: nothing in it could be enriched."""
        if self._reasons[None]:
            return None
        if ending is not None:
            return ending
        if not self._reasons:
            return Refusal("unpack", Reason.EMPTY, "The container has no members.")
        reasons = [reason for reason in self._reasons if reason]
        reason = reasons[0] if len(reasons) == 1 else Reason.NO_TEXT
        return Refusal("unpack", reason, f"None of its {self._reasons.total()} members could be enriched.")
