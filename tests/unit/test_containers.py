"""Containers: every member once, whatever cannot be read says so, and nothing unpacks without bound."""

import dataclasses
import gzip
import json
import struct
import tarfile
import zipfile
import zlib

import pytest
from archives import LIMITS, PACKERS, contents, lzma_without_end, read, tarred, warc, zipped
from hypothesis import given
from hypothesis import strategies as st

from docmill.containers import Budget, Skipped, display_name, members
from docmill.detect import detect
from schemas.document import Reason

FILES = [("a.txt", b"first text"), ("b/c.txt", b"second text, somewhat longer"), ("empty.txt", b"")]
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
PAGE = b"<html><body><p>A page.</p></body></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
MAIL = b"From: a@example.org\r\nSubject: one\r\n\r\nHello.\r\n"


@pytest.mark.parametrize("method", METHODS)
def test_a_zip_gives_its_members_by_every_method(method: int) -> None:
    """Stored, deflated, bzip2 and LZMA members come out as they went in."""
    assert contents(zipped(FILES, method)) == FILES


def test_a_zip_without_its_directory_still_gives_its_members_and_says_so() -> None:
    """What a cut-off zip still holds is read; its end is `truncated`."""
    data = zipped(FILES)
    assert contents(data[: data.index(b"PK\x01\x02")]) == [*FILES, ("", Reason.TRUNCATED)]


def test_a_zip_written_as_a_stream_is_read_without_its_directory() -> None:
    """Members whose sizes follow their bytes are found, too."""
    raw = zlib.compressobj(wbits=-15)
    packed = raw.compress(b"streamed text") + raw.flush()
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 8, 8, 0, 0, 0, 0, 0, 5, 0) + b"s.txt"
    after = struct.pack("<4s3L", b"PK\x07\x08", zlib.crc32(b"streamed text"), len(packed), 13)
    assert contents(head + packed + after) == [("s.txt", b"streamed text"), ("", Reason.TRUNCATED)]


def test_broken_members_of_a_zip_are_rejected_alone() -> None:
    """A wrong checksum, an encrypted and an unknown method each cost their own member."""
    data = zipped([("x.txt", b"hello there"), ("ok.txt", b"fine")], zipfile.ZIP_STORED)
    assert contents(data.replace(b"hello there", b"hallo there")) == [("x.txt", Reason.CORRUPT), ("ok.txt", b"fine")]
    at = data.index(b"PK\x01\x02")
    locked = data[: at + 8] + b"\x01\x00" + data[at + 10 :]
    assert contents(locked) == [("x.txt", Reason.ENCRYPTED), ("ok.txt", b"fine")]
    odd = data[: at + 10] + b"\x09\x00" + data[at + 12 :]
    assert contents(odd) == [("x.txt", Reason.UNSUPPORTED_MEDIA_TYPE), ("ok.txt", b"fine")]


def test_a_zip_of_more_members_than_its_directory_can_count_gives_them_all() -> None:
    """Some programs write the lower 16 bits of the number, and no 64-bit one: 65,538 are said to be 2."""
    data = zipped((f"{n}.txt", b"") for n in range(65_538))
    end64 = data.rindex(b"PK\x06\x06")
    size, start = struct.unpack_from("<2Q", data, end64 + 40)
    data = data[:end64] + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, size, start, 0)
    assert len(contents(data, limits=dataclasses.replace(LIMITS, members=100_000))) == 65_538
    assert contents(data) == [("", Reason.TOO_MANY_MEMBERS)]


def test_a_zip_with_numbers_of_64_bits_is_read() -> None:
    """Its directory counts, and places members, where the older fields are all ones."""
    data = zipped([("a.txt", b"first"), ("b/", b"")], zipfile.ZIP_STORED)
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    wide = struct.pack("<2H3Q", 1, 24, 5, 5, 0)
    entry = bytearray(data[at : at + 46 + len("a.txt")])
    struct.pack_into("<2L2H", entry, 20, 0xFFFFFFFF, 0xFFFFFFFF, len("a.txt"), len(wide))
    struct.pack_into("<L", entry, 42, 0xFFFFFFFF)
    directory = bytes(entry) + wide + data[at + len(entry) : end]
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2, 2, len(directory), at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at + len(directory), 1)
    old = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    whole = data[:at] + directory + end64 + locator + old
    assert contents(whole) == [("a.txt", b"first")]
    assert [item.what for item in read(whole) if isinstance(item, Skipped)] == ["folder"]


def test_a_zip_s_lzma_member_needs_no_mark_at_its_end() -> None:
    """7-Zip writes none, and leaves out the flag that says there is one; Python writes both."""
    text = b"Packed by another program, and no worse for it. " * 40
    packed = struct.pack("<BBHBL", 9, 20, 5, 0, 1 << 16) + lzma_without_end(text)
    fields = (14, 0, 0, zlib.crc32(text), len(packed), len(text), 5, 0)
    member = struct.pack("<4s2H3H3L2H", b"PK\x03\x04", 63, 0, *fields) + b"a.txt" + packed
    entry = struct.pack("<4s3H3H3L5H2L", b"PK\x01\x02", 63, 63, 0, *fields, 0, 0, 0, 0, 0) + b"a.txt"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(member), 0)
    assert contents(member + entry + end) == [("a.txt", text)]


def test_names_in_a_zip_are_decoded_as_they_look() -> None:
    """UTF-8 without its flag is UTF-8; anything else is DOS's."""
    utf8 = zipped([("XXXX.txt", b"1")]).replace(b"XXXX", "éé".encode())
    dos = zipped([("XXXX.txt", b"1")]).replace(b"XXXX", b"\x82\x82ab")
    assert [contents(utf8)[0][0], contents(dos)[0][0]] == ["éé.txt", "ééab.txt"]


def test_a_tar_gives_regular_files_and_counts_the_rest() -> None:
    """Folders, links and devices are no documents."""
    data = tarred(FILES)
    assert contents(data) == FILES
    link = tarfile.TarInfo("link")
    link.type = tarfile.SYMTYPE
    link.linkname = "/etc/passwd"
    device = tarfile.TarInfo("device")
    device.type = tarfile.CHRTYPE
    items = read(link.tobuf() + device.tobuf() + data)
    assert [item.what for item in items if isinstance(item, Skipped)] == ["link", "device"]


def test_a_tar_that_lies_about_a_size_ends_at_once() -> None:
    """A member of a terabyte in a file of a kilobyte is not looked for."""
    info = tarfile.TarInfo("big.txt")
    info.size = 1 << 40
    assert contents(info.tobuf(tarfile.GNU_FORMAT) + b"x") == [("big.txt", Reason.TOO_LARGE), ("", Reason.TRUNCATED)]
    cut = tarred([("a.txt", b"x" * 2000)])[:1500]
    assert ("a.txt", Reason.TRUNCATED) in contents(cut)


def test_a_tar_with_a_damaged_header_says_that_it_was_not_read_to_its_end() -> None:
    """Python takes a header whose checksum is wrong, or half a one, for the end, and what follows for nothing."""
    data = bytearray(tarred([("a.txt", b"first"), ("b.txt", b"second"), ("c.txt", b"third")]))
    assert contents(bytes(data[: 1024 + 100])) == [("a.txt", b"first"), ("", Reason.TRUNCATED)]
    assert contents(bytes(data[:1024])) == [("a.txt", b"first")]  # without the end's zeros, as some write them
    data[1024 + 50] ^= 1
    assert contents(bytes(data)) == [("a.txt", b"first"), ("", Reason.CORRUPT)]


@pytest.mark.parametrize("ending", PACKERS)
def test_compressed_files_have_one_member_and_compressed_tars_theirs(ending: str) -> None:
    """`a.txt.gz` holds `a.txt`; `a.tar.gz` holds what the tar holds."""
    pack = PACKERS[ending]
    assert contents(pack(b"some text"), f"folder/a.txt{ending}") == [("a.txt", b"some text")]
    assert contents(pack(tarred(FILES)), f"a.tar{ending}") == FILES
    joined = pack(b"one ") + pack(b"two")
    assert contents(joined, f"a.txt{ending}") == [("a.txt", b"one two")]


@pytest.mark.parametrize("ending", PACKERS)
def test_a_truncated_stream_says_so(ending: str) -> None:
    """What ends early is `truncated` or `corrupt`, never half a document; a tar gives what came before."""
    data = PACKERS[ending](b"".join(b"%d text " % n for n in range(9000)))
    [(_, reason)] = contents(data[:-20], f"a.txt{ending}")
    assert reason in {Reason.TRUNCATED, Reason.CORRUPT}


def test_members_before_the_cut_of_a_compressed_tar_are_kept() -> None:
    """The first members of a cut-off tar.gz are read; its end says so."""
    noise = bytes(hash((n, "x")) % 251 for n in range(90_000))
    data = gzip.compress(tarred([("first.txt", b"early"), ("noise.bin", noise)]))
    found = contents(data[: len(data) // 2], "a.tar.gz")
    assert found[0] == ("first.txt", b"early")
    assert found[-1][1] is Reason.TRUNCATED


def test_an_mbox_gives_its_messages() -> None:
    """Messages begin at a postmark after a blank line; quoted ones are unquoted."""
    postmark = b"From a@example.org Mon Jan  5 10:00:00 2026\n"
    data = postmark + MAIL + b">From here on quoted\nFrom here on not\n\n" + postmark + MAIL
    first, second = contents(data)
    assert first == ("message-000001.eml", MAIL + b"From here on quoted\nFrom here on not\n\n")
    assert second == ("message-000002.eml", MAIL)


def test_json_lines_of_documents_are_containers_and_records_of_data_are_not() -> None:
    """Each line with a text is a document; a broken line is rejected alone."""
    lines = [json.dumps({"id": n, "text": f"document {n}"}) for n in range(3)]
    found = contents("\n".join([*lines, "{broken"]).encode(), "a.jsonl")
    assert [reason for _, reason in found] == [*(line.encode() for line in lines), Reason.CORRUPT]
    data = b'{"x": 1}\n{"x": 2}\n'
    assert members(data, detect(data, "a.jsonl").media_type, "a.jsonl", Budget(LIMITS)) is None


def test_a_document_without_text_or_a_broken_line_makes_json_lines_no_data() -> None:
    """Ten thousand documents were one, if one of the first ten was empty."""
    lines = [
        b'{"text": "one"}',
        b'{"text": ""}',
        b'{"text": "two"}',
        b"{broken",
        b'{"body": "three"}',
        b'{"text": null}',
    ]
    found = contents(b"\n".join([*lines, b""]), "a.jsonl")
    assert [reason for _, reason in found] == [*lines[:3], Reason.CORRUPT, *lines[4:]]
    for data in (b'{"text": "one"}\n{"x": 2}\n', b'{"text": ""}\n' * 3, b"{broken\n" * 2 + b'{"text": "one"}\n'):
        assert members(data, "application/jsonl", "a.jsonl", Budget(LIMITS)) is None


def test_json_lines_of_documents_may_begin_with_a_long_one() -> None:
    """Whether a file is one document or many does not hang on the length of its first text."""
    lines = [json.dumps({"text": word * 30_000}).encode() for word in ("long ", "longer ")]
    expected = [("line-000001.json", lines[0]), ("line-000002.json", lines[1])]
    assert contents(b"\n".join(lines), "a.jsonl") == expected
    loose = dataclasses.replace(LIMITS, ratio=10_000)
    assert contents(gzip.compress(b"\n".join(lines)), "a.jsonl.gz", loose) == expected


def test_a_warc_gives_pages_and_counts_the_rest() -> None:
    """Successful responses, resources and conversions are documents; requests and redirects are not."""
    chunked = OK + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    packed = gzip.compress(PAGE)
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    data = warc(
        ("warcinfo", "", b"software: x"),
        ("response", "http://a.example/", OK + b"\r\n" + PAGE),
        ("request", "http://a.example/", b"GET / HTTP/1.1\r\n\r\n"),
        ("response", "http://b.example/", chunked + body),
        ("response", "http://c.example/", b"HTTP/1.1 301 Moved\r\n\r\n"),
        ("conversion", "http://d.example/", b"plain text"),
    )
    expected = [("http://a.example/", PAGE), ("http://b.example/", PAGE), ("http://d.example/", b"plain text")]
    assert contents(data) == expected
    assert contents(gzip.compress(data), "a.warc.gz") == expected
    assert sum(isinstance(item, Skipped) for item in read(data)) == 3


def test_a_body_that_was_joined_when_it_was_stored_is_left_alone() -> None:
    """Its header may still say chunks, and a text may begin with hexadecimal letters, as `Beautiful` does."""
    text = b"Beautiful weather\nis expected for the days to come.\n"
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    parts = b"5;name=value\r\nabcde\r\n3 \r\nfgh\r\n0\r\n\r\n"
    data = warc(("response", "http://a.example/", chunked + text), ("response", "http://b.example/", chunked + parts))
    assert contents(data) == [("http://a.example/", text), ("http://b.example/", b"abcdefgh")]


@pytest.mark.parametrize(
    ("coding", "body", "found"),
    [
        ("gzip", gzip.compress(PAGE), PAGE),
        ("deflate", zlib.compress(PAGE), PAGE),
        ("deflate", zlib.compress(PAGE)[2:-4], PAGE),
        ("zstd", PACKERS[".zst"](PAGE), PAGE),
        ("deflate, gzip", gzip.compress(zlib.compress(PAGE)), PAGE),
        ("gzip", PAGE, PAGE),
        ("br", PAGE, PAGE),
        ("br", b"\x1b\x03\x00", Reason.UNSUPPORTED_MEDIA_TYPE),
        ("gzip", gzip.compress(PAGE)[:-9], Reason.TRUNCATED),
    ],
    ids=["gzip", "deflate", "bare deflate", "zstd", "two codings", "not packed", "br, not packed", "br", "cut"],
)
def test_a_response_is_unpacked_as_its_header_says(coding: str, body: bytes, found: object) -> None:
    """By all codings but Brotli; what crawlers stored unpacked under the old header is left alone."""
    block = OK + f"Content-Encoding: {coding}\r\n\r\n".encode() + body
    assert contents(warc(("response", "http://a.example/", block))) == [("http://a.example/", found)]


def test_a_response_that_ends_within_its_header_says_so() -> None:
    """Nothing is known of its body."""
    assert contents(warc(("response", "http://a.example/", OK))) == [("http://a.example/", Reason.TRUNCATED)]


def test_an_arc_gives_its_pages() -> None:
    """The older format of web archives is read as well."""
    block = OK + b"\r\n" + PAGE
    head = b"filedesc://a.arc 0.0.0.0 20260101000000 text/plain 6\nabcdef\n"
    data = head + b"http://a.example/ 10.0.0.1 20260101000000 text/html %d\n" % len(block) + block + b"\n"
    assert contents(data) == [("http://a.example/", PAGE)]


@pytest.mark.parametrize("length", ["-5", "99999999999", "1e3", ""])
def test_a_warc_with_a_false_length_ends_in_a_reason(length: str) -> None:
    """Neither a negative nor a huge length leads astray."""
    data = warc(("resource", "http://a/", b"text")).replace(b"Content-Length: 4", f"Content-Length: {length}".encode())
    assert contents(data)[-1][1] in {Reason.CORRUPT, Reason.TRUNCATED}


def test_bombs_are_stopped_early() -> None:
    """A member that unpacks to far more than it is, or to more than allowed, is stopped and says how much was read."""
    bomb, roomy = b"\0" * 18_000_000, dataclasses.replace(LIMITS, member_bytes=20_000_000, total_bytes=20_000_000)
    assert contents(zipped([("a.txt", bomb)]), limits=roomy) == [("a.txt", Reason.COMPRESSION_RATIO)]
    assert contents(gzip.compress(bomb), "a.txt.gz", roomy) == [("a.txt", Reason.COMPRESSION_RATIO)]
    tight = dataclasses.replace(LIMITS, member_bytes=1000, ratio=10_000)
    assert contents(zipped([("a.txt", b"ab" * 600), ("b.txt", b"ok")]), limits=tight) == [
        ("a.txt", Reason.TOO_LARGE),
        ("b.txt", b"ok"),
    ]
    assert contents(zipped([("a.txt", b"ab" * 600)], zipfile.ZIP_STORED), limits=tight) == [("a.txt", Reason.TOO_LARGE)]
    page = OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bomb)
    assert contents(warc(("response", "http://a/", page)), limits=roomy) == [("http://a/", Reason.COMPRESSION_RATIO)]


def test_what_all_members_unpack_to_is_bounded() -> None:
    """Past the total nothing more is unpacked, and the container says so."""
    loose = dataclasses.replace(LIMITS, ratio=10_000)
    found = contents(zipped([(f"{n}.txt", b"ab" * 400_000) for n in range(9)]), limits=loose)
    assert [reason for _, reason in found[3:]] == [Reason.TOO_LARGE]
    assert len(found) == 4


def test_a_zip_with_too_many_members_is_refused_unread() -> None:
    """Its directory says how many there are."""
    assert contents(zipped([(str(n), b"") for n in range(101)])) == [("", Reason.TOO_MANY_MEMBERS)]


SEEDS = [
    zipped(FILES), tarred(FILES), gzip.compress(tarred(FILES)), PACKERS[".zst"](b"text"), PACKERS[".xz"](b"text"),
    warc(("response", "http://a/", OK + b"\r\n" + PAGE)), b"From a b 10:00:00 2026\n" + MAIL, b'{"text": "a"}\n' * 3,
]  # fmt: skip


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(max_size=6)), max_size=6),
    st.integers(0),
)
def test_no_damage_gets_past_the_readers(seed: bytes, edits: list[tuple[int, bytes]], cut: int) -> None:
    """However a container is damaged, its reader ends, and raises nothing."""
    data = bytearray(seed)
    for at, new in edits:
        data[at % len(data) : at % len(data) + len(new)] = new
    damaged = bytes(data[: cut % (2 * len(data)) or None])
    kind = detect(seed, "a").media_type
    for item in members(damaged, kind, "a", Budget(LIMITS)) or ():
        assert item is not None


@given(st.text(max_size=800))
def test_a_name_is_shown_on_one_line_without_controls(name: str) -> None:
    """Whatever a member is called, what is shown is short, printable and not empty."""
    shown = display_name(name)
    assert 0 < len(shown) <= 500
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2028\u200b" for c in shown)
    assert display_name(shown) == shown
