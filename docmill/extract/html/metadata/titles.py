"""The page's title: its heading, its declared titles and its title tag compared, the site's name cut off."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborNode

from docmill.extract.html.metadata.candidates import Candidate
from docmill.extract.html.metadata.site_names import SiteNames
from docmill.papers import is_kind

__all__ = ["Heading", "choose_title", "shown_alone"]

_SEPARATOR = re.compile(
    r"\s+[|–—―·•»«›‹:~-]+\s+|\s*[|｜»«_]+\s*|(?<=[^\W\d]):\s+|\s[:/]+\s|(?<=[\u4e00-\u9fff”’」》？！])[-–—](?=[\u4e00-\u9fff])"
)
_TRAILING = re.compile(r"\s*[|–—―·•»«›‹:~_-]+$")
_WORDS = re.compile(r"\w+")
_MAX_CHARACTERS = 300
_MAX_PARTS = 8
_BAR = re.compile(r"(?<=\S)\s+[|｜]\s")
_NAMED = 5  # what a name counts that is meant for showing the page elsewhere
_FIRST = 3  # what a heading counts that is but the first, or one of several of the first level
_STRANGE = 1.1  # what it counts less if nothing that is declared has anything of it
_REPEATED = 1  # what a heading counts more if a title for showing the page elsewhere repeats it
_ADDRESSED = 1.5  # of 3: how much a title agrees with the page's address, at least
_SHARED = 0.6  # of the words of both, for two titles to mean the same
_LONG = 4  # words of a title that is told from a section's name
_SHORT = 4  # words of a site's name, at most


@dataclass(frozen=True)
class Heading:
    """A heading of the page, in reading order."""

    text: str
    level: int
    is_home_link: bool = False
    leads_away: bool = False  # a link to another page
    is_marked: bool = False  # as the title, by a class or property
    pieces: tuple[str, ...] = ()  # the texts of its parts, if it has several
    node: LexborNode | None = field(default=None, compare=False, repr=False)


@dataclass(eq=False, slots=True)  # not frozen: that would double the time it takes to make them
class _Title:
    text: str
    origin: str
    weight: float
    heading: Heading | None = None
    stood_in: str = ""  # what it was cut from
    words: list[str] = field(init=False)
    bag: frozenset[str] = field(init=False)
    folded: str = field(init=False)

    def __post_init__(self) -> None:
        self.words = _WORDS.findall(self.text.casefold())
        self.bag = frozenset(self.words)
        self.folded = " ".join(self.words)


def shown_alone(title: Candidate, texts: Iterable[str]) -> Candidate:
    """What of a title stands in the page by itself: without the site's or section's name that its tag has behind it.

    Args:
        title: As chosen; one that stands there whole, or has no part of some length, is what it is.
        texts: The page's.
    """
    cuts = [cut.start() for cut in _SEPARATOR.finditer(title.value)]
    parts = [part for cut in cuts if _is_long(part := title.value[:cut].strip())]
    if title.origin == "visible_text" or not parts:
        return title
    wanted = {part.casefold(): part for part in (title.value, *parts)}
    shown = [wanted[text] for whole in texts if len(whole) <= _MAX_CHARACTERS and (text := whole.casefold()) in wanted]
    longest = max(shown, key=len, default=title.value)
    return Candidate(longest, title.origin, title.weight, title.as_written)


def _is_long(part: str) -> bool:
    """Whether a part of a title is long enough for one, and for no section's name."""
    return len(part.split()) >= _LONG or (len(part) >= 2 * _LONG and part[0] >= "\u3040")


def choose_title(
    declared: list[Candidate], headings: list[Heading], site: SiteNames, *, is_article: bool = True
) -> Candidate | None:
    """The title that the others agree with most; a heading before what is only declared.

    Args:
        declared: What the page says that it is called, its title tag included.
        headings: Those of its text.
        site: What the site is called.
        is_article: Whether it says that it is an article; other pages have slogans for headings.
    """
    said = [_Title(c.value[:_MAX_CHARACTERS], c.origin, c.weight) for c in declared]
    cleaned = [_cleaned(c, site) for c in said]
    said = [versions[0] for versions in cleaned]
    options = [title for versions in cleaned for title in versions]
    tags = [_fold(c.value) for c in declared if c.origin == "meta"]
    headings = [h for h in headings if not (is_kind(h.text) or _names_site(h, headings, tags, site))]
    shown = [_Title(h.text, "visible_text", _heading_weight(h, headings), h) for h in headings]
    options += [t for t in shown if not site.include(t.text) and len(t.text) <= _MAX_CHARACTERS]
    options = [t for t in options if t.words and not _TRAILING.search(t.stood_in)]
    scores = [_score(t, said, shown, site) for t in options]
    best, score = max(zip(options, scores, strict=True), key=lambda pair: pair[1], default=(None, 0))
    if best is None:
        return None
    if best.heading and score <= best.weight and not is_article:
        least = 0 if site.is_front and best.heading.leads_away else _NAMED  # a first page's first story
        named = [pair for pair in zip(options, scores, strict=True) if pair[0].weight >= least and not pair[0].heading]
        best = max(named, key=lambda pair: pair[1], default=(best, 0))[0]
    text = _without_labels(best, said) or _as_declared(best, said) or _first_part(best, shown)
    return Candidate(text, best.origin, best.weight)


def _without_labels(title: _Title, said: list[_Title]) -> str | None:
    """What of a heading is declared to be the title, where a part before or after it is none: a topic, a date."""
    pieces = title.heading.pieces if title.heading else ()
    parts = {_fold(" ".join(part)) for at in range(1, len(pieces)) for part in (pieces[:at], pieces[at:])}
    return next((other.text for other in said if other.folded in parts), None)


def _as_declared(title: _Title, said: list[_Title]) -> str | None:
    """The same words as declared, where a heading has them in capitals or without the colon between its parts."""
    alike = [other.text for other in said if title.heading and other.folded == title.folded]
    better = (
        text
        for text in alike
        if (title.text.isupper() and not text.isupper()) or text.count(":") > title.text.count(":")
    )
    return next(better, None)


def _first_part(title: _Title, shown: list[_Title]) -> str:
    """A title that no heading shows as a whole ends at its first bar: what follows are keywords, or the site."""
    bar = _BAR.search(title.text)
    if title.heading or not bar or any(title.folded == heading.folded for heading in shown):
        return title.text
    return title.text[: bar.start()]


def _names_site(heading: Heading, headings: list[Heading], tags: list[str], site: SiteNames) -> bool:
    """Whether a title tag ends in this heading and begins with another, or so reversed with that of the address."""
    mine = _fold(heading.text)
    if any(tag.endswith(mine) and tag == f"{_fold(other.text)} {mine}" for tag in tags for other in headings):
        return True
    return any(tag.startswith(f"{mine} ") for tag in tags) and any(
        tag.endswith(f" {_fold(other.text)}") and site.slug_agrees(other.text) > _ADDRESSED > site.slug_agrees(mine)
        for tag in tags
        for other in headings
        if other.level > heading.level
    )


def _heading_weight(heading: Heading, headings: list[Heading]) -> float:
    weight = {1: 3.0, 2: 0.0}.get(heading.level, -0.5)
    if heading.is_marked:
        weight += 2
    if heading.is_home_link:
        weight -= 6
    if heading.level > 1 and heading is next((h for h in headings if not h.is_home_link), None):
        weight += 3
    if heading.level == 1 and sum(h.level == 1 and not h.is_home_link for h in headings) == 1:
        weight += 4 if heading.is_marked else 3
    return weight


def _score(title: _Title, said: list[_Title], shown: list[_Title], site: SiteNames) -> float:
    agreed = site.slug_agrees(title.text) + sum(
        _agreement(title, other) * (1.5 if other.origin == "meta" else 1)
        for other in said
        if other.stood_in != title.stood_in
    )
    if title.heading is None:
        return title.weight / 2 + agreed + max((_agreement(heading, title) for heading in shown), default=0) / 2
    if title.heading.level == 1 and any(o.folded == title.folded and o.weight >= _NAMED for o in said):
        agreed += _REPEATED
    elif not agreed and title.weight <= _FIRST and not title.heading.is_marked and not _has_part(title, said):
        agreed = -_STRANGE
    return title.weight + agreed


def _has_part(title: _Title, said: list[_Title]) -> bool:
    """Whether a heading holds a whole piece of what is declared."""
    return any(part and f" {part} " in f" {title.folded} " for other in said for part in _parts(other.text))


def _agreement(title: _Title, other: _Title) -> float:
    if title.folded == other.folded:
        return 3
    if title.bag.isdisjoint(other.bag):
        return 0
    if len(title.words) > 1 and f" {title.folded} " in f" {other.folded} ":
        if title.folded not in _parts(other.text):
            return 1.5
        return 1.0 if other.folded.endswith(title.folded) else 2.5  # the site's name mostly stands last
    if title.folded in _parts(other.text):
        return 0.5 if other.folded.endswith(title.folded) else 1.5
    return 2 if len(title.bag & other.bag) >= _SHARED * len(title.bag | other.bag) else 0


@lru_cache(maxsize=512)
def _parts(text: str) -> frozenset[str]:
    """The pieces of a title between its separators, and what runs of them from either end make up, folded."""
    cuts = [(0, 0), *((m.start(), m.end()) for m in _SEPARATOR.finditer(text)), (len(text), len(text))][
        : _MAX_PARTS + 1
    ]
    pieces = {text[cuts[i][1] : cuts[i + 1][0]] for i in range(len(cuts) - 1)}
    pieces |= {text[:start] for start, _ in cuts} | {text[end:] for _, end in cuts}
    return frozenset(_fold(piece) for piece in pieces)


def _cleaned(title: _Title, site: SiteNames) -> list[_Title]:
    """A declared title without the site's name before or after it; a title tag also without a short last part."""
    start, end = 0, len(title.text)
    for name in site.spelled:
        before = title.text[:end].casefold().removesuffix(name).rstrip()
        if 0 < len(before) < end and (cut := _TRAILING.search(title.text, 0, len(before))):
            end = cut.start()
    cuts = list(_SEPARATOR.finditer(title.text[:end]))[:_MAX_PARTS]
    while cuts and site.include(title.text[cuts[-1].end() : end]):
        end = cuts.pop().start()
    while cuts and site.include(title.text[start : cuts[0].start()]):
        start = cuts.pop(0).end()
    kept = _Title(title.text[start:end].strip(), title.origin, title.weight, stood_in=title.text)
    if len(cuts) == 0 or title.weight > 4 or ":" in cuts[-1][0]:  # noqa: PLR2004
        return [kept]
    last = title.text[cuts[-1].end() : end]
    if len(_WORDS.findall(last)) > _SHORT and not set(cuts[-1][0]) & set("|｜»«"):
        return [kept]
    return [
        kept,
        _Title(title.text[start : cuts[-1].start()].strip(), title.origin, title.weight + 0.5, stood_in=title.text),
    ]


def _fold(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))
