"""What became of one source object."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.catalog import CatalogRow
from schemas.source import SourceObject

__all__ = ["Ending", "Result"]


class Ending(StrEnum):
    """How the work on one source object ended."""

    ENRICHED = "enriched"
    REJECTED = "rejected"
    DONE_ELSEWHERE = "done_elsewhere"  # another worker wrote the same record first
    SUPERSEDED = "superseded"  # the object was overwritten meanwhile; a later sweep does the new version
    GONE = "gone"  # the object was deleted meanwhile
    FAILED = "failed"  # the store would not serve this object; a later sweep tries again


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one source object; `row` is for the catalog, unless nothing can be said of this version."""

    source: SourceObject
    ending: Ending
    message: str | None = None
    row: CatalogRow | None = None
    members: int = 0  # of a container, at all depths
    members_rejected: int = 0
