"""What stages hand to one another, and how a stage refuses a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.document import Block, Reason, Removal

__all__ = ["Binary", "Cleaned", "Extracted", "Metadata", "Refusal", "Text"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A stage's verdict that the document cannot be processed."""

    stage: str
    reason: Reason
    message: str
    limits: Mapping[str, float] = field(default_factory=dict)  # the settings that were in the way


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded input: what decode makes of the bytes."""

    text: str
    media_type: str
    encoding: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """Input whose format its reader takes apart itself: PDF, Office files, mail."""

    data: bytes
    media_type: str
    warnings: tuple[str, ...] = ()
    encoding: None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says of itself, from its markup or its visible text."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None  # ISO 8601
    modified: str | None = None  # ISO 8601
    site_name: str | None = None
    url: str | None = None
    language: str | None = None  # as the document declares it, BCP 47


@dataclass(frozen=True, slots=True)
class Extracted:
    """The document's blocks in reading order, before cleaning, its declared metadata, and what reading it left out."""

    blocks: tuple[Block, ...]
    metadata: Metadata = field(default_factory=Metadata)
    warnings: tuple[str, ...] = ()
    removed: tuple[Removal, ...] = ()  # what the reader itself left out: running headers, page numbers


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The blocks that stay, the log of those that do not, and the title as it stands in the text."""

    blocks: tuple[Block, ...]
    removed: tuple[Removal, ...]
    title: str | None = None
