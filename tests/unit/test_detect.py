"""Detect: the content says what a file is; its name only breaks ties, and disagreement is a warning."""

import io
import tarfile

import pytest
from documents import docx, epub, mail, msg, odf, paragraph, pdf, pptx, shape, xlsx, zipped
from hypothesis import given
from hypothesis import strategies as st

from docmill.detect import BINARY, CONTAINERS, UNKNOWN, detect
from docmill.detect.packed import DOCX, EPUB, MSG, ODS, ODT, PPTX, XLSX

OFFICE = docx(paragraph("Body"))
MBOX = b"From ida@harbour.example Mon May  3 10:20:30 2021\nFrom: Ida <ida@harbour.example>\nSubject: x\n\nbody\n"


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (OFFICE, DOCX),
        (OFFICE[:-30], DOCX),
        (pptx([shape("x")]), PPTX),
        (xlsx({"S": ""}), XLSX),
        (odf("text", ""), ODT),
        (odf("spreadsheet", ""), ODS),
        (epub({"a": "x"}), EPUB),
        (msg({"0037001F": "x".encode("utf-16-le")}), MSG),
        (zipped({"notes/a.txt": "x", "word/document.xml": "x"}), "application/zip"),
        (pdf([[]]), "application/pdf"),
        (b"\n\n%PDF-1.4\n%\xe2\xe3", "application/pdf"),
        (rb"{\rtf1\ansi x}", "application/rtf"),
        (mail("Hello"), "message/rfc822"),
        (mail("Hello").decode().encode("utf-16"), "message/rfc822"),
        (MBOX, "application/mbox"),
        (_tar(), "application/x-tar"),
        (b"\x1f\x8b\x08\x00abc", "application/gzip"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "application/warc"),
        (b'{"title": "Tides", "n": 1}', "application/json"),
        (b'{"title": "Tides"}\n{"title": "Ebb"}\n', "application/jsonl"),
        (b'<?xml version="1.0"?><log><entry>x</entry></log>', "application/xml"),
        (b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', "application/rss+xml"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>', "application/atom+xml"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x"><html xmlns="y"><p>x</p></html>', "text/html"),
        (b"a\tb\tc\n" * 8, "text/tab-separated-values"),
        (b"One plain line of text.", "text/plain"),
        (b"From: the sea\nTo: the land\n\na poem", "text/plain"),
        (b"[1] a note, not JSON", "text/plain"),
        (bytes(range(256)) * 9, UNKNOWN),
        (b"\x89PNG\r\n\x1a\n0000", "image/png"),
    ],
)
def test_content_decides(data: bytes, media_type: str) -> None:
    """Without a name, and under a false one, a file is what its bytes are."""
    assert detect(data).media_type == media_type
    assert detect(data, "report.docx").media_type == media_type


@pytest.mark.parametrize(
    ("data", "key", "media_type"),
    [
        (b"a,b\n1,2\n", "t.csv", "text/csv"),
        (b"# Tides\n\n<div>x</div>\n\n<p>y</p>", "t.md", "text/markdown"),
        (b"<p>one", "t.html", "text/html"),
        (b"<style>" + b".a { color: red }\n" * 300 + b"</style><!doctype html><html><p>x", "t.html", "text/html"),
        (b"<script>" + b"let a = 1;\n" * 500 + b"</script><!doctype html><html><p>x", "t", "text/html"),
        (b"<style>" + b".a { color: red }\n" * 1500 + b"</style><!doctype html><html><p>x", "t.html", "text/html"),
        (b"no markup at all", "t.html", "text/plain"),
        (b'{"a": 1}', "t.jsonl", "application/jsonl"),
        (b"Subject: hello\n\nbody", "t.eml", "message/rfc822"),
        (b"<a><b>x</b></a>", "t.xml", "application/xml"),
        (b"<rss><channel><item><![CDATA[<p>x</p><p>y</p>]]></item></channel></rss>", "feed", "application/rss+xml"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>", "t.svg", "application/xml"),
    ],
)
def test_names_break_ties(data: bytes, key: str, media_type: str) -> None:
    """Where the content leaves it open, the extension decides."""
    assert detect(data, key).media_type == media_type


def test_declared_type_breaks_ties_where_the_name_is_silent() -> None:
    """The uploader's media type counts as an extension would."""
    assert detect(b"a,b\n1,2\n", "t", "text/csv; charset=utf-8").media_type == "text/csv"
    assert detect(b"a,b\n1,2\n", "t.txt", "text/csv").media_type == "text/plain"


@pytest.mark.parametrize(
    ("data", "key", "warned"),
    [(OFFICE, "a.pdf", True), (OFFICE, "a.docx", False), (OFFICE, "a", False), (b"plain", "a.csv", False)],
)
def test_a_false_extension_is_a_warning(data: bytes, key: str, *, warned: bool) -> None:
    """A name that says another format than the content is flagged, one that says nothing is not."""
    assert any(w.startswith("media_type_mismatch: ") for w in detect(data, key).warnings) is warned


@given(st.binary(max_size=2000), st.sampled_from(["a", "a.docx", "a.eml", "a.json", "a.xml", "a.html", "a.csv"]))
def test_any_bytes_have_one_answer(data: bytes, key: str) -> None:
    """Any bytes get one media type, that is text, a reader's, a container's or refused."""
    found = detect(data, key)
    assert found == detect(data, key)
    assert (found.is_text, found.media_type in BINARY, found.media_type in CONTAINERS).count(True) <= 2


def test_what_only_resembles_a_checksum_makes_no_tar() -> None:
    """Digits and blanks in any order where an old tar has its checksum are just that."""
    head = b"From a@example.org".ljust(148, b"x") + b"00 2026\0" + b"x" * 400
    assert detect(head, "a.txt").media_type != "application/x-tar"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("control", ["\x1b[1m", "\v"])
def test_colours_and_vertical_tabs_make_no_text_binary(encoding, control):
    """What terminals' logs and word processors put into text is taken alike in every encoding."""
    text = f"{control}ok{control} built\n" * 50
    assert detect(text.encode(encoding), "build.log").media_type == "text/plain"
