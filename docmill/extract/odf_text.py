"""The text of OpenDocument's paragraphs and cells: what is shown, what is hidden, what stands aside, and links."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from docmill.extract.html.elements import is_power
from docmill.extract.odf_styles import Styles
from docmill.extract.xml_stream import Element, attribute, local, text_of

__all__ = ["BOXES", "PARAGRAPHS", "Inline", "outermost"]

PARAGRAPHS = frozenset({"h", "p"})
BOXES = frozenset({"text-box", "custom-shape", "rect", "ellipse", "circle", "polygon", "polyline", "path", "connector"})
_ASIDES = frozenset({"note", "annotation"}) | BOXES
_SKIPPED = frozenset({"note-citation", "date-string", "ruby-text", "tracked-changes"})
# Who wrote a comment and when; and what pictures are called, for those who do not see them.
_OTHERS = ("{http://purl.org/dc/elements/1.1/}", "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}")
_BREAKS = {"tab": "\t", "line-break": "\n"}
_MOST_SPACES = 100


@dataclass(slots=True)
class Inline:
    """What an element says, as it is read."""

    styles: Styles
    formulas: Mapping[str, str] = field(default_factory=dict)  # by the part that holds each
    parts: list[str] = field(default_factory=list)
    asides: list[Element] = field(default_factory=list)  # notes, comments and text boxes
    unseen: list[str] = field(default_factory=list)  # text that is not shown
    links: list[tuple[str, str]] = field(default_factory=list)  # address and text

    @property
    def text(self) -> str:
        """What is shown."""
        return "".join(self.parts)

    def read(self, element: Element) -> "Inline":
        """Take an element's content, in order."""
        self.parts.append(element.text or "")
        for child in element:
            self._child(child, local(child))
            self.parts.append(child.tail or "")
        return self

    def _child(self, child: Element, name: str) -> None:
        if name in _ASIDES:
            self.asides.append(child)
        elif name in _BREAKS:
            self.parts.append(_BREAKS[name])
        elif name == "s":
            count = attribute(child, "c") or "1"
            self.parts.append(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))
        elif name == "object" and (said := self.formulas.get((attribute(child, "href") or "").strip("./"))):
            self.parts.append(said)
        elif name in {"span", "hidden-text"} and self.styles.hides(child):
            self.unseen.append(text_of(child))
        elif name not in _SKIPPED and not str(child.tag).startswith(_OTHERS):
            self._within(child, name)

    def _within(self, child: Element, name: str) -> None:
        if name == "span" and self.styles.is_raised(child) and is_power(self.parts, child.text or ""):
            self.parts.append("^")
        begins = len(self.parts)
        self.read(child)
        if name == "a" and (address := attribute(child, "href")):
            self.links.append((address, "".join(self.parts[begins:])))
        if name in PARAGRAPHS:
            self.parts.append("\n")


def outermost(element: Element, names: frozenset[str] = PARAGRAPHS) -> Iterator[Element]:
    """The elements of some names within one that are in no other of these."""
    for child in element:
        if local(child) in names:
            yield child
        else:
            yield from outermost(child, names)
