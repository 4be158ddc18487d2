"""What a refining process runs, and what comes back from it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import TypeAdapter

from docmill.place import MemberPath
from docmill.stage import Refusal
from schemas.document import EnrichedDocument, Outcome, Reason, Rejection
from schemas.settings import Settings
from schemas.source import RawDocument

if TYPE_CHECKING:
    from docmill.unfold import Unfolded

__all__ = ["Refined", "Refiner", "make_refiner"]


_JSON: Mapping[type[Outcome], TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (EnrichedDocument, Rejection)}


class Refiner(Protocol):
    """What a child runs: `docmill.pipeline.Pipeline` has it."""

    @property
    def fingerprint(self) -> str:
        """Hash over everything that can change an output."""
        ...

    def warm_up(self) -> None:
        """Load models."""
        ...

    def unfold(
        self,
        raw: RawDocument,
        *,
        flow_run_id: str | None = None,
        settled: bytes = b"",
        on_begin: Callable[[MemberPath, int], None] | None = None,
        on_stage: Callable[[str], None] | None = None,
    ) -> "Iterator[Unfolded]":
        """Process one document and, if it is a container, its members first."""
        ...

    def reject(
        self,
        raw: RawDocument,
        refusal: Refusal,
        *,
        path: MemberPath = (),
        size: int | None = None,
        flow_run_id: str | None = None,
    ) -> Rejection:
        """A rejection made without refining."""
        ...


@dataclass(frozen=True, slots=True)
class Refined:
    """A finished record as JSON, and what the parent needs to know of it."""

    record: bytes
    status: Literal["enriched", "rejected"]
    docmill_version: str
    processed_at: datetime
    stages: tuple[tuple[str, str], ...] = ()  # names and versions
    media_type: str | None = None
    reason: Reason | None = None
    stage: str | None = None
    message: str | None = None
    title: str | None = None
    language: str | None = None
    content_type: str | None = None
    topics: tuple[str, ...] = ()
    lines_removed: int = 0
    milliseconds: float = 0.0
    path: MemberPath = ()  # of a container's member
    size: int = 0  # bytes of the document

    def packed(self) -> tuple[object, ...]:
        """Its fields in order, as values that pickle in a microsecond: a time or an enumeration takes ten."""
        record, status, made_by, at, stages, media_type, reason, *rest = _values(self)
        return record, status, made_by, at.isoformat(), stages, media_type, reason and reason.value, *rest

    @classmethod
    def unpacked(cls, values: tuple[Any, ...]) -> "Refined":
        """What `packed` was made of."""
        record, status, made_by, at, stages, media_type, reason, *rest = values
        at = datetime.fromisoformat(at)
        return cls(record, status, made_by, at, stages, media_type, Reason(reason) if reason else None, *rest)

    @classmethod
    def of(cls, outcome: Outcome, path: MemberPath = ()) -> "Refined":
        """Serialise an outcome."""
        provenance = outcome.provenance
        refined = cls(
            record=_JSON[type(outcome)].dump_json(outcome),
            status=outcome.status,
            docmill_version=provenance.docmill_version,
            processed_at=provenance.processed_at,
            stages=tuple((stage.name, stage.version) for stage in provenance.stages),
            media_type=outcome.source.media_type,
            milliseconds=round(sum(stage.milliseconds for stage in provenance.stages), 3),
            path=path,
            size=outcome.source.size,
        )
        if isinstance(outcome, Rejection):
            return replace(refined, reason=outcome.reason, stage=outcome.stage, message=outcome.message)
        return replace(
            refined,
            title=outcome.title,
            language=outcome.language.code,
            content_type=outcome.content_type.id if outcome.content_type else None,
            topics=tuple(topic.id for topic in outcome.topics),
            lines_removed=_lines_removed(outcome),
        )


_values: Callable[[Refined], tuple[Any, ...]] = attrgetter(*(field.name for field in fields(Refined)))


def _lines_removed(document: EnrichedDocument) -> int:
    return sum((r.end_line or 1) - (r.start_line or 1) + 1 for r in document.removed)


def make_refiner(factory: str, settings: Settings) -> Refiner:
    """What `module:name` makes of the settings."""
    module, _, name = factory.partition(":")
    refiner: Refiner = getattr(import_module(module), name)(settings)
    return refiner
