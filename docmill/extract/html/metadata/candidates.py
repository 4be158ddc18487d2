"""What a page says of itself in one place: a field, a value, where it stands and how much that counts."""

from dataclasses import dataclass, field
from html import unescape
from typing import Literal

__all__ = ["Candidate", "Candidates", "Field"]

_LONGEST = 2_000
Field = Literal["title", "author", "published", "modified", "site_name", "url", "image", "licence", "event"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value, as it stands in the page."""

    value: str
    origin: str
    weight: float
    as_written: bool = True  # whether it is nothing but what it claims to be, in whatever form


@dataclass(slots=True)
class Candidates:
    """The values found for each field, in the order in which they were found."""

    found: dict[Field, list[Candidate]] = field(default_factory=dict)

    def add(self, name: Field, value: str | None, origin: str, weight: float, *, as_written: bool = True) -> None:
        """Note a value, unless it is blank."""
        if value and (tidy := " ".join(unescape(value[:_LONGEST]).split())):
            self.found.setdefault(name, []).append(Candidate(tidy, origin, weight, as_written))

    def of(self, name: Field) -> list[Candidate]:
        """A field's values, the weightiest first; equals in the order in which they were found."""
        return sorted(self.found.get(name, []), key=lambda candidate: -candidate.weight)
