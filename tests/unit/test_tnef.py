"""Outlook's packets (TNEF): their text and their files; bodies in compressed RTF."""

import struct

from documents import mail, msg
from packets import attribute, tnef

from docmill.detect import detect
from docmill.extract import Limits, extract
from docmill.extract.compressed_rtf import decompressed
from docmill.extract.tnef import tnef_attachments
from docmill.pipeline import Pipeline
from docmill.stage import Binary, Extracted
from schemas.document import EnrichedDocument
from schemas.source import RawDocument

SENT = 132645612300000000
RTF = rb"{\rtf1\ansi\pard The ferry left.\par It was \b noon\b0.\par}"


def _compressed(rtf: bytes) -> bytes:
    """Without any reference, which is a form of compression too."""
    groups = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    return struct.pack("<IIII", len(groups) + 12, len(rtf), 0x75465A4C, 0) + groups


def _read(data: bytes) -> Extracted:
    found = extract(Binary(data, detect(data, "winmail.dat").media_type))
    assert isinstance(found, Extracted), found
    return found


def test_a_packets_text_is_read() -> None:
    """Subject, sender, body and the time it was sent are those of its properties."""
    found = _read(tnef({0x0037: "Überfahrt", 0x0C1A: "Ida Lund", 0x1000: "The ferry\nleft.", 0x0039: SENT}))
    assert [(b.kind.value, b.text) for b in found.blocks] == [
        ("heading", "Überfahrt"),
        ("line", "From: Ida Lund"),
        ("paragraph", "The ferry\nleft."),
    ]
    assert (found.metadata.title, found.metadata.authors) == ("Überfahrt", ("Ida Lund",))
    assert found.metadata.published == "2021-05-04T00:20:30+00:00"


def test_attributes_of_old_programs_are_in_their_code_page() -> None:
    """Subject and body may be attributes, in the code page that the packet names."""
    said = {
        0x18004: "Порт\0".encode("cp1251"),
        0x2800C: "Паром ушёл\0".encode("cp1251"),
        0x69007: struct.pack("<II", 1251, 0),
    }
    assert [block.text for block in _read(tnef({}, attributes=said)).blocks] == ["Порт", "Паром ушёл"]


def test_files_in_a_packet_are_documents() -> None:
    """A mail's packet is a member of the mail, and the files in it are members of that."""
    packed = tnef({0x0037: "Plan", 0x1000: "See the file."}, [({0x3707: "tides.txt"}, b"High water at noon. " * 9)])
    outcomes = Pipeline().refine_members(
        RawDocument(data=mail("Hello, the plan is attached.", attached={"winmail.dat": packed}), key="a.eml")
    )
    found = [one.source.member for one in outcomes if isinstance(one, EnrichedDocument)]
    assert found == ["winmail.dat/!/tides.txt", "winmail.dat"]


def test_files_have_their_names_and_contents() -> None:
    """Names of properties or attributes, contents of either; a message in a message begins after its kind."""
    files = [({0x3707: "long name.txt"}, b"a"), ({0x3701: b"", 0x3704: "SHORT.TXT"}, b"b"), ({}, b"c")]
    data = tnef({}, files) + attribute(2, 0x18010, b"named.txt\0")
    found = list(tnef_attachments(data, Limits()))
    assert [(one.name, one.data) for one in found] == [
        ("long name.txt", b"a"),
        ("SHORT.TXT", b"b"),
        ("named.txt", b"c"),
    ]


def test_a_packet_that_is_cut_off_says_so() -> None:
    """What is there is read, with a warning."""
    found = _read(tnef({0x0037: "Plan"}, [({}, b"abc" * 99)])[:-200])
    assert [block.text for block in found.blocks] == ["Plan"]
    assert found.warnings == ("partly_read: the packet was cut off, or holds too many files",)


def test_compressed_rtf_refers_back() -> None:
    """To what every text begins with, to itself, to what it is about to write; it may be kept uncompressed, too."""
    window = b"{\\rtf1\\ansi\\mac\\deff0"
    data = b"\x05" + bytes((0, 0 << 4 | 8)) + b"x" + bytes((0xD9 >> 4, (0xD9 & 0xF) << 4 | 3)) + bytes((0, 0))
    head = struct.pack("<IIII", len(data) + 12, 99, 0x75465A4C, 0)
    assert decompressed(head + data, 100)[:10] == window[:10]
    assert decompressed(head + data, 100)[10:16] == b"xxxxxx"
    assert decompressed(struct.pack("<IIII", 15, 3, 0x414C454D, 0) + b"abc", 100) == b"abc"
    assert decompressed(b"abc", 100) == b""
    assert len(decompressed(head + data * 1000, 50)) == 50


def test_bodies_in_rtf_only_are_read() -> None:
    """Of packets and of Outlook's own files."""
    found = _read(tnef({0x0037: "Plan", 0x1009: _compressed(RTF)}))
    assert [block.text for block in found.blocks] == ["Plan", "The ferry left.", "It was noon."]
    found = _read(msg({"0037001F": "Plan".encode("utf-16-le"), "10090102": _compressed(RTF)}))
    assert [block.text for block in found.blocks] == ["Plan", "The ferry left.", "It was noon."]
    assert found.warnings == ()
