"""Records that need no refining: rejections, and what a container says of its members."""

import hashlib

from docmill.place import Place
from docmill.stage import Refusal
from schemas.document import (
    Block,
    BlockKind,
    EnrichedDocument,
    Fingerprints,
    Language,
    Members,
    Provenance,
    Rejection,
)
from schemas.source import RawDocument

__all__ = ["listing", "rejection"]


def rejection(place: Place, refusal: Refusal, provenance: Provenance, members: Members | None = None) -> Rejection:
    """The record of a document that will not be processed."""
    return Rejection(
        id=place.id,
        source=place.source,
        reason=refusal.reason,
        message=refusal.message,
        stage=refusal.stage,
        limits=dict(refusal.limits),
        members=members,
        provenance=provenance,
    )


def listing(  # noqa: PLR0913, PLR0917  what the record is made of
    raw: RawDocument, place: Place, media_type: str, members: Members, ending: Refusal | None, provenance: Provenance
) -> EnrichedDocument:
    """A container's own record: its text is the names of its members.

    Args:
        raw: The container.
        place: Where it stands.
        media_type: As detected.
        members: What became of them.
        ending: Why the rest of it was not read, if so.
        provenance: Of the record.
    """
    names = [entry.name for entry in members.listed]
    rest = members.count - len(names)
    text = "\n".join([*names, f"… and {rest} more"] if rest else names)
    source = {"media_type": media_type, "sha256": hashlib.sha256(raw.data).hexdigest()}
    return EnrichedDocument(
        id=place.id,
        source=place.source.model_copy(update=source),
        language=Language(code="und", confidence=0, shares={}),
        text=text,
        blocks=tuple(Block(kind=BlockKind.LIST_ITEM, text=name) for name in names),
        fingerprints=Fingerprints(text_sha256=hashlib.sha256(text.encode()).hexdigest()),
        members=members,
        warnings=_warnings(members, ending),
        provenance=provenance,
    )


def _warnings(members: Members, ending: Refusal | None) -> tuple[str, ...]:
    warnings: tuple[str, ...] = (f"{ending.reason}: {ending.message}",) if ending else ()
    if members.rejected:
        reasons = ", ".join(f"{count} {reason}" for reason, count in members.reasons.items())
        warnings += (f"members_rejected: {members.rejected} of {members.count} ({reasons})",)
    return warnings
