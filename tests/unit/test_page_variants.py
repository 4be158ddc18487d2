"""Made-up variants of labelled pages are pages as a parser would have read them, and keep what a label rests on."""

import numpy as np

from docmill.extract.html import read_page
from docmill.extract.html.page import Page
from training.pages.augment import variants
from training.pages.corpus import Example
from training.pages.surgery import Graft, with_blocks, without_blocks

PARAGRAPH = "The harbour office said on Monday that the new ferry will run from the first week of May."
HOME = "<body><nav><a>Home</a></nav><main><h1>Ferry</h1><p>One.</p><p>Two.</p></main><footer>End</footer></body>"


def _page(html: str) -> Page:
    return read_page(html)[0]


def _outline(page: Page) -> list[tuple[str, int, int, int]]:
    """Tag, parent and range of every element."""
    tags = [page.signatures[number][0] for number in page.element_signature]
    return list(zip(tags, page.element_parent, page.element_start, page.element_end, strict=True))


def test_what_is_put_in_stands_where_a_parser_would_have_seen_it() -> None:
    """Elements stay in document order; those around hold what was put in, those beside it do not."""
    donor = _page("<section><ul><li>Other</li><li>News <a>here</a></li></ul></section>")
    page = _page(HOME)
    main = [tag for tag, *_ in _outline(page)].index("main")
    made = with_blocks(page, 3, Graft(donor, [0, 1]), main)
    expected = HOME.replace("<p>Two.", "<div><ul><li>Other</li><li>News <a>here</a></li></ul></div><p>Two.")
    assert made.block_text == _page(expected).block_text
    wanted = [row for row in _outline(_page(expected)) if row[0] != "a"]
    assert [row for row in _outline(made) if row[0] != "a"] == wanted
    for field in ("block_leaf", "block_box"):
        tags = [made.signatures[made.element_signature[element]][0] for element in getattr(made, field)]
        assert tags == ["a" if field == "block_leaf" else "nav", "h1", "p", "li", "li", "p", "footer"]


def test_without_blocks_the_ranges_close_up() -> None:
    """An element whose blocks are gone is empty."""
    page = without_blocks(_page(HOME), np.array([True, True, False, False, True]))
    assert page.block_text == ["Home", "Ferry", "End"]
    assert {tag: (start, end) for tag, _, start, end in _outline(page) if tag in {"main", "footer"}} == {
        "main": (1, 2), "footer": (2, 3),
    }  # fmt: skip


def _example(kind: str, fold: int, html: str, content: range) -> Example:
    page = _page(html)
    share = [float(number in content) for number in range(len(page.block_text))]
    words = [len(text.split()) for text in page.block_text]
    return Example(kind, kind, kind, page, share, words, sum(words[number] for number in content), fold=fold)


def test_variants_hold_the_article_and_only_it_as_content() -> None:
    """What is put in comes from pages of the same fold and is no content; of the article something is left."""
    article = "<title>Ferry</title><body><nav>Home</nav>" + f"<p>{PARAGRAPH}</p>" * 12 + "</body>"
    others = "".join(f"<p>Boat {number}</p>" for number in range(40))
    examples = [
        _example("article", 0, article, range(1, 13)),
        _example("listing", 0, others, range(40)),
        _example("listing", 1, others.replace("Boat", "Train"), range(40)),
    ]
    made = [variant for seed in range(8) for variant in variants(examples, seed)]
    assert len(made) == 8
    for variant in made:
        content = [text for text, share in zip(variant.page.block_text, variant.share, strict=True) if share]
        assert set(content) == {PARAGRAPH}
        assert len(variant.words) == len(variant.page.block_text)
    texts = " ".join(text for variant in made for text in variant.page.block_text)
    assert "Boat" in texts
    assert "Train" not in texts
