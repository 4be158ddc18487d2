"""Where a document stands: its source object, and for a container's member its place within."""

import hashlib
from dataclasses import dataclass

from docmill.names import SEPARATOR, display_name
from schemas.document import DocumentSource
from schemas.source import SourceObject

__all__ = ["MemberPath", "Place"]

# From the outermost container inwards: each name as shown, and which of the members of that name it is, from 1.
MemberPath = tuple[tuple[str, int], ...]
_ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Place:
    """A document's identity."""

    id: str
    source: DocumentSource
    path: MemberPath = ()

    @classmethod
    def of(cls, key: str, source: SourceObject | None, size: int) -> "Place":
        """A whole object, or a local file by its name."""
        if source is None:
            shown = key.encode("utf-8", "replace").decode()  # a file's name may be in another encoding
            return cls(_digest(key), DocumentSource(uri=shown, key=shown, size=size))
        described = source.model_dump()
        return cls(_digest(source.uri), DocumentSource(uri=source.uri, **described))

    def member(self, name: str, occurrence: int, size: int) -> "Place":
        """A member of the container here: its id stays the same over versions of the container."""
        shown = display_name(name)
        path = (*self.path, (shown, occurrence))
        source = self.source.model_copy(
            update={
                "member": SEPARATOR.join(part for part, _ in path),
                "size": size,
                "media_type": None,
                "encoding": None,
                "sha256": None,
            }
        )
        return Place(_digest(f"{self.id}\n{occurrence}\n{shown}"), source, path)

    def at(self, path: MemberPath, size: int) -> "Place":
        """The place of a member at a path within the container here."""
        place = self
        for name, occurrence in path:
            place = place.member(name, occurrence, size)
        return place


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]
