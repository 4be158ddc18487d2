"""Made-up variants of article pages: short ones, and ones with teasers, side columns and posts of other pages.

The labelled pages are mostly long articles of large sites. Short news among lists of other news, as on many older and
smaller sites, is what a model trained on them alone gets wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from docmill.extract.html.page import Page
from training.pages.corpus import Example
from training.pages.surgery import Graft, with_blocks, without_blocks

__all__ = ["variants"]

_CROPPED = 0.85  # share of variants whose article is cut to a few paragraphs
_PARAGRAPHS = (2, 9)
_SOURCES = {"listing": 0.5, "sidebar": 0.6, "news": 0.5, "posts": 0.35}  # how likely each is put in
_PLACES = {"after": 0.5, "before": 0.25, "end": 0.25}
_TEASERS, _NEWS = (8, 60), (4, 30)  # how many
_CONTENT, _FURNITURE = 0.6, 0.05  # a block of which so much is content, is; and is not
_PARAGRAPH_WORDS = 5
_TEASER_WORDS = (12, 45)
_LEAST_WORDS = 30
_DONOR_BLOCKS, _DONOR_POSTS = 15, 6
_OUTERMOST = 0.4  # how often what is put in stands at the page's outer level
_LINKED, _TITLED = 0.8, 0.9
_LISTS, _FORUMS = frozenset({"listing", "collection"}), frozenset({"forum"})

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Donors:
    """What may be put into pages of one fold: runs of blocks of one page each, and beginnings of articles."""

    listing: list[Graft]
    sidebar: list[Graft]
    posts: list[Graft]
    news: list[tuple[str, str]]  # title, first paragraph


def variants(examples: Sequence[Example], seed: int) -> Iterator[Example]:
    """One variant of every article that is long enough to be cut; what is put in comes from pages of the same fold."""
    random = np.random.default_rng(seed)
    donors = {fold: _donors([e for e in examples if e.fold == fold]) for fold in {e.fold for e in examples}}
    for example in examples:
        share, words = np.array(example.share), np.array(example.words)
        paragraphs = np.flatnonzero((share > _CONTENT) & (words >= _PARAGRAPH_WORDS))
        if example.kind != "article" or example.known is not None or len(paragraphs) < _PARAGRAPHS[0] + 3:
            continue
        page = example.page
        if random.random() < _CROPPED and len(paragraphs) > (count := int(random.integers(*_PARAGRAPHS))):
            keep = np.ones(len(share), bool)
            keep[paragraphs[count] : paragraphs[-1] + 1] = False
            page, share, words = without_blocks(page, keep), share[keep], words[keep]
        for source, likely in _SOURCES.items():
            graft = _graft(source, donors[example.fold], random) if random.random() < likely else None
            if graft is None:
                continue
            at = _place(
                share, "after" if source == "posts" else str(random.choice(list(_PLACES), p=[*_PLACES.values()]))
            )
            page = with_blocks(page, at, graft, _parent(page, at, random))
            share = np.insert(share, at, np.zeros(len(graft.numbers)))
            words = np.insert(words, at, [len(graft.page.block_text[n].split()) for n in graft.numbers])
        if (content := int(share @ words)) >= _LEAST_WORDS:
            yield replace(
                example, page=page, share=share.tolist(), words=words.tolist(), content=content, text="", known=None
            )


def _donors(examples: Sequence[Example]) -> _Donors:
    """Of the pages of one fold: their lists, their side columns, their posts, the beginnings of their articles."""
    found = _Donors([], [], [], [])
    for example in examples:
        share, words = np.array(example.share), np.array(example.words)
        if example.known is not None or not len(share):
            continue
        content, furniture = np.flatnonzero(share > _CONTENT).tolist(), np.flatnonzero(share < _FURNITURE).tolist()
        if example.kind in _LISTS and len(content) > _DONOR_BLOCKS:
            found.listing.append(Graft(example.page, content))
        if example.kind in _FORUMS and len(content) > _DONOR_POSTS:
            found.posts.append(Graft(example.page, content))
        if example.content and len(furniture) > _DONOR_BLOCKS:
            found.sidebar.append(Graft(example.page, furniture))
        first = np.flatnonzero((share > _CONTENT) & (words > _TEASER_WORDS[0]))
        if example.kind == "article" and len(first) and example.page.title:
            found.news.append((example.page.title, example.page.block_text[int(first[0])]))
    return found


def _graft(source: str, donors: _Donors, random: np.random.Generator) -> Graft | None:
    """What is put in: a run of a donor's blocks, or a list of news made of the beginnings of articles."""
    if source == "news":
        return _news(donors.news, random) if donors.news else None
    pool: list[Graft] = getattr(donors, source)
    if not pool:
        return None
    whole = pool[int(random.integers(len(pool)))]
    count = int(random.integers(*_TEASERS))
    start = int(random.integers(max(1, len(whole.numbers) - count)))
    return Graft(whole.page, whole.numbers[start : start + count])


def _news(news: Sequence[tuple[str, str]], random: np.random.Generator) -> Graft:
    """A list of other articles in one plain style: titles, mostly linked, some with the beginning of their text."""
    heading = str(random.choice(["h2", "h3", "h4", "div", "p", "li", "td"]))
    text = str(random.choice(["p", "div", "td", ""]))  # or none
    linked, titled, apart = random.random() < _LINKED, random.random() < _TITLED or not text, random.random() < _LINKED
    page = Page(signatures=[("div", "", "", ""), (heading, "", "", ""), ("a", "", "", ""), (text or "p", "", "", "")])

    def element(kind: int, parent: int) -> int:
        page.element_parent.append(parent)
        page.element_signature.append(kind)
        return len(page.element_parent) - 1

    def block(kind: int, words: str, item: int, *, link: bool) -> None:
        box = element(kind, item)
        page.block_text.append(words)
        page.block_box.append(box)
        page.block_leaf.append(element(2, box) if link else box)
        page.block_link_characters.append(len(words) * link)

    around = element(0, -1)
    for number in random.integers(len(news), size=int(random.integers(*_NEWS))).tolist():
        title, beginning = news[number]
        item = element(0, around) if apart else around
        if titled:
            block(1, title, item, link=linked)
        if text:
            block(3, " ".join(beginning.split()[: int(random.integers(*_TEASER_WORDS))]), item, link=False)
    return Graft(page, list(range(len(page.block_text))))


def _place(share: NDArray[np.float64], where: str) -> int:
    content = np.flatnonzero(share > _CONTENT)
    if where == "end" or not len(content):
        return len(share)
    return int(content[0]) if where == "before" else int(content[-1]) + 1


def _parent(page: Page, at: int, random: np.random.Generator) -> int:
    """The element that what is put in before a block will stand in: the body, or one nearer to the blocks there."""
    beside = max(page.element_parent[page.block_box[max(at - 1, 0)]], 0)
    chain = [beside]
    while page.signatures[page.element_signature[chain[-1]]][0] not in {"body", "html"} and chain[-1] > 0:
        chain.append(page.element_parent[chain[-1]])
    return chain[-1] if random.random() < _OUTERMOST else chain[int(random.integers(len(chain)))]
