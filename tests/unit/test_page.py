"""Web pages: blocks from the tree, the choice of blocks, the removal log, and what becomes of lists and tables."""

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from time import process_time
from urllib.parse import urljoin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from docmill.clean.page import _dangling, clean_page
from docmill.clean.page.assemble import assemble
from docmill.clean.page.choose import NAMES as SET_NAMES
from docmill.clean.page.choose import candidates, preference
from docmill.clean.page.features import NAMES, Matrix, columns_of, features
from docmill.clean.page.marks import MARKS, REASONS
from docmill.clean.page.model import load_model
from docmill.clean.page.names import KINDS, NameTable, names_in
from docmill.clean.page.reasons import name_reasons
from docmill.clean.page.texts import Texts, read_texts
from docmill.clean.page.tree import ancestors_at, common_depths, inherited
from docmill.clean.page.vocabulary import Vocabulary, word_tokens
from docmill.clean.page.words import read_units, read_words, word_numbers
from docmill.extract.guard import bounded_html
from docmill.extract.html import read_page
from docmill.extract.html.frames import with_ended_frames
from docmill.extract.html.kinds import places
from docmill.extract.html.page import Page, Signature
from docmill.extract.html.shape import Shape
from docmill.extract.html.structured_text import _squeezed
from docmill.extract.html.walk import walk
from docmill.markdown import to_markdown
from schemas.document import Block, BlockKind, RemovalReason

PARAGRAPH = (
    "The harbour office said on Monday that the new ferry will run from the first week of May, four times a day each "
    "way, and that the old landing stage is to be kept for fishing boats. "
)
ARTICLE = f"""<html><head><title>Ferry to return in May - Coast Gazette</title></head><body>
<header><nav class="main-menu"><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li>
<li><a href="/sport">Sport</a></li><li><a href="/contact">Contact</a></li></ul></nav></header>
<main><article><h1>Ferry to return in May</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1]}</p>
<p>{PARAGRAPH} See the <a href="/timetable">timetable</a>.</p>
<h2>What it costs</h2><ul><li>A single ticket costs four crowns for everyone over twelve.</li>
<li>A bicycle travels free of charge on every crossing.</li></ul><p>{PARAGRAPH.upper()}</p></article></main>
<aside class="related"><h3>Related</h3><ul><li><a href="/a">Bridge closed for repairs</a></li>
<li><a href="/b">Fish market moves</a></li></ul></aside>
<div class="cookie-banner">We use cookies. <button>Accept all</button></div>
<footer class="site-footer">© Coast Gazette. <a href="/privacy">Privacy</a></footer></body></html>"""


NOTHING: dict[str, dict[str, float]] = {kind: {} for kind in KINDS}


def _page(html: str | bytes) -> Page:
    return read_page(html)[0]


def test_characters_that_show_nothing_make_no_block() -> None:
    """Such as a joiner that an editor left in a paragraph of its own; within words they are hygiene's."""
    assert _page("<p>one</p><p>\u200d</p><p>\u200b \ufeff</p><p>tw\u00ado</p>").block_text[:2] == ["one", "tw\u00ado"]


def _keep(page: Page) -> NDArray[np.bool_]:
    model = load_model()
    return model.keep(page, Shape.of(page), model.names.read(page.signatures))


def test_blocks_are_what_stands_between_block_level_borders() -> None:
    """Inline elements and single line breaks do not part a text; two breaks and block elements do."""
    page = _page("<p>one <b>two</b> <a href='/x'>three</a><br>four<br><br>five</p><div>six<p>seven</p>eight</div>")
    assert page.block_text == ["one two three\nfour", "five", "six", "seven", "eight"]
    assert page.block_link_characters == [5, 0, 0, 0, 0]
    assert (list(page.link_block), page.link_target, page.link_text) == ([0], ["/x"], ["three"])


def test_a_block_belongs_to_the_element_of_its_longest_text() -> None:
    """A counter, a number or a link at the beginning of a paragraph does not tell what the paragraph is."""
    page = _page("<p><span class='comments'>0</span>The ferry <b>runs</b> again</p><pre><i>1 </i>x = 1</pre>")
    tags = [page.signatures[page.element_signature[leaf]][0] for leaf in page.block_leaf]
    assert tags == ["p", "pre"]


def test_scripts_and_styles_are_no_text_but_noscript_is() -> None:
    """Forums that are drawn by a script carry their posts in noscript."""
    page = _page(
        "<script>x</script><style>y</style><template>z</template><noscript><p>posts</p></noscript><svg>s</svg>"
    )
    assert page.block_text == ["posts"]


def test_code_keeps_its_lines_and_indents() -> None:
    """Preformatted text is not reflowed."""
    page = _page("<pre>def f():\n    return 1\n\n</pre>")
    assert page.block_text == ["def f():\n    return 1"]


@pytest.mark.timeout(5)
def test_blanks_within_code_are_looked_at_once() -> None:
    """However many there are in a row; nor within what JSON-LD says."""
    assert len(_page(f"<pre>x{' ' * 200_000}y  \nz</pre>").block_text[0]) == 200_004
    said = json.dumps({"@type": "Article", "articleBody": f"{PARAGRAPH}<br>{PARAGRAPH}{' ' * 200_000}x"})
    assert len(_page(f'x<script type="application/ld+json">{said}</script>').block_text) == 3


def test_formulas_are_text() -> None:
    """As TeX where the page has it; once where it shows them a second time; of the element that holds them."""
    shown = "<span class=katex-mathml><math><mi>y</mi></math></span><span class=katex-html>y</span>"
    page = _page(
        r'<p>where <math alttext="{\displaystyle x^{2}}"><mi>x</mi></math> is</p><div><math><mi>E</mi><mo>=</mo><mi>m'
        r"</mi></math></div><p><math><semantics><mi>z</mi><annotation encoding='application/x-tex'>\zeta</annotation>"
        f"</semantics></math></p><p>{shown}</p>"
    )
    assert page.block_text == ["where x^{2} is", "E=m", r"\zeta", "y"]
    assert [page.signatures[page.element_signature[leaf]][0] for leaf in page.block_leaf[:3]] == ["p", "div", "p"]


def test_what_stands_in_for_a_plugin_is_a_block_that_is_hidden() -> None:
    """So that cleaning decides on it, and logs it; without any text it parts none."""
    page = _page("<p>one <object data=x><param name=y></object>two</p><p>three <object>Get it</object> four</p>")
    assert page.block_text == ["one two", "three", "Get it", "four"]
    roles = [page.signatures[page.element_signature[leaf]][3] for leaf in page.block_leaf]
    assert roles == ["", "", "hidden", ""]


def test_powers_are_no_further_digits() -> None:
    """A digit raised behind a digit; behind a word, and within brackets, it is a note."""
    html = "<p>10<sup>6</sup>, 10<sup><i>−3</i></sup>, m<sup>2</sup>, 2019<sup>[3]</sup>, 5<sup>th</sup> 6</p>"
    assert _page(html).block_text == ["10^6, 10^−3, m2, 2019[3], 5th 6"]


def test_only_what_is_not_displayed_is_hidden() -> None:
    """`none` may be said of other things in the same breath."""
    page = _page('<p style="display:block;border:none">a</p><p style="color:red;Display : none">b</p>')
    assert [role.strip() for *_, role in page.signatures if role] == ["hidden"]


def test_signs_that_lead_to_a_heading_are_no_text() -> None:
    """They stand in it or before it; notes in brackets stay."""
    page = _page(
        '<h2>Usage<a href="#usage">¶</a></h2><h3><a href="https://x.example/y#a">#</a> Ebb</h3>'
        '<p>See <a href="#1">[1]</a></p>'
    )
    assert (page.block_text, page.link_text) == (["Usage", "Ebb", "See [1]"], ["[1]"])


def test_code_whose_lines_are_inline_elements_keeps_them() -> None:
    """With or without line breaks between them; others are no lines."""
    line = '<span class="highlight-code-line">'
    assert _page(f"<pre><code>a\n{line}  b</span>{line}  c</span>d\n</code></pre>").block_text == ["a\n  b\n  c\nd"]
    listed = '<pre><span class="line">a</span>\n<span class="line">b</span>\n\n<span class="underline">c</span> d</pre>'
    assert _page(listed).block_text == ["a\nb\n\nc d"]


def test_links_are_relative_to_the_base_that_a_page_declares() -> None:
    """Which may be relative to the page's own address."""
    html = f"<head><base href='/tides/'></head><p>{PARAGRAPH * 3}<a href='ebb'>Ebb</a></p>"
    assert [link.url for link in clean_page(_page(html), "https://quay.example/a/b").links] == [
        "https://quay.example/tides/ebb"
    ]


def test_a_heading_at_the_end_of_the_text_goes() -> None:
    """What stood below it has gone; several are a list."""
    page = _page("<p>one</p><h2>two</h2><h2>three</h2>")
    where = places(Shape.of(page))
    assert [_dangling(page, where, staying) for staying in ([0, 1, 2], [0, 1], [1])] == [None, 1, None]


def test_a_heading_by_its_role_has_its_level() -> None:
    """Of pages that make their headings of `div`; without a level it is of the second."""
    page = _page('<div role="heading" aria-level="3">one</div><div role=heading>two</div><p role=note>three</p>')
    found = [(place.kind.value, place.level) for place in places(Shape.of(page))]
    assert found == [("heading", 3), ("heading", 2), ("paragraph", None)]


def test_deleted_text_is_apart_from_what_replaces_it() -> None:
    """Prices before and after a reduction are two; punctuation stays where it is."""
    page = _page("<p><del>$20</del><ins>$15</ins>, not <s>low</s>, <s>$9</s>/month</p>")
    assert page.block_text == ["$20 $15, not low, $9/month"]


def test_numbers_of_notes_are_set_apart_from_words() -> None:
    """Of raised numbers those that lead to a note; others are powers or nothing of the kind."""
    page = _page(
        '<p>moon<sup><a href="#n">1</a></sup>, tide<a href="#m"><sup>2</sup></a> of 10<sup>3</sup> m<sup>2</sup></p>'
    )
    assert page.block_text == ["moon[1], tide[2] of 10^3 m2"]


def test_hidden_labels_within_a_text_are_none_of_it() -> None:
    """Those that no reader sees; not signs that only screen readers pass over, nor what is shown on demand.

    A block of nothing else is for cleaning to judge.
    """
    page = _page(
        "<p>The <span hidden>Menu</span>ferry<a style='display: none' href=/x>Cancel <b>reply</b></a> left"
        f" <span aria-hidden=true>→</span> north<span style='display:none'> {'late ' * 30}</span>.</p>"
        "<span hidden><div>A block</div></span><p><small hidden>Cancel</small></p>"
    )
    assert page.block_text == [f"The ferry left → north {'late ' * 30}.", "A block", "Cancel"]


def test_a_label_at_the_end_of_the_text_goes() -> None:
    """What it promises was cut off; a sentence that ends with a colon is longer."""
    for last, dropped in (("Links on the subject:", 1), ("Links on the subject", None)):
        page = read_page(f"<p>The ferry left.</p><p>{last}</p>")[0]
        assert _dangling(page, places(Shape.of(page)), [0, 1]) == dropped


def test_labels_of_advertising_go_wherever_they_stand() -> None:
    """Also where the model takes them for part of the text around them; what speaks of it stays."""
    prose = "The ferry left at noon with forty people and two goats aboard, and nobody minded the rain at all. "
    talk = "An advertisement for the ferry hung in every shop of the lower town that summer, and people laughed at it."
    body = "".join(f"<p>{prose}{n}</p><p>Advertisement</p><p>Publicidade</p><p>{talk}{n}</p>" for n in range(6))
    found = clean_page(read_page(f"<article><h1>Goats</h1>{body}</article>")[0], None)
    texts = [block.text for block in found.blocks]
    assert "Advertisement" not in texts
    assert f"{talk}3" in texts
    assert {r.reason for r in found.removed if r.text == "Publicidade"} == {RemovalReason.ADVERTISEMENT}


def test_code_whose_lines_are_blocks_is_one() -> None:
    """Each line an element of its own, as some highlighters write them; what an open `pre` holds else is not."""
    page = _page(
        "<pre><code><div><span>if x:</span></div><div><span>    y()\n</span></div><div>z</div></code></pre>"
        "<p>Say <code>x</code> <code>y</code>.</p><pre><div>a</div><div>b</div>"
    )
    assert page.block_text == ["if x:\n    y()\nz", "Say x y.", "a", "b"]


def test_elements_know_their_blocks() -> None:
    """An element's range covers the blocks inside it, those of its descendants included."""
    page = _page("<body><div id=a><p>1</p><p>2</p></div><div id=b><p>3</p></div></body>")
    ranges = {
        page.signatures[kind][2]: (page.element_start[number], page.element_end[number])
        for number, kind in enumerate(page.element_signature)
    }
    assert (ranges["a"], ranges["b"]) == ((0, 2), (2, 3))


def test_text_only_in_json_ld_becomes_blocks_and_visible_text_is_not_doubled() -> None:
    """A product's description that no element shows is kept; one that is shown is not said twice."""
    hidden = "A folding chair of ash wood with a woven seat, light enough to carry in one hand to the beach and back."
    page = _page(
        f'<script type="application/ld+json">{{"@type": "Product", "description": "{hidden}"}}</script>'
        f'<script type="application/ld+json">{{"@type": "Article", "articleBody": "{PARAGRAPH}"}}</script>'
        f"<p>{PARAGRAPH}</p>"
    )
    assert page.block_text == [PARAGRAPH.strip(), hidden]
    assert page.types == {"product", "article"}


def test_fields_of_json_ld_are_read_in_its_order() -> None:
    """Not in that of a set, which differs from process to process."""
    texts = {name: f"{name} " + PARAGRAPH for name in ("text", "description", "reviewBody", "articleBody")}
    page = _page(f'<script type="application/ld+json">{json.dumps(texts)}</script><p>x</p>')
    assert [text.split()[0] for text in page.block_text[1:]] == list(texts)


def test_broken_json_ld_is_left_alone() -> None:
    """What cannot be parsed adds nothing."""
    assert _page('<script type="application/ld+json">{"description": </script><p>x</p>').block_text == ["x"]


def test_prompts_in_the_text_of_a_small_page_go() -> None:
    prompts = {
        "Sign in to leave a comment": RemovalReason.LOGIN_PROMPT,
        "Abonnez-vous à notre lettre": RemovalReason.LOGIN_PROMPT,
        "Share on Facebook": RemovalReason.SHARING,
        "Related articles": RemovalReason.RELATED_LINKS,
        "We use cookies to make this site better.": RemovalReason.COOKIE_BANNER,
        "© 2025 Coast Gazette. All rights reserved.": RemovalReason.LEGAL,
    }
    between = "".join(f"<p>{text}</p>" for text in prompts)
    page = _page(f"<article><h1>Ferry</h1><p>{PARAGRAPH}</p>{between}<p>{PARAGRAPH[::-1]}</p></article>")
    cleaned = clean_page(page, None)
    assert {removal.text: removal.reason for removal in cleaned.removed} == prompts
    assert [block.text for block in cleaned.blocks][1:] == [PARAGRAPH.strip(), PARAGRAPH[::-1].strip()]


def test_steps_and_sentences_that_read_like_prompts_stay() -> None:
    steps = "<ol><li>Sign in to your account</li><li>Open the menu and choose Share on Facebook</li></ol>"
    told = "<p>Then log in with the code we sent you.</p><p>© Coast Gazette</p>"
    page = _page(f"<article><h1>How to share a timetable</h1><p>{PARAGRAPH}</p>{steps}{told}</article>")
    cleaned = clean_page(page, None)
    assert not {removal.reason for removal in cleaned.removed} & {RemovalReason.LOGIN_PROMPT, RemovalReason.SHARING}
    assert [block.text for block in cleaned.blocks if block.kind is BlockKind.LIST_ITEM] == [
        "Sign in to your account", "Open the menu and choose Share on Facebook",
    ]  # fmt: skip


def test_a_page_of_nothing_but_prompts_keeps_them() -> None:
    cleaned = clean_page(
        _page("<main><h1>Sign in</h1><p>Forgot your password</p><p>Create an account</p></main>"), None
    )
    assert [block.text for block in cleaned.blocks] == ["Sign in", "Forgot your password", "Create an account"]


def test_what_is_shown_without_scripts_only_to_say_so_goes() -> None:
    page = _page(
        f"<article><noscript><p>Please enable JavaScript to read on.</p></noscript><h1>Ferry</h1><p>{PARAGRAPH}</p>"
        "<p>JavaScript runs the timetable of the old landing stage, and nobody remembers why it was made so.</p>"
        "</article>"
    )
    cleaned = clean_page(page, None)
    assert [removal.text for removal in cleaned.removed] == ["Please enable JavaScript to read on."]


def test_what_a_footer_says_of_rights_sharing_and_accounts_is_named_by_its_wording() -> None:
    footer = "".join(
        f"<p>{text}</p>" for text in (
            "© 2025 Coast Gazette. All rights reserved.", "Follow us on Facebook and Instagram",
            "Sign in to read all of our issues", "Read more about our other papers", "Privacy policy",
        )
    )  # fmt: skip
    cleaned = clean_page(_page(ARTICLE.replace("© Coast Gazette.", footer)), None)
    reasons = {removal.text: removal.reason for removal in cleaned.removed}
    assert reasons["© 2025 Coast Gazette. All rights reserved."] is RemovalReason.LEGAL
    assert reasons["Follow us on Facebook and Instagram"] is RemovalReason.SHARING
    assert reasons["Sign in to read all of our issues"] is RemovalReason.LOGIN_PROMPT
    assert {reasons[text] for text in ("Read more about our other papers", "Privacy policy", "Sport")} == {
        RemovalReason.NAVIGATION
    }


def test_what_neither_place_nor_wording_tells_of_is_boilerplate() -> None:
    """An element's name comes first, then what is said; else there is one reason for all."""
    page = _page("<div>Some words of no kind</div><nav><p>Other words</p></nav><div>We use cookies.</div>")
    told = load_model().names.read(page.signatures)
    assert name_reasons(page, Shape.of(page), told, [0, 1, 2]) == [
        RemovalReason.BOILERPLATE, RemovalReason.NAVIGATION, RemovalReason.COOKIE_BANNER,
    ]  # fmt: skip


def test_an_article_keeps_its_text_and_loses_the_rest_with_reasons() -> None:
    """Paragraphs, headings and lists of the article stay; menu, related links, banner and footer go."""
    cleaned = clean_page(_page(ARTICLE), "https://coast.example/ferry")
    kept = "\n".join(block.text for block in cleaned.blocks)
    assert "harbour office" in kept
    assert "A bicycle travels free" in kept
    assert {block.kind for block in cleaned.blocks} >= {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
    reasons = {removal.text: removal.reason for removal in cleaned.removed}
    assert reasons["Sport"] is RemovalReason.NAVIGATION
    assert reasons["Fish market moves"] is RemovalReason.RELATED_LINKS
    assert reasons["We use cookies."] is RemovalReason.COOKIE_BANNER
    assert [link.url for link in cleaned.links] == ["https://coast.example/timetable"]


TAGS = st.sampled_from(["div", "p", "ul", "li", "table", "tr", "td", "span", "a", "h2", "nav", "pre", "br", "b"])
MARKUP = st.lists(
    st.one_of(
        TAGS.map("<{}>".format), TAGS.map("</{}>".format), st.text(max_size=30).map(lambda t: t.replace("<", ""))
    ),
    max_size=60,
).map("".join)


@settings(max_examples=60)
@given(MARKUP)
def test_kept_and_removed_are_all_there_was(markup: str) -> None:
    """Nothing vanishes unlogged: every block of any page stays or is in the log."""
    page = _page(markup)
    cleaned = clean_page(page, None)
    logged = Counter(removal.text for removal in cleaned.removed)
    every = Counter(text[:200] for text in page.block_text)
    assert logged <= every
    whole = {text[:200]: text for text in page.block_text}
    stayed = Counter(word for text in (every - logged).elements() for word in _parts(whole[text]))
    assert stayed == Counter(word for block in cleaned.blocks for word in _parts(block.text))


def _parts(text: str) -> list[str]:
    return [word for word in text.replace("|", " ").split() if word]


def test_the_model_decides_the_same_twice() -> None:
    """The same page gives the same verdicts."""
    page = _page(ARTICLE)
    assert (_keep(page) == _keep(page)).all()


def _matrix(page: Page, vocabulary: Vocabulary) -> Matrix:
    return features(page, Shape.of(page), vocabulary.names.read(page.signatures), vocabulary)


def _features(page: Page, vocabulary: Vocabulary) -> NDArray[np.float32]:
    return _matrix(page, vocabulary).values


def test_features_have_their_names_and_are_finite() -> None:
    """A column a name, on a page with one block too."""
    vocabulary = Vocabulary(NOTHING, NOTHING, {})
    for html in (ARTICLE, "<p>x</p>", "text alone", "<p>中文内容在这里。</p>"):
        matrix = _features(_page(html), vocabulary)
        assert matrix.shape[1] == len(NAMES)
        assert np.isfinite(matrix).all()


def test_candidates_hold_the_best_cut_by_estimate() -> None:
    """With sure probabilities the best set is just the sure blocks."""
    page = _page("<div><p>a b c d</p><p>e f g h</p></div><footer>x y</footer>")
    matrix = _matrix(page, Vocabulary(NOTHING, NOTHING, {}))
    found = candidates(Shape.of(page), np.array([0.99, 0.98, 0.01], np.float32), matrix)
    assert found.features.shape == (len(found.thresholds), len(SET_NAMES))
    best = found.keep(int(found.features[:, 2].argmax()))
    assert best.tolist() == [True, True, False]


def test_many_unlikely_blocks_do_not_go_along_with_a_page_of_one_subject() -> None:
    """Other news below an article are all content or none; pages without a title of their own may be lists."""
    page = _page("<div>" + "<p>one two three four</p>" * 42 + "</div>")
    matrix = _matrix(page, Vocabulary(NOTHING, NOTHING, {}))
    probability = np.array([0.95] * 12 + [0.38] * 30, np.float32)
    for likeness, kept in ((0.0, 42), (1.0, 12)):
        matrix.values[:, NAMES.index("page_title_likeness")] = likeness
        found = candidates(Shape.of(page), probability, matrix)
        assert found.keep(int(found.features[:, 2].argmax())).sum() == kept


def test_what_was_learned_decides_on_lists_and_where_there_are_many_prices() -> None:
    """On other pages the estimate has more weight."""
    rows = np.zeros((2, len(SET_NAMES)), np.float32)
    rows[:, SET_NAMES.index("estimate")] = [0.5, 0.4]
    learned = np.array([-0.3, 0.0], np.float32)
    assert preference(rows, learned).argmax() == 1
    rows[:, SET_NAMES.index("page_title_likeness")] = 1
    assert preference(rows, learned).argmax() == 0
    rows[:, SET_NAMES.index("page_currency")] = 12
    assert preference(rows, learned).argmax() == 1


@pytest.mark.parametrize("html", ["", "<p> </p>", "<br>" * 10, "<!-- only -->", "<script>only</script>"])
def test_a_page_without_text_has_no_blocks(html: str) -> None:
    """And the model is not asked."""
    assert clean_page(_page(html), None).blocks == ()


def _whole(page: Page) -> tuple[Block, ...]:
    """All of a page, cleaned of nothing."""
    return assemble(page, Shape.of(page), places(Shape.of(page)), [None] * len(page.block_text)).blocks


def test_rows_of_a_table_are_blocks_and_layout_tables_are_not() -> None:
    """Short cells make a row; a cell with an article in it does not."""
    page = _page(f"<table><tr><th>Day</th><th>Boats</th></tr><tr><td>Mon</td><td>4</td></tr></table>"
                 f"<table><tr><td>Menu</td><td><p>{PARAGRAPH * 3}</p><h2>More</h2></td></tr></table>")  # fmt: skip
    blocks = _whole(page)
    assert [(block.kind, block.text[:12]) for block in blocks] == [
        (BlockKind.TABLE, "Day | Boats"),
        (BlockKind.TABLE, "Mon | 4"),
        (BlockKind.PARAGRAPH, "Menu"),
        (BlockKind.PARAGRAPH, "The harbour "),
        (BlockKind.HEADING, "More"),
    ]


def test_columns_of_a_table_stay_below_each_other() -> None:
    """Empty cells, spans and cells that cleaning drops keep their places; columns without any text are left out."""
    page = _page(
        "<table><thead><tr><th></th><th></th><th colspan=2>May</th><th>June</th></tr></thead>"
        "<tr><td rowspan=2>salt</td><td></td><td>1</td><td>2</td><td>3</td></tr>"
        "<tr><td></td><td></td><td>5</td><td>6</td></tr><tr><td colspan=99999>x</td></tr></table>"
        "<table><tr><td>&nbsp;</td><td>Menu</td></tr><tr><td></td><td>Home</td></tr></table>"
    )
    blocks = _whole(page)
    assert [b.text for b in blocks] == ["| May | | June", "salt | 1 | 2 | 3", "| | 5 | 6", "x", "Menu", "Home"]
    reasons = [RemovalReason.BOILERPLATE if text in {"1", "3"} else None for text in page.block_text]
    blocks = assemble(page, Shape.of(page), places(Shape.of(page)), reasons).blocks
    assert [b.text for b in blocks][:3] == ["| May | | June", "salt | | 2", "| | 5 | 6"]


def test_a_cell_of_many_paragraphs_lays_out_the_page() -> None:
    """However short each is; and what follows a heading in an item is no item."""
    page = _page(f"<table><tr><td>{'<br><br>'.join(['The ferry sails. ' * 6] * 4)}</td></tr></table>")
    assert {block.kind for block in _whole(page)} == {BlockKind.PARAGRAPH}
    page = _page("<ol><li><h3>Ebb</h3><p>It falls.</p></li><li>two</li></ol>")
    assert [(b.kind, b.number) for b in _whole(page)] == [
        (BlockKind.HEADING, None), (BlockKind.PARAGRAPH, None), (BlockKind.LIST_ITEM, 2)
    ]  # fmt: skip


def test_code_beside_its_line_numbers_keeps_its_lines() -> None:
    """A table that sets the numbers beside the code lays it out; code of one line is a cell."""
    page = _page(
        "<table><tr><td><pre>1\n2</pre></td><td><pre>if x:\n    y()</pre></td></tr></table>"
        "<table><tr><td>run</td><td><pre>make</pre></td></tr></table>"
    )
    blocks = _whole(page)
    assert [(block.kind, block.text) for block in blocks] == [
        (BlockKind.CODE, "1\n2"),
        (BlockKind.CODE, "if x:\n    y()"),
        (BlockKind.TABLE, "run | make"),
    ]


def test_markdown_keeps_the_shape_of_headings_lists_tables_and_code() -> None:
    """Blocks of a page as Markdown."""
    page = _page(
        "<h2>Prices</h2><ul><li>one<ul><li>nested</li></ul></li><li>two</li></ul><ol><li>first</li><li>second</li></ol>"
        "<table><tr><th>Day</th><th>Boats</th></tr><tr><td>Mon</td><td>4</td></tr></table>"
        "<pre>x = 1</pre><blockquote>said</blockquote><p># not a heading</p>"
    )
    assert to_markdown(_whole(page)) == (
        "## Prices\n\n- one\n  - nested\n- two\n1. first\n2. second\n\n| Day | Boats |\n| --- | --- |\n| Mon | 4 |\n\n"
        "```\nx = 1\n```\n\n> said\n\n\\# not a heading"
    )


@pytest.mark.parametrize(
    "html",
    ["<div>" * 100_000 + "deep", "<b>" * 100_000 + "x", "<table><tr><td>" * 30_000, "<a href=x>y" * 50_000,
     "<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x</p>"],
    ids=["div", "inline", "tables", "links", "attributes"],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_hostile_markup_is_bounded_before_it_is_parsed(html: str) -> None:
    """Depth and attributes, on which the parser is quadratic."""
    text, _ = bounded_html(html.encode())
    clean_page(_page(text), None)


BASIC = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=("Cs",)), max_size=200)


@given(st.lists(st.one_of(BASIC, st.text("aB1 9中国ー©é-\u0130", max_size=200)), max_size=5))
def test_words_of_all_texts_at_once_are_the_words_of_each(texts: list[str]) -> None:
    """The numbers stand for what one search a text finds, as the model was trained with."""
    texts = [text for text in texts if all(len(letter.lower()) == 1 for letter in text)]
    words = read_words(read_units(texts))
    expected = [word_numbers(word_tokens(text)).tolist() for text in texts]
    assert [words.number[words.text == number].tolist() for number in range(len(texts))] == expected


def test_texts_of_a_long_page_are_read_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found of them is the same as of all at once."""
    texts = ["Ferry to May", "", "中国 1998", "x" * 300, "a-b.", "Comments", "Days:", ""]
    vocabulary = Vocabulary(NOTHING, NOTHING, {"ferry": 0.5, "a": -1.5, "b": 0.25})
    whole = read_texts(texts, "The ferry to May", vocabulary)
    monkeypatch.setattr("docmill.clean.page.texts._AT_ONCE", 3)
    some = read_texts(texts, "The ferry to May", vocabulary)
    for name, found, expected in zip(Texts._fields, some, whole, strict=True):
        assert (found == expected).all(), name
        assert found.any(), name


def test_blocks_of_a_long_page_are_judged_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their features, and what is kept of them, are the same as of all at once."""
    page = _page(ARTICLE * 3)
    vocabulary = Vocabulary(NOTHING, NOTHING, {"the": 0.5})
    columns, words = columns_of(page, Shape.of(page), vocabulary.names.read(page.signatures), vocabulary)
    size = len(words)
    parts = [columns.rows(slice(at, min(at + 4, size))) for at in range(0, size, 4)]
    assert (np.concatenate(parts) == _features(page, vocabulary)).all()
    kept = _keep(page)
    monkeypatch.setattr("docmill.clean.page.model._ROWS", 4)
    assert size > 12
    assert (_keep(page) == kept).all()


def test_names_are_parts_of_classes_and_ids_each_once() -> None:
    """However a class is written, its parts are found in lower case; a role stays as it is."""
    assert list(names_in("class", "mainMenu main-menu__item NAV2 x")) == ["main", "menu", "item", "nav"]
    assert list(names_in("role", "navigation prop-articleBody")) == ["navigation", "prop-articleBody"]
    assert list(names_in("tag", "div")) == ["div"]


def test_names_of_a_signature_weigh_and_mark_each_once() -> None:
    """Weights of a kind count for that kind alone, a name said twice counts once; marks hold for every kind."""
    near = {**NOTHING, "class": {"main": 1.0, "menu": 0.5}, "id": {"main": 4.0}}
    table = NameTable(near, {**NOTHING, "tag": {"div": -2.0}}, MARKS)
    signatures = [("div", "mainMenu main-menu", "", ""), ("p", "", "main", ""), ("p", "other", "", "navigation")]
    for _ in range(2):  # the second time the words are known
        told = table.read(signatures)
        assert told.near.tolist() == [1.5, 4.0, 0.0]
        assert told.far.tolist() == [-2.0, 0.0, 0.0]
        named = [REASONS[bits.bit_length() - 1] if bits else None for bits in told.marks.tolist()]
        assert named == [RemovalReason.NAVIGATION, None, RemovalReason.NAVIGATION]


LINKS = [
    "/a/b", "/a/../b", "//other.example/x", "https://x.example/y", "https://x.example/y?a=1;b#c", "HTTPS://X.example",
    "?page=2", "next.html", "/a//b", "/.hidden", "mailto:a@b.example", "javascript:void(0)", "https://x.example",
    "http://[broken/", "/ä/ö", "/a/./b",
]  # fmt: skip


@pytest.mark.parametrize("address", ["https://coast.example/news/1?x=2", "http://coast.example", "", None])
def test_links_are_made_absolute_as_browsers_do(address: str | None) -> None:
    """Plain paths and addresses are joined without parsing, with the same result."""
    page = _page(f"<main><p>{PARAGRAPH}{''.join(f'<a href={link!r}>x</a> ' for link in LINKS)}</p></main>")
    expected = []
    for link in LINKS:
        with suppress(ValueError):
            expected.append(urljoin(address or "", link))
    found = [link.url for link in clean_page(page, address).links]
    assert found == list(dict.fromkeys(link for link in expected if ":" in link.split("/")[0]))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.data())
def test_ancestors_are_found_without_climbing(choices: list[int], data: st.DataObject) -> None:
    """The depth two elements have in common, and the ancestor at a depth, as climbing would find them."""
    parents, open_elements = [-1], [0]
    for choice in choices:
        del open_elements[1 + choice % len(open_elements) :]
        parents.append(open_elements[-1])
        open_elements.append(len(parents) - 1)
    lines = [[0]]
    for element, parent in enumerate(parents[1:], start=1):
        lines.append([*lines[parent], element])
    values = data.draw(st.lists(st.integers(-9, 9), min_size=len(parents), max_size=len(parents)))
    bits = np.array([1 << value % 4 for value in values])
    depth, sums, least, together = inherited(np.array(parents), np.array(values, np.float32), bits)
    every = np.arange(len(parents))
    anchor = data.draw(st.integers(0, len(parents) - 1))
    shared = [len([1 for a, b in zip(lines[anchor], line, strict=False) if a == b]) - 1 for line in lines]
    assert common_depths(anchor, every, depth).tolist() == shared
    for level, found in zip((0, 2), ancestors_at(np.array([0, 2]), every, depth).tolist(), strict=True):
        assert found == [line[level] if len(line) > level else line[-1] for line in lines]
    assert sums.tolist() == [sum(values[element] for element in line) for line in lines]
    assert least.tolist() == [min(values[element] for element in line) for line in lines]
    assert together.tolist() == [int(np.bitwise_or.reduce(bits[line])) for line in lines]
    assert depth.tolist() == [len(line) - 1 for line in lines]
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=len(parents), max_size=len(parents))))
    nearest = [next((element for element in reversed(line) if wanted[element]), 0) for line in lines]
    nothing = np.zeros(0, np.intp)
    shape = Shape([], [], np.array(parents), nothing, nothing, nothing, nothing, nothing, [])
    assert shape.innermost(wanted).tolist() == nearest


def test_a_year_is_a_number_of_its_own() -> None:
    """Four digits in a longer number are none, nor are digits of two texts that meet."""
    page = _page("<p>In 2019</p><p>120194</p><p>a 20</p><p>19 b</p><p>1998</p>")
    column = _features(page, Vocabulary(NOTHING, NOTHING, {}))[:, NAMES.index("dated")]
    assert column.tolist() == [1, 0, 0, 0, 1]


def test_documents_within_frames_are_read_in_their_place() -> None:
    """An inline frame that carries its document with it has its text, nested as deeply as it may be."""
    frame = f"<p>framed &amp;amp; <b>whole</b></p>{'<div>' * 5000}deep"
    page = _page(f'<body>before<iframe srcdoc="{frame}"></iframe><p>after</p><iframe srcdoc></iframe>')
    assert page.block_text == ["before", "framed & whole", "deep", "after"]


@pytest.mark.parametrize(
    "frame",
    [
        '<noscript><iframe src="/ns.html" title="a > b" /></noscript>',
        "<noscript><IFRAME src=/ns.html></noscript>",
        "<iframe src=/a><iframe src=/b></iframe>",
        "<iframe src=/a>fallback</iframe >",
        "<p>end</p></iframe>",
    ],
)
def test_a_frame_that_does_not_end_takes_nothing_with_it(frame: str) -> None:
    """Of a tracker's frame in `noscript`, which browsers do not read, the end is often missing."""
    assert _page(f"<body>{frame}<main><p>first</p><p>last</p></main>").block_text[-2:] == ["first", "last"]
    assert _page(f"<body><p>first</p><p>last</p>{frame}").block_text[:2] == ["first", "last"]


def test_ends_of_frames_are_looked_for_in_linear_time() -> None:
    """Tags that do not end, and quotes that do not, are not gone through from each of them to the page's end."""
    for begun in (b"<iframe ", b'<iframe a="', b"<iframe '>", b"<iframe>"):
        start = process_time()
        with_ended_frames(begun * 100_000)
        assert process_time() - start < 5


def test_parts_of_a_streamed_page_stand_where_a_browser_shows_them() -> None:
    """One may stand in another, in either order; what was shown until then is gone, all of it and nothing else."""
    waiting = '<!--$?--><template id="B:0"></template><p>Loading</p><!--$-->x<!--/$--><!--/$-->'
    parts = [
        '<div hidden id="S:0"><h1>Ferry</h1><template id="P:1"></template><p>Third.</p></div>',
        '<div hidden="" id="S:1"><p>Second.</p></div>',
    ]
    for some in (parts, parts[::-1]):
        page = _page(f"<body><nav>Home</nav><main>{waiting}<p>Last.</p></main><footer>End</footer>{''.join(some)}")
        assert page.block_text == ["Home", "Ferry", "Second.", "Third.", "Last.", "End"]
        assert not any("hidden" in role for *_, role in page.signatures)


def test_parts_without_a_place_stay_where_they_are() -> None:
    """So do such as would stand in themselves or in one another, and what is shown if its end is not told."""
    there = '<template id="B:{}"></template>'
    page = _page(
        f'<body><p>a</p><div hidden id="S:0">b{there.format(1)}</div><div hidden id="S:1">c{there.format(0)}</div>'
        f'<div hidden id="S:2">d{there.format(2)}</div><div hidden id="S:3">e</div>'
    )
    assert page.block_text == ["a", "b", "c", "d", "e"]
    assert _page(f'<body>{there.format(4)}<p>a</p><div hidden id="S:4">b</div>').block_text == ["b", "a"]


def test_shadow_trees_are_read_and_other_templates_are_not() -> None:
    """What a component shows is text; what a script may make of a template is not."""
    inner = "<template><p>copied</p></template><p>shown</p>"
    page = _page(f"<x-a><TEMPLATE shadowrootmode=open><style>p{{}}</style>{inner}</TEMPLATE>slotted</x-a><p>after</p>")
    assert page.block_text == ["shown", "slotted", "after"]


def test_ordered_lists_start_where_they_say() -> None:
    """The steps of a list that something interrupts go on counting."""
    page = _page("<ol><li>a</ol><pre>x</pre><ol start=2><li>b<li>c</ol><ol start=x><li>d</ol><ol start=-1><li>e</ol>")
    assert [place.number for place in places(Shape.of(page))] == [1, None, 2, 3, 1, 1]


def test_what_stands_below_a_heading_of_comments_is_told() -> None:
    """In the languages of the cues; so is what stands in an element that is named so."""
    page = _page(
        "<p>One.</p><h3>Комментарии (2)</h3><div class='commentList'><p>Two.</p></div><h3>Related</h3><p>Three.</p>"
    )
    values = _features(page, Vocabulary(NOTHING, NOTHING, {}))

    def column(name: str) -> list[float]:
        return values[:, NAMES.index(name)].tolist()

    assert column("comment_before") == [0, 1, 1, 1, 1]
    assert column("related_before") == [0, 0, 0, 1, 1]
    assert column("named_comment") == [0, 0, 1, 0, 0]


@given(st.text())
def test_texts_are_compared_by_letters_and_digits_alone(text: str) -> None:
    """Case, space and signs of any script do not count, nor do surrogates that stand alone break anything."""
    assert _squeezed(text) == "".join(re.findall(r"\w+", text)).casefold()
    assert _squeezed(text + "\ud800 -") == _squeezed(text)


def test_elements_are_let_go_while_a_page_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where all are named alike: which of them are worth a closer look is asked again and again."""
    monkeypatch.setattr(sys.modules[walk.__module__], "_MANY", 5)
    asked: list[int] = []

    def notable(signatures: Sequence[Signature]) -> list[int]:
        asked.append(len(signatures))
        return [at for at, (_, names, *_) in enumerate(signatures) if names == "author"]

    parser = LexborHTMLParser("<p class=author>by</p>" + "<p class=a>x</p>" * 100 + "<p class=author>by</p>")
    _, noted = walk(parser, notable)
    assert [node.attributes["class"] for node in noted] == ["author", "author"]
    assert len(asked) > 10
