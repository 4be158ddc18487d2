"""What a refining process runs, and what comes back from it."""

from dataclasses import dataclass
from importlib import import_module
from typing import Literal, Protocol

from schemas.document import EnrichedDocument, Outcome, Reason, Rejection
from schemas.settings import Settings
from schemas.source import RawDocument, SourceObject

__all__ = ["Grief", "Refined", "Refiner", "make_refiner"]


class Refiner(Protocol):
    """What a child runs: `docmill.pipeline.Pipeline` has it."""

    @property
    def fingerprint(self) -> str:
        """Hash over everything that can change an output."""
        ...

    def warm_up(self) -> None:
        """Load models."""
        ...

    def refine(self, raw: RawDocument, *, flow_run_id: str | None = None) -> Outcome:
        """Process one document."""
        ...

    def reject(  # noqa: PLR0913  as Pipeline's
        self,
        raw_key: str,
        source: SourceObject | None,
        reason: Reason,
        message: str,
        *,
        stage: str,
        size: int = 0,
        flow_run_id: str | None = None,
    ) -> Rejection:
        """A rejection made without refining."""
        ...


@dataclass(frozen=True, slots=True)
class Refined:
    """A finished record as JSON, and what the parent needs to know of it."""

    record: bytes
    status: Literal["enriched", "rejected"]
    reason: Reason | None = None
    message: str | None = None
    title: str | None = None
    language: str | None = None
    content_type: str | None = None
    topics: tuple[str, ...] = ()
    lines_removed: int = 0
    milliseconds: float = 0.0

    @classmethod
    def of(cls, outcome: Outcome) -> "Refined":
        """Serialise an outcome."""
        record = outcome.model_dump_json().encode()
        milliseconds = round(sum(stage.milliseconds for stage in outcome.provenance.stages), 3)
        if isinstance(outcome, Rejection):
            return cls(record, "rejected", outcome.reason, outcome.message, milliseconds=milliseconds)
        return cls(
            record,
            "enriched",
            title=outcome.title,
            language=outcome.language.code,
            content_type=outcome.content_type.id if outcome.content_type else None,
            topics=tuple(topic.id for topic in outcome.topics),
            lines_removed=_lines_removed(outcome),
            milliseconds=milliseconds,
        )


def _lines_removed(document: EnrichedDocument) -> int:
    return sum((r.end_line or 1) - (r.start_line or 1) + 1 for r in document.removed)


@dataclass(frozen=True, slots=True)
class Grief:
    """Why there is no record."""

    reason: Reason
    message: str


def make_refiner(factory: str, settings: Settings) -> Refiner:
    """What `module:name` makes of the settings."""
    module, _, name = factory.partition(":")
    refiner: Refiner = getattr(import_module(module), name)(settings)
    return refiner
