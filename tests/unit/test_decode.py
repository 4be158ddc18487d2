"""Decode: every byte sequence becomes text or a refusal, never an exception."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.decode import decode
from docmill.stage import Binary, Refusal, Text
from schemas import RawDocument
from schemas.document import Reason

RUSSIAN = "Сегодня хорошая погода, и мы идём гулять в парк у реки. " * 5
CHINESE = "今天天气很好，我们去公园散步，然后回家吃饭。" * 10
FRENCH = "Les élèves ont été reçus à l'école où l'été s'achève déjà. " * 4


def _text(data: bytes, key: str = "a.txt", media_type: str | None = None) -> Text:
    result = decode(RawDocument(data=data, key=key, media_type=media_type))
    assert isinstance(result, Text), result
    return result


@given(st.binary(max_size=600), st.sampled_from(["a.txt", "a.html", "a.md", "a"]))
def test_never_crashes(data: bytes, key: str) -> None:
    """Any bytes are answered by text or a refusal with a reason."""
    assert isinstance(decode(RawDocument(data=data, key=key)), Text | Binary | Refusal)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_utf8_round_trip(text: str) -> None:
    """What is valid UTF-8 without control characters is read as it was written, or refused as empty or binary."""
    data = text.encode()
    result = decode(RawDocument(data=data, key="a.txt"))
    if isinstance(result, Text) and not data.startswith((b"\xff\xfe", b"\xef\xbb\xbf")):
        assert result.text == text


@pytest.mark.parametrize(
    ("bom", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_byte_order_mark_decides(bom: bytes, codec: str) -> None:
    """A byte order mark names the encoding and is not part of the text."""
    result = _text(bom + "Grüße".encode(codec))
    assert (result.text, result.encoding) == ("Grüße", codec)


@pytest.mark.parametrize("text", ["Ebb — and “flood”", "École", "a 👍 b"])
def test_utf8_read_as_latin1_is_undone_before_controls_go(text: str) -> None:
    """Its bytes are taken for control characters, and without these nobody could tell."""
    twice = _text(text.encode().decode("latin-1").encode())
    assert (twice.text, twice.warnings) == (text, ())
    left = _text("Â\x80x and \x9d".encode())
    assert (left.text, left.warnings) == (
        "\x80x and ".replace("\x80", ""),
        ("control_characters: removed from the text",),
    )


@pytest.mark.parametrize("text", ["La città è più bella.", "Café council met."])
def test_accents_in_a_short_text_are_no_other_script(text: str) -> None:
    """Within Latin words stand no Cyrillic or Greek letters, whatever the detector takes so few for."""
    assert _text(text.encode("cp1252")).text == text


@pytest.mark.parametrize("text", [RUSSIAN, f"{CHINESE}\n\u3000{CHINESE}\n"], ids=["Russian", "Chinese"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_needs_no_byte_order_mark(text: str, codec: str) -> None:
    """In other scripts than Latin, too, whose bytes are no zeros."""
    result = _text(text.encode(codec))
    assert (result.text, result.encoding) == (text, codec)


@pytest.mark.parametrize(
    ("text", "codec", "found"),
    [
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "big5", None),
    ],
)
def test_undeclared_encodings_are_detected(text: str, codec: str, found: str | None) -> None:
    """Text in a legacy encoding that nothing declares is read right."""
    if codec == "big5":
        text = "今天天氣很好，我們去公園散步，然後回家吃飯。" * 10
    result = _text(text.encode(codec))
    assert result.text == text
    assert found is None or result.encoding == found


def test_declared_charset_in_html_head_is_used() -> None:
    """A page's meta charset is believed where the bytes are not UTF-8, Latin-1 read as its superset."""
    page = f"<html><head><meta charset='iso-8859-1'><title>x</title></head><body><p>{FRENCH}</p>".encode("cp1252")
    result = _text(page, "a.html")
    assert FRENCH in result.text
    assert (result.encoding, result.media_type) == ("cp1252", "text/html")


def test_false_declaration_does_not_spoil_utf8() -> None:
    """Valid UTF-8 stays UTF-8 whatever the page or upload declares."""
    page = f"<html><head><meta charset=windows-1251></head><body>{RUSSIAN}".encode()
    assert RUSSIAN in _text(page, "a.html", "text/html; charset=koi8-r").text


@pytest.mark.parametrize(
    "charset", ["base64", "rot13", "zip", "unicode_escape", "punycode", "idna", "undefined", "x-no"]
)
def test_a_charset_that_is_none_is_not_believed(charset: str) -> None:
    """Python has codecs by these names; what they do is not reading a character set."""
    assert _text(FRENCH.encode("cp1252"), media_type=f"text/plain; charset={charset}").text == FRENCH


def test_upload_header_charset_is_used() -> None:
    """The upload's Content-Type charset is believed where the document declares none."""
    assert _text(FRENCH.encode("cp1252"), media_type="text/plain; charset=windows-1252").text == FRENCH


def test_damaged_utf8_is_read_with_a_warning() -> None:
    """A few bad bytes in UTF-8 cost only themselves, and the document says so."""
    result = _text(RUSSIAN.encode() + b"\xff\xfe\xfa" + RUSSIAN.encode())
    assert result.encoding == "utf-8"
    assert result.text.count(RUSSIAN) == 2
    assert result.warnings[0].startswith("undecodable_bytes: 3 ")


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\x00\x00"])
def test_empty_files_are_refused(data: bytes) -> None:
    """A file of no bytes, or of white space, is refused as empty."""
    result = decode(RawDocument(data=data, key="a.txt"))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.EMPTY


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\xff\xfe" * 400,
        b"\x89PNG\r\n\x1a\n0000",
        b"PK\x03\x04abc",
        b"\x1f\x8b\x08\x00",
        bytes(range(256)) * 20,
        b"\x7fELF\x02",
    ],
)
def test_binary_content_is_refused_whatever_its_name(data: bytes) -> None:
    """Binary content named .txt is refused as an unsupported media type, never passed on as garbage."""
    result = decode(RawDocument(data=data, key="notes.txt"))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize(
    ("data", "key", "media_type"),
    [
        (b"<!DOCTYPE html><html><p>x", "a.html", "text/html"),
        (b"\n<!-- saved --><html lang=en>", "dump", "text/html"),
        (b"<p>one</p><p>two</p>", "page.php", "text/html"),
        (b"# Title\n\ntext", "a.md", "text/markdown"),
        (b"Compare a < b and <p> tags in prose", "a.txt", "text/plain"),
    ],
)
def test_media_type_comes_from_the_content(data: bytes, key: str, media_type: str) -> None:
    """The content decides between HTML, Markdown and plain text; the name only breaks ties."""
    assert _text(data, key).media_type == media_type


def test_name_that_disagrees_with_content_is_a_warning() -> None:
    """HTML in a .txt file is read as HTML and flagged."""
    assert _text(b"<!doctype html><p>x", "a.txt").warnings[0].startswith("media_type_mismatch:")


def test_few_latin_letters_are_not_taken_for_a_macintoshs() -> None:
    """A short table in a Windows code page is read in it; letters where only a Macintosh has them remain its."""
    table = "Straße;Ort;Preis\nHauptstraße 1;Köln;1\nWeg 2;Zürich;2\n"
    assert _text(table.encode("cp1252"), "a.csv").text == table
    assert _text((FRENCH * 3).encode("mac-roman")).text == FRENCH * 3


def test_sound_utf8_is_not_copied() -> None:
    """A large page is held once: its text is made of the bytes when a reader asks for it."""
    raw = RawDocument(data="<p>Die Fähre ist da.</p>".encode(), key="a.html")
    found = decode(raw)
    assert isinstance(found, Text)
    assert found.content is raw.data
    assert found.text == "<p>Die Fähre ist da.</p>"
    assert found.utf8 is raw.data


def test_bytes_of_sound_utf8_are_looked_at_as_text_is() -> None:
    """Byte order marks and blanks alone are no text, and controls are taken out, however they are encoded."""
    blank = decode(RawDocument(data="\n\ufeff \ufeff".encode(), key="a.txt"))
    assert isinstance(blank, Refusal)
    assert blank.reason is Reason.EMPTY
    assert _text("Fähre\u0085 \u0086da".encode()).text == "Fähre\u0085 da"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_chinese_of_one_line_is_read_in_utf_16(encoding: str) -> None:
    """Without a mark, and without a blank or a line's end, which would tell it."""
    text = "一种自清洗式屋面雨水过滤装置及其清洗方法。本发明涉及雨水收集领域，尤其涉及一种装置。"
    found = decode(RawDocument(data=text.encode(encoding), key="a.txt"))
    assert isinstance(found, Text)
    assert (found.text, found.encoding) == (text, encoding)


def test_bytes_are_no_chinese_by_chance() -> None:
    """Numbers, and text in other encodings, that hold what a Chinese comma would be stay what they are."""
    numbers = bytes(1 + one * 37 % 255 for one in range(400)) + "，。".encode("utf-16-le")
    assert isinstance(decode(RawDocument(data=numbers, key="a.bin")), Refusal)
    french = (FRENCH + "ÿ\x0cÿ0\x02").encode("cp1252")
    found = decode(RawDocument(data=french, key="a.txt"))
    assert isinstance(found, Text)
    assert found.text.startswith(FRENCH)
