"""The texts of a presentation (PPT): paragraphs, their depth and bullets, and where they lead ([MS-PPT] 2.9)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from docmill.extract.binary import number, wide_text
from docmill.extract.ppt.records import Code, Record

__all__ = ["Paragraph", "Text", "action", "texts"]

_BULLET = 1
_LONGEST_LINK = 500  # characters of what it is shown as
_TABS = 1 << 20
# By the bits of what is said of a paragraph, in the order of the file: bytes of each value.
_SIZES = ((0xF, 2), (0x80, 2), (0x10, 2), (0x40, 2), (0x20, 4), (0x800, 2), (0x1000, 2), (0x2000, 2), (0x4000, 2),
          (0x100, 2), (0x400, 2), (0x8000, 2), (_TABS, 0), (0x10000, 2), (0xE0000, 2), (0x200000, 2))  # fmt: skip


class Paragraph(NamedTuple):
    """A paragraph of a shape."""

    text: str
    depth: int = 0
    has_bullet: bool | None = None  # None where it does not say


@dataclass(slots=True)
class Text:
    """A text: its kind, and what is said of it."""

    kind: int
    characters: str = ""
    styles: bytes = b""
    fields: set[int] = field(default_factory=set)  # characters that stand for a number or a date
    links: list[tuple[int, range]] = field(default_factory=list)  # number of the link, and its characters

    def take(self, record: Record) -> None:
        """Take a record that is about this text."""
        match record.code:
            case Code.WIDE_TEXT:
                self.characters = wide_text(record.content)
            case Code.NARROW_TEXT:
                self.characters = record.content.decode("latin-1")
            case Code.STYLES:
                self.styles = record.content
            case Code.ACTION:
                self.links.append((action(record), range(0)))
            case Code.ACTION_SPAN if self.links:
                self.links[-1] = self.links[-1][0], range(record.number(0, 4), record.number(4, 4))
            case code if code in Code.FIELDS:
                self.fields.add(record.number(0, 4))

    def paragraphs(self) -> Iterator[Paragraph]:
        """Its paragraphs."""
        runs = _runs(self.styles)
        ends, depth, has_bullet = 0, 0, None
        at = 0
        for part in self.characters.split("\r"):
            while ends <= at:
                run = next(runs, None)
                if run is None:
                    break
                ends, depth, has_bullet = ends + run[0], run[1], run[2]
            text = (
                "".join(one for place, one in enumerate(part, at) if place not in self.fields) if self.fields else part
            )
            yield Paragraph(text.replace("\x0b", "\n"), depth, has_bullet)
            at += len(part) + 1

    def addresses(self, targets: Mapping[int, str]) -> Iterator[tuple[str, str]]:
        """The addresses of its links, and what they are shown as."""
        for link, span in self.links:
            if link in targets:
                yield targets[link], self.characters[span.start : min(span.stop, span.start + _LONGEST_LINK)]


def texts(found: Iterable[Record]) -> Iterator[Text]:
    """The texts in a row of records, each with what follows it."""
    text: Text | None = None
    for record in found:
        if record.code == Code.TEXT_HEADER:
            if text is not None:
                yield text
            text = Text(record.number(0, 4))
        elif text is not None:
            text.take(record)
    if text is not None:
        yield text


def action(record: Record) -> int:
    """The number of the link that an action follows; 0 of others."""
    return next((atom.number(4, 4) for atom in record.within() if atom.code == Code.ACTION_ATOM), 0)


def _runs(styles: bytes) -> Iterator[tuple[int, int, bool | None]]:
    """Characters of each run of paragraphs, how deep it stands in a list, and whether it has bullets."""
    at = 0
    while at + 10 <= len(styles):
        count, depth, mask = number(styles, at, 4), number(styles, at + 4, 2), number(styles, at + 6, 4)
        at += 10
        flags = number(styles, at, 2)
        for bits, size in _SIZES:
            if mask & bits:
                at += size or 2 + 4 * number(styles, at, 2)
        yield max(count, 1), min(depth, 8), bool(flags & _BULLET) if mask & _BULLET else None
