"""What a page declares of itself, from JSON-LD, meta tags, microdata and the visible text."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.extract.html import read_page
from docmill.extract.html.metadata import read_declared
from docmill.stage import Metadata

PROSE = (
    "<p>" + "The ferry left at noon with forty people and two goats aboard, and nobody minded the rain. " * 3 + "</p>"
)


def _read(head: str = "", body: str = "", lang: str = "en") -> Metadata:
    page = f"<html lang={lang}><head>{head}</head><body>{body}</body></html>"
    return _declared(page)


def _declared(page: str) -> Metadata:
    read, parser, landmarks = read_page(page)
    return read_declared(parser, landmarks, read.block_text)


def _ld(*items: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(item)}</script>' for item in items)


@pytest.mark.parametrize(
    ("lang", "byline", "authors", "published"),
    [
        ("en", "<p>By Nora Eide | March 5, 2021, 10:30 GMT</p>", ("Nora Eide",), "2021-03-05T10:30+00:00"),
        ("zh", "<p>作者：李明　发布时间：2021年3月5日 10:30</p>", ("李明",), "2021-03-05T10:30"),
        (
            "fr",
            "<p>Par <a>Jeanne Morel</a></p><p>Publié le 5 mars 2021 à 10h30</p>",
            ("Jeanne Morel",),
            "2021-03-05T10:30",
        ),
        ("ru", "<div>Автор: Нора Эйде</div><div>5 марта 2021, 10:30</div>", ("Нора Эйде",), "2021-03-05T10:30"),
        ("es", "<p>Por Lucía Prado</p><p>5 de marzo de 2021</p>", ("Lucía Prado",), "2021-03-05"),
        ("ar", "<p>بقلم: سمير حداد</p><p>٥ مارس ٢٠٢١</p>", ("سمير حداد",), "2021-03-05"),
        (
            "de",
            "<p>Von Jörg Kohl und Ute Baum</p><p>05.03.2021, 10:30 Uhr</p>",
            ("Jörg Kohl", "Ute Baum"),
            "2021-03-05T10:30",
        ),
        ("it", "<p>di Mario Rossi</p><p>5 marzo 2021 alle 10:30</p>", ("Mario Rossi",), "2021-03-05T10:30"),
        ("da", "<p>Af Jens Hansen</p><p>5. marts 2021 kl. 10.30</p>", ("Jens Hansen",), "2021-03-05T10:30"),
        ("ko", "<p>홍길동 기자 hong@a.kr</p><p>입력 2021.03.05 10:30</p>", ("홍길동",), "2021-03-05T10:30"),
        ("zh-TW", "<p>記者王小明／台北報導</p><p>2021/03/05 10:30</p>", ("王小明",), "2021-03-05T10:30"),
        ("vi", "<p>Tác giả: Nguyễn Văn An</p><p>Ngày đăng: 05/03/2021</p>", ("Nguyễn Văn An",), "2021-03-05"),
        ("tr", "<p>Yazar: Ali Kaya</p><p>Giriş: 05.03.2021 - 10:30</p>", ("Ali Kaya",), "2021-03-05T10:30"),
        ("th", "<p>โดย สมชาย ใจดี</p><p>5 มี.ค. 2564 10:30 น.</p>", ("สมชาย ใจดี",), "2021-03-05T10:30"),
        ("he", "<p>מאת: יוסי כהן</p><p>פורסם ב- 5 במרץ 2021, 10:30</p>", ("יוסי כהן",), "2021-03-05T10:30"),
    ],
)
def test_bylines_under_the_heading_are_read(lang: str, byline: str, authors: tuple[str, ...], published: str) -> None:
    """Where nothing is declared, authors and date are read from the visible byline, in many languages."""
    found = _read("<title>Goats</title>", f"<nav>Home</nav><h1>Goats on the ferry</h1>{byline}{PROSE}", lang)
    assert (found.authors, found.published) == (authors, published)
    assert (found.origins["authors"], found.origins["published"]) == ("byline", "visible_text")


def test_json_ld_tells_everything() -> None:
    """The article's item gives each field, resolved through the graph, and says so."""
    person = {"@type": "Person", "@id": "#nora", "name": "Nora Eide"}
    article = {
        "@type": ["NewsArticle"],
        "headline": "Goats on the ferry",
        "author": [{"@id": "#nora"}, {"@type": "Organization", "name": "Fjord Post"}],
        "datePublished": "2021-03-05T10:30:00+01:00",
        "dateModified": "2021-03-06",
        "publisher": {"@type": "Organization", "name": "Fjord Post"},
        "image": [{"@type": "ImageObject", "url": "/goats.jpg"}],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "url": "https://fjord.example/goats",
    }
    found = _read(_ld({"@context": "https://schema.org", "@graph": [article, person]}), PROSE)
    assert found.title == "Goats on the ferry"
    assert found.authors == ("Nora Eide",)
    assert (found.published, found.modified) == ("2021-03-05T10:30:00+01:00", "2021-03-06")
    assert (found.site_name, found.url) == ("Fjord Post", "https://fjord.example/goats")
    assert (found.image, found.licence) == (
        "https://fjord.example/goats.jpg",
        "https://creativecommons.org/licenses/by/4.0/",
    )
    assert set(found.origins.values()) == {"json_ld"}


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "Article", /* note */ "datePublished": "2021-03-05", }',
        '<!-- {"@type": "Article", "datePublished": "2021-03-05"} -->',
        '{"@type": "Article", // note\n "description": "It\\\'s\nraw", "datePublished": "2021-03-05"};',
        '{"@type": "Article", "datePublished": "2021-03-05"} {"@type": "Person"}',
        "{&quot;@type&quot;: &quot;Article&quot;, &quot;datePublished&quot;: &quot;2021-03-05&quot;}",
    ],
)
def test_broken_json_ld_is_mended(script: str) -> None:
    """Comments, trailing commas, raw line ends, wrappers and escaped quotes do not hide the article."""
    assert _read(f'<script type="application/ld+json">{script}</script>').published == "2021-03-05"


def test_a_page_declares_what_kinds_of_items_it_holds() -> None:
    """In JSON-LD, microdata and Open Graph, whose kinds are told from schema.org's."""
    found = _read(
        _ld({"@type": ["NewsArticle", "http://schema.org/Report"]}) + '<meta property="og:type" content="article">',
        '<div itemscope itemprop="comment" itemtype="https://schema.org/Comment">Yes</div>',
    )
    assert found.kinds == {"newsarticle", "report", "og:article", "comment"}


def test_other_pages_articles_are_not_this_ones() -> None:
    """Of several articles in JSON-LD the one that is called like the page is meant; of strangers none."""
    teasers = [{"@type": "Article", "headline": f"Sheep {n}", "datePublished": f"2020-01-0{n}"} for n in (1, 2, 3)]
    own = {"@type": "Article", "headline": "Goats on the ferry", "datePublished": "2021-03-05"}
    title = "<title>Goats on the ferry | Fjord Post</title>"
    assert _read(title + _ld(*teasers, own)).published == "2021-03-05"
    assert _read(title + _ld(*teasers)).published is None


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Goats on the ferry - Fjord Post</title>", "<h1>Goats on the ferry</h1>", "Goats on the ferry"),
        ("<title>Fjord Post » Goats on the ferry</title>", "<h1><a href='/'>Fjord Post</a></h1>", "Goats on the ferry"),
        (
            "<title>Goats on the ferry | Fjord Post</title>",
            "<h1>Fjord Post</h1><h2>Goats on the ferry</h2>",
            "Goats on the ferry",
        ),
        (
            "<meta property='og:site_name' content='Fjord Post'><meta name='title' content='Goats | Fjord Post'>",
            "",
            "Goats",
        ),
        ("<title>山羊乘船_峡湾日报</title>", "<h1>山羊乘船</h1>", "山羊乘船"),
        ("<title>Goats &amp; rain</title>", "<h1></h1>", "Goats & rain"),
        ("<title>SEO words for goats</title>", "<h1 class='entry-title'>Goats on the ferry</h1>", "Goats on the ferry"),
        ("", "", None),
    ],
)
def test_the_title_is_not_the_sites(head: str, body: str, title: str | None) -> None:
    """Heading and declared titles are compared, and the site's name is cut off."""
    assert _read(head, body + PROSE).title == title


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<h1><span class=kicker>Animals</span> Goats on the ferry</h1>", "Goats on the ferry"),
        ("<h1><time>5 March</time> <a>Goats on the ferry</a></h1>", "Goats on the ferry"),
        ("<h1><a>Goats on the ferry</a> <a>(fjord.example)</a> <a>87</a></h1>", "Goats on the ferry"),
        ("<h1>All<br>Goats on the ferry</h1>", "All Goats on the ferry"),
        ("<h1><style>.g{color:red}</style>Our goats <button>Copy</button></h1>", "Our goats"),
        ("<h1><button>Our goats</button></h1>", "Our goats"),
    ],
)
def test_a_heading_holds_more_than_the_title(heading: str, title: str) -> None:
    """Labels of their own before or after the declared title, buttons and style sheets are no part of it."""
    declared = (
        "<meta property='og:type' content=article><meta property='og:title' content='Goats on the ferry'>"
        if "ferry" in heading
        else ""
    )
    assert _read(declared + "<title>Goats</title>", heading + PROSE).title == title


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Goats at sea</title>", "<h2>Settings</h2>", "Goats at sea"),
        ("<title>Goats at sea</title>", "<h1>Page</h1><h1>User</h1>", "Goats at sea"),
        ("<title>Goats at sea</title>", "<h1>Six tickets, please</h1>", "Six tickets, please"),
        ("<title>Fjord Post - Goats</title>", "<h2>Our goats</h2>", "Our goats"),
        ("<title>Fjord Post -</title>", "<h2>Our goats</h2>", "Our goats"),
    ],
)
def test_a_stray_heading_is_no_title(head: str, body: str, title: str) -> None:
    """What is but the first of the headings has to have something of the title tag, unless that has but the site."""
    assert _read(head, body + PROSE).title == title


def test_a_title_is_written_as_it_is_declared() -> None:
    """A heading's capitals are its style, and of the colon between two parts of it only the declared title tells."""
    head = '<title>Goats board the ferry: Owner fined | Gazette</title><meta property="og:site_name" content="Gazette">'
    body = f"<h1><span>Goats board the ferry</span> <span>Owner fined</span></h1>{PROSE}"
    assert _read(head, body).title == "Goats board the ferry: Owner fined"
    body = f"<h1>GOATS BOARD THE FERRY OWNER FINED</h1>{PROSE}"
    assert _read(head, body).title == "Goats board the ferry: Owner fined"


def test_a_logo_is_no_lead_image() -> None:
    """Of several pictures the first that is of the page; with none, none."""
    logo = '<meta property="og:image" content="https://a.org/img/site-logo_2.png?v=1">'
    assert _read(logo, PROSE).image is None
    for name in ("logopedics.jpg", "sites/default/files/a.jpg", "3/default.jpg"):
        own = f'<meta name="twitter:image" content="https://a.org/{name}">'
        assert _read(logo + own, PROSE).image == f"https://a.org/{name}"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Fjord Post | F1 | Indy", "Fjord Post"),
        ("What is going on • Fjord-Post", "Fjord-Post"),
        ("Coast - North", "Coast - North"),
    ],
)
def test_a_sites_name_has_no_slogan_beside_it(said: str, name: str) -> None:
    """Of several parts the one that the host is called like, if any is."""
    head = f'<meta property="og:site_name" content="{said}"><link rel="canonical" href="https://www.fjordpost.no/a">'
    assert _read(head, PROSE).site_name == name


def test_the_heading_shared_elsewhere_is_the_title() -> None:
    """Where headline and title tag say one thing, heading and Open Graph another, it is the latter."""
    item = {"@type": "Article", "headline": "Goats are a warning", "publisher": {"name": "Fjord Post"}}
    head = "<title>Goats are a warning | Fjord Post</title><meta property='og:title' content='How to sail with goats?'>"
    assert _read(head + _ld(item), "<h1>How to sail with goats?</h1>" + PROSE).title == "How to sail with goats?"


def test_meta_tags_and_links() -> None:
    """Open Graph, Highwire and link elements give address, image, licence, authors and dates."""
    found = _read(
        """<meta property="og:url" content="https://fjord.example/goats?x=1">
        <link rel="canonical" href="https://fjord.example/goats">
        <meta property="og:image" content="//fjord.example/g.jpg">
        <link rel="license" href="/licence"><meta name="citation_author" content="Eide, Nora">
        <meta name="citation_author" content="Vik, Ole"><meta property="article:published_time" content="2021-03-05">
        <meta property="article:modified_time" content="Sat, 06 Mar 2021 08:00:00 GMT">"""
    )
    assert (found.url, found.image) == ("https://fjord.example/goats", "https://fjord.example/g.jpg")
    assert found.licence == "https://fjord.example/licence"
    assert found.authors == ("Nora Eide", "Ole Vik")
    assert (found.published, found.modified) == ("2021-03-05", "2021-03-06T08:00:00+00:00")
    assert (found.origins["url"], found.origins["image"]) == ("meta", "open_graph")


def test_what_stands_in_the_page_by_itself_is_the_title() -> None:
    """Not the site's name behind it, which nothing else declares; the days below it are the page's then."""
    shown = "<div>Why the goats of Fjord sail again</div><div>5 March 2021</div>" + PROSE
    found = _read("<title>Why the goats of Fjord sail again - Fjord Post - News</title>", shown)
    assert (found.title, found.published) == ("Why the goats of Fjord sail again", "2021-03-05")


def test_a_page_is_not_changed_before_it_is_published() -> None:
    """Systems that publish later say so; the same moment in two zones is no change before."""
    tags = '<meta property="article:published_time" content="{}"><meta property="article:modified_time" content="{}">'
    found = _read(tags.format("2021-03-06T06:00:00+00:00", "2021-03-05T20:00:00+00:00"))
    assert (found.published, found.modified) == ("2021-03-06T06:00:00+00:00", None)
    found = _read(tags.format("2021-03-06T02:00:00+00:00", "2021-03-05T22:00:00-04:00"))
    assert found.modified == "2021-03-05T22:00:00-04:00"


def test_a_sites_name_is_neither_title_nor_address() -> None:
    """What is declared as such may have either."""
    head = "<title>Goats on the ferry</title><meta property='og:site_name' content='{}'>"
    body = "<h1>Goats on the ferry</h1>" + PROSE
    assert _read(head.format("Goats on the ferry | Fjord Post"), body).site_name == "Fjord Post"
    assert _read(head.format("Fjord Post, https://fjord.example"), body).site_name == "Fjord Post"
    assert _read(head.format("Goats on the ferry"), body).site_name is None


def test_addresses_are_relative_to_the_base_that_a_page_declares() -> None:
    """Its own too."""
    head = "<base href='https://fjord.example/en/'><link rel='canonical' href='goats'>"
    found = _read(head + "<meta property='og:image' content='g.jpg'>")
    assert (found.url, found.image) == ("https://fjord.example/en/goats", "https://fjord.example/en/g.jpg")


def test_microdata_of_the_page_and_not_of_its_comments() -> None:
    """Properties in a comment say nothing of the page."""
    body = """<div itemscope itemtype="https://schema.org/Article"><h1 itemprop="headline">Goats on the ferry</h1>
    <span itemprop="author" itemscope><b itemprop="name">Nora Eide</b></span>
    <time itemprop="datePublished" datetime="2021-03-05">5 March</time></div>
    <div class="comment"><span itemprop="author">Troll King</span>
    <i itemprop="datePublished" content="2022-01-01"></i></div>"""
    found = _read(body=body)
    assert (found.title, found.authors, found.published) == ("Goats on the ferry", ("Nora Eide",), "2021-03-05")
    assert found.origins["authors"] == "microdata"


def test_a_body_that_microdata_names_counts_less_than_a_person() -> None:
    """An editorial office beside the writer; alone it is the author."""
    office = """<div itemprop="author" itemscope itemtype="https://schema.org/Organization">
    <meta itemprop="name" content="Harbour Editorial"></div>"""
    shown = PROSE + office + "<p>Nora Eide keeps goats.</p>"
    assert _read('<meta name="dc.creator" content="Nora Eide">', shown).authors == ("Nora Eide",)
    assert _read(body=PROSE + office).authors == ("Harbour Editorial",)


@pytest.mark.parametrize("name", ["admin", "Fjord Post", "nora@fjord.example", "https://fjord.example/nora", "Editor"])
def test_what_is_no_author_is_none(name: str) -> None:
    """Accounts, addresses and the site's own name are no authors."""
    head = f'<meta property="og:site_name" content="Fjord Post"><meta name="author" content="{name}">'
    assert _read(head, PROSE).authors in ((), ("Editor",) if name == "Editor" else ())


def test_the_day_shown_is_the_day() -> None:
    """A time stamp in universal time that falls on the next day gives way to the day readers are shown."""
    head = '<meta property="article:published_time" content="2021-03-06T02:30:00Z">'
    assert _read(head, f"<h1>Goats</h1><p>March 5, 2021</p>{PROSE}", "en-US").published == "2021-03-05"
    assert _read(head, f"<h1>Goats</h1>{PROSE}").published == "2021-03-06T02:30:00+00:00"


@pytest.mark.parametrize(
    ("lang", "stamp", "shown", "published"),
    [
        ("de", "2022-11-06T23:00:00Z", "", "2022-11-07"),
        ("de", "2022-07-06T22:00:00Z", "", "2022-07-07"),
        ("zh-CN", "2022-11-06T16:00:00Z", "", "2022-11-07"),
        ("de", "2022-11-06T22:00:00Z", "", "2022-11-06T22:00:00+00:00"),
        ("de", "2022-11-06T23:00:05Z", "", "2022-11-06T23:00:05+00:00"),
        ("en", "2022-11-06T23:00:00Z", "", "2022-11-06T23:00:00+00:00"),
        ("de", "2022-11-06T23:00:00Z", "<p>6. November 2022</p>", "2022-11-06T23:00:00+00:00"),
    ],
)
def test_a_day_begins_at_midnight_where_the_language_is_at_home(
    lang: str, stamp: str, shown: str, published: str
) -> None:
    """A stamp in universal time that is midnight there is the day without a time, unless the other day is shown."""
    head = f'<meta property="article:published_time" content="{stamp}">'
    assert _read(head, f"<h1>Goats</h1>{shown}{PROSE}", lang).published == published


def test_nothing_is_published_after_the_day_it_shows() -> None:
    """A declared date later than the one day shown about the heading is a system's; a day among others is no proof."""
    item = {"@type": "Article", "datePublished": "2025-06-24", "dateModified": "2025-06-24"}
    found = _read(_ld(item), f"<h1>Goats</h1><p>August 25, 2024</p>{PROSE}")
    assert (found.published, found.modified) == ("2024-08-25", "2025-06-24")
    assert _read(_ld(item), f"<h1>Goats</h1><p>July 1, 2025</p>{PROSE}").published == "2025-06-24"
    two = "<p>August 25, 2024</p><p>August 26, 2023</p>"
    assert _read(_ld(item), f"<h1>Goats</h1>{two}{PROSE}").published == "2025-06-24"
    quoted = f"{PROSE * 3}<p><b>The Shepherd, 25 August 2024</b></p>"
    assert _read(_ld(item), f"<h1>Goats</h1>{quoted}").published == "2025-06-24"


def test_a_thread_is_as_old_as_its_first_post() -> None:
    """Of the days that microdata gives each post the first counts, also where the page shows that of the last."""
    days = ("2024-01-14", "2024-01-15", "2024-01-18")
    posts = "".join(f'<p>A goat.<meta itemprop="datePublished" content="{day}"></p>' for day in days)
    assert _read(body=f"<h1>Goats?</h1><p>January 18, 2024</p>{posts}").published == "2024-01-14"


@pytest.mark.parametrize(
    ("body", "published", "modified"),
    [
        ("<p>March 5, 2021. <i>Updated: March 7, 2021</i></p>", "2021-03-05", "2021-03-07"),
        ("<p>March 5, 2021 | Last updated: March 7, 2021</p>", "2021-03-05", "2021-03-07"),
        ("<p><time>March 5, 2021</time> (updated <time>March 7, 2021</time>)</p>", "2021-03-05", "2021-03-07"),
        ("<p>Joined: May 1, 2019</p>", None, None),
        ("<p>Registered:</p><p>May 1, 2019</p>", None, None),
        ("<p>Give the day, the month and the year without blanks between them (9.9.2019)</p>", None, None),
        ("<p>Publicado em 5 de março de 2021</p>", "2021-03-05", None),
        ("<p>Pubblicato il 5 marzo 2021 | Aggiornato il 7 marzo 2021</p>", "2021-03-05", "2021-03-07"),
        ("<p>Opublikowano: 05.03.2021, aktualizacja: 07.03.2021</p>", "2021-03-05", "2021-03-07"),
        ("<p>Δημοσιεύτηκε: 5 Μαρτίου 2021 | Ενημερώθηκε: 7 Μαρτίου 2021</p>", "2021-03-05", "2021-03-07"),
        ("<p>Erschienen am:</p><h2>05.03.2021</h2>", "2021-03-05", None),
        ("<p>更新日：2021年3月7日</p>", None, "2021-03-07"),
    ],
)
def test_what_a_day_in_the_byline_is(body: str, published: str | None, modified: str | None) -> None:
    """Labels tell; what stands before an update's is the publication; days of members and in sentences are none."""
    found = _read(body=f"<h1>Goats</h1>{body}{PROSE}")
    assert (found.published, found.modified) == (published, modified)


def test_a_date_in_the_title_is_a_last_resort() -> None:
    """Where nothing else tells the day, the one in the title tag does."""
    title = "<title>08.11.2021 | Goats on the ferry</title>"
    assert _read(title, f"<h1>Goats on the ferry</h1>{PROSE}").published == "2021-11-08"
    assert _read(title, f"<h1>Goats on the ferry</h1><p>9 November 2021</p>{PROSE}").published == "2021-11-09"


@pytest.mark.parametrize("name", ["w-published-date", "pagePublishTime", "date_published_iso", "ms.publication-date"])
def test_any_name_of_a_publication_date_will_do(name: str) -> None:
    """Meta tags that no vocabulary has are read if their name says what they are."""
    assert _read(f'<meta name="{name}" content="2021-03-05">', PROSE).published == "2021-03-05"
    assert _read('<meta name="publisher-location" content="2021-03-05">', PROSE).published is None


def test_ambiguous_declared_dates_follow_the_region() -> None:
    """Also what is declared is read as the page's region writes it, named by `xml:lang` as well."""
    head = '<meta property="article:published_time" content="03-09-2021">'
    assert _read(head, PROSE, "en-US").published == "2021-03-09"
    assert _read(head, PROSE, "en-GB").published == "2021-09-03"
    page = f'<html xml:lang="en-GB"><body><h1>Goats</h1><p>02/10/2020</p>{PROSE}</body></html>'
    assert _declared(page).published == "2020-10-02"


@pytest.mark.parametrize(
    ("lang", "published"), [("en-GB", "2021-04-03"), ("en-US", "2021-03-04"), ("fr", "2021-04-03")]
)
def test_ambiguous_dates_follow_the_region(lang: str, published: str) -> None:
    """`03/04/2021` is read as the page's region writes it."""
    assert _read(body=f"<h1>Goats</h1><p>03/04/2021</p>{PROSE}", lang=lang).published == published


def test_a_day_in_the_description_is_a_last_resort() -> None:
    """Of a page that names none elsewhere; two days there are those of something else."""
    head = '<meta name="description" content="Goats on the ferry ({})">'
    body = f"<h1>Goats</h1>{PROSE}"
    assert _read(head.format("news of 14 January 2020"), body).published == "2020-01-14"
    assert _read(head.format("14 January 2020 to 16 January 2020"), body).published is None
    assert _read(head.format("14 January 2020"), f"<h1>Goats</h1><p>3 May 2021</p>{PROSE}").published == "2021-05-03"


def test_ambiguous_dates_of_english_pages_follow_the_country_of_the_host() -> None:
    """`en` alone does not tell whether a page is British."""
    body = f"<h1>Goats</h1><p>03/04/2021</p>{PROSE}"
    for host, published in (("example.co.uk", "2021-04-03"), ("example.com", "2021-03-04")):
        assert _read(f'<link rel="canonical" href="https://{host}/goats">', body).published == published


def test_what_is_marked_as_updated_in_other_languages_is_no_publication() -> None:
    """Of two `time` elements, what stands before each tells which is the update."""
    times = "<p>Julkaistu <time>5.3.2021</time> Päivitetty <time>6.3.2021</time></p>"
    found = _read("", f"<h1>Goats</h1>{times}{PROSE}", "fi")
    assert (found.published, found.modified) == ("2021-03-05", "2021-03-06")


def test_an_update_is_not_the_publication() -> None:
    """A date that is labelled as an update goes to `modified` alone."""
    found = _read(body=f"<h1>Goats</h1><p>Last updated: March 6, 2021</p>{PROSE}")
    assert (found.published, found.modified) == (None, "2021-03-06")


def test_an_events_days_are_not_the_publication() -> None:
    """The days on which an event is held are no dates of the page."""
    event = _ld({"@type": "Event", "name": "Goat fair", "startDate": "2021-03-05"})
    assert _read(event, f"<h1>Goat fair</h1><p>March 5, 2021</p>{PROSE}").published is None
    assert _read(body=f"<h1>Goat fair</h1><p>5 to 7 March 2021</p>{PROSE}").published is None


@pytest.mark.parametrize(
    "days",
    [
        "5-7 March 2021",
        "28 February 2021 – 6 March 2021",
        "February 28, 2021 to March 6, 2021",
        "28.02.2021 - 06.03.2021",
    ],
)
def test_from_when_to_when_something_is_says_nothing_of_the_publication(days: str) -> None:
    """Whether the month and year stand at both ends or at the last only; of two days apart the first may."""
    assert _read(body=f"<h1>Avalanche report</h1><p>{days}</p>{PROSE}").published is None
    assert _read(body=f"<h1>Report</h1><p>5 March 2021, 6 March 2021</p>{PROSE}").published == "2021-03-05"


@pytest.mark.parametrize("where", ["head", "body"])
def test_the_day_in_the_data_a_page_is_drawn_from_is_a_last_resort(where: str) -> None:
    """Of frameworks such as Next.js; unless it names the days of several pages, or the page shows one."""
    data = '<script id="__NEXT_DATA__" type="application/json">{"props": {"publishedAt": "2021-03-05T10:30:00Z"}}'
    title = f"<h1>Ferry</h1>{PROSE}"
    found = _read(**{"body": title} | {where: f"{data}</script>" + title * (where == "body")})
    assert (found.published, found.origins["published"]) == ("2021-03-05T10:30:00+00:00", "page_data")
    several = f"{data}</script>{data.replace('03-05', '03-06')}</script>"
    assert _read(several, title).published is None
    assert _read(data + "</script>", f"<h1>Ferry</h1><p>7 March 2021</p>{PROSE}").published == "2021-03-07"


def test_when_a_picture_was_taken_says_nothing_of_the_publication() -> None:
    """A day in the picture's credit; one beside a label counts all the same."""
    credit = "The pier in snow (Photo: N. Eide, 4 March 2021)"
    assert _read(body=f"<h1>Ferry</h1><p>{credit}</p>{PROSE}").published is None
    assert _read(body=f"<h1>Ferry</h1><p>Photo: N. Eide | Published: 5 March 2021</p>{PROSE}").published == "2021-03-05"


def test_impossible_dates_are_left_out() -> None:
    """The epoch's first day, years before the web and days that do not exist are no publication dates."""
    for value in ("1970-01-01T00:00:00Z", "0001-01-01", "2021-02-31", "soon"):
        assert _read(f'<meta property="article:published_time" content="{value}">').published is None


@pytest.mark.parametrize(
    "page",
    [
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<script type="application/ld+json">' + '{"a":' * 50_000 + "</script>",
        '<script type="application/ld+json">' + '"\\"' * 200_000 + "</script>",
        '<script type="application/ld+json">' + "/*" * 200_000 + "</script>",
        '<script type="application/ld+json">' + "1 " * 200_000 + "</script>",
        '<script type="application/ld+json">' + '{"@type":"Article","@id":"a","author":{"@id":"a"}}' + "</script>",
        "<title>" + "a - " * 100_000 + "</title><h1>" + "b | " * 100_000 + "</h1>",
        "<h1>x</h1>" + "<p class='author date'>By A B 1.1.2021</p>" * 50_000,
        "<h1>x</h1>" + "<i>" * 2_000 + "2021-01-01",
        "<meta name=author content='" + "By by, " * 50_000 + "'>",
        "<h1>x</h1><p>" + "1.1." * 100_000 + "</p>",
    ],
    ids=lambda page: page[:60],
)
def test_hostile_pages_cost_little(page: str) -> None:
    """Nesting, repetition and length neither raise nor take long."""
    read, parser, landmarks = read_page(page)
    start = time.process_time()
    read_declared(parser, landmarks, read.block_text)
    assert time.process_time() - start < 2


@given(st.text(max_size=300))
def test_any_json_ld_and_byline_is_survived(text: str) -> None:
    """Whatever stands in the script, the tags and the text, there is an answer, and the same one again."""
    page = (
        f'<script type="application/ld+json">{text}</script><meta name=author content="{text}"><h1>{text}</h1><p>{text}'
    )
    assert _declared(page) == _declared(page)


def test_a_labelled_date_under_the_text_is_read() -> None:
    """A label and a date in elements of their own, in one block far below the heading, make a date."""
    far = "<p>A short line.</p>" * 300
    below = "<div><b>Published:</b> <i>3 May 2021</i></div>"
    assert _read(body=f"<h1>The ferry</h1>{far}{below}").published == "2021-05-03"


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        (f"<ul><li><span>Thread starter</span><a href=/u/1>sean_g</a></ul>{PROSE}", ("sean_g",)),
        (f"<p class=username>microfast</p>{PROSE}<p class=username>other</p>", ("microfast",)),
        (f"<form><label class=username>Benutzername</label></form>{PROSE}", ()),
        (f"{PROSE * 9}<p>Written by John Crenshaw</p>", ("John Crenshaw",)),
        (f"{PROSE * 9}<h3>Article by</h3><div>Matias Heikkilä</div>", ("Matias Heikkilä",)),
        (f"{PROSE * 9}<p>Shoes by Ebern Designs</p>", ()),
        (f"<p>記者王敬照／報導</p><p>本报记者王敬照</p>{PROSE}", ("王敬照",)),
        (f"<p class=author>记者王敬照</p>{PROSE}", ("王敬照",)),
        (f"<p class=blog_author-box__name>Lauren Vetter</p>{PROSE}", ("Lauren Vetter",)),
        (f"<aside class=post-author>Lauren Vetter</aside>{PROSE}", ("Lauren Vetter",)),
        (f"<aside><p class=author>Lauren Vetter</p></aside>{PROSE}", ()),
        (f"<div class=popupmenu><b itemprop=author>hostlar</b></div>{PROSE}", ("hostlar",)),
        (f"<div>2025-03-04 10:20 来源：河报 作者：王小明</div>{PROSE}", ("王小明",)),
        (f"<p>Published on 4 March 2025 by Nora Eide in Ferries</p>{PROSE}", ("Nora Eide",)),
        (f"<p>Publié le 4 mars 2025 à 10h20, par Anne Roux</p>{PROSE}", ("Anne Roux",)),
        (f"<p>Anna Eide | March 4, 2025</p>{PROSE}", ("Anna Eide",)),
        (f"<p>Coast Gazette | March 4, 2025</p>{PROSE}", ()),
        (f"<p>The lease was signed on 4 March 2025 by Nora Eide</p>{PROSE}", ()),
    ],
)  # fmt: skip
def test_authors_where_nothing_declares_them(body: str, authors: tuple[str, ...]) -> None:
    """The writer of a thread's first post, a name after a sure label far below, a name in a marked element."""
    assert _read(body=f"<h1>The ferry</h1>{body}").authors == authors


def test_accounts_have_digits() -> None:
    """Who began a thread is its author, whatever the account is called."""
    posts = "".join(
        f"<div class=post><span itemprop=author itemscope><i itemprop=name>{name}</i></span>{PROSE}</div>"
        for name in ("rider2000", "Nora Eide")
    )
    assert _read(body=f"<h1>Which ferry?</h1>{posts}").authors == ("rider2000",)


def test_systems_stamps_are_no_publication() -> None:
    """The date that a publishing system gives each page counts only where the page is an article or shows it."""
    stamp = _ld({"@type": "WebPage", "datePublished": "2021-03-05"})
    assert _read(stamp, f"<h1>Our ferries</h1>{PROSE}").published is None
    assert _read(stamp, f"<h1>Our ferries</h1><p>5 March 2021</p>{PROSE}").published == "2021-03-05"
    assert _read(stamp.replace("WebPage", "NewsArticle"), f"<h1>Our ferries</h1>{PROSE}").published == "2021-03-05"


def test_teasers_names_and_dates_are_not_the_pages() -> None:
    """A card with a linked heading of its own is about another page; the page's own heading may be linked."""
    cards = "".join(
        f"<div class=card><h3><a href=/{n}>Sheep {n}</a></h3><time>{n} May 2021</time><b class=author>Ole Vik</b></div>"
        for n in (7, 3)
    )
    found = _read(body=f"<h1>All our news</h1><div>{cards}</div>")
    assert (found.published, found.authors) == (None, ())
    own = "<div class=card><h2><a href=/g>Goats</a></h2><time>7 May 2021</time><b class=author>Ole Vik</b></div>"
    found = _read("<title>Goats</title>", f"{own}<div class=card>{PROSE}</div>")
    assert (found.published, found.authors) == ("2021-05-07", ("Ole Vik",))


def test_dates_newest_first_are_those_of_a_list() -> None:
    """A list of news has its newest day first and no day of its own; a thread was begun on its first."""
    days = [f"<p><time>{day} May 2021</time></p>" for day in (3, 5, 9, 14)]
    assert _read(body=f"<h1>Goats</h1>{''.join(days)}").published == "2021-05-03"
    assert _read(body=f"<h1>Goats</h1>{''.join(reversed(days))}").published is None
    own = f"<h1>Goats</h1><p>20 May 2021</p>{PROSE * 9}{''.join(reversed(days))}"
    assert _read(body=own).published == "2021-05-20"


def test_reviewers_of_an_offer_are_not_its_authors() -> None:
    """The page of a product shows the names and days of its reviews."""
    review = f"<h1>Goat cheese</h1><div><b class=author>Ole Vik</b> <time>3 May 2021</time></div>{PROSE}"
    found = _read(_ld({"@type": "Product", "name": "Goat cheese"}), review)
    assert (found.authors, found.published) == ((), None)
    assert _read(body=review).authors == ("Ole Vik",)


def test_a_slogan_is_no_title() -> None:
    """Where no article has a heading that nothing agrees with, the page's declared name is its title."""
    head = '<title>Ferry software</title><meta property="og:title" content="Ferry software">'
    slogan = f"<h1>Your boat. Your way.</h1>{PROSE}"
    assert _read(head, slogan).title == "Ferry software"
    assert _read(head + '<meta property="og:type" content="article">', slogan).title == "Your boat. Your way."


def test_a_declared_title_ends_at_a_bar() -> None:
    """What follows a bar in a title that no heading shows are keywords."""
    head = '<meta property="og:title" content="Goat cheese | Fresh from the farm">'
    assert _read(head, PROSE).title == "Goat cheese"
    assert _read(head, f"<h1>Goat cheese | Fresh from the farm</h1>{PROSE}").title.endswith("farm")


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        # Two bylines: the one under the heading is the page's.
        ("", "<p>Par Didier Roy</p><p class=author>En kiosques</p>", ("Didier Roy",)),
        # An account is declared, a full name is shown.
        ("<meta name=author content=KatieS><meta property=og:type content=article>", "<p>By Ole Vik</p>", ("Ole Vik",)),
        # One place declares the first author alone.
        (
            _ld({"@type": "Article", "author": "Nora Eide"}) + '<meta name=author content="Nora Eide, Ole Vik">',
            "",
            ("Nora Eide", "Ole Vik"),
        ),
        ("", "<p>Von Jörg Kohl/AFP</p>", ("Jörg Kohl",)),
        ("", "<p>Posted by Konstantin</p>", ("Konstantin",)),
        ("", "<p class=author>Fjord Staff</p>", ("Fjord Staff",)),
        ("", f"{PROSE * 9}<h3>Author</h3><p>Lisa D. Ellis</p>", ("Lisa D. Ellis",)),
        # A site that signs its articles is their author; whose a site is, says nothing of a page that shows no name.
        (
            '<meta property="og:site_name" content="Fjord">' + _ld({"@type": "Article", "author": {"name": "Fjord"}}),
            "",
            ("Fjord",),
        ),
        ('<meta name=author content="Loyola Marymount University">', "", ()),
        ("<meta name=author content='Ben Nadel'><meta property=og:type content=article>", "", ("Ben Nadel",)),
    ],
)
def test_whose_name_counts(head: str, body: str, authors: tuple[str, ...]) -> None:
    """Of several places that name authors, the page's own and fullest is believed."""
    assert _read(head, f"<h1>The ferry</h1>{body}{PROSE}").authors == authors


@pytest.mark.parametrize("link", ['<a rel="author" href="/u/7">{}</a>', '<a href="https://a.example/authors/7">{}</a>'])
def test_a_link_to_the_author_names_one(link: str) -> None:
    """Marked as such, or by its address."""
    assert _read(body=f"<h1>Tides</h1><p>{link.format('Nora Eide')}</p>{PROSE}").authors == ("Nora Eide",)


def test_a_link_to_the_licence_is_the_page_s() -> None:
    """In the text as in the head."""
    address = "https://creativecommons.org/licenses/by/4.0/"
    assert _read(body=f'{PROSE}<a rel="license" href="{address}">CC BY</a>').licence == address


@pytest.mark.parametrize(
    ("path", "day"),
    [("2021/03/05/tides", "2021-03-05"), ("2021/3/5/tides", "2021-03-05"), ("news/05-03-2021-tides", "2021-03-05"),
     ("2021/13/05/tides", None)],
)  # fmt: skip
def test_an_address_tells_the_day(path: str, day: str | None) -> None:
    """Where the page says none."""
    assert _read(f'<link rel="canonical" href="https://a.example/{path}">', PROSE).published == day
