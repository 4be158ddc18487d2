"""Papers of offices: what stands in them, what they are called, who wrote them and what kind they are."""

import pytest
from reading import refined

from docmill import Pipeline
from docmill.classify.cues import find_cues
from docmill.papers import is_no_title, letter_ends, subject_of

PRESS = """\
PRESS RELEASE

Valley Dairy opens second works in Holm

HOLM, 17 June 2025 - Valley Dairy today opened its second works, which will employ 120 people and make 4,000 tonnes.

About us
Valley Dairy was founded in 1987 and makes cheese and butter for shops in five counties of the north.

Media contact
Sam Oduya
press@dairy.example
"""
PRESSE = """\
Pressemitteilung

Stadtwerke nehmen Speicher in Betrieb

Rheinau, 6. Oktober 2025 – Die Stadtwerke haben heute einen Speicher in Betrieb genommen, der 8.000 Haushalte versorgt.

Über uns
Die Stadtwerke versorgen die Stadt seit 1908 mit Strom, Wasser und Wärme und beschäftigen 410 Menschen.

Pressekontakt
Timo Hansen
presse@stadtwerke.example
"""
LETTER = """\
Nora Eide
Fjellveien 4
Bergen

Bergen, 20 de enero de 2025

Asunto: Retraso en la entrega

Estimados señores:

El día 2 de enero compré en su tienda una lavadora que debía llegar el 8 de enero y no ha llegado.

Atentamente,

Nora Eide
"""
MINUTES = """\
Protokoll der Mitgliederversammlung

Datum: 8. März 2025
Ort: Vereinsheim
Beginn: 15:00 Uhr
Anwesend: 42 Mitglieder

1. Bericht
2. Wasserleitung

1. Bericht
Frau Vik legt den Bericht vor, und die Versammlung nimmt ihn ohne Gegenstimmen an.

2. Wasserleitung
Die Erneuerung kostet rund 9.000 Euro, und es werden drei Angebote eingeholt.
"""
TERMS = """\
TERMS AND CONDITIONS OF HIRE

1. Booking
A deposit of 25 % is payable on booking, and the balance is due 28 days before the hire begins.

2. Liability
The owner is not liable for loss of or damage to property, save where it is caused by negligence.
"""
MEMO = """\
MEMO

To: All staff
From: Ole Vik, Facilities
Date: 4 February 2025
Subject: Closure of the north car park

The north car park will be closed from Monday while the drains are replaced. Please use the south car park.
"""


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (PRESS, "Valley Dairy opens second works in Holm"),
        (PRESSE, "Stadtwerke nehmen Speicher in Betrieb"),
        (LETTER, "Retraso en la entrega"),
        (MINUTES, "Protokoll der Mitgliederversammlung"),
        (TERMS, "TERMS AND CONDITIONS OF HIRE"),
        (MEMO, "Closure of the north car park"),
    ],
)
def test_papers_keep_every_line(cleaner: Pipeline, text: str, title: str) -> None:
    """Whom to ask, a name that is there twice, fields at the head, items of an agenda; what a paper is is no title."""
    outcome = refined(cleaner, text, "paper.txt")
    assert outcome.removed == ()
    assert outcome.title == title


def test_a_page_that_ends_with_labels_is_a_page(cleaner: Pipeline) -> None:
    """Labels that head nothing are a menu."""
    outcome = refined(cleaner, PRESS.partition("About us")[0] + "About us\nContact\nHome\nNews\n", "paper.txt")
    assert [removal.text for removal in outcome.removed][-4:] == ["About us", "Contact", "Home", "News"]


def test_markdown_that_is_no_page_keeps_its_dates(cleaner: Pipeline) -> None:
    """The head of an invoice went as a byline; a heading that says what the paper is is no title."""
    fields = "No.: 2025-0417  \nDate: 30 April 2025  \nDue: 30 May 2025"
    text = f"# Press release\n\n## Valley Dairy opens\n\n{fields}\n\nPay soon.\n"
    outcome = refined(cleaner, text, "paper.md")
    assert outcome.removed == ()
    assert outcome.title == "Valley Dairy opens"


def test_a_page_is_not_called_a_press_release(cleaner: Pipeline) -> None:
    """Where another heading says what it is about."""
    words = (
        "The dairy opened its second works today, which will employ 120 people and make 4,000 tonnes of cheese. " * 3
    )
    page = f"<html><body><h1>Press release</h1><h2>Valley Dairy opens in Holm</h2><p>{words}</p></body></html>"
    assert refined(cleaner, page, "paper.html").title == "Valley Dairy opens in Holm"


def test_who_signs_a_letter_wrote_it(cleaner: Pipeline) -> None:
    """The name below the words that take leave, and the day above."""
    outcome = refined(cleaner, LETTER, "letter.txt")
    assert outcome.authors == ("Nora Eide",)
    assert outcome.published == "2025-01-20"


def test_letters_end_where_they_take_leave() -> None:
    """The last of lines that do so together, below a greeting; none without one."""
    assert letter_ends(["尊敬的王经理:", "货已发出。", "此致", "敬礼", "李晓梅"]) == 3
    assert letter_ends(["The goods were sent.", "Kind regards"]) is None
    assert letter_ends(["拝啓 梅雨の候", "遅れております。", "敬具"]) == 2


def test_what_is_no_title() -> None:
    """What a paper is, and how letters begin and end; what it is about stands after a label."""
    assert all(map(is_no_title, ["FOR IMMEDIATE RELEASE", "Пресс-релиз", "Distinti saluti", "Dear Ms Harper,"]))
    titles = ["Hello World", "Hello, Dolly!", "Gracias, Messi", "Memo to a young poet", "Thanks to all who helped"]
    assert not any(map(is_no_title, titles))
    assert subject_of("Betreff: Kündigung des Vertrags") == "Kündigung des Vertrags"
    assert subject_of("The subject: it is") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Minutes of the parish council\nPresent: Mrs Dunn", "minutes"),
        ("第三次校务会议纪要\n出席人员：刘芳", "who was present"),
        ("Allgemeine Geschäftsbedingungen\n§ 1 Geltung", "terms or a contract"),
        ("房屋租赁合同\n第一条", "terms or a contract"),
        ("A\n09:14 <anna> morning\n09:14 <ole> hi\n09:15 <anna> ok", "lines of a chat"),
        (
            "A\n[06/05/2025, 18:02] Maya: hi\n[06/05/2025, 18:03] Tom: yes\n[06/05/2025, 18:03] Tom: no",
            "lines of a chat",
        ),
        ("Gardener (m/w/d)\nIhre Aufgaben\n- Rosen", "job advertisement"),
        ("Soup\nIngredients\nleeks\nMethod\nboil", "parts of a recipe"),
        ("MEMO\nThe car park is closed.", "memo"),
    ],
)
def test_kinds_of_papers_are_told(text: str, name: str) -> None:
    """Each is `other`, which the evidence says; they were events, patents and reports by what they speak of."""
    assert name in {evidence.text.partition(":")[0] for kind, evidence in find_cues(text) if kind == "other"}


@pytest.mark.parametrize(
    "text",
    [
        "A parser\nInstallation\npip install tides\nUsage\ntides.read(path) gives a list, see --help",
        "Tides\n.. code-block:: python\nimport tides\ntides.read_all() raises ValueError if config.toml is missing.",
    ],
)
def test_software_is_documented_in_articles(text: str) -> None:
    """Manuals and READMEs were data sets by the names in them, or patents."""
    names = {evidence.text.partition(":")[0] for kind, evidence in find_cues(text) if kind == "article"}
    assert "software documentation" in names
