"""Markup is bounded before a parser sees it; honest pages pass unchanged."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from docmill.extract import guard
from docmill.extract.guard import MOST_DEPTH
from docmill.extract.html import read_page
from docmill.extract.nesting import too_deep

PARAGRAPH = "<p class=a>The ferry <b>left</b> at noon.</p>"


def bounded_html(text: str) -> tuple[str, tuple[str, ...]]:
    """What the guard makes of a page, as text again."""
    page, warnings = guard.bounded_html(text.encode())
    return page.decode(), warnings


@given(
    st.lists(
        st.sampled_from([PARAGRAPH, "<div>", "</div>", "<br/>", "a < b & c", "<img src='x>y'>", "<li>"]), max_size=60
    )
)
def test_honest_pages_pass_unchanged(pieces: list[str]) -> None:
    """A page within the bounds is the same page."""
    assert bounded_html("".join(pieces)) == ("".join(pieces), ())


def test_unclosed_paragraphs_and_items_do_not_nest() -> None:
    """Thousands of elements that close one another are not deep."""
    page = "<ul>" + "<li>one<p>two" * 3000 + "</ul>"
    assert bounded_html(page) == (page, ())


@pytest.mark.parametrize(
    "piece",
    [
        "<svg><title>up</title><path d='M0 0'/><g><rect x=1 /><use href=#a /></g></svg>",
        "<svg><symbol><sodipodi:namedview id='x'/><style>.a{}</style></symbol></svg>",
        "<math><mrow><mi>x</mi><mspace/><mo>=</mo></mrow></math>",
        '<script>let a = "<div><b>ferry<\\/b><\\/div>";</script>',
        "<!-- <div> --><!--><textarea><div></textarea><?x <div> ?>",
    ],
)
def test_what_closes_itself_or_is_no_markup_does_not_nest(piece: str) -> None:
    """Drawings, formulas, and tags in scripts and comments make no page deep, however many there are."""
    page = f"<main>{piece * 1000}{PARAGRAPH}</main>"
    assert bounded_html(page) == (page, ())


MARKUP = [
    "<svg>", "</svg>", "<path/>", "<path d=x/>", '<path d="x"/>', "<g>", "</g>", "<title>", "</title>", "<style>",
    "</style>", "<script>", "</script>", "</scriptx>", "<!--<script>", "<select>", "</select>", "<!--", "-->", "<!-->",
    "<![CDATA[", "]]>", "<foreignObject>", "</foreignObject>", "<div>", "</div>", "<td>", "<tr>", "<table>", "</table>",
    "<p>", "</p>", "<b>", "<font color=1>", "<math>", "</math>", "<mi>", "</mi>", '<a ="><i>">', '<a b=">', '"', ">",
    "<!x>", "<? <!-- ?>", "</ <!-- >", "<svg/>", "<textarea>", "</textarea>", "<iframe>", "<noscript>", "<template>",
    "<span>", "</span>", "<svg:g>", "<g\x0b/>", "<image>", "<frameset>", "<li>", "<ul>", "</br>", "<br>", "<input>",
    "x",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(MARKUP), max_size=6).map("".join),
    st.lists(st.sampled_from(MARKUP), min_size=1, max_size=5).map("".join),
)
def test_no_page_is_taken_to_be_less_deep_than_a_parser_makes_it(before: str, repeated: str) -> None:
    """Whatever the markup breaks: where the parser nests deeper than the bound, the bound is seen to be passed."""
    page = before + repeated * 60
    root = LexborHTMLParser(page).root
    assert root is None or _depth(root) <= 50 or too_deep(page, 30) is not None


@pytest.mark.parametrize(
    "unit",
    [
        "<dd><li>", "<dt><p><li>", "<b><dd><li></b>", "<span><div></span></div>", "<ul><table></ul></table>",
        "<div><!--</div>-->", "<div><select></div></select>", "<form><div><form></form></form>",
        "<b><table></b></table>", "<div><svg><foreignObject></div></foreignObject></svg>", "<h1><div><h2></h1>",
        "<div><object></div></object>",
    ],
)  # fmt: skip
def test_end_tags_that_close_nothing_do_not_hide_how_deep_a_page_is(unit: str) -> None:
    """Nor do items that nest in items of another kind: a parser would take quadratic time over them."""
    root = LexborHTMLParser(unit * 60).root
    assert root is not None and _depth(root) > 50  # noqa: PT018  one precondition
    assert too_deep(unit * 60, 30) is not None
    bounded, warnings = bounded_html(unit * 20_000)
    root = LexborHTMLParser(bounded).root
    assert root is not None
    assert _depth(root) < 4 * MOST_DEPTH
    assert warnings[0].startswith("repaired:")


@pytest.mark.parametrize(
    "unit", ["<ul><li>a</ul><dl><dt>b<dd>c</dl>", "<li>a</li><dd>b</dd>", "<dd><ul><li>a</ul>", "<div><b>x</div></b>"]
)
def test_items_and_blocks_that_are_closed_do_not_nest(unit: str) -> None:
    """However many there are, and whether by their own end tags or those of what they are in."""
    page = f"{unit * 8000}{PARAGRAPH}"
    assert bounded_html(page) == (page, ())


@pytest.mark.parametrize(
    "unit",
    [
        '<p><a name="n">one', "<p><font size=2>one</p>", "<tr><td><center>one</td>",
        "<table><tr><td><b>one<td>two</table>", "<h2>one<p>two", "<nobr>one", "<button>one",
    ],
)  # fmt: skip
def test_what_old_pages_leave_open_is_not_deep(unit: str) -> None:
    """Parsers end such elements by themselves, which only they know in full: a page that seems deep is parsed."""
    page = f"<table>{unit * 1000}</table>" if unit.startswith("<tr>") else unit * 1000
    assert too_deep(page, MOST_DEPTH) is not None
    assert bounded_html(page) == (page, ())


def _depth(root: LexborNode) -> int:
    """Levels of a tree."""
    level, depth = [root], 0
    while level := [child for node in level for child in node.iter()]:
        depth += 1
    return depth


@pytest.mark.parametrize("opener", ["<b>", "<div>", "<b></x>", '<span a="1>2">', "<font\n>"])
def test_deep_nesting_is_cut_and_the_text_stays(opener: str) -> None:
    """Markup beyond the bound goes with a warning; what it held is still there."""
    bounded, warnings = bounded_html(f"{PARAGRAPH}{opener * 5000}the end")
    assert bounded.startswith(PARAGRAPH)
    assert bounded.endswith("the end")
    assert bounded.count("<") < MOST_DEPTH * 2 + 10
    assert warnings[0].startswith("repaired:")


def test_what_is_nested_too_deeply_stays_in_blocks() -> None:
    """Paragraphs stay apart, and scripts and styles are no text there either."""
    tail = f"{PARAGRAPH}<script>if (a<b) run()</script><STYLE>.a{{}}</STYLE>{PARAGRAPH}"
    bounded, _ = bounded_html(f"{'<span>' * 600}{tail}")
    assert read_page(bounded)[0].block_text == ["The ferry left at noon."] * 2


@pytest.mark.parametrize("value", ["x", ">", "<", "' >"])
def test_tags_of_a_million_attributes_are_bared(value: str) -> None:
    """Attributes beyond all sense go, whatever their values hold; the text around stays."""
    tag = "<div " + " ".join(f'a{n}="{value}"' for n in range(120_000)) + ">"
    bounded, warnings = bounded_html(f"{PARAGRAPH}{tag}the end")
    assert bounded == f"{PARAGRAPH}<div>the end"
    assert warnings == ("repaired: 1 oversized tags lost their attributes",)


def test_long_scripts_are_no_tags() -> None:
    """A comparison in a long script does not make a tag of the rest of the page."""
    page = f"<script>for(i=0;i<n;i++){{{'a=1;' * 40_000}}}</script>{PARAGRAPH}"
    assert bounded_html(page) == (page, ())


@pytest.mark.parametrize("unit", ["<", "<a", "<a b='", '<a b="', "<!--", "<script>", "<a =", "</a", "='", "&amp;"])
def test_time_is_linear(unit: str) -> None:
    """Twice the flood takes about twice the time."""

    def seconds(count: int) -> float:
        start = time.process_time()
        bounded_html(unit * count)
        return time.process_time() - start

    assert seconds(400_000) < 12 * max(seconds(100_000), 0.005)


@pytest.mark.parametrize("text", ["<!-- {} -->", "<title>{}</title>", "<STYLE>{}</Style >", "<script>{}</script>"])
def test_long_tags_are_looked_for_where_tags_may_stand(text: str) -> None:
    """What looks like an oversized tag in a comment or a script is none; one after it is bared."""
    lookalike = text.format("<b " + "x " * 40_000)
    page = f"{lookalike}{PARAGRAPH}<b {'x ' * 40_000}>"
    assert bounded_html(page) == (f"{lookalike}{PARAGRAPH}<b>", ("repaired: 1 oversized tags lost their attributes",))


@pytest.mark.parametrize(
    ("start", "end"),
    [("<!-- ", "--!>"), ("<!--", ">"), ("<script>1</scripts>", "</script>"), ("<title></titles ", "</title>")],
)
def test_comments_and_scripts_end_where_the_standard_says(start: str, end: str) -> None:
    """An oversized tag right behind their end is bared; one that only seems to stand behind it stays."""
    tag = f"<b {'x ' * 40_000}>"
    cut = ("repaired: 1 oversized tags lost their attributes",)
    assert bounded_html(start + end + tag) == (f"{start}{end}<b>", cut)
    assert bounded_html(start + tag) == (start + tag, ())


@pytest.mark.parametrize("before", ["", PARAGRAPH * 3, PARAGRAPH * 2500, "<b title='" + "y" * 40_000 + "'>" * 3])
@pytest.mark.parametrize("after", ["", PARAGRAPH, "<script>" + "x" * 90_000 + "</script>"])
def test_a_long_tag_is_found_among_any_number_of_others(before: str, after: str) -> None:
    """However much plain markup stands around it, a long tag is bared and all else stays."""
    page = f'{before}<a href="{"x" * 100_000}">ferry</a>{after}'
    assert bounded_html(page) == (
        f"{before}<a>ferry</a>{after}",
        ("repaired: 1 oversized tags lost their attributes",),
    )
