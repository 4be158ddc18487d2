"""Extract: blocks in reading order, with the lines they stand on and what the markup declares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.clean import clean
from docmill.extract import extract
from docmill.extract.markdown import read_markdown
from docmill.extract.text import read_lines, split_lines
from docmill.stage import Extracted, Lines, Refusal, Text
from schemas.document import BlockKind, Reason

PARAGRAPH = "The council met on a wet evening and, after long debate, voted to keep the footbridge open all winter. "
PAGE = f"""<html><head><title>Footbridge stays open - Harbour Post</title>
<meta property="og:site_name" content="Harbour Post"><meta name="author" content="Ida Lund">
<meta property="article:published_time" content="2023-02-03T10:00:00+01:00"></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Footbridge stays open</h1><p>{PARAGRAPH * 3}</p><h2>What comes next</h2>
<ul><li>{PARAGRAPH}</li><li>Repairs are next. {PARAGRAPH}</li></ul><p>{PARAGRAPH * 2}</p></article>
<footer>© Harbour Post</footer></body></html>"""


def _extract(text: str, media_type: str) -> Extracted:
    result = extract(Text(text, media_type=media_type, encoding="utf-8"))
    assert isinstance(result, Extracted)
    return result


def _lines(text: str) -> Lines:
    found = read_lines(text).lines
    assert found is not None
    return found


@given(
    st.lists(st.text(alphabet=st.characters(exclude_characters="\r\n")), max_size=20),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_every_line_of_text_is_known_by_its_number(lines: list[str], end: str) -> None:
    """Each non-blank line is kept with its own line number."""
    found = _lines(end.join(lines))
    kept = dict(zip(found.numbers, found.texts, strict=True))
    assert kept == {n: s.strip() for n, s in enumerate(lines, 1) if s.strip()}
    assert len(split_lines(end.join(lines))) == max(1, len(lines))


def test_list_lines_are_list_items() -> None:
    """Bulleted and numbered lines are list items, years and prose are not."""
    found = _lines("- one\n2. two\n(3) three\n（四）四\n1999 was dry.\nA plain line")
    assert found.items == [True] * 4 + [False] * 2


def test_html_keeps_the_article_and_its_kinds() -> None:
    """A page gives its article's paragraphs, headings and list items, and none of its menus."""
    blocks = clean(_extract(PAGE, "text/html")).blocks
    kinds = [block.kind for block in blocks]
    assert kinds.count(BlockKind.LIST_ITEM) == 2
    assert BlockKind.HEADING in kinds
    assert "News" not in [block.text for block in blocks]
    assert sum(block.text.count("footbridge open all winter") for block in blocks) == 7


def test_html_metadata_comes_from_the_markup() -> None:
    """Title without the site's name, author, date and site name are read from the page's head."""
    metadata = _extract(PAGE, "text/html").metadata
    assert metadata.title == "Footbridge stays open"
    assert metadata.authors == ("Ida Lund",)
    assert metadata.published == "2023-02-03T10:00:00+01:00"
    assert metadata.site_name == "Harbour Post"


def test_page_without_content_is_refused() -> None:
    """A page with nothing to read is a rejection, not an empty document."""
    result = extract(Text("<html><body><script>x()</script></body></html>", "text/html", "utf-8"))
    assert isinstance(result, Refusal)
    assert result.reason is Reason.NO_TEXT


def test_markdown_blocks_know_their_kind_and_lines() -> None:
    """Front matter becomes metadata; headings, paragraphs, items, rows, code and quotes keep kind and lines."""
    source = (
        "---\ntitle: Tides\nauthor: A. Berg, C. Dahl\n---\n# Tides\n\nTwo *a* day\nor so.\n\n- spring\n- neap\n\n"
        "| port | m |\n|---|---|\n| Brest | 6 |\n\n```py\nx = 1\n```\n> quoted\n"
    )
    found = _extract(source, "text/markdown")
    assert (found.metadata.title, found.metadata.authors) == ("Tides", ("A. Berg", "C. Dahl"))
    assert [(b.kind.value, b.text, b.start_line, b.end_line) for b in found.blocks] == [
        ("heading", "Tides", 5, 5),
        ("paragraph", "Two a day\nor so.", 7, 8),
        ("list_item", "spring", 10, 10),
        ("list_item", "neap", 11, 11),
        ("table", "port | m", 13, 13),
        ("table", "Brest | 6", 15, 15),
        ("code", "x = 1", 17, 19),
        ("quote", "quoted", 20, 20),
    ]


def test_markdown_keeps_breaks_levels_and_numbers() -> None:
    """A line break in HTML parts words; headings know their level, items their nesting and number."""
    found = read_markdown(
        "### Trips\n\nBerth one<br>berth two.\n\n| port |\n|---|\n| Brest<br/>Lorient |\n\n"
        "3. sail\n   - by day\n\n     or at dusk\n3. moor\n"
    )
    assert [(block.kind.value, block.text, block.level, block.number) for block in found.blocks] == [
        ("heading", "Trips", 3, None),
        ("paragraph", "Berth one\nberth two.", None, None),
        ("table", "port", None, 1),
        ("table", "Brest Lorient", None, 2),
        ("list_item", "sail", 1, 3),
        ("list_item", "by day", 2, None),
        ("paragraph", "or at dusk", None, None),
        ("list_item", "moor", 1, 4),
    ]


@pytest.mark.parametrize(
    ("front", "authors"),
    [
        (
            "---\ntitle: Tides\ndate: 2021-03-05\nauthors:\n- name: A. Berg\n  url: x\n- C. Dahl\n---\n",
            ("A. Berg", "C. Dahl"),
        ),
        ("---\ntitle: Tides\ndate: 2021-03-05\nauthor:\n  name: A. Berg\n---\n", ("A. Berg",)),
        ('+++\ntitle = "Tides"\ndate = 2021-03-05\nauthors = ["A. Berg"]\n+++\n', ("A. Berg",)),
        ('+++\ntitle = "Tides"\ndate = "2021-03-05"\nauthor = 1\n+++\n', ()),
    ],
    ids=["list", "one", "TOML", "no name"],
)
def test_front_matter_in_its_forms(front: str, authors: tuple[str, ...]) -> None:
    """Authors may have more than a name; TOML is read as YAML is."""
    found = read_markdown(f"{front}# Page\n")
    assert (found.metadata.title, found.metadata.published, found.metadata.authors) == ("Tides", "2021-03-05", authors)
    assert [(block.text, block.start_line) for block in found.blocks] == [("Page", front.count("\n") + 1)]


@pytest.mark.parametrize(
    "front",
    [
        "{" * 3000,
        "date: 2026-13-45",
        "a: &a [x, x]\nb: &b [*a, *a]\ndate: *b",
        "&a [*a]",
        "? [x]\n: y",
        "date: !!int x",
    ],
    ids=["deep", "no date", "aliases", "cycle", "odd key", "false type"],
)
def test_hostile_front_matter_costs_only_itself(front: str) -> None:
    """Front matter that is broken, deep, cyclic or says no date is left out; the page below is read."""
    found = read_markdown(f"---\n{front}\n---\n# Page\n")
    assert [block.text for block in found.blocks] == ["Page"]
    assert found.metadata.published is None


def test_markdown_footnotes_are_text() -> None:
    """A footnote is no link's definition: it stays."""
    found = read_markdown("The tide turns.[^1]\n\n[^1]: At Brest.\n\n[a]: https://harbour.example/\n")
    assert [(block.text, block.start_line) for block in found.blocks] == [
        ("The tide turns.[^1]", 1),
        ("[^1]: At Brest.", 3),
    ]


def test_markdown_links_and_struck_text() -> None:
    """Absolute addresses are known with what they are shown as, each once; tildes are no text."""
    found = read_markdown("See [the *map*](https://a.org/m), [again](https://a.org/m), [here](#x) and ~~not~~ that.\n")
    assert [(link.url, link.text) for link in found.links] == [("https://a.org/m", "the map")]
    assert found.blocks[0].text == "See the map, again, here and not that."
