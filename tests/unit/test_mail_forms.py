"""Forms a mail's text may come in: flowed, within a signature, or as Word writes HTML; and where it leads."""

from documents import epub, mail
from reading import extracted, extracted_or_not

from docmill.extract import Limits
from docmill.extract.mail import attachments
from docmill.extract.signed import signed_content
from docmill.stage import Refusal
from schemas.document import Reason

TEXT = b"Content-Type: text/plain\r\n\r\nThe pier needs repair.\r\n"


def _told(data: bytes) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in extracted(data).blocks if block.kind.value != "line"]


def _plain(body: bytes, said: bytes = b"") -> bytes:
    head = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: Pier\r\nContent-Type: text/plain; format=flowed"
    return head + said + b"\r\n\r\n" + body.replace(b"\n", b"\r\n")


def test_lines_of_flowed_text_are_joined() -> None:
    """Up to one without a space at its end; as deep as they are quoted, and not into the signature."""
    body = b"The pier needs \nrepair in May.\nBring ropes.\n\n> was it \n> open? \n>> no\n\nBest, \n-- \nNora\n"
    assert _told(_plain(body)) == [
        ("heading", "Pier"),
        ("paragraph", "The pier needs repair in May.\nBring ropes."),
        ("quote", "was it open?\nno"),
        ("paragraph", "Best,\n--\nNora"),
    ]
    chinese = "码头 \n需要维修。\n".encode()
    assert _told(_plain(chinese, b"; delsp=yes; charset=utf-8"))[-1] == ("paragraph", "码头需要维修。")


def _value(tag: int, *inner: bytes) -> bytes:
    content = b"".join(inner)
    size = len(content)
    return bytes([tag]) + (bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")) + content


def _endless(tag: int, *inner: bytes) -> bytes:
    return bytes([tag, 0x80]) + b"".join(inner) + b"\0\0"


def _signed(content: bytes, kind: str = "02") -> bytes:
    data = _value(0x06, bytes.fromhex("2a864886f70d010701"))
    inner = _value(0x30, _value(0x02, b"\1"), _value(0x31), _value(0x30, data, _value(0xA0, content)), _value(0x31))
    return _value(0x30, _value(0x06, bytes.fromhex("2a864886f70d0107" + kind)), _value(0xA0, inner))


def _sealed(content: bytes) -> bytes:
    message = mail(attached={"smime.p7m": content})
    return message.replace(b"application/octet-stream", b"application/pkcs7-mime")


def test_what_stands_within_a_signature_is_read() -> None:
    """Whole or in pieces; what it is packed in is no attachment."""
    whole = _sealed(_signed(_value(0x04, TEXT)))
    pieces = _sealed(_signed(_endless(0x24, _value(0x04, TEXT[:30]), _value(0x04, TEXT[30:]))))
    for data in (whole, pieces):
        assert _told(data)[-1] == ("paragraph", "The pier needs repair.")
        assert list(attachments(data, Limits())) == []


def test_what_is_encrypted_is_said_to_be() -> None:
    """Also what only looks like a signature."""
    encrypted = _signed(_value(0x04, TEXT), kind="03")
    for content in (encrypted, b"\x30\x80" * 5000, b"\x30", b"", _signed(b"")):
        assert signed_content(content) is None
    bare = b"From: a@x.example\r\nTo: b@x.example\r\nSubject:\r\nContent-Type: application/pkcs7-mime\r\n\r\nabc"
    result = extracted_or_not(bare)
    assert isinstance(result, Refusal)
    assert result.reason is Reason.ENCRYPTED


def test_lists_as_word_writes_them_are_lists() -> None:
    """Paragraphs with a level; their markers are none of the text."""
    marker = '<span style="mso-list:Ignore">{}<span>&nbsp; </span></span>'
    html = "".join(
        f'<p class=MsoListParagraph style="mso-list:l0 level{level} lfo1">{marker.format(sign)}{text}</p>'
        for level, sign, text in ((1, "1.", "salt"), (2, "·", "coarse"), (1, "2.", "rope"))
    )
    found = [
        block
        for block in extracted(mail(html=f"<p>Bring:</p>{html}<p>Thanks</p>")).blocks
        if block.kind.value != "line"
    ]
    assert [(block.kind.value, block.level, block.number, block.text) for block in found[1:]] == [
        ("paragraph", None, None, "Bring:"), ("list_item", 1, 1, "salt"), ("list_item", 2, None, "coarse"),
        ("list_item", 1, 2, "rope"), ("paragraph", None, None, "Thanks"),
    ]  # fmt: skip


def test_links_of_mails_and_books() -> None:
    """With their texts; not those of what is hidden."""
    html = '<p>See <a href="https://pier.example.org/"><b>the</b> pier</a></p>'
    hidden = '<div style="display:none"><a href="https://x.example.org/">x</a></div>'
    for data in (mail(html=html + hidden), epub({"a": html + hidden})):
        assert [(link.url, link.text) for link in extracted(data).links] == [("https://pier.example.org/", "the pier")]


def test_reading_aids_stand_in_brackets() -> None:
    """Unless the page has some of its own for them."""
    ruby = "<p><ruby>漢<rt>kan</rt></ruby><ruby>字<rp>(</rp><rt>ji</rt><rp>)</rp></ruby></p>"
    assert [block.text for block in extracted(epub({"a": ruby})).blocks] == ["漢(kan)字(ji)"]
