"""Messages and letters are told from the documents they speak of."""

import pytest

from docmill import Pipeline, RawDocument, Settings
from docmill.classify.cues import find_cues
from docmill.classify.excerpt import excerpt
from schemas.document import Block, BlockKind, EnrichedDocument


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Settings(taxonomies=("content-types",), annotations=()))


def _mail(subject: str, body: str) -> RawDocument:
    head = f"From: Nora Eide <nora@example.org>\nTo: ole@example.org\nSubject: {subject}\n"
    head += "Date: Mon, 4 Jan 2021 10:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
    return RawDocument(data=(head + body).encode(), key="message.eml")


@pytest.mark.parametrize(
    "letter",
    [
        "Dear Mr Vik,\nplease find the invoice attached.\nKind regards,\nNora",
        "Hi all,\nthe lift is out of order.\nThanks!\nAnna",
        "Sehr geehrte Frau Eide,\nanbei unser Angebot.\nMit freundlichen Grüßen\nOle Vik",
        "Bonjour à tous,\nla salle est fermée.\nCordialement,\nAnne",
        "Hola, Marta:\nte envío las cuentas.\nUn saludo,\nLuis",
        "Уважаемая Анна Петровна!\nПосылаю счёт.\nС уважением,\nИван",
        "尊敬的王老师：\n发票随信寄上。\n此致敬礼",
        "عزيزي سامي،\nأرسل لك الفاتورة.\nمع التحية\nليلى",
    ],
)
def test_letters_are_told_by_how_they_begin_and_close(letter: str) -> None:
    """In the languages whose cues are known."""
    names = {evidence.text.partition(":")[0] for kind, evidence in find_cues("A letter\n" + letter) if kind == "other"}
    assert {"salutation of a letter", "close of a letter"} <= names


@pytest.mark.parametrize(
    "text",
    ["Hello, World: the history of a program", "The best, and the rest", "Dear is the price of salt in this valley."],
)
def test_sentences_that_begin_alike_are_no_letters(text: str) -> None:
    """A line must end with the close, and a salutation with its mark within some words."""
    assert not [evidence for _, evidence in find_cues("A title\n" + text) if evidence.text.startswith("close")]
    assert not [
        evidence for _, evidence in find_cues("A title\n" + text.removeprefix("Hello,")) if "letter" in evidence.text
    ]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Meeting moved to 3 pm",
            "Hi all,\n\nthe planning meeting moves to 3 pm tomorrow, room 4. Please bring figures.\n\nThanks\nAnna",
        ),
        ("Lunch on Friday?", "Hi Nora,\n\nAre you free for lunch on Friday? The new place has opened.\n\nBest,\nOle"),
        ("Réunion de mardi", "Bonjour à tous,\n\nla réunion est reportée à jeudi, salle 4.\n\nCordialement,\nAnne"),
    ],
)
def test_short_mails_are_no_events(pipeline: Pipeline, subject: str, body: str) -> None:
    """Whatever day they speak of; the evidence says why."""
    record = pipeline.refine(_mail(subject, body))
    assert isinstance(record, EnrichedDocument)
    assert record.content_type is not None
    assert record.content_type.id == "other"
    assert any(evidence.text == "a message: From, To, Date" for evidence in record.content_type.evidence)


def test_news_that_came_by_mail_are_news(pipeline: Pipeline) -> None:
    """What a message holds counts, not its form alone."""
    text = "The council approved the new bridge on Tuesday, the mayor told reporters. Construction will begin in March."
    record = pipeline.refine(_mail("Council approves bridge", text))
    assert isinstance(record, EnrichedDocument)
    assert record.content_type is not None
    assert record.content_type.id == "news"


def test_correspondents_are_not_embedded() -> None:
    """The fields of a message say nothing of its matter."""
    lines = ["From: Nora Eide <nora@example.org>", "Date: Mon, 4 Jan 2021", "The lift is out of order."]
    kinds = (BlockKind.LINE, BlockKind.LINE, BlockKind.PARAGRAPH)
    blocks = [Block(kind=kind, text=line) for kind, line in zip(kinds, lines, strict=True)]
    piece = excerpt("Lift", blocks)
    assert piece is not None
    assert piece.sentences == ("Lift", "The lift is out of order.")
    assert piece.fields == ("From", "Date")
