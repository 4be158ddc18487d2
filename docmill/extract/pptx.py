"""PowerPoint (PPTX): slides in order, with tables, charts, diagrams, notes and comments; a slide is a page."""

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.ooxml import DRAWINGS, diagram, links, main_part, paragraph_text, properties
from docmill.extract.package import Package, related_to
from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, above, attribute, is_fallback, local, root_of, units
from docmill.stage import Extracted, Refusal
from schemas.document import BlockKind, RemovalReason

__all__ = ["read_pptx"]

_SHAPES = frozenset({"sp", "tr"})
_FURNITURE = frozenset({"ftr", "dt", "sldNum", "hdr"})
_TITLES = frozenset({"title", "ctrTitle", "subTitle"})
_OFF = frozenset({"0", "false"})
_NOT_NOTES = frozenset({"sldImg"}) | _FURNITURE


def read_pptx(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks slide by slide; what masters and layouts show on every slide is left out, with its reason."""
    package = Package(data, limits)
    into = Collector(limits)
    main = main_part(package, "ppt/presentation.xml")
    slides = _slides(package, main, limits)
    layouts: dict[str, None] = {}
    for number, slide in enumerate(slides, 1):
        if into.full:
            into.warn(f"partly_read: slides 1 to {number - 1} of {len(slides)} were read")
            break
        with into.unless_corrupt(f"slide {number}"):
            root = root_of(package.chunks(slide), limits)
            with into.shown(root is None or root.get("show", "1") not in _OFF):
                _slide(package, slide, number, limits, into)
        layouts.update(dict.fromkeys(package.related(slide, "slideLayout")))
    masters = dict.fromkeys(master for layout in layouts for master in package.related(layout, "slideMaster"))
    for part in (*layouts, *masters, *package.related(main, "notesMaster", "handoutMaster")):
        _furniture(package, part, limits, into)
    return into.extracted(properties(package, limits))


def _slides(package: Package, main: str, limits: Limits) -> list[str]:
    """The slides' parts as the presentation orders them."""
    targets = {relation.id: relation.target for relation in package.relations(main) if relation.type == "slide"}
    places = units(package.chunks(main), {"sldId"}, limits)
    listed = [target for place in places if (target := related_to(place, targets))]
    return [part for part in dict.fromkeys([*listed, *targets.values()]) if part in package]


def _slide(package: Package, slide: str, number: int, limits: Limits, into: Collector) -> None:
    targets = package.links(slide)
    for shape in units(package.chunks(slide), _SHAPES, limits, into.warnings):
        if is_fallback(shape):
            into.leave_out(RemovalReason.BOILERPLATE, _joined(shape), number)
            continue
        with into.shown(not _is_hidden(shape)):
            _shape(shape, number, into)
            for address, text in links(shape, targets):
                into.link(address, text)
    for part in package.related(slide, *DRAWINGS):
        diagram(package, part, limits, into, number)
    for part in package.related(slide, "notesSlide", "comments"):
        _notes(package, part, number, limits, into)


def _shape(shape: Element, number: int, into: Collector) -> None:
    if local(shape) == "tr":
        into.of_table(above(shape, "tbl"))
        into.row((_joined(cell) for cell in shape if local(cell) == "tc"), number)
        return
    place, kind = _placeholder(shape)
    if place in _FURNITURE:
        into.leave_out(RemovalReason.PAGE_FOOTER, _joined(shape), number)
    else:
        _paragraphs(shape, kind, number, into)


def _is_hidden(shape: Element) -> bool:
    """Whether a shape, or the frame that a row's table is in, was made invisible."""
    outer = above(shape, "graphicFrame") if local(shape) == "tr" else shape
    settings = (
        next((one for part in outer for one in part if local(one) == "cNvPr"), None) if outer is not None else None
    )
    return settings is not None and settings.get("hidden", "0") not in _OFF


def _placeholder(shape: Element) -> tuple[str | None, BlockKind]:
    """What a shape stands in for, and what its paragraphs therefore are."""
    for element in shape.iter():
        if local(element) == "ph":
            place = attribute(element, "type") or "obj"
            listing = BlockKind.LIST_ITEM if place in {"body", "obj"} else BlockKind.PARAGRAPH
            return place, BlockKind.HEADING if place in _TITLES else listing
        if local(element) == "txBody":
            break
    return None, BlockKind.PARAGRAPH


def _paragraphs(shape: Element, kind: BlockKind, number: int, into: Collector) -> None:
    counts: dict[int, int] = {}  # by level: numbered items so far
    for element in shape.iter():
        if local(element) != "p" or not (text := paragraph_text(element)).strip():
            continue
        level, begins = _listed(element)
        for deeper in [one for one in counts if one > level or (one == level and begins is None)]:
            del counts[deeper]
        if begins is not None:
            counts[level] = counts.get(level, begins - 1) + 1
        if (own := _bulleted(element, kind)) is BlockKind.LIST_ITEM:
            into.add(own, text, number, level, counts.get(level))
        else:
            into.add(own, text, number)


def _listed(paragraph: Element) -> tuple[int, int | None]:
    """How deep, from 1, a paragraph stands in a list, and the number that such items begin with, if they have any."""
    settings = next((child for child in paragraph if local(child) == "pPr"), None)
    if settings is None:
        return 1, None
    level = settings.get("lvl")
    begins = next((child.get("startAt") or "1" for child in settings if local(child) == "buAutoNum"), "")
    return (
        (whole(level, 1) or 0) + 1,
        whole(begins),
    )


def _bulleted(paragraph: Element, kind: BlockKind) -> BlockKind:
    """A paragraph's kind, where its own bullet setting changes what the shape says."""
    for setting in paragraph.iter():
        match local(setting):
            case "buChar" | "buAutoNum":
                return BlockKind.LIST_ITEM
            case "buNone" if kind is BlockKind.LIST_ITEM:
                return BlockKind.PARAGRAPH
            case "r":
                break
    return kind


def _joined(element: Element) -> str:
    return "\n".join(paragraph_text(p) for p in element.iter() if local(p) == "p")


def _notes(package: Package, part: str, number: int, limits: Limits, into: Collector) -> None:
    for shape in units(package.chunks(part), {"sp", "tr", "cm"}, limits, into.warnings):
        if local(shape) == "cm":  # a comment: as plain text, or in newer files as paragraphs
            plain = next((e.text or "" for e in shape.iter() if local(e) == "text"), "")
            into.add(BlockKind.NOTE, plain or _joined(shape), number)
        elif local(shape) == "tr" or _placeholder(shape)[0] not in _NOT_NOTES:
            for element in shape.iter():
                if local(element) == "p":
                    into.add(BlockKind.NOTE, paragraph_text(element), number)


def _furniture(package: Package, part: str, limits: Limits, into: Collector) -> None:
    """What a master or layout shows on its slides: shapes that are no placeholders for the slides' own."""
    with into.as_far_as_readable():
        for shape in units(package.chunks(part), {"sp"}, limits):
            place, _ = _placeholder(shape)
            if place is None or place in _FURNITURE:
                into.leave_out(RemovalReason.PAGE_FOOTER if place else RemovalReason.PAGE_HEADER, _joined(shape))
