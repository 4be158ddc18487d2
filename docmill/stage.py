"""What stages hand to one another, and how a stage refuses a document."""

from dataclasses import dataclass, field

from schemas.document import Block, Reason, Removal

__all__ = ["Cleaned", "Extracted", "Link", "Metadata", "Refusal", "Text"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A stage's verdict that the document cannot be processed."""

    stage: str
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded input: what decode makes of the bytes."""

    text: str
    media_type: str
    encoding: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says of itself, from its markup or its visible text."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None  # ISO 8601
    modified: str | None = None  # ISO 8601
    site_name: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the document's main content."""

    url: str  # absolute
    text: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """The document's blocks in reading order, before cleaning, and its declared metadata."""

    blocks: tuple[Block, ...]
    metadata: Metadata = field(default_factory=Metadata)
    links: tuple[Link, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The blocks that stay, the log of those that do not, and the title as it stands in the text."""

    blocks: tuple[Block, ...]
    removed: tuple[Removal, ...]
    title: str | None = None
