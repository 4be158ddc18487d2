"""The page's title: its heading, its declared titles and its title tag compared, the site's name cut off."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from docmill.extract.html.metadata.candidates import Candidate

__all__ = ["Heading", "SiteNames", "choose_title"]

_SEPARATOR = re.compile(
    r"\s+[|–—―·•»«›‹:~-]+\s+|\s*[|｜»«_]+\s*|(?<=[^\W\d]):\s+|\s[:/]+\s|(?<=[\u4e00-\u9fff”’」》？！])[-–—](?=[\u4e00-\u9fff])"
)
_TRAILING = re.compile(r"\s*[|–—―·•»«›‹:~_-]+$")
_WORDS = re.compile(r"\w+")
_MAX_CHARACTERS = 300
_MAX_PARTS = 8
_BAR = re.compile(r"(?<=\S)\s+[|｜]\s")
_NAMED = 5  # what a name counts that is meant for showing the page elsewhere
_SHARED = 0.6  # of the words of both, for two titles to mean the same
_SHORT = 4  # words of a site's name, at most


@dataclass(frozen=True)
class Heading:
    """A heading of the page, in reading order."""

    text: str
    level: int
    is_home_link: bool = False
    is_marked: bool = False  # as the title, by a class or property
    node: LexborNode | None = field(default=None, compare=False, repr=False)


class SiteNames:
    """What the site is called, in its own words or by its host name."""

    def __init__(self, names: list[str], url: str | None) -> None:
        self.spelled = [" ".join(name.split()).casefold() for name in names]
        self.names = {folded for name in names if (folded := _squeeze(name))}
        host = (urlsplit(url).hostname or "") if url and _is_address(url) else ""
        labels = host.removeprefix("www.").split(".")
        self.host = "".join(labels[:-1])
        self.labels = {re.sub(r"\W", "", label) for label in labels[:-1] if len(label) > 2}  # noqa: PLR2004
        self.labels.add(re.sub(r"\W", "", "".join(labels)))

        self.slug = set(_slug_words(urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1])) if host and url else set()

    def slug_agrees(self, title: str) -> float:
        """How much a title has of the words of the address, 0 to 3."""
        words = set(_slug_words(title))
        if len(self.slug) < 3:  # noqa: PLR2004
            return 0
        return 3 * len(words & self.slug) / len(words | self.slug)

    def include(self, text: str) -> bool:
        """Whether a text is (about) the site's name."""
        squeezed = _squeeze(text)
        bare = squeezed.removeprefix("www").removeprefix("the")
        return bool(squeezed) and (
            squeezed in self.names
            or bare in self.labels
            or any(bare == name.removeprefix("the") for name in self.names)
        )


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
    headings = [h for h in headings if not _names_site(h, headings, declared)]
    shown = [_Title(h.text, "visible_text", _heading_weight(h, headings), h) for h in headings]
    options += [t for t in shown if not site.include(t.text) and len(t.text) <= _MAX_CHARACTERS]
    options = [t for t in options if t.words]
    scores = [_score(t, said, shown) + site.slug_agrees(t.text) for t in options]
    best, score = max(zip(options, scores, strict=True), key=lambda pair: pair[1], default=(None, 0))
    if best is None:
        return None
    if best.heading and score <= best.weight and not is_article:
        named = [pair for pair in zip(options, scores, strict=True) if pair[0].weight >= _NAMED and not pair[0].heading]
        best = max(named, key=lambda pair: pair[1], default=(best, 0))[0]
    return Candidate(_first_part(best, shown), best.origin, best.weight)


def _first_part(title: _Title, shown: list[_Title]) -> str:
    """A title that no heading shows as a whole ends at its first bar: what follows are keywords, or the site."""
    bar = _BAR.search(title.text)
    if title.heading or not bar or any(title.folded == heading.folded for heading in shown):
        return title.text
    return title.text[: bar.start()]


def _names_site(heading: Heading, headings: list[Heading], declared: list[Candidate]) -> bool:
    """Whether a title tag ends in this heading's text and begins with another's."""
    mine = _fold(heading.text)
    tags = [_fold(c.value) for c in declared if c.origin == "meta" and c.value.endswith(heading.text)]
    return any(tag == f"{_fold(other.text)} {mine}" for tag in tags for other in headings)


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


def _score(title: _Title, said: list[_Title], shown: list[_Title]) -> float:
    score = title.weight if title.heading else title.weight / 2
    score += sum(
        _agreement(title, other) * (1.5 if other.origin == "meta" else 1)
        for other in said
        if other.stood_in != title.stood_in
    )
    if title.heading is None:
        score += max((_agreement(heading, title) for heading in shown), default=0) / 2
    return score


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


def _slug_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _bare(text.casefold()))


def _fold(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]", "", _bare(text.casefold()))


def _bare(text: str) -> str:
    """Letters without their accents."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _is_address(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False
