"""Pages and mails as widespread systems make them: what they say of themselves, and what is no text of theirs."""

import pytest

from docmill import Pipeline, RawDocument
from schemas.document import EnrichedDocument

PROSE = (
    "The gearbox drips from the left seal since I changed the oil, about a cup a day, and the breather was full of mud."
)


def _refined(data: str | bytes, key: str) -> EnrichedDocument:
    record = Pipeline().refine(RawDocument(data=data.encode() if isinstance(data, str) else data, key=key))
    assert isinstance(record, EnrichedDocument)
    return record


def test_an_account_with_digits_begins_a_thread() -> None:
    """Its byline is its own, as those of others are, though it reads like no name."""
    posts = "".join(
        f'<div itemprop="comment"><div class="meta"><span class="creator" itemprop="author" itemscope>'
        f'<a itemprop="url" href="/u/{name}"><span itemprop="name">{name}</span></a></span></div><p>{PROSE}</p></div>'
        for name in ("furrow_63", "OldIron", "furrow_63")
    )
    assert _refined(f"<title>Oil</title><h1>Oil leaks</h1>{posts}", "a.html").authors == ("furrow_63",)


def test_a_wiki_page_is_dated_by_its_last_edit_and_has_no_links_to_edit() -> None:
    record = _refined(
        "<title>Loch Fadar</title><main><h1>Loch Fadar</h1>"
        f'<h2>History<span class="mw-editsection">[<a href="/edit">edit</a>]</span></h2><p>{PROSE}</p></main>'
        "<footer>This page was last edited on 14 February 2022, at 10:31.</footer>",
        "a.html",
    )
    assert (record.published, record.modified) == (None, "2022-02-14T10:31")
    assert "History" in {block.text for block in record.blocks}


def test_a_mail_s_subject_may_be_bare_utf_8_or_of_the_text_s_charset() -> None:
    head = "From: p@klinik.example\nSubject: Dienstplan prüfen\nContent-Type: text/plain; charset={}\n\nHallo.\n"
    assert _refined(head.format("utf-8").encode(), "a.eml").title == "Dienstplan prüfen"
    assert _refined(head.format("iso-8859-1").encode("latin-1"), "a.eml").title == "Dienstplan prüfen"


@pytest.mark.parametrize("text", [
    "Please check the roster and send your wishes to the office by Friday.",
    "Bitte prüft den Dienstplan und schickt eure Wünsche bis Freitag an das Büro.",
])  # fmt: skip
def test_by_friday_is_the_next_one(text: str) -> None:
    head = "From: p@klinik.example\nDate: Tue, 12 Mar 2024 09:14:33 +0100\nContent-Type: text/plain; charset=utf-8\n\n"
    assert "2024-03-15" in _refined(head + text, "a.eml").dates_mentioned


def test_widespread_given_names_are_known() -> None:
    text = "Heike Sommer und Petra Lang sprachen mit Mark Weber. María Soto, Kathleen Dunn und Élodie Roux hörten zu."
    people = {entity.text for entity in _refined(text, "a.txt").entities if entity.type.value == "person"}
    assert people == {"Heike Sommer", "Petra Lang", "Mark Weber", "María Soto", "Kathleen Dunn", "Élodie Roux"}
