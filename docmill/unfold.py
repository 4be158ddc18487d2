"""Unfolding: every document in a source object, the members of containers before the containers that hold them.

A container's own record comes last, so that whoever writes it last has written all. Members are refined one at a time
as they are unpacked: memory does not grow with their number.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from docmill import containers, extract
from docmill.containers import Budget, Limits, Member, Problem, Skipped, display_name
from docmill.containers.mail import MAILS, read_attachments
from docmill.detect import detect
from docmill.place import MemberPath, Place
from docmill.records import listing, rejection
from docmill.stage import Refusal
from docmill.tally import Tally, Verdict
from schemas.document import Members, Outcome, Provenance, Reason
from schemas.source import RawDocument

__all__ = ["STAGE", "Composer", "Unfolded", "Unfolding"]

STAGE = "unpack"
_Walk = Generator["Unfolded", None, Verdict]


@dataclass(slots=True)
class Unfolded:
    """One document's outcome and its place; an empty path is the source object itself."""

    path: MemberPath
    outcome: Outcome
    verdict: Verdict | None = None  # set by who takes it, where another record than the outcome is made of it


@dataclass(frozen=True, slots=True)
class Composer:
    """What an unfolding needs of the pipeline."""

    refine: Callable[[RawDocument, Place], Outcome]
    limits: extract.Limits
    provenance: Callable[[], Provenance]


class Unfolding:
    """One source object's way through the pipeline.

    Args:
        composer: Makes the records.
        limits: How much may come out of the object.
        settled: How the first documents ended, a byte each, if an earlier unfolding got so far: they are not refined
            again.
        begin: Told of each member's path and size before it is refined.
    """

    def __init__(
        self,
        composer: Composer,
        limits: Limits,
        settled: bytes = b"",
        begin: Callable[[MemberPath, int], None] | None = None,
    ) -> None:
        self._composer = composer
        self._budget = Budget(limits)
        self._limits = limits
        self._settled = settled
        self._begin = begin or (lambda _path, _size: None)
        self._count = 0

    def walk(self, raw: RawDocument, place: Place, depth: int = 0) -> _Walk:
        """Each document's outcome as it is made; the last is this one's own."""
        media_type = detect(raw.data, raw.key, raw.media_type).media_type
        if (data := containers.decoded(raw.data, media_type, raw.key, self._budget)) is not None:
            raw = raw.model_copy(update={"data": data})
            media_type = detect(raw.data, raw.key, raw.media_type).media_type
        if media_type in MAILS:
            return (yield from self._mail(raw, media_type, place, depth))
        items = containers.members(raw.data, media_type, raw.key, self._budget)
        if items is None:
            return (yield from self._settle(place, lambda: self._composer.refine(raw, place)))
        if depth >= self._limits.depth:
            return (yield from self._settle(place, lambda: self._refuse(place, self._too_deep())))
        tally = Tally()
        ending = yield from self._members(items, tally, place, depth)
        refusal = tally.refusal(ending)
        members = tally.members(complete=ending is None)

        def own() -> Outcome:
            if refusal:
                return self._refuse(place, refusal, members)
            return listing(raw, place, media_type, members, ending, self._composer.provenance())

        return (yield from self._settle(place, own))

    def _mail(self, raw: RawDocument, media_type: str, place: Place, depth: int) -> _Walk:
        """A mail is a document, and its attachments are its members."""
        if depth >= self._limits.depth:
            note = f"attachments_not_read: {self._too_deep().message}"
            return (yield from self._settle(place, lambda: _noted(self._composer.refine(raw, place), note)))
        tally = Tally()
        items = read_attachments(raw.data, media_type, self._composer.limits, self._budget)
        ending = yield from self._members(items, tally, place, depth)
        members = tally.members(complete=ending is None)
        incomplete = f"attachments_not_read: {ending.message}" if ending else None

        def own() -> Outcome:
            outcome = _noted(self._composer.refine(raw, place), incomplete)
            return outcome.model_copy(update={"members": members}) if members.count else outcome

        return (yield from self._settle(place, own))

    def _members(
        self, items: containers.Yield, tally: Tally, place: Place, depth: int
    ) -> Generator[Unfolded, None, Refusal | None]:
        """Refine members as they come; returns why the rest was not read, if so."""
        for item in items:
            if isinstance(item, Refusal):
                return item
            if isinstance(item, Skipped):
                tally.skip(item.what)
                continue
            shown = display_name(item.name)
            child = place.member(item.name, tally.occurrence(shown), item.size)
            verdict = yield from self._member(item, child, depth)
            tally.add(child.id, shown, verdict)
            self._budget.members += 1
            if (spent := self._budget.spent()) is not None:
                return spent if next(items, None) is not None else None
        return None

    def _member(self, item: Member, place: Place, depth: int) -> _Walk:
        if isinstance(item.data, Problem):
            refusal = item.data.refusal()
            return (yield from self._settle(place, lambda: self._refuse(place, refusal)))
        raw = RawDocument(data=item.data, key=item.name, media_type=item.media_type)
        return (yield from self.walk(raw, place, depth + 1))

    def _settle(self, place: Place, make: Callable[[], Outcome]) -> _Walk:
        number = self._count
        self._count += 1
        if number < len(self._settled):
            return Verdict.decode(self._settled[number])
        if place.path:
            self._begin(place.path, place.source.size)
        unfolded = Unfolded(place.path, make())
        yield unfolded
        return unfolded.verdict or Verdict.of(unfolded.outcome)

    def _refuse(self, place: Place, refusal: Refusal, members: Members | None = None) -> Outcome:
        return rejection(place, refusal, self._composer.provenance(), members)

    def _too_deep(self) -> Refusal:
        most = self._limits.depth
        message = f"It lies {most} containers deep; max_depth allows no deeper, so it was not opened."
        return Refusal(STAGE, Reason.TOO_DEEP, message, {"max_depth": most})


def _noted(outcome: Outcome, note: str | None) -> Outcome:
    return outcome.model_copy(update={"warnings": (*outcome.warnings, note)}) if note else outcome
