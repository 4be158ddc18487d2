"""What title tags and headings say of a page and its site, and who signs where nothing declares it."""

import pytest

from docmill.author_names import declared_authors, names_in
from docmill.extract.html import read_page
from docmill.extract.html.metadata import read_declared
from docmill.reporters import signed_reporters
from docmill.stage import Metadata

PROSE = (
    "<p>" + "The ferry left at noon with forty people and two goats aboard, and nobody minded the rain. " * 3 + "</p>"
)


def _read(head: str, body: str) -> Metadata:
    page, parser, landmarks = read_page(f"<html lang=en><head>{head}</head><body>{body}</body></html>")
    return read_declared(parser, landmarks, page.block_text)


def _of_site(title: str, address: str) -> str | None:
    head = f"<title>{title}</title><link rel=canonical href={address}>"
    return _read(head, f"<h1>The ferry to Norra</h1>{PROSE}").site_name


@pytest.mark.parametrize(
    ("title", "address", "name"),
    [
        ("The ferry to Norra - Harbour Gazette", "https://www.harbourgazette.example/ferry", "Harbour Gazette"),
        ("The ferry to Norra | Fjordbladet.no", "https://www.fjordbladet.no/ferje", "Fjordbladet.no"),
        ("The ferry to Norra — Tidewater 2.1 documentation", "https://tidewater.docs.example/ferry",
         "Tidewater 2.1 documentation"),
        ("Coastpedia, the open atlas » The ferry to Norra", "https://en.coastpedia.example/Ferry", "Coastpedia"),
        ("The ferry to Norra：Kaiun News", "https://www.kaiun.example/1", "Kaiun News"),
        ("The ferry to Norra — Ropes 2.1 Documentation", "https://manuals.example/f", "Ropes 2.1 Documentation"),
        ("The ferry to Norra — ropes documentation", "", "ropes documentation"),
        ("The ferry to Norra — Harbour: Documentation", "", None),
        ("The ferry to Norra - Islands", "https://www.harbourgazette.example/ferry", None),
        ("The ferry to Norra", "https://ferry.example/norra", None),
        ("The ferry to Norra - News of the day", "https://news.shore.example/ferry", None),
    ],
)  # fmt: skip
def test_a_title_tag_names_the_site_where_the_host_agrees(title: str, address: str, name: str | None) -> None:
    """Only what the host is called so, or begins as, counts: sections and words that many hosts begin with do not."""
    assert _of_site(title, address) == name


def test_a_manuals_name_over_each_of_its_pages_is_not_their_title() -> None:
    """It leads to the manual's first page, as addresses from within folders do."""
    head = "<title>Splices &#8212; Ropes 2.1 documentation</title>"
    body = f"<h1><a href='../../index.html'>Ropes 2.1 documentation</a></h1><h1>All splices of ropes</h1>{PROSE}"
    assert _read(head, body).title == "All splices of ropes"


def test_a_linked_story_is_not_the_title_of_a_sites_first_page() -> None:
    """But that of a story; a first page's own heading stays."""
    head = (
        "<title>Harbour Gazette - News of the coast</title><link rel=canonical href='https://harbourgazette.example/'>"
    )
    story = _read(head, f"<h1><a href='/2024/goats'>Two goats on the ferry</a></h1>{PROSE}")
    assert story.title == "News of the coast"
    own = _read(head, f"<h1>What happens on the coast</h1>{PROSE}")
    assert own.title == "What happens on the coast"


def test_a_blogs_name_as_the_first_heading_is_not_the_posts_title() -> None:
    """Old themes have `Blog » Archive » Post` as the title tag, and the blog's name as the first heading."""
    head = (
        "<title>The Rope Locker &raquo; Blog Archive &raquo; Knots Nobody Needs</title>"
        "<link rel=canonical href='https://blogs.shore.example/rope/2013/02/08/knots-nobody-needs/'>"
    )
    assert _read(head, f"<h1>The Rope Locker</h1><h2>Knots Nobody Needs</h2>{PROSE}").title == "Knots Nobody Needs"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("By Nora A. Eide, James S.A. Holm, and Ole Vik", ["Nora A. Eide", "James S.A. Holm", "Ole Vik"]),
        ("By NORA EIDE and OLE VIK - AP Technology Writers | AP", ["NORA EIDE", "OLE VIK"]),
        ("Par NORA EIDE, OLE VIK Envoyés spéciaux à Toulouse", ["NORA EIDE", "OLE VIK"]),
        ("Nora Eide, dpa", ["Nora Eide"]),
        ("By AP", ["AP"]),
        ("Harbour Freight S.A.", []),
    ],
)
def test_who_wrote_and_not_whom_for(value: str, names: list[str]) -> None:
    """Agencies, their writers and posts beside persons are no authors; initials are no legal form."""
    assert names_in(value) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("김민준 기자 minjun@example.com", ["김민준"]),
        ("부산=김민준·이서연 기자", ["김민준", "이서연"]),
        ("김민준 기자, 이서연 특파원", ["김민준", "이서연"]),
        ("김민준 선임기자", ["김민준"]),
        ("김민준 기자의 다른 기사", []),
        ("기자", []),
    ],
)
def test_korean_reporters_sign_below(text: str, names: list[str]) -> None:
    """A signature is a text of its own."""
    assert signed_reporters(text) == names


def test_a_signature_below_the_text_is_the_authors() -> None:
    """Where nothing else names any."""
    body = f"<h1>섬으로 가는 배</h1><p>배는 정오에 떠났다.</p>{PROSE}<p>김민준 기자 m@a.example</p>"
    assert _read("", body).authors == ("김민준",)


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<div>Max Holm<br>The Rope Locker<br>Thu, 14 May 2020 17:55 UTC</div>", ("Max Holm",)),
        ("<div>Max Holm</div><div>14 May 2020</div>", ("Max Holm",)),
        ("<div>Max Holm</div><div>Rope maker, Norra</div><div>Prices</div>", ()),
        ("<div>Harbour News</div><div>14 May 2020</div>", ()),
    ],
)
def test_a_name_above_the_day_is_the_authors(byline: str, authors: tuple[str, ...]) -> None:
    """A full name that begins with a given name, right above the day or above what it was written for."""
    assert _read("", f"<h1>Two goats on the ferry</h1>{byline}{PROSE}").authors == authors


def test_who_made_the_film_did_not_write_the_page() -> None:
    """A label in a list of credits is about what the page is about."""
    rows = "".join(
        f"<tr><th>{label}</th><td>{name}</td></tr>"
        for label, name in (("Directed by", "Nora Eide"), ("Written by", "Ole Vik"), ("Music by", "Max Holm"))
    )
    assert _read("", f"<h1>The Last Ferry (film)</h1><table>{rows}</table>{PROSE}").authors == ()
    assert _read("", f"<h1>The Last Ferry</h1>{PROSE * 2}<p>Written by Ole Vik</p>").authors == ("Ole Vik",)


@pytest.mark.parametrize(
    "name", ["微软用户", "Windows User", "Windows-Benutzer", "Utilisateur Windows", "Пользователь Windows"]
)
def test_what_office_programs_call_whoever_installed_them_is_nobody(name: str) -> None:
    """In any of the languages that they come in."""
    assert declared_authors(name) == ()
