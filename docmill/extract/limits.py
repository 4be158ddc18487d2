"""What a document may unpack or expand to. Bounds that no honest document meets; past them it is refused or cut."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one document."""

    unpacked_bytes: int = 200 << 20  # of all parts of a zip-based document that are read
    blocks: int = 100_000  # read of one document; the rest is left with a warning
    parts: int = 2_000  # of a mail, and chapters of an EPUB
    pages: int = 5_000  # of a PDF
    tag_bytes: int = 1 << 20  # of one XML tag
    entity_bytes: int = 1 << 20  # all of a document's entities may expand to
