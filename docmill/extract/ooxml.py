"""What Office's three formats share: document properties, drawings' text, charts."""

import math
import re
from collections.abc import Iterator, Mapping

from docmill.author_names import declared_authors
from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, attribute, local, text_of, units
from docmill.stage import Metadata
from schemas.document import BlockKind

__all__ = [
    "DRAWINGS", "diagram", "dublin_core", "links", "main_part", "number_text", "paragraph_text", "properties",
    "useful_title",
]  # fmt: skip

DRAWINGS = ("chart", "diagramData", "chartEx")  # types of the parts that hold drawings' text
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?")
_EXACT = 1e15  # integers below are exact in the floats sheets keep
_NUMBERS = "val yVal"  # parts of a series that hold its numbers
_MOST_GAP = 100  # points without a value, one after the other
_AUTHOR = "aut"  # as libraries write it
# When the templates of libraries were made, which what is made of them bears.
_TEMPLATES = frozenset({"2013-12-23T23:15:00Z", "2013-01-27T09:14:16Z", "2013-01-27T09:15:58Z"})
_PROGRAM = re.compile(r"^Microsoft (?:Office )?(?:Word|Excel|PowerPoint) - ", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"^(?:\W?no title\W?|\(?anonymous\)?|untitled"
    r"|(?:word )?document|(?:powerpoint )?presentation|slide|(?:work)?book)\s?\d*$"
    r"|\.(?:docx?|pptx?|xlsx?|pdf|od[tsp]|rtf|txt|html?|indd|qxd|tex|dvi|ps|p65|pmd|wpd)$",
    re.IGNORECASE,
)


def main_part(package: Package, fallback: str) -> str:
    """The part the package's own relationships name as the document."""
    return next(iter(package.related("", "officeDocument")), fallback)


def properties(package: Package, limits: Limits) -> Metadata:
    """Title, authors, dates and language as the file's core properties have them."""
    part = next(iter(package.related("", "core-properties")), "docProps/core.xml")
    return dublin_core(package, part, limits, "coreProperties") if part in package else Metadata()


def dublin_core(package: Package, part: str, limits: Limits, root: str) -> Metadata:
    """Metadata in Dublin Core terms, below a root of some name."""
    found: dict[str, list[str]] = {}
    try:
        for element in units(package.chunks(part), {root}, limits):
            for child in element.iter("*"):
                if (value := text_of(child)) and not len(child):
                    found.setdefault(_term(child), []).append(value)
    except UnreadableError:
        return Metadata()  # the document may be well without

    def date(*names: str) -> str | None:
        values = (value for name in names for value in found.get(name, ()) if value not in _TEMPLATES)
        return next((m[0] for value in values if (m := _DATE.match(value))), None)

    creators = found.get("initial-creator") or found.get("creator") or []
    issued = None if "creation-date" in found else date("date")  # OpenDocument's plain date is its last change
    return Metadata(
        title=useful_title(next(iter(found.get("title", ())), None)),
        authors=declared_authors("; ".join(creators)),
        published=date("created", "creation-date") or issued,
        modified=date("modified") or (date("date") if "creation-date" in found else None),
        language=next(iter(found.get("language", ())), None),
    )


def _term(element: Element) -> str:
    """What an element says something of; who drew a book's pictures, or translated it, is not its author."""
    name = local(element)
    if name == "creator" and (attribute(element, "role") or _AUTHOR) != _AUTHOR:
        return "contributor"
    return "modified" if name == "meta" and element.get("property") == "dcterms:modified" else name


def useful_title(title: str | None) -> str | None:
    """A title that says something: not a file's or a program's name."""
    title = _PROGRAM.sub("", " ".join((title or "").split()))
    return None if not title or _NO_TITLE.search(title) else title


def paragraph_text(element: Element) -> str:
    """The text of a paragraph of DrawingML, line breaks kept."""
    return "".join(
        "\n" if local(child) == "br" else "\t" if local(child) == "tab" else child.text or ""
        for child in element.iter()
        if local(child) in {"t", "br", "tab"}
    )


def links(element: Element, targets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Addresses and texts of a shape's links: of runs, or of the shape as a whole.

    Args:
        element: The shape.
        targets: The addresses by the ids of the part's relations.
    """
    for click in element.iter("{*}hlinkClick"):
        if target := targets.get(attribute(click, "id") or ""):
            settings = click.getparent()
            run = settings.getparent() if settings is not None else None
            yield target, text_of(run) if run is not None and local(run) in {"r", "fld"} else _whole_text(element)


def _whole_text(element: Element) -> str:
    return " ".join(text for p in element.iter("{*}p") if (text := paragraph_text(p).strip()))


def diagram(package: Package, part: str, limits: Limits, into: Collector, page: int | None = None) -> None:
    """The texts of a chart or diagram: its points as paragraphs, its series as table rows."""
    if "/chart" in part.casefold():
        return _chart(package, part, limits, into, page)
    for element in units(package.chunks(part), {"p"}, limits, into.warnings):
        into.add(BlockKind.PARAGRAPH, paragraph_text(element), page)
    return None


def _chart(package: Package, part: str, limits: Limits, into: Collector, page: int | None) -> None:
    """A chart as a caption and a table: a row of categories, a row a series."""
    categories: dict[int, str] = {}
    into.begin_table()
    for element in units(package.chunks(part), {"p", "ser", "series"}, limits, into.warnings):
        if local(element) == "p":
            into.add(BlockKind.CAPTION, paragraph_text(element), page)
            continue
        names, labels, values = (_values(element, tag) for tag in ("tx", "cat xVal", _NUMBERS))
        name = " ".join(names.values())
        if labels and labels != categories:
            categories = labels
            into.row(_in_places(labels, ""), page)
        into.row(_in_places(values, name), page)


def _in_places(values: dict[int, str], name: str) -> list[str]:
    """A series' name and its values, each at its point's place."""
    return [name, *(values.get(place, "") for place in range(max(values, default=-1) + 1))]


def _values(series: Element, tags: str) -> dict[int, str]:
    """The last computed values of a series' part, by their points' places."""
    points: dict[int, str] = {}
    for part in [child for child in series if local(child) in tags.split()]:
        for value in part.iter():
            if local(value) not in {"v", "t"}:
                continue
            point = value.getparent()
            place = whole(point.get("idx") if point is not None else None)
            place = len(points) if place is None else place
            text = number_text(value.text or "") if tags == _NUMBERS else value.text or ""
            points[place if place <= len(points) + _MOST_GAP else len(points)] = text
    return points


def number_text(value: str) -> str:
    """A number as programs show it, without what its binary form adds; other texts as they are."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number) or not _PLAIN_NUMBER.fullmatch(value):
        return value
    if number.is_integer():
        return f"{number:.0f}" if abs(number) < _EXACT else value
    return f"{number:.15g}"
