"""PowerPoint before 2007: what the same slides say as PPTX; outlines, shapes and damage of the old format."""

import struct
from functools import partial

import pytest
from documents import compound_file, old_office
from presentations import holder, presentation, record, shape_atoms, slide, text
from reading import read_binary, result_of

from docmill.stage import Refusal
from schemas.document import Reason, RemovalReason

ACTION = holder(0x0FF2, record(0x0FF3, struct.pack("<IIBBBB", 0, 7, 4, 0, 0, 0)))


_result, _read = partial(result_of, key="a.ppt"), partial(read_binary, key="a.ppt")


def _told(data: bytes) -> list[tuple[int | None, str, str]]:
    return [(block.page, block.kind.value, block.text) for block in _read(data).blocks]


def test_slides_are_read_as_their_pptx_would_be() -> None:
    """Titles, nested items, tables, notes and links, in a file that a program wrote; hidden slides are logged."""
    found = _read(old_office("ppt"))
    assert [(b.page, b.kind.value, b.level, b.text) for b in found.blocks] == [
        (1, "heading", None, "Tides"),
        (1, "list_item", 1, "spring"),
        (1, "list_item", 2, "inner 内"),
        (1, "list_item", 1, "neap"),
        (1, "note", None, "Say it slowly"),
        (2, "paragraph", None, "Приливы 潮汐"),
        (2, "table", None, "Port | Depth | Tide"),
        (2, "table", None, "Brest | | 6"),
        (2, "paragraph", None, "See the chart.\nNow"),
        (4, "paragraph", None, "Last"),
    ]
    assert {(r.reason, r.text, r.page) for r in found.removed} >= {
        (RemovalReason.UNREADABLE, "Hidden slide", 3),
        (RemovalReason.UNREADABLE, "not shown", 3),
    }
    assert [(link.url, link.text) for link in found.links] == [("https://example.org/chart", "the chart")]
    assert (found.metadata.title, found.metadata.authors) == ("Tides, größer", ("Ida Lund",))
    assert found.metadata.published == "2003-03-04T05:06:07Z"


def test_texts_of_the_outline_stand_where_shapes_show_them() -> None:
    """PowerPoint keeps titles and lists with the list of slides; shapes name them by number."""
    shown = [
        shape_atoms(record(0x0F9E, struct.pack("<I", number)), placeholder=place)
        for number, place in ((1, 14), (0, 13))
    ]
    data = presentation(slide(*shown), outlines=[text(0, "Tides") + text(1, "ebb\rflow")])
    assert _told(data) == [(1, "list_item", "ebb"), (1, "list_item", "flow"), (1, "heading", "Tides")]


def test_what_is_not_shown_is_logged() -> None:
    """Hidden slides, with their notes, and hidden shapes and groups are in the removal log; footers, too."""
    hidden = [(0x3BF, 0x20002)]
    group = holder(0xF003, shape_atoms(properties=hidden), shape_atoms(text(4, "in a group")))
    footer = shape_atoms(text(4, "Harbour office"), placeholder=9)
    data = presentation(
        slide(text(0, "Shown"), shape_atoms(text(4, "unseen"), properties=hidden), group, footer),
        slide(text(0, "Skipped"), is_hidden=True),
        notes=[slide(text(2, "of the first"), notes_of=256), slide(text(2, "of the second"), notes_of=257)],
    )
    assert _told(data) == [(1, "heading", "Shown"), (1, "note", "of the first")]
    assert [(r.reason, r.text) for r in _read(data).removed] == [
        (RemovalReason.UNREADABLE, "unseen"),
        (RemovalReason.UNREADABLE, "in a group"),
        (RemovalReason.PAGE_FOOTER, "Harbour office"),
        (RemovalReason.UNREADABLE, "Skipped"),
        (RemovalReason.UNREADABLE, "of the second"),
    ]


def test_bullets_fields_links_and_comments() -> None:
    """Paragraphs with bullets are items; numbers of slides in a text are none of it; links of words and of shapes."""
    styles = struct.pack("<IHIH", 2, 0, 1, 1) + struct.pack("<IHIH", 3, 2, 1, 0)
    words = text(4, "a\rsee it*") + record(0x0FA1, styles) + record(0x0FD8, struct.pack("<I", 8))
    words += ACTION + record(0x0FDF, struct.pack("<II", 6, 8))
    said = record(0x0FBA, "Ida".encode("utf-16-le")) + record(0x0FBA, "Why?".encode("utf-16-le"), 1)
    tags = holder(0x1388, holder(0x138A, record(0x138B, holder(0x2EE0, said))))
    link = holder(0x0FD7, record(0x0FD3, b"\7\0\0\0"), record(0x0FBA, "http://a.example/".encode("utf-16-le"), 1))
    data = presentation(slide(shape_atoms(words), more=tags), links=holder(0x0409, link))
    assert _told(data) == [(1, "list_item", "a"), (1, "paragraph", "see it"), (1, "note", "Why?")]
    assert [(one.url, one.text) for one in _read(data).links] == [("http://a.example/", "it")]


def test_cells_stand_in_their_columns() -> None:
    """The shapes of a table are its cells, by where they stand, in whatever order they are kept."""
    cells = [shape_atoms(text(4, said), at=at) for said, at in (("6", (9, 30)), ("Port", (0, 0)), ("Tide", (0, 30)))]
    table = holder(0xF003, shape_atoms(properties=[(0x39F, 1)]), *cells)
    assert _told(presentation(slide(table))) == [(1, "table", "Port | Tide"), (1, "table", "| 6")]


def test_a_lost_pointer_to_the_last_save_is_found_again() -> None:
    """The stream that names it may be missing: the last save in the file is taken."""
    data = presentation(slide(text(0, "Tides")))
    assert _told(data.replace("Current User".encode("utf-16-le"), "Currant User".encode("utf-16-le"))) == [
        (1, "heading", "Tides")
    ]


def test_a_slide_is_read_once() -> None:
    """However many places in the list name it."""
    first, second = struct.pack("<IIII", 2, 0, 0, 256), struct.pack("<IIII", 3, 0, 0, 257)
    found = _read(presentation(slide(text(0, "Tides")), slide(text(0, "Ebb"))).replace(second, first))
    assert [block.text for block in found.blocks] == ["Tides"]
    assert found.warnings == ("partly_read: slide 2 was not read",)


def test_what_is_named_twice_is_read_once() -> None:
    """A text of the outline that several shapes name, and a page of notes of a slide that is listed twice."""
    shown = [shape_atoms(record(0x0F9E, bytes(4)), placeholder=14) for _ in range(3)]
    second, first = struct.pack("<IIII", 3, 0, 0, 257), struct.pack("<IIII", 3, 0, 0, 256)
    notes = [slide(text(2, "said"), notes_of=256)]
    data = presentation(slide(*shown), slide(text(0, "Ebb")), outlines=[text(1, "Tides"), b""], notes=notes)
    assert _told(data.replace(second, first)) == [(1, "list_item", "Tides"), (1, "note", "said"), (2, "heading", "Ebb")]


def test_groups_without_end_are_left() -> None:
    """Shapes in groups in groups are read to some depth, and a warning says that there are more."""
    group = b""
    for depth in range(60):
        group = holder(0xF003, holder(0xF004), shape_atoms(text(4, f"{59 - depth}")), group)
    found = _read(presentation(slide(group)))
    assert [block.text for block in found.blocks] == [f"{depth}" for depth in range(39)]
    assert found.warnings == ("partly_read: shapes in more than 40 groups were not read",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (presentation(slide(text(0, "a")), locked=True), Reason.ENCRYPTED),
        (presentation(slide()), Reason.EMPTY),
        (compound_file([("PowerPoint Document", -1, b"no records")]), Reason.CORRUPT),
        (old_office("ppt")[:3000], Reason.TRUNCATED),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, reason: Reason) -> None:
    """Locked, empty, broken and cut-off presentations have their reasons."""
    result = _result(data)
    assert isinstance(result, Refusal)
    assert result.reason is reason
