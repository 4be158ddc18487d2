"""Mail: subject, correspondents and text; attachments by themselves; nothing in it stops the reader."""

import base64
import struct

import pytest
from documents import mail, msg

from docmill.extract import Limits, extract
from docmill.extract.mail import attachments
from docmill.extract.msg import msg_attachments
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Binary, Extracted, Refusal
from schemas.document import BlockKind, Reason

LIMITS = Limits()


def _result(data: bytes, media_type: str = "message/rfc822") -> Extracted | Refusal:
    return extract(Binary(data, media_type), LIMITS)


def _read(data: bytes, media_type: str = "message/rfc822") -> Extracted:
    result = _result(data, media_type)
    assert isinstance(result, Extracted), result
    return result


def _texts(found: Extracted) -> list[str]:
    return [block.text for block in found.blocks]


def test_a_message_reads_as_it_is_shown() -> None:
    """Subject as heading, who and when as lines, then paragraphs, quoted ones as quotes."""
    found = _read(mail("We leave at nine.\nBring coats.\n\n> Is it windy?\n> Yes."))
    assert [(b.kind.value, b.text) for b in found.blocks] == [
        ("heading", "Überfahrt am Montag"),
        ("line", "From: Ida Lund <ida@harbour.example>"),
        ("line", "To: per@harbour.example"),
        ("line", "Date: Mon, 03 May 2021 10:20:30 +0200"),
        ("paragraph", "We leave at nine.\nBring coats."),
        ("quote", "Is it windy?\nYes."),
    ]


def test_answers_below_quoted_lines_are_no_quotes() -> None:
    """Who said what is kept where no blank line stands between; an escaped `From ` is no quote."""
    found = _read(mail("> Is it windy?\n> Tell me.\nNo.\n>From here it is calm.\n>> Bring coats?\nYes."))
    assert [(b.kind.value, b.text) for b in found.blocks[4:]] == [
        ("quote", "Is it windy?\nTell me."),
        ("paragraph", "No.\nFrom here it is calm."),
        ("quote", "Bring coats?"),
        ("paragraph", "Yes."),
    ]


def test_blocks_of_html_are_not_run_together() -> None:
    """Whatever the element that ends a line."""
    page = "<details><summary>Prices</summary>Four crowns</details><center>Harbour</center><address>Quay 3</address>"
    assert _texts(_read(mail(html=page)))[4:] == ["Prices", "Four crowns", "Harbour", "Quay 3"]


def test_headers_are_the_metadata() -> None:
    """Subject, sender and date are title, author and publication."""
    metadata = _read(mail("x")).metadata
    assert (metadata.title, metadata.authors) == ("Überfahrt am Montag", ("Ida Lund",))
    assert metadata.published == "2021-05-03T10:20:30+02:00"


def test_of_alternatives_one_is_read() -> None:
    """The plain text stands for the HTML, unless it is a stub of it."""
    html = "<p>" + "The ferry leaves at nine from the inner harbour. " * 5 + "</p><ul><li>coats</li></ul>"
    assert "coats" not in _texts(_read(mail("The ferry leaves at nine from the inner harbour. " * 5, html)))
    assert "coats" in _texts(_read(mail("See the HTML.", html)))
    assert "coats" in _texts(_read(mail(html=html)))


def test_what_stands_beside_alternatives_is_read() -> None:
    """A list's footer in HTML below a message in plain text and HTML, say."""
    html = "Content-Type: text/html\n\n<p>{}</p>\n"
    either = f"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nBody\n--b\n{html.format('Body')}--b--\n"
    head = "From: a@b.example\nContent-Type: multipart/mixed; boundary=a\n\n"
    data = f"{head}--a\n{either}--a\n{html.format('Foot')}--a--\n"
    assert _texts(_read(data.encode()))[1:] == ["Body", "Foot"]


def test_layout_tables_are_no_rows() -> None:
    """A table that only places paragraphs gives paragraphs; one of plain cells gives rows."""
    page = "<table><tr><td><p>One</p><p>Two</p></td></tr></table><table><tr><td>Brest</td><td>6 m</td></tr></table>"
    kinds = [(b.kind, b.text) for b in _read(mail(html=page)).blocks[4:]]
    assert kinds == [(BlockKind.PARAGRAPH, "One"), (BlockKind.PARAGRAPH, "Two"), (BlockKind.TABLE, "Brest | 6 m")]


def test_attachments_are_given_apart() -> None:
    """Files that came with a message keep name and bytes and are not in its text."""
    data = mail("Body", attached={"dépôt.bin": b"\x00\x01", "../../x": b"abc"})
    assert [(a.name, a.data) for a in attachments(data, LIMITS)] == [("dépôt.bin", b"\x00\x01"), ("../../x", b"abc")]
    assert _texts(_read(data))[-1] == "Body"


def test_attached_messages_are_given_apart() -> None:
    """A forwarded message is an attachment that is a message."""
    inner = mail("The inner text")
    outer = (
        b'Subject: Fwd\nFrom: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="q"\n\n'
        b"--q\n\nThe outer text\n--q\nContent-Type: message/rfc822\n\n" + inner + b"\n--q--\n"
    )
    [attached] = attachments(outer, LIMITS)
    assert attached.media_type == "message/rfc822"
    assert _texts(_read(attached.data))[-1] == "The inner text"
    assert _texts(_read(outer))[-1] == "The outer text"


def test_attached_messages_may_be_encoded() -> None:
    """A forwarded message in base64, which the standard forbids, is still the message."""
    outer = (
        b"Subject: Fwd\nFrom: a@b.example\nMIME-Version: 1.0\nContent-Type: message/rfc822\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(mail("The inner text"))
    )
    [attached] = attachments(outer, LIMITS)
    assert _texts(_read(attached.data))[-1] == "The inner text"


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"From: a@b.c\nSubject: =?utf-8?q?caf=C3=A9?=\n\nx", "café"),
        (b"From: a@b.c\nSubject: x\nContent-Type: text/plain; charset=no-such\n\nplain words", "plain words"),
        (b"From: a@b.c\nSubject: x\nContent-Type: text/plain; charset=koi8-r\n\n\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        (b"From: a@b.c\nSubject: x\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B%F%9%H\x1b(B", "テスト"),
    ],
)
def test_characters_come_out_right(data: bytes, wanted: str) -> None:
    """Encoded words and bodies are read by the character set they name, or as well as can be."""
    assert wanted in _texts(_read(data))


def test_outlook_texts_are_in_the_code_page_they_name() -> None:
    """Where they are not in UTF-16: too few bytes to tell it from them."""
    found = _read(
        msg({"0037001E": "Où".encode("cp1252"), "1000001E": "Тест".encode("cp1251")}, code_page=1251),
        "application/vnd.ms-outlook",
    )
    assert _texts(found) == ["Oщ", "Тест"]
    found = _read(
        msg({"0037001E": "Où".encode("cp1252"), "1000001E": "né".encode("cp1252")}, code_page=1252),
        "application/vnd.ms-outlook",
    )
    assert _texts(found) == ["Où", "né"]


def test_encrypted_messages_are_refused() -> None:
    """A message whose only content is sealed is refused as encrypted."""
    result = _result(b"From: a@b.c\nSubject: s\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nMIIB")
    assert isinstance(result, Refusal)
    assert result.reason is Reason.ENCRYPTED


def test_absurd_nesting_is_refused() -> None:
    """Parts within parts beyond all sense are refused, not recursed into."""
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(5000))
    result = _result(b"From: a@b.c\nSubject: s\nMIME-Version: 1.0\n" + parts)
    assert isinstance(result, Refusal)
    assert result.reason is Reason.CORRUPT


@pytest.mark.parametrize(
    "header",
    [
        b"To: " + b", ".join(b"user%d@harbour.example" % n for n in range(60_000)),
        b"Content-Type: text/plain; " + b"; ".join(b"x*%d=a" % n for n in range(20_000)),
        b"X-A: " + b"=?utf-8?b?YQ==?= " * 60_000,
    ],
)
@pytest.mark.timeout(20)
def test_long_headers_are_cut(header: bytes) -> None:
    """Headers that hold a parser for minutes are cut before it sees them."""
    found = _read(b"From: a@b.c\nSubject: s\n" + header + b"\n\nThe text")
    assert _texts(found)[-1] == "The text"


def test_more_parts_than_allowed_are_counted_out_loud() -> None:
    """Reading stops at the bound on parts, with a warning."""
    data = b'Subject: s\nFrom: a@b.c\nContent-Type: multipart/mixed; boundary="q"\n\n' + b"--q\n\nx\n" * 50 + b"--q--\n"
    found = extract(Binary(data, "message/rfc822"), Limits(parts=10))
    assert found.warnings == ("partly_read: the first 10 parts of the message were read",)  # type: ignore[union-attr]


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def test_an_outlook_message_reads_as_a_mail_does() -> None:
    """Subject, sender with address, recipients, body and the time it was sent."""
    data = msg(
        {"0037001F": _wide("Überfahrt"), "0C1A001F": _wide("Ida Lund"), "5D01001F": _wide("ida@harbour.example"),
         "0E04001F": _wide("Per"), "1000001F": _wide("We leave at nine.\r\n\r\nBring coats.")}
    )  # fmt: skip
    found = _read(data, "application/vnd.ms-outlook")
    assert _texts(found) == [
        "Überfahrt", "From: Ida Lund <ida@harbour.example>", "To: Per", "We leave at nine.", "Bring coats."
    ]  # fmt: skip
    assert found.metadata.authors == ("Ida Lund",)
    assert (found.metadata.published or "").startswith("2021-05-04T")


def test_an_outlook_messages_html_and_files() -> None:
    """Without a plain body the HTML is read; attached files keep name and bytes."""
    data = msg(
        {"0037001F": _wide("s"), "10130102": b"<p>Bring <b>coats</b></p>"},
        {"37010102": b"abc", "3707001F": _wide("a.txt")},
    )
    assert "Bring coats" in _texts(_read(data, "application/vnd.ms-outlook"))
    [attached] = msg_attachments(data, LIMITS)
    assert (attached.name, attached.data[:3]) == ("a.txt", b"abc")


@pytest.mark.parametrize("cut", [600, 5000, -5000])
def test_an_outlook_message_cut_off_says_so(cut: int) -> None:
    """A compound file that ends before the sectors its header names is truncated."""
    data = msg({"0037001F": _wide("s"), "1000001F": _wide("body")})[:cut]
    result = _result(data, "application/vnd.ms-outlook")
    assert isinstance(result, Refusal)
    assert result.reason is Reason.TRUNCATED


def test_an_outlook_message_that_goes_in_a_circle() -> None:
    """A stream said to be longer than the file, whose last sector is followed by its first, is not read for ever."""
    data = bytearray(msg({"0037001F": _wide("s"), "1000001F": _wide("body")}))
    entry = data.index(_wide("__substg1.0_1000001F"))
    (start,) = struct.unpack_from("<I", data, entry + 116)
    (table,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<Q", data, entry + 120, 1 << 24)
    struct.pack_into("<I", data, 512 * (table + 1) + 4 * (start + 7), start)
    result = _result(bytes(data), "application/vnd.ms-outlook")
    assert isinstance(result, Refusal)
    assert result.reason is Reason.CORRUPT


def test_reading_attachments_of_nonsense_fails_as_defined() -> None:
    """What is no compound file raises the one error readers raise."""
    with pytest.raises(UnreadableError):
        list(msg_attachments(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, LIMITS))


def _invitation(body: str, disposition: str = "") -> bytes:
    head = f'Content-Type: text/calendar; charset="utf-8"; method=REQUEST\r\n{disposition}\r\n'
    plain = "Content-Type: text/plain\r\n\r\nPlease come.\r\n"
    parts = "".join(f"--b\r\n{part}\r\n" for part in (plain, head + body))
    return f'Subject: Crossing\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{parts}--b--\r\n'.encode()


def test_an_invitation_tells_of_its_event() -> None:
    """An invitation's title, time, place and text are lines; an attached calendar is a document of its own."""
    alarm = "BEGIN:VALARM\r\nDESCRIPTION:Wake up\r\nEND:VALARM\r\n"
    times = "DTSTART;TZID=Europe/Oslo:20210503T090000\r\nDTEND:20210503T110000Z\r\n"
    event = f"SUMMARY:Ferry to\\, and\r\n  back\r\n{times}LOCATION:Pier 4\r\n{alarm}"
    body = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    lines = ["Ferry to, and back", "Start: 2021-05-03 09:00", "End: 2021-05-03 11:00 UTC", "Location: Pier 4"]
    assert _texts(_read(_invitation(body))) == ["Crossing", "Please come.", *lines]
    assert list(attachments(_invitation(body), LIMITS)) == []
    attached = _invitation(body, "Content-Disposition: attachment; filename=a.ics\r\n")
    assert _texts(_read(attached)) == ["Crossing", "Please come."]
    assert [one.name for one in attachments(attached, LIMITS)] == ["a.ics"]


def test_a_time_zone_may_be_quoted() -> None:
    """Its colons end no field's name."""
    event = 'DTSTART;TZID="(UTC+01:00) Bern":20240305T100000\r\nSUMMARY:Sailing: how\r\n'
    data = _invitation(f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert _texts(_read(data))[-2:] == ["Start: 2024-03-05 10:00", "Sailing: how"]


def test_a_calendar_without_events_is_a_warning() -> None:
    """What cannot be read of an invitation is said."""
    assert any("calendar" in warning for warning in _read(_invitation("BEGIN:VCALENDAR\r\nEND:VCALENDAR")).warnings)


def test_utf_7_bodies_are_read() -> None:
    """Old mails are in UTF-7, which is ASCII to the eye."""
    plain = b"Subject: x\r\nContent-Type: text/plain; charset=UTF-7\r\n\r\nDie +ANw-berfahrt kostet 5 +IKw.\r\n"
    assert _texts(_read(plain))[-1] == "Die Überfahrt kostet 5 €."
    html = b"Subject: x\r\nContent-Type: text/html; charset=unicode-1-1-utf-7\r\n\r\n<p>Die +ANw-berfahrt</p>\r\n"
    assert _texts(_read(html))[-1] == "Die Überfahrt"


def test_lines_with_markers_are_items() -> None:
    """Several of them, each with the lines that go on below it; one alone is none."""
    found = _read(mail("We need:\n- coats\n  and hats\n- boots\n\n- Ida"))
    assert [(b.kind.value, b.text) for b in found.blocks[4:]] == [
        ("paragraph", "We need:"), ("list_item", "- coats\nand hats"), ("list_item", "- boots"), ("paragraph", "- Ida")
    ]  # fmt: skip


def test_a_newsletters_hidden_preview_is_removed() -> None:
    """What is marked as not shown is in the log; what stands behind it stays."""
    html = '<div style="display:none">See inside: boats</div><p>The boat <span hidden>secretly </span>leaves.</p>'
    found = _read(mail(html=html))
    assert _texts(found)[4:] == ["The boat leaves."]
    assert [removal.text for removal in found.removed] == ["See inside: boats", "secretly"]
