"""What programs and sites say on small pages goes by its wording; pages about the same things keep it."""

import sys

import pytest

from docmill import Pipeline, RawDocument
from docmill.clean.page import clean_page
from docmill.clean.page.prompts import closing_notices
from docmill.extract.html import read_page
from schemas.document import EnrichedDocument, RemovalReason

BEFORE = "The ferry to the northern islands runs again from Monday, after the pier was mended over the winter."
AFTER = "It carries sixty people and twelve cars, and the crossing takes an hour and a quarter in calm weather."


def _gone(*texts: str, tag: str = "div", title: str = "The ferry runs again") -> dict[str, RemovalReason]:
    between = "".join(f"<{tag}>{text}</{tag}>" for text in texts)
    page = read_page(f"<body><h1>{title}</h1><p>{BEFORE}</p>{between}<p>{AFTER}</p></body>")[0]
    return {removal.text: removal.reason for removal in clean_page(page, None).removed}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Please enable JavaScript", "boilerplate"),
        ("You need to enable JavaScript to run this app.", "boilerplate"),
        ("JavaScript is disabled in your browser.", "boilerplate"),
        ("Bitte aktivieren Sie JavaScript, um diese Seite anzuzeigen.", "boilerplate"),
        ("您的浏览器不支持JavaScript", "boilerplate"),
        ("يرجى تفعيل جافا سكريبت لعرض هذه الصفحة.", "boilerplate"),
        ("↑ Back to top", "navigation"),
        ("Skip to content", "navigation"),
        ("Loading...", "navigation"),
        ("Загрузка…", "navigation"),
        ("加载中…", "navigation"),
        ("Aller au contenu principal", "navigation"),
        ("Page 1 of 2", "navigation"),
        ("Home > News > Coast", "navigation"),
        ("No comments yet", "sharing"),
        ("Your email address will not be published.", "sharing"),
        ("Todos los derechos reservados.", "legal"),
        ("By continuing to use this site you agree to our use of cookies.", "cookie_banner"),
        ("Sign up for our weekly newsletter and never miss a story.", "login_prompt"),
        ("No spam. Unsubscribe anytime.", "login_prompt"),
        ("Thanks for reading Slow Rails! Subscribe for free to receive new posts and support my work.", "login_prompt"),
        ("Recibe cada mañana las noticias en tu correo.", "login_prompt"),
        ("Подпишитесь на нашу рассылку, чтобы не пропустить главное.", "login_prompt"),
        ("اشترك في نشرتنا الإخبارية ليصلك كل جديد.", "login_prompt"),
    ],
)
def test_wording_of_interfaces_goes(text: str, reason: str) -> None:
    assert _gone(text, tag="p") == _gone(text) == {text: RemovalReason(reason)}


@pytest.mark.parametrize(
    "texts",
    [
        ("Many pages need JavaScript to show a map.", "Please enable JavaScript."),
        ("This site uses cookies to remember your port.", "You can delete cookies at any time."),
        ("The newsletter of the harbour appears monthly.", "Sign up for our newsletter and never miss a sailing."),
        ("At the end of each page readers expect:", "Back to top"),
        ("A link called Skip to content helps who cannot see.", "Skip to content"),
        ("Loading the cars takes ten minutes.", "Please wait until the ramp is down."),
        ("Register by e-mail at the office until Friday.", "Get your ticket by e-mail from the pier."),
        ("File > Print > Options", "Menu"),
    ],
)
def test_pages_about_the_same_things_keep_them(texts: tuple[str, ...]) -> None:
    assert _gone(*texts) == {}


def test_items_and_cells_that_say_the_same_stay() -> None:
    """They are labels that a text lists, as translations do."""
    words = ("Back to top", "Skip to content", "Loading…")
    items = "".join(f"<li>{word}</li>" for word in words)
    rows = "".join(f"<tr><td>{word}</td><td>Nach oben</td></tr>" for word in words)
    page = read_page(f"<body><p>{BEFORE}</p><ul>{items}</ul><p>{AFTER}</p><table>{rows}</table></body>")[0]
    assert not clean_page(page, None).removed


@pytest.mark.parametrize("text", [
    "Please enable JavaScript to view this page.", "Загрузка…", "跳转到主要内容",
    "Recibe cada mañana las noticias en tu correo.", "Required fields are marked *", "Zum Hauptinhalt springen",
])  # fmt: skip
def test_dumps_of_small_pages_lose_the_same(text: str) -> None:
    assert _gone_of_dump(text) == {text}


def test_dumps_about_the_same_things_keep_them() -> None:
    assert not _gone_of_dump("Many pages need JavaScript to show a map of the bay.", "Please enable JavaScript.")


def test_dumps_of_large_pages_are_left_to_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """As pages are: among many lines that stay they see what belongs to none."""
    text = "Recibe cada mañana las noticias en tu correo."
    monkeypatch.setattr(sys.modules["docmill.clean"], "FEW", 3)
    assert _gone_of_dump(text) == set()
    monkeypatch.setattr(sys.modules["docmill.clean"], "FEW", 4)
    assert _gone_of_dump(text) == {text}


def _gone_of_dump(*texts: str) -> set[str]:
    dump = "\n\n".join(("The ferry runs again", BEFORE, *texts, AFTER))
    record = Pipeline().refine(RawDocument(data=dump.encode(), key="dump.txt"))
    assert isinstance(record, EnrichedDocument)
    return {removal.text for removal in record.removed}


def test_a_notice_of_rights_that_the_text_ends_with_goes() -> None:
    """Of a long article too; what the text itself says of rights stays, and so does a page of nothing else."""
    said = "<p>The notice reads © 1911 Norra Ropes, and nobody has renewed it since.</p>"
    paragraphs = "".join(f"<p>{BEFORE} {AFTER} This is paragraph {number}.</p>" for number in range(30))
    notice = "The Harbour Wire ™ & © 2013 Harbour News Network, Inc. All rights reserved."
    page, _, _ = read_page(f"<body><article><h1>The ferry</h1>{said}{paragraphs}<p>{notice}</p></article></body>")
    assert list(closing_notices(page, range(len(page.block_text)))) == [len(page.block_text) - 1]
    cleaned = clean_page(page, None)
    assert {removal.text: removal.reason for removal in cleaned.removed}[notice] is RemovalReason.LEGAL
    assert not list(closing_notices(page, [len(page.block_text) - 1]))
