"""What stages hand to one another, and how a stage refuses a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemas.document import Block, BlockSignature, Reason, Removal

if TYPE_CHECKING:
    from docmill.extract.html.page import Page

__all__ = ["Binary", "Cleaned", "Extracted", "Lines", "Link", "Metadata", "Refusal", "Text"]


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

    content: str | bytes  # bytes of sound UTF-8, as most input is: of a large page no second copy need be held
    media_type: str
    encoding: str
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Made anew at each call where the content is bytes."""
        return self.content if isinstance(self.content, str) else self.content.decode()

    @property
    def utf8(self) -> bytes:
        """The same in UTF-8, a question mark for what cannot be written in it."""
        return self.content if isinstance(self.content, bytes) else self.content.encode("utf-8", "replace")


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
    image: str | None = None  # address of the lead image
    licence: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)  # field -> where it was found: json_ld, open_graph, …
    language: str | None = None  # as the document declares it, BCP 47
    kinds: frozenset[str] = frozenset()  # of items a web page declares, in lower case; Open Graph's as `og:…`
    bylines: tuple[int, ...] = ()  # lines of a dump that its authors and its day were read from


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the document's main content."""

    url: str  # absolute
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a plain text that are not blank, without white space around them.

    No blocks: most lines of a dump go, and a block takes ten times the memory of what is known of a line.
    """

    texts: list[str]
    numbers: list[int]  # from 1, as an editor would number them
    items: list[bool]  # whether each is marked as an item of a list


@dataclass(frozen=True, slots=True)
class Extracted:
    """The document's blocks in reading order, before cleaning, its declared metadata, and what reading it left out."""

    blocks: tuple[Block, ...]
    metadata: Metadata = field(default_factory=Metadata)
    links: tuple[Link, ...] = ()
    warnings: tuple[str, ...] = ()
    removed: tuple[Removal, ...] = ()  # what the reader itself left out: running headers, page numbers
    page: "Page | None" = None  # a web page, instead of blocks: its text with the elements around it
    lines: Lines | None = None  # a plain text, instead of blocks


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The blocks that stay, the log of those that do not, and the title as it stands in the text."""

    blocks: tuple[Block, ...]
    removed: tuple[Removal, ...]
    title: str | None = None
    links: tuple[Link, ...] = ()  # of the blocks that stay, where they were not known before
    signatures: tuple[BlockSignature, ...] = ()  # of a web page, and what cleaning of itself made of them
