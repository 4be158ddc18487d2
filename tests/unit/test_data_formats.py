"""Tables, JSON, XML, feeds, RTF and books: all their text, by kind, within bounds."""

import json
from types import SimpleNamespace

import pytest
from documents import epub
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from docmill.author_names import declared_authors
from docmill.extract import Limits, extract
from docmill.extract.xml_stream import units
from docmill.stage import Binary, Extracted, Refusal, Text
from schemas.document import BlockKind, Reason, RemovalReason

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def _result(content: str | bytes, media_type: str, limits: Limits | None = None) -> Extracted | Refusal:
    stage = Text(content, media_type, "utf-8") if isinstance(content, str) else Binary(content, media_type)
    return extract(stage, limits)


def _read(content: str | bytes, media_type: str, limits: Limits | None = None) -> Extracted:
    result = _result(content, media_type, limits)
    assert isinstance(result, Extracted), result
    return result


def _told(found: Extracted) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in found.blocks]


def _reason(content: str | bytes, media_type: str, limits: Limits | None = None) -> Reason:
    result = _result(content, media_type, limits)
    assert isinstance(result, Refusal), result
    return result.reason


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_rows_by_whatever_divides_them(delimiter: str) -> None:
    """A block a row, whatever the delimiter; quotes hold delimiters and line breaks."""
    inside = "," if delimiter == "\t" else delimiter
    text = f'port{delimiter}depth\n"Brest{inside} inner\nbasin"{delimiter}6\nVigo{delimiter}9\n'
    assert _told(_read(text, "text/csv")) == [
        ("table", "port | depth"),
        ("table", f"Brest{inside} inner basin | 6"),
        ("table", "Vigo | 9"),
    ]


@pytest.mark.parametrize("delimiter", [";", "\t", "^"])
def test_a_first_line_may_say_what_divides_rows(delimiter: str) -> None:
    """`sep=;` is believed against what the lines look like, and is no row."""
    found = _read(f"sep={delimiter}\r\nport, inner{delimiter}6\r\nport, outer{delimiter}9\r\n", "text/csv")
    assert _told(found) == [("table", "port, inner | 6"), ("table", "port, outer | 9")]
    assert [r.text for r in found.removed] == [f"sep={delimiter}".strip()]


def test_lines_of_old_macintosh_programs_are_rows() -> None:
    """A carriage return alone ends a line of a table."""
    assert _told(_read("port,m\rBrest,6\r", "text/csv")) == [("table", "port | m"), ("table", "Brest | 6")]


def test_an_unclosed_quote_does_not_swallow_the_file() -> None:
    """After a quote that never closes, the rest is read as lines, and the document says so."""
    found = _read('a,b\n1,2\n"open,' + "3,4\n" * 400_000, "text/csv", Limits(blocks=50))
    assert found.blocks[1].text == "1 | 2"
    assert found.blocks[-1].kind is BlockKind.LINE
    assert found.warnings[0].startswith("partly_read:")


def test_json_keeps_names_and_order() -> None:
    """Short values stand by their names, prose by itself, lists of records as tables, HTML as its blocks."""
    prose = "The pilot boat left the inner harbour before dawn and met the ferry off the breakwater."
    data = {
        "title": "Tides", "author": "Ida Lund", "date": "2021-05-03", "body": prose, "tags": ["sea", "moon"],
        "ports": [{"name": "Brest", "m": 6}, {"name": "Vigo", "m": 9}], "html": f"<h2>Ebb</h2><p>{prose}</p>",
    }  # fmt: skip
    found = _read(json.dumps(data), "application/json")
    assert _told(found) == [
        ("line", "title: Tides"), ("line", "author: Ida Lund"), ("line", "date: 2021-05-03"), ("paragraph", prose),
        ("line", "tags: sea, moon"), ("table", "name | m"), ("table", "Brest | 6"), ("table", "Vigo | 9"),
        ("heading", "Ebb"), ("paragraph", prose),
    ]  # fmt: skip
    assert (found.metadata.title, found.metadata.authors) == ("Tides", ("Ida Lund",))
    assert found.metadata.published == "2021-05-03"


def test_utf8_read_as_latin1_within_json_is_undone() -> None:
    """Where its bytes are written as escapes, as some exports do."""
    assert _told(_read(r'{"text": "It\u00e2\u0080\u0099s low"}', "application/json")) == [("line", "text: It’s low")]


def test_json_names_authors_and_times_in_several_ways() -> None:
    """Authors with more than a name, times of day, seconds of the epoch."""
    found = _read('{"authors": [{"name": "Ida Lund", "id": 7}, "Per Holm"], "date": 1620036000}', "application/json")
    assert (found.metadata.authors, found.metadata.published) == (("Ida Lund", "Per Holm"), "2021-05-03T10:00:00+00:00")
    found = _read('{"author": {"name": "Ida Lund"}, "date": "2021-05-03T10:20:30Z"}', "application/json")
    assert (found.metadata.authors, found.metadata.published) == (("Ida Lund",), "2021-05-03T10:20:30+00:00")


def test_a_number_of_any_length_costs_json_nothing() -> None:
    """Python makes no integer of more than 4,300 digits: it stays the text it is."""
    digits = "-" + "7" * 5000
    assert _told(_read(f'{{"port": "Brest", "size": {digits}, "depth": 6}}', "application/json")) == [
        ("line", "port: Brest"), ("paragraph", digits), ("line", "depth: 6"),
    ]  # fmt: skip
    assert _told(_read(f'{{"size": {digits}}}\n', "application/jsonl")) == [("paragraph", digits)]
    assert _reason(f'{{"size": {digits}', "application/json") is Reason.TRUNCATED


@given(JSON_VALUES)
def test_any_json_is_answered(data: object) -> None:
    """Every JSON value gives blocks, or is refused as holding no text."""
    result = _result(json.dumps(data), "application/json")
    assert isinstance(result, Extracted) or result.reason is Reason.EMPTY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": "b', Reason.TRUNCATED),
        ('{"a": [1, 2', Reason.TRUNCATED),
        ('{"a": b}', Reason.CORRUPT),
        ("[" * 100_000, Reason.CORRUPT),
        ("[" * 500 + "1" + "]" * 500, Reason.CORRUPT),
    ],
)
def test_json_that_cannot_be_read_says_why(text: str, reason: Reason) -> None:
    """Cut off, broken, nested beyond sense: each is its own reason."""
    assert _reason(text, "application/json") is reason


def test_bad_lines_of_json_lines_are_left_out_loudly() -> None:
    """One broken line costs itself, with a warning."""
    found = _read('{"a": "one"}\nnonsense\n{"a": "two"}\n', "application/jsonl")
    assert [text for _, text in _told(found)] == ["a: one", "a: two"]
    assert found.warnings == ("partly_read: 1 lines are no JSON and were left out",)


def test_lists_within_paragraphs_of_xml_are_blocks() -> None:
    """And what is around them; inline elements are not, however many stand side by side. A journal is no title."""
    data = (
        "<article><journal-title>Sea</journal-title><article-title>Tides</article-title><p>Two:<list><item>ebb</item>"
        "<item>flood <b>tide</b></item></list>are known to <name><s>Doe</s><g>J</g></name>.</p></article>"
    )
    found = _read(data.encode(), "application/xml")
    assert _told(found) == [
        ("paragraph", "Sea"), ("heading", "Tides"), ("paragraph", "Two:"), ("paragraph", "ebb"),
        ("paragraph", "flood tide"), ("paragraph", "are known to Doe J."),
    ]  # fmt: skip
    assert found.metadata.title == "Tides"


def test_xml_gives_each_elements_own_text() -> None:
    """An element with text is a block, inline markup in its place; titles are headings; the first is the title."""
    data = (
        b'<?xml version="1.0"?><log xml:lang="nb"><title>Log</title><e><d>3 May</d><t>A <b>grey</b> seal</t></e></log>'
    )
    found = _read(data, "application/xml")
    assert _told(found) == [("heading", "Log"), ("paragraph", "3 May"), ("paragraph", "A grey seal")]
    assert (found.metadata.title, found.metadata.language) == ("Log", "nb")


def test_entities_are_expanded_within_bounds() -> None:
    """A document's own entities are text; those that expand to too much, or to themselves, are refused first."""
    honest = '<!DOCTYPE a [<!ENTITY port "Brest">]><a><b>To &port;</b></a>'
    assert _told(_read(honest.encode(), "application/xml")) == [("paragraph", "To Brest")]
    lol = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    assert _reason(f'<!DOCTYPE a [<!ENTITY e0 "ha">{lol}]><a>&e9;</a>'.encode(), "application/xml") is Reason.TOO_LARGE
    flood = f'<!DOCTYPE a [<!ENTITY e "{"x" * 5000}">]><a>{"&e;" * 5000}</a>'
    assert _reason(flood.encode("utf-16"), "application/xml") is Reason.TOO_LARGE
    assert _reason(b'<!DOCTYPE a [<!ENTITY e "&f;"><!ENTITY f "&e;">]><a>&e;</a>', "application/xml") is Reason.CORRUPT


def test_nothing_outside_the_document_is_fetched(tmp_path: "object") -> None:
    """An entity that names a file stays unexpanded, in XML as in feeds."""
    secret = f"{tmp_path}/secret.txt"
    with open(secret, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("the secret")
    for root, media_type in (("a", "application/xml"), ("feed", "application/atom+xml")):
        data = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><{root}><title>Open &e;</title></{root}>'
        assert [text for _, text in _told(_read(data.encode(), media_type))] == ["Open"]


@pytest.mark.parametrize("data", [b"<a>" + b"<b>" * 100_000 + b"deep", b"<a><b>first</b><c>" + b"<d>" * 300 + b"x"])
def test_xml_nested_beyond_sense_is_answered(data: bytes) -> None:
    """Nesting that would cost the parser its stack ends the reading, with a reason or a warning."""
    result = _result(data, "application/xml")
    assert isinstance(result, Refusal) or result.warnings[0].startswith("partly_read:")


def test_a_tag_beyond_sense_is_refused() -> None:
    """A tag of a million attributes is refused before the parser compares them."""
    tag = "<a " + " ".join(f"a{n}='1'" for n in range(200_000)) + ">"
    assert _reason(f"<r>{tag}x</a></r>".encode(), "application/xml") is Reason.CORRUPT


def test_an_items_pictures_do_not_stand_for_its_text() -> None:
    """What media elements say counts only where the item says nothing itself; entities are resolved twice over."""
    feed = """<?xml version="1.0"?><rss xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Quay</title>
      <item><media:content url="x.jpg"/><media:title>A crane</media:title><title><![CDATA[It&#8217;s open]]></title>
      <media:description>Grey</media:description><description>The quay is open.</description></item>
      <item><media:description>Boats</media:description></item></channel></rss>"""
    found = _told(_read(feed.encode(), "application/rss+xml"))
    assert found == [
        ("heading", "Quay"),
        ("heading", "It\u2019s open"),
        ("paragraph", "The quay is open."),
        ("paragraph", "Boats"),
    ]


def test_atom_names_persons_and_the_page_and_keeps_paragraphs_apart() -> None:
    """No address of the author's, not the feed's own; XHTML is read as HTML."""
    feed = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="http://www.w3.org/1999/xhtml"><title>Quay</title>
      <link rel="self" href="https://quay.example/feed"/><link href="https://quay.example/"/>
      <author><name>Ida Lund</name><email>ida@quay.example</email></author>
      <entry><content type="xhtml"><x:div><x:p>One</x:p><x:p>Two</x:p></x:div></content></entry></feed>"""
    found = _read(feed.encode(), "application/atom+xml")
    assert (found.metadata.url, found.metadata.authors) == ("https://quay.example/", ("Ida Lund",))
    assert _told(found)[1:] == [("paragraph", "One"), ("paragraph", "Two")]


def test_short_html_in_json_is_html() -> None:
    """As long texts are; what only has a sign of it is shown."""
    found = _told(_read('{"body": "<p>Low &amp; high</p>", "sign": "a <a b"}', "application/json"))
    assert found == [("paragraph", "Low & high"), ("line", "sign: a <a b")]


def test_feeds_give_their_items() -> None:
    """Channel, then each item's title, date and author, and text, HTML read as HTML."""
    rss = """<?xml version="1.0"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbour news</title>
      <link>https://harbour.example/</link><description>What sails</description><language>en</language>
      <item><title>Ferry late</title><pubDate>Mon, 03 May 2021 10:20:30 GMT</pubDate><dc:creator>Ida</dc:creator>
      <description>&lt;p&gt;Wind &lt;b&gt;west&lt;/b&gt;.&lt;/p&gt;
      &lt;ul&gt;&lt;li&gt;coats&lt;/li&gt;&lt;/ul&gt;</description>
      </item></channel></rss>"""
    found = _read(rss.encode(), "application/rss+xml")
    assert _told(found) == [
        ("heading", "Harbour news"),
        ("paragraph", "What sails"),
        ("heading", "Ferry late"),
        ("line", "Mon, 03 May 2021 10:20:30 GMT | Ida"),
        ("paragraph", "Wind west."),
        ("list_item", "coats"),
    ]
    assert (found.metadata.title, found.metadata.url) == ("Harbour news", "https://harbour.example/")


def test_headings_of_a_book_keep_their_level() -> None:
    """A part of a chapter is none beside it."""
    found = _read(epub({"a": "<h1>One</h1><p>x</p><h3>Part <b>2</b></h3>"}), "application/epub+zip")
    assert [(block.text, block.level) for block in found.blocks] == [("One", 1), ("x", None), ("Part 2", 3)]


def test_code_in_a_book_keeps_its_indents() -> None:
    """White space at a line's start is the code's; that at its end is none."""
    assert _told(_read(epub({"a": "<p>some 10<sup>6</sup> m<sup>2</sup></p>"}), "application/epub+zip")) == [
        ("paragraph", "some 10^6 m2")
    ]
    listed = "<ol start=3><li>a<ul><li>b</li></ul></li><li><p>c</p><p>more</p></li></ol>"
    found = _read(epub({"a": listed}), "application/epub+zip")
    assert [(block.kind.value, block.level, block.number, block.text) for block in found.blocks] == [
        ("list_item", 1, 3, "a"), ("list_item", 2, None, "b"), ("list_item", 1, 4, "c"),
        ("paragraph", None, None, "more"),
    ]  # fmt: skip
    table = (
        "<table><tr><th></th><th colspan=2><p>May</p></th><th><p>June</p></th></tr>"
        "<tr><td rowspan=2>salt</td><td>1</td><td>2</td><td>3</td></tr><tr><td></td><td>5</td><td>6</td></tr>"
        "<tr><td></td></tr></table><table><tr><td><p>One.</p><p>Two.</p></td></tr></table>"
    )
    assert _told(_read(epub({"a": table}), "application/epub+zip")) == [
        ("table", "| May | | June"), ("table", "salt | 1 | 2 | 3"), ("table", "| | 5 | 6"),
        ("paragraph", "One."), ("paragraph", "Two."),
    ]  # fmt: skip
    found = _told(_read(epub({"a": "<p>See:</p><pre>\n  if x: \n\ty()\n</pre>"}), "application/epub+zip"))
    assert found[-1] == ("code", "  if x:\n    y()")


def test_rtf_text_tables_boxes_and_metadata() -> None:
    """Character sets, surrogate pairs, rows, text boxes and the information group are read."""
    data = (
        rb"{\rtf1\ansi\ansicpg1250{\info{\title Pl\'e1n}{\author Ida Lund}{\creatim\yr2021\mo3\dy4}}"
        rb"\pard P\'f8\'edstav\par \u-10180?\u-8424? gothic\par \trowd\cellx1\cellx2\intbl Brest\cell 6 m\cell\row "
        rb"{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt \pard In the box\par}}\pard end\par}"
    )
    found = _read(data, "application/rtf")
    texts = [text for _, text in _told(found)]
    assert texts[:2] == ["Přístav", "\U0001f318 gothic"]
    assert ("table", "Brest | 6 m") in _told(found)
    assert "In the box" in texts
    assert (found.metadata.title, found.metadata.authors) == ("Plán", ("Ida Lund",))
    assert found.metadata.published == "2021-03-04"


def test_rtf_cells_hold_paragraphs_and_tables() -> None:
    """A paragraph's end within a cell ends no row; rows of a table in a cell are rows; what is below is not in it."""
    data = (
        rb"{\rtf1\ansi{\pard\intbl Lender\par Brest\cell Borrower\line Vigo\cell\row}{\pard Then\par}"
        rb"\pard\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}"
        rb"c\nestcell d\nestcell{\*\nesttableprops\trowd\nestrow}\pard\intbl\cell\row\pard End\par}"
    )
    found = _read(data, "application/rtf")
    assert _told(found) == [
        ("table", "Lender Brest | Borrower Vigo"), ("paragraph", "Then"), ("table", "a | b"), ("table", "c | d"),
        ("paragraph", "End"),
    ]  # fmt: skip


def test_rtf_deletions_are_logged() -> None:
    """What a tracked change takes out is no text, like what is hidden."""
    found = _read(rb"{\rtf1\ansi Ten {\deleted\v0 twelve }boats {\revised sail}\par}", "application/rtf")
    assert [block.text for block in found.blocks] == ["Ten boats sail"]
    assert [(r.reason, r.text) for r in found.removed] == [(RemovalReason.UNREADABLE, "twelve")]


def test_rtf_control_words_without_their_numbers() -> None:
    """A count that names no number is its default: one character stands for each code."""
    found = _read(rb"{\rtf1\ansi\uc \u1055?\u1072?\uc\par Next}", "application/rtf")
    assert [block.text for block in found.blocks] == ["Па", "Next"]


def test_rtf_whose_font_table_does_not_end_is_refused() -> None:
    """A lost brace makes one large font table of the text; that is said at once."""
    data = rb"{\rtf1\ansi{\fonttbl{\f0\fcharset0 A;}" + rb"\par\f1 abc" * 20_000 + b"}"
    result = _result(data, "application/rtf")
    assert isinstance(result, Refusal)
    assert result.reason is Reason.CORRUPT


def test_rtf_font_table_without_names_takes_no_longer() -> None:
    """Fonts whose names never end are read in linear time; by character set, not name, they matter."""
    fonts = rb"{\f0\fswiss\fcharset238{\*\fna }}" * 500
    found = _read(rb"{\rtf1\ansi{\fonttbl" + fonts + rb"}{\f0 Pl\'e1n}}", "application/rtf")
    assert [block.text for block in found.blocks] == ["Plán"]


def test_rtf_notes_stand_apart_and_running_lines_are_removed() -> None:
    """Footnotes and comments are notes; headers and footers are in the removal log."""
    data = (
        rb"{\rtf1\ansi{\header Tide tables\par}{\footerf Page one\par}The tide{\footnote\ftnalt At {\b Brest}.} turns."
        rb"{\*\annotation Which tide?}\par}"
    )
    found = _read(data, "application/rtf")
    assert _told(found) == [("paragraph", "The tide turns."), ("note", "At Brest."), ("note", "Which tide?")]
    assert [(r.reason.value, r.text) for r in found.removed] == [
        ("page_header", "Tide tables"),
        ("page_footer", "Page one"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        rb"{\rtf1\ansi The tide {\v se\'e9cret words }turns.\par}",
        rb"{\rtf1\ansi The tide \v se\u233?cret words \v0 turns.\par}",
        rb"{\rtf1\ansi The tide {\fs20\v{\b se\'e9cret} words }\plain turns.\par}",
    ],
)
def test_hidden_text_of_rtf_is_removed(source: bytes) -> None:
    """What is marked as hidden is in the removal log, not in the text."""
    found = _read(source, "application/rtf")
    assert _told(found) == [("paragraph", "The tide turns.")]
    assert [r.reason.value for r in found.removed] == ["unreadable"] * len(found.removed)
    assert "".join(r.text for r in found.removed).startswith("seécret")


def test_rtf_cut_off_says_so() -> None:
    """Groups left open are a warning."""
    assert _read(rb"{\rtf1 {\b The text", "application/rtf").warnings[0].startswith("partly_read:")


def test_books_are_read_by_their_spine() -> None:
    """Chapters come in the spine's order, each once, with the book's own metadata."""
    chapters = {"one": "<h1>Ebb</h1><p>The first</p>", "two": "<p>The second</p>"}
    found = _read(epub(chapters, order=("two", "one", "two")), "application/epub+zip")
    assert _told(found) == [("paragraph", "The second"), ("heading", "Ebb"), ("paragraph", "The first")]
    assert (found.metadata.title, found.metadata.authors) == ("Tides", ("Ida Lund",))
    assert (found.metadata.published, found.metadata.language) == ("2019-08-07", "en")


def test_only_authors_of_a_book_are_its_authors() -> None:
    """Not who translated it or drew its pictures; when it was last changed is read."""
    said = '<dc:creator opf:role="ill" xmlns:opf="o">Per Holm</dc:creator>'
    said += '<meta property="dcterms:modified">2022-01-02T03:04:05Z</meta>'
    found = _read(epub({"one": "<p>Text</p>"}, said=said), "application/epub+zip")
    assert (found.metadata.authors, found.metadata.modified) == (("Ida Lund",), "2022-01-02T03:04:05Z")


def test_a_book_is_locked_where_its_chapters_are() -> None:
    """Fonts may be made unusable elsewhere, beside locked chapters or alone."""

    def entry(method: str, target: str) -> str:
        return (
            f'<EncryptedData><EncryptionMethod Algorithm="{method}"/><CipherReference URI="{target}"/></EncryptedData>'
        )

    font, chapters = entry("http://www.idpf.org/2008/embedding", "OEBPS/a.otf"), {"one": "<p>Text</p>"}
    assert _told(_read(epub(chapters, locks=font), "application/epub+zip")) == [("paragraph", "Text")]
    assert _told(_read(epub(chapters, locks=" "), "application/epub+zip")) == [("paragraph", "Text")]
    locked = epub(chapters, locks=font + entry("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/one.xhtml"))
    assert _reason(locked, "application/epub+zip") is Reason.ENCRYPTED


def test_missing_chapters_are_counted() -> None:
    """A chapter the book lists and lacks is a warning; a book that lacks all is corrupt."""
    data = epub({"one": "<p>The first</p>", "two": "<p>The second</p>"})
    found = _read(data.replace(b"OEBPS/two", b"OEBPS/owt"), "application/epub+zip")
    assert found.warnings == ("partly_read: 1 of 2 chapters are missing",)
    assert (
        _reason(data.replace(b"OEBPS/two", b"OEBPS/owt").replace(b"OEBPS/one", b"OEBPS/eno"), "application/epub+zip")
        is Reason.CORRUPT
    )


def test_metadata_steers_no_terminal() -> None:
    """Escape sequences in a title or name do not leave the reader."""
    found = _read('{"title": "Ti\\u001b[31mdes\\u009b", "author": "I\\u0007da", "b": "x"}', "application/json")
    assert (found.metadata.title, found.metadata.authors) == ("Ti[31mdes", ("Ida",))


def test_a_table_of_names_that_is_full_is_no_fault_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """libxml2 keeps the names of all documents, up to a limit; what has none of its own to be kept is read still."""

    class Full(etree.XMLPullParser):
        feed_error_log = (SimpleNamespace(type=etree.ErrorTypes.ERR_NO_MEMORY, message="unknown error", line=1),)

    monkeypatch.setattr("docmill.extract.xml_stream.etree.XMLPullParser", Full)
    with pytest.raises(MemoryError, match="names"):
        list(units([b"<r><a>x</a></r>"], {"a"}, Limits()))


def test_text_after_a_forgotten_element_may_grow() -> None:
    """Text that goes on in the next piece of a file is not written past its end."""
    pieces = [b"<r><a>x</a>", *(b"tail %d " % number * 200 for number in range(40)), b"<a>y</a></r>"]
    assert [unit.text for unit in units(pieces, {"a"}, Limits())] == ["x", "y"]


def test_rtf_headings_and_items_of_old_programs() -> None:
    """Headings are told by the outline's level of their style or their own; old programs' markers are kept."""
    source = (
        r"{\rtf1\ansi{\fonttbl{\f0 Times;}}{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 Heading 2;}}"
        r"\pard\plain\s1\b Tides\par\pard\plain\s0 They come twice.\par\pard\s2 Springs\par"
        r"\pard\plain {\pntext\'b7\tab}new moon\par{\pntext\'b7\tab}full moon\par"
        r"\pard\outlinelevel2 Neaps\par\pard End.\par}"
    )
    found = _read(source.encode(), "application/rtf").blocks
    assert [(b.kind.value, b.level, b.text.lstrip("\xb7 ")) for b in found] == [
        ("heading", 1, "Tides"), ("paragraph", None, "They come twice."), ("heading", 2, "Springs"),
        ("list_item", None, "new moon"), ("list_item", None, "full moon"), ("heading", 3, "Neaps"),
        ("paragraph", None, "End."),
    ]  # fmt: skip


def test_a_books_navigation_is_no_chapter() -> None:
    """What a book's spine holds for programs to navigate by is removed with its reason."""
    book = epub({"nav": "<ol><li>One</li></ol>", "one": "<p>Tides rise.</p>"}, properties={"nav": "nav"})
    found = _read(book, "application/epub+zip")
    assert [block.text for block in found.blocks] == ["Tides rise."]
    assert [(removal.reason, removal.text) for removal in found.removed] == [(RemovalReason.NAVIGATION, "One")]


def test_numbers_of_notes_are_set_apart_from_words() -> None:
    """A raised number that leads to a note is in brackets; other raised text is not."""
    text = '<p>It rose<sup><a href="#n">1</a></sup> by 10<sup>2</sup> m<a href="#n"><sup>2</sup></a>.</p>'
    found = _read(epub({"one": text}), "application/epub+zip")
    assert [block.text for block in found.blocks] == ["It rose[1] by 10^2 m[2]."]


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("Ida Lund; Ole Vik", ("Ida Lund", "Ole Vik")),
        ("Lund, Ida", ("Ida Lund",)),
        ("Ida Lund and Ole Vik", ("Ida Lund", "Ole Vik")),
        ("Department of Tides and Harbours", ("Department of Tides and Harbours",)),
        ("Windows User", ()),
        ("Администратор", ()),
    ],
)
def test_authors_of_files_are_persons_or_offices(value: str, authors: tuple[str, ...]) -> None:
    """Persons are parted and the right way round; an office's name is one; nobody's names are none."""
    assert declared_authors(value) == authors


def test_rows_and_items_of_xml_are_told_by_their_names() -> None:
    """Cells of a row are one block, empty ones in their places, rows count in each table; items are items."""
    row = "<tr><td>{}</td><td/><td><p>{}</p></td></tr>"
    table = f"<table>{row.format('a', 'b')}{row.format('c', 'd')}</table>"
    text = f"<doc><p>Ports</p><list><list-item><p>one</p></list-item></list>{table}{table}</doc>"
    found = _read(text.encode(), "application/xml")
    assert [(b.kind.value, b.number, b.text) for b in found.blocks] == [
        ("paragraph", None, "Ports"), ("list_item", None, "one"), ("table", 1, "a | | b"), ("table", 2, "c | | d"),
        ("table", 1, "a | | b"), ("table", 2, "c | | d"),
    ]  # fmt: skip


def test_links_of_rtf_are_no_text() -> None:
    """However deep in groups a field's code stands; the address stands among the links."""
    fields = (
        rb'{\field{\*\fldinst{HYPERLINK "https://pier.example.org/"}}{\fldrslt{\ul the pier}}} and '
        rb'{\field{\*\fldinst HYPERLINK "https://b.example.org/" }{\fldrslt {b}}} too.\par'
    )
    found = _read(rb"{\rtf1\ansi See " + fields + b"}", "application/rtf")
    assert _told(found) == [("paragraph", "See the pier and b too.")]
    assert [(link.url, link.text) for link in found.links] == [
        ("https://pier.example.org/", "the pier"),
        ("https://b.example.org/", "b"),
    ]


def test_rtf_tables_right_below_each_other_are_two() -> None:
    """With an empty paragraph between them, a heading's row, or columns that are none of those above."""

    def row(first: str, edges: tuple[int, ...], said: str = "") -> str:
        cells = "".join(rf"\cellx{edge}" for edge in edges)
        return rf"\trowd{said}{cells}\pard\intbl {first}\cell " + r"x\cell " * (len(edges) - 1) + r"\row "

    rows = [
        row("a", (900, 2000), r"\trhdr"), row("b", (900, 1500, 2000)), r"\pard\par ", row("c", (900, 2000)),
        row("d", (900, 2000), r"\trhdr"), row("e", (1200, 2000)),
    ]  # fmt: skip
    found = _read((r"{\rtf1\ansi " + "".join(rows) + r"\pard End\par}").encode(), "application/rtf")
    assert [(block.text[0], block.number) for block in found.blocks] == [
        ("a", 1), ("b", 2), ("c", 1), ("d", 1), ("e", 1), ("E", None),
    ]  # fmt: skip


def test_rtf_titles_and_nested_items() -> None:
    """A title's style makes a heading; items know how deep they are."""
    source = (
        rb"{\rtf1\ansi{\stylesheet{\s15 Title;}}\pard\s15 Plan\par"
        rb"\pard\ilvl0{\listtext 1.\tab}one\par\pard\ilvl1{\listtext a)\tab}two\par\pard - three\par}"
    )
    found = _read(source, "application/rtf")
    assert [(block.kind.value, block.text, block.level) for block in found.blocks] == [
        ("heading", "Plan", 1), ("list_item", "1. one", 1), ("list_item", "a) two", 2), ("list_item", "- three", None),
    ]  # fmt: skip


def test_rtf_whose_characters_are_mostly_lost_is_refused() -> None:
    """They are of no character set that there is, or halves of characters."""
    for source in (b"{\\rtf1\\ansi\\ansicpg99999 \\'e9 x}", b"{\\rtf1\\ansi\\uc0 \\u55357 x}"):
        assert _reason(source, "application/rtf") is Reason.UNDECODABLE_TEXT


def test_fullest_text_of_items_and_videos() -> None:
    """A picture's credit never stands for an item's text; a video's description, a podcast's summary and a body do."""
    feed = """<rss xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
      <channel><title>Quay</title><itunes:summary>All about boats</itunes:summary>
      <description>All about boats</description>
      <item><description>The quay is open.</description><media:content url="x.jpg">
        <media:credit>Photo: Ida</media:credit></media:content></item>
      <item><media:group><media:title>Bowline</media:title><media:description>With one hand</media:description>
      </media:group></item>
      <item><description>Short</description><body xmlns="http://www.w3.org/1999/xhtml"><p>The story</p></body></item>
      </channel></rss>"""
    assert [text for _, text in _told(_read(feed.encode(), "application/rss+xml"))] == [
        "Quay", "All about boats", "The quay is open.", "Bowline", "With one hand", "The story"
    ]  # fmt: skip
