"""Fuzz the readers: `python tests/fuzzing.py SECONDS [NAME…] [--seed SEED]`, or a few rounds as a test.

Small documents of the project's own are damaged in the ways files are, then detected and read. Whatever comes, the
answer must be a document or a refusal: an exception, or a reading that takes too long, is a finding.
"""

import argparse
import io
import json
import random
import secrets
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from contextlib import suppress

import olefile
from archives import PACKERS, tarred, warc, zipped
from documents import W, compound_file, docx, epub, mail, msg, odf, old_office, paragraph, pdf, pptx, shape, xlsx
from packets import tnef
from presentations import presentation, shape_atoms, slide, text
from word_97 import word_6

from docmill import containers
from docmill.containers import Budget, Member, Skipped, members
from docmill.containers.mail import MAILS
from docmill.decode import decode
from docmill.detect import detect
from docmill.extract import Limits, extract
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Binary, Extracted, Refusal, Text
from schemas.source import RawDocument

SLOW_SECONDS = 5.0
LIMITS = Limits(unpacked_bytes=20 << 20)
UNPACKING = containers.Limits(depth=3, members=1000, member_bytes=10 << 20, total_bytes=20 << 20, ratio=200)
_INTERESTING = (
    b"\x00", b"\xff" * 4, b"<", b">", b"&", b"<!ENTITY a 'b'>", b"]]>", b'"', b"{", b"}" * 9, b"\\", b"\r\n\r\n",
    b"PK\x03\x04", b"PK\x05\x06", b"%%EOF", b"endstream", b"0 R", b"\xfe\xff", b"[" * 50, b"=?utf-8?q?",
    b"--q", b"Content-Type: ",
)  # fmt: skip
_TABLE = (
    "<table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    "</table:table>"
)
_RTF = (
    rb"{\rtf1\ansi\ansicpg1251{\info{\title A}}\pard \u1055?\'ef {\b bold}\par{\shptxt box}"
    rb"\trowd a\cell b\cell\row}"
)
_RSS = (
    b"<?xml version='1.0'?><rss><channel><title>A</title><item><title>B</title>"
    b"<description>&lt;p&gt;c</description></item></channel></rss>"
)
_XML = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'f'>]><a xml:lang='en'><title>t</title><b>x &e; <i>y</i></b></a>"
_HTML = b"<!doctype html><html><head><title>t</title></head><body><p class='a'>Some text in a paragraph."
_NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "metadata": {"title": "A", "authors": [{"name": "B"}]},
        "cells": [
            {"cell_type": "markdown", "source": ["# C\n", "[d](e)"]},
            {
                "cell_type": "code",
                "source": "f()",
                "outputs": [
                    {"data": {"text/html": "<table><tr><td>g</td></tr></table>"}},
                    {"ename": "E", "evalue": "h"},
                    {"name": "stdout", "text": ["i"]},
                ],
            },
        ],
    }
).encode()
_CALENDAR = (
    b'BEGIN:VCALENDAR\r\nX-WR-CALNAME:A\r\nBEGIN:VEVENT\r\nDTSTART;TZID="a:b":20260105T100000\r\nSUMMARY:B\\, c\r\n'
    b"DESCRIPTION:d\r\n e\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
SEEDS: dict[str, tuple[str, bytes]] = {
    "docx": (
        "a.docx",
        docx(
            paragraph("Body") + f"<w:tbl><w:tr><w:tc>{paragraph('c')}</w:tc></w:tr></w:tbl>",
            footnotes=f"<w:f {W}>{paragraph('n')}</w:f>",
        ),
    ),
    "pptx": ("a.pptx", pptx([shape("Title", "title") + shape("a\nb", "body")], notes="note")),
    "xlsx": (
        "a.xlsx",
        xlsx(
            {"S": '<row><c t="s"><v>0</v></c><c s="1"><v>44319</v></c></row>'},
            ("x",),
            '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
        ),
    ),
    "odt": (
        "a.odt",
        odf(
            "text",
            f"<text:h>A</text:h><text:p>b<text:s text:c='3'/></text:p>{_TABLE}",
            "<style:header><text:p>h</text:p></style:header>",
        ),
    ),
    "ods": ("a.ods", odf("spreadsheet", _TABLE)),
    "epub": ("a.epub", epub({"a": "<h1>A</h1><p>b</p><table><tr><td>c</td></tr></table>"})),
    "pdf": (
        "a.pdf",
        pdf([[(50, 700, 12, "Title"), (50, 600, 10, "Some text here")], [(50, 700, 10, "- item")]], info="/Title(A)"),
    ),
    "eml": ("a.eml", mail("plain", "<p>html</p>", {"a.bin": b"\0\1"})),
    "doc": ("a.doc", old_office("doc")),
    "doc6": ("a.doc", word_6(b"a\rb\x07\x07\x13 PAGE \x141\x15\r", paragraphs={3: bytes(2) + b"\x18\1"})),
    "ppt": ("a.ppt", presentation(slide(text(0, "Title")), slide(text(1, "a\rb"), shape_atoms(text(4, "c"))))),
    "tnef": ("winmail.dat", tnef({0x0037: "s", 0x1000: "text"}, [({0x3707: "a.txt"}, b"abc")])),
    "xls": ("a.xls", old_office("xls")),
    "msg": ("a.msg", msg({"0037001F": b"s\0", "1000001F": b"b\0", "10130102": b"<p>x"}, {"37010102": b"abc"})),
    "rtf": ("a.rtf", _RTF),
    "csv": ("a.csv", b'a,b,c\n1,"x\ny",3\n4,5,6\n'),
    "json": ("a.json", json.dumps({"title": "A", "n": [1, {"b": "<p>c</p>"}], "r": [{"x": 1}, {"x": 2}]}).encode()),
    "jsonl": ("a.jsonl", b'{"a": "x"}\n{"a": "y"}\n'),
    "ipynb": ("a.ipynb", _NOTEBOOK),
    "srt": ("a.srt", b"1\n00:00:01,000 --> 00:00:02,500\n- A <i>word</i>\n\n2\n00:01:01,000 --> 00:01:02,500\nb\n"),
    "vtt": ("a.vtt", b"WEBVTT - A\nLanguage: en\n\nNOTE c\n\n00:01.000 --> 00:02.500 line:0\n<v Jo>A &amp; b.\n"),
    "ics": ("a.ics", _CALENDAR),
    "xml": ("a.xml", _XML),
    "rss": ("a.rss", _RSS),
    "html": ("a.html", _HTML),
    "md": ("a.md", b"---\ntitle: A\n---\n# B\n\n- c\n\n<div>d</div>\n\n| e |\n|---|\n| f |\n"),
    "txt": ("a.txt", "Ein kurzer Satz über Fähren.\n- item\n".encode("cp1252")),
}


# What these hold is read by the readers above; here it is taken out of them.
CONTAINERS: dict[str, tuple[str, bytes]] = {
    "zip": ("a.zip", zipped([("a.txt", b"text"), ("b/c.txt", b"more text")])),
    "tar": ("a.tar", tarred([("a.txt", b"text"), ("b/c.txt", b"more text")])),
    **{f"tar{end}": (f"a.tar{end}", pack(tarred([("a.txt", b"text")]))) for end, pack in PACKERS.items()},
    **{f"txt{end}": (f"a.txt{end}", pack(b"some text " * 9)) for end, pack in PACKERS.items()},
    "mbox": ("a.mbox", b"From a@example.org Mon Jan  5 10:00:00 2026\n" + mail("plain", "<p>html</p>", {})),
    "warc": ("a.warc", warc(("response", "http://a/", b"HTTP/1.1 200 OK\r\n\r\n" + _HTML), ("resource", "b:", b"c"))),
    "arc": ("a.arc", b"filedesc://a 0 0 text/plain 3\nabc\nhttp://a/ 0 0 text/html 4\nbody\n"),
    "documents": ("a.jsonl", b'{"text": "a"}\n{"text": "b"}\n'),
}
SEEDS |= CONTAINERS


def damaged(rng: random.Random, data: bytes) -> bytes:
    """The bytes after a few of the things that happen to files."""
    for _ in range(rng.randint(1, 4)):
        data = rng.choice(_DAMAGES)(rng, data)
    return data


def damaged_inside(rng: random.Random, data: bytes) -> bytes:
    """A zip with one of its parts damaged and all checksums right."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        hit = rng.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            new.writestr(zipfile.ZipInfo(name), damaged(rng, content) if name == hit else content)
    return out.getvalue()


def damaged_stream(rng: random.Random, data: bytes) -> bytes:
    """A compound file with one of its outermost streams damaged and its directory whole."""
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        streams = {path[0]: ole.openstream(path).read() for path in ole.listdir() if len(path) == 1}
    hit = rng.choice(list(streams))
    streams[hit] = damaged(rng, streams[hit])
    return compound_file([(name, -1, content) for name, content in streams.items()])


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


def _flip(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8) if data else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_INTERESTING) * rng.choice((1, 1, 1, 2, 50, 2000)) + data[at:]


def _remove(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.randint(1, 40) :]


def _repeat(rng: random.Random, data: bytes) -> bytes:
    at, length = rng.randint(0, len(data)), rng.randint(1, 60)
    return data[:at] + data[at : at + length] * rng.choice((2, 3, 20, 500)) + data[at + length :]


_INSIDES = {b"PK": damaged_inside, b"\xd0\xcf\x11\xe0": damaged_stream}
_DAMAGES: tuple[Callable[[random.Random, bytes], bytes], ...] = (_cut, _flip, _flip, _insert, _insert, _remove, _repeat)


def read(data: bytes, key: str) -> Extracted | Refusal:
    """Detect and read; what the readers of attachments raise must be the one error they define."""
    for item in members(data, detect(data, key).media_type, key, Budget(UNPACKING)) or ():
        assert isinstance(item, Member | Skipped | Refusal)
    content = decode(RawDocument(data=data, key=key))
    if isinstance(content, Refusal):
        return content
    assert isinstance(content, Text | Binary)
    for media_type, opens in MAILS.items():
        if isinstance(content, Binary) and content.media_type == media_type:
            with suppress(UnreadableError):
                list(opens(content.data, LIMITS))
    found = extract(content, LIMITS)
    assert isinstance(found, Extracted | Refusal)
    return found


def round_of(name: str, rng: random.Random) -> tuple[bytes, str]:
    """A damaged document of a kind, and its name."""
    key, data = SEEDS[name]
    inside = next((damages for magic, damages in _INSIDES.items() if data.startswith(magic)), damaged)
    return (inside if rng.random() < 0.8 else damaged)(rng, data), key  # damage to the container itself is soon seen


def fuzz(name: str, seconds: float, seed: str) -> tuple[int, int]:
    """Read damaged documents of a kind for so many seconds of processor time; how many, and how many findings."""
    rounds, findings, begun = 0, 0, time.process_time()
    while time.process_time() - begun < seconds:
        rounds += 1
        data, key = round_of(name, random.Random(f"{seed} {name} {rounds}"))  # noqa: S311
        start = time.process_time()
        try:
            read(data, key)
        except MemoryError:  # libxml2 keeps names for good, up to a limit; the sandbox's processes are renewed before
            break
        except Exception:  # noqa: BLE001  that is what is looked for
            findings += 1
            print(f"{name}: seed {seed}, round {rounds}\n{traceback.format_exc(limit=-4)}", flush=True)  # noqa: T201
        if (spent := time.process_time() - start) > SLOW_SECONDS:
            findings += 1
            print(f"{name}: seed {seed}, round {rounds} took {spent:.1f} s", flush=True)  # noqa: T201
    return rounds, findings


def main() -> int:
    """Fuzz each kind for so long; report findings with what reproduces them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", type=float, help="of processor time for each kind")
    parser.add_argument("names", nargs="*", metavar="name", help=f"kinds, by default all: {', '.join(SEEDS)}")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="repeats a run; by default another each time")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(SEEDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    findings = 0
    for name in arguments.names or SEEDS:
        rounds, found = fuzz(name, arguments.seconds, arguments.seed)
        findings += found
        print(f"{name}: {rounds} rounds from seed {arguments.seed}, {found} findings", flush=True)  # noqa: T201
    return findings


if __name__ == "__main__":
    sys.exit(main() > 0)
