"""Plain texts that are no pages of a site: nothing of them is furniture."""

import pytest

from docmill import Pipeline, RawDocument
from docmill.clean.form import Form, form_of
from docmill.clean.line import read_dump
from docmill.clean.rules import judge
from schemas import EnrichedDocument

LETTER = """\
Dear Ms Harper,

thank you for your application. We would like to invite you to an interview on Thursday at 10 am.

Kind regards
Tom Ellery
"""
MEMO = """\
To: all staff
From: Facilities

The car park behind building C will be resurfaced from Monday to Wednesday. Please park on the street.
"""
RECIPE = """\
Lentil soup

Ingredients
200 g red lentils
1 onion
1 l stock

Chop the onion and fry it gently. Add the lentils and the stock and simmer for 20 minutes.
"""
JOB = """\
Senior gardener

Your tasks
- look after the roses
- train two apprentices

We offer flexible hours and 30 days of leave a year. Apply by the end of May.
"""
BRIEF = """\
Liebe Eltern,

am Freitag findet unser Sommerfest statt. Bitte bringen Sie Kuchen und gute Laune mit.

Ihr Elternbeirat
"""
NOTICE = """\
会议通知

各部门：

定于3月4日上午9时在三楼会议室召开季度工作会议，请各部门负责人准时参加。

办公室
2025年3月1日
"""
CARTA = """\
Estimada señora Ruiz:

Le escribimos para informarle de que su pedido ha salido hoy de nuestro almacén y llegará en tres días.

Atentamente,
Servicio de atención al cliente
"""
ZAPISKA = """\
Уважаемые коллеги!

В пятницу с 9 до 12 часов в здании не будет горячей воды в связи с ремонтом. Приносим извинения.

Администрация
"""
CHAPTER = """\
{0}. Boats of class {0}

The boats of the harbour office may be hired by members who have passed the test of the
third grade, or by guests of theirs who carry proof of it with them on the day in
question."""
SENTENCE = "The boats of the harbour office may be hired by members who have passed the test of the third"
MANUAL = "Hiring boats\n\n" + "\n\n".join(map(CHAPTER.format, range(1, 30)))


def _form(text: str) -> Form:
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines, _ = read_dump([line for _, line in numbered], [number for number, _ in numbered], [False] * len(numbered))
    return form_of(lines, list(map(judge, lines)))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (LETTER, None),
        (MEMO, None),
        (RECIPE, "Lentil soup"),
        (JOB, "Senior gardener"),
        (BRIEF, None),
        (NOTICE, "会议通知"),
        (CARTA, None),
        (ZAPISKA, None),
        (MANUAL, "Hiring boats"),
    ],
)
def test_texts_of_their_own_keep_every_line(cleaner: Pipeline, text: str, title: str | None) -> None:
    """Greetings, ingredients, tasks, signatures and headings are what the text says; a greeting is no title."""
    outcome = cleaner.refine(RawDocument(data=text.encode(), key="note.txt"))
    assert isinstance(outcome, EnrichedDocument)
    assert outcome.removed == ()
    kept = [block.text for block in outcome.blocks]
    assert "".join("".join(kept).split()).replace("-", "") == "".join(text.split()).replace("-", "")
    assert outcome.title == title


def test_a_heading_of_markdown_is_a_title_without_its_mark(cleaner: Pipeline) -> None:
    """A README that is called a plain text."""
    outcome = cleaner.refine(RawDocument(data=b"# harbour\n\nTide tables for the command line.\n", key="README.txt"))
    assert isinstance(outcome, EnrichedDocument)
    assert outcome.title == "harbour"


@pytest.mark.parametrize(
    "text", ["Tide tables\n===========\n\n{}", "~~~~\nTide tables\n~~~~\n{}", "**Tide tables**\n\n{}"]
)
def test_a_title_may_be_underlined_or_bold(cleaner: Pipeline, text: str) -> None:
    """As in reStructuredText and READMEs."""
    data = text.format("They say on which day the water stands how high, for all harbours of the north.").encode()
    outcome = cleaner.refine(RawDocument(data=data, key="README.txt"))
    assert isinstance(outcome, EnrichedDocument)
    assert outcome.title == "Tide tables"


@pytest.mark.parametrize(
    "sign",
    [
        "Home | News | Sport | Weather",
        "Log in or sign up for free",
        "By Nora Eide",
        "© 2024 Valley Gazette. All rights reserved.",
        "Please enable JavaScript",
        "1 ← 2 3 4 5 6 → 14 Next >",
        "Harbour opens again",  # the title, a second time
        "News\nWeather",
    ],
)
def test_what_only_pages_have_tells_a_page(sign: str) -> None:
    """A menu, a prompt, a byline, a notice, what programs write, other pages' numbers, a title that is there again."""
    text = "Harbour opens again\n\nThe harbour has been opened again after two weeks of storm, the office said.\n"
    assert _form(text) is Form.OWN
    assert _form(f"{text}\n{sign}\n") is Form.PAGE


def test_a_day_below_the_title_tells_an_article_and_one_at_the_end_a_letter() -> None:
    """Articles say when they appeared, notices when they were written."""
    text = "The harbour has been opened again after two weeks of storm, the office said on Monday."
    assert _form(f"Harbour opens again\n5 March 2025\n\n{text}\n") is Form.PAGE
    assert _form(f"Harbour opens again\n\n{text}\n{text.upper()}\nThe office\n\nBergen\n5 March 2025\n") is Form.OWN


def test_wrapped_text_with_a_menu_is_judged_by_rules_alone() -> None:
    """Its paragraphs are its own whatever the models would say; the menu is not."""
    assert _form(MANUAL) is Form.OWN
    assert _form(f"Home | News | Sport | Weather\n\n{MANUAL}") is Form.MIXED
    assert (
        _form(f"Home | News | Sport | Weather\nLog in or sign up for free\n\n{CHAPTER}\n\nShare on Facebook")
        is Form.PAGE
    )


def test_markup_for_programs_tells_a_text_of_its_own() -> None:
    """Pages have no titles underlined by characters, nor directives."""
    text = f"Search\n======\n\n{SENTENCE} grade.\n\nNews\n----\n\n{SENTENCE} grade.\n"
    assert _form(text) is Form.OWN
    assert _form(text.replace("======", "").replace("----", "")) is Form.PAGE
    assert _form(f".. module:: search\n\n.. _news:\n\n{SENTENCE} grade.\n\nSearch\n\nNews\n") is Form.OWN
    assert _form(f"News\n==\n\n{SENTENCE} grade.\n\nSearch\n----------------------\n") is Form.PAGE


def test_a_long_text_without_any_word_of_menus_is_no_page() -> None:
    """As speeches, lists of licences and manuals with their code are, in which things are said twice and dated."""
    paragraphs = [f"{SENTENCE} grade. It is so on day {day}." for day in range(60)]
    code = ["By Nora Eide", "Files: src/*", "Files: src/*", '"name": "home",', "home()", '"search": "news",']
    text = "\n\n".join(["© 2024 Valley Boats", *paragraphs, *code])
    assert _form(text) is Form.OWN
    assert _form(f"News\n\n{text}") is Form.PAGE
    assert _form(f"{text}\n\nLog in or sign up for free") is Form.PAGE


def test_a_page_whose_titles_are_underlined_is_a_page(cleaner: Pipeline) -> None:
    """As some programs that dump pages do it."""
    prose = "The bridge over the harbour was opened again on Monday after eleven months of repairs in wind and rain."
    furniture = ["Home", "Log in", "Subscribe to our newsletter", "Share on Facebook"]
    lines = [*furniture[:2], "", "Harbour bridge reopens", "=" * 22, "", prose, "", "Divers", "-" * 6, "", prose, ""]
    outcome = cleaner.refine(RawDocument(data="\n".join([*lines, *furniture[2:]]).encode(), key="a.txt"))
    assert isinstance(outcome, EnrichedDocument)
    assert set(furniture) <= {removal.text for removal in outcome.removed}
    assert prose in outcome.text
