"""Find the line that is the document's title.

A heading is, where there are headings. In a plain-text dump, where menus, teasers and buttons stand above the article
too, the title is a line shortly above the text that speaks of the same things. Each line that could be it gets a score,
a weighted sum of what is seen of it. The weights were fitted to pages whose titles are known (training/titles.py), as
a choice among a page's lines and none of them (conditional logit, McFadden 1974).
"""

import math
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from importlib.resources import files
from operator import mul
from typing import NamedTuple

from docmill.clean.line import UNSPACED, Line
from docmill.clean.patterns import NUMBERS
from docmill.papers import is_no_title
from schemas.document import BlockKind, RemovalReason

__all__ = ["FEATURES", "Seen", "find_title", "looked_at", "values"]

Verdicts = Sequence[RemovalReason | None]

_ABOVE, _BELOW = 40, 3  # lines looked at, from the first line of the text
_OPENS, _OPENS_SHARE, _OPENS_CHARACTERS = 15, 0.12, 600  # so much text stands in as many lines where the text begins
_TRAIL = 12  # lines above it among which a breadcrumb may stand
_BYLINE = 7  # lines below it among which a byline may
_BODY = 4_000  # characters of the text that are compared
_STEM = 6  # characters that tell a word, so that inflected forms are one
_LEAST = 4  # letters of a word that says something
_MOST_CONTAINED = 2  # times as long: a title together with the site's name
_SHORT, _FAIR = 2.5, 4.5  # words
_LONG = 15
_NEVER = frozenset({RemovalReason.BYLINE, RemovalReason.SITE_FURNITURE})
_TERM = re.compile(r"[^\W_]+")
_WEIGHTS: dict[str, float] = tomllib.loads((files("docmill.clean") / "title.toml").read_text(encoding="utf-8"))


class Seen(NamedTuple):  # a frozen dataclass takes three times as long to make
    """A line that could be the title, and what stands around it."""

    line: Line
    above: int  # lines from it down to the first of the text; negative within the text
    rivals: int  # lines before it that no rule takes for furniture
    verdict: RemovalReason | None
    before: RemovalReason | None
    below: Sequence[RemovalReason | None]  # of the next two lines
    followed: bool  # by running text
    content: bool
    overlap: float  # share of its telling words that stand in the text
    contained: bool  # whether another line consists of it and a few more words
    told: float  # how often, by logarithm, its telling words stand in the text, on average
    trailed: bool  # whether a line above ends with it, as a breadcrumb does
    byline_near: bool  # whether a byline stands a few lines below


FEATURES = (
    "overlap", "lines_above", "opening", "rivals", "within", "very_short", "short", "long", "furniture", "content",
    "below_furniture", "above_byline", "above_text", "set_apart", "contained", "told", "trailed",
    "byline_near", "full_stop", "colon_or_comma", "small_letter", "commas", "item",
)  # fmt: skip
_WEIGHTED = tuple(_WEIGHTS[name] for name in FEATURES)


def values(seen: Seen) -> tuple[float, ...]:
    """What is seen of a line in numbers, in the order of `FEATURES`."""
    line, text, words = seen.line, seen.line.text, seen.line.words
    return (
        seen.overlap,
        max(seen.above, 0) / 10,
        line.index == 0,
        math.log1p(seen.rivals),
        seen.above <= 0,
        words < _SHORT,
        _SHORT <= words < _FAIR,
        words > _LONG,
        seen.verdict is not None,
        seen.content,
        seen.before is not None,
        RemovalReason.BYLINE in seen.below,
        seen.followed,
        line.blank_before,
        seen.contained,
        seen.told,
        seen.trailed,
        seen.byline_near,
        line.ends_sentence and not text.endswith(("?", "!", "？", "！", "؟")),
        text.endswith((":", ",", ";", "：", "，", "；", "、")),
        text[:1].islower(),
        text.count(",") / (words + 1),
        line.is_list_item,
    )


def find_title(lines: list[Line], verdicts: Verdicts, content: Sequence[bool], declared: str | None) -> int | None:
    """Index of the title, or None.

    Args:
        lines: The document's.
        verdicts: What the rules say of each.
        content: Which read as the document's own.
        declared: The title the document declares: only a line that says the same will do.
    """
    if declared:
        wanted = " ".join(declared.casefold().split())
        return next((line.index for line in lines if " ".join(line.text.casefold().split()) == wanted), None)
    headings = [line for line in lines if line.kind is BlockKind.HEADING]
    if headings:
        named = (line for line in headings if verdicts[line.index] not in _NEVER and not is_no_title(line.text))
        return next(named, headings[0]).index
    scored = [(_score(seen), seen.line.index) for seen in looked_at(lines, verdicts, content)]
    best, index = max(scored, key=lambda entry: entry[0], default=(0.0, None))
    return _first_of_two(lines, verdicts, index) if index is not None and best > _WEIGHTS["none"] else None


def _first_of_two(lines: list[Line], verdicts: Verdicts, index: int) -> int:
    """Of two lines that stand together, set apart from all else, the first is the title."""
    two = index > 0 and verdicts[index - 1] is None and not lines[index].blank_before
    apart = two and lines[index - 1].blank_before and all(line.blank_before for line in lines[index + 1 : index + 2])
    return index - 1 if apart else index


def _score(seen: Seen) -> float:
    score: float = sum(map(mul, _WEIGHTED, values(seen)))
    return score


def looked_at(lines: list[Line], verdicts: Verdicts, content: Sequence[bool]) -> Iterator[Seen]:
    """Lines that could be the title, in order; none where there is no running text."""
    first = _begin(lines, verdicts, content)
    if first is None:
        return
    candidates = [
        line
        for line in lines[max(0, first - _ABOVE) : first + _BELOW]
        if line.words <= NUMBERS.title_words
        and verdicts[line.index] not in _NEVER
        and not (line.index >= first and line.is_prose)
        and _has_words(line.text)
    ]
    text = " ".join(_body(lines[first:], content))[:_BODY]
    body = _terms(text)
    lowered = [line.lowered for line in candidates]
    together = "\n".join(lowered)
    plain = [line.index for line in candidates if verdicts[line.index] is None]
    for line in candidates:
        terms = _terms(line.lowered)
        after = lines[line.index + 1 : line.index + 3]
        yield Seen(
            line=line,
            above=first - line.index,
            rivals=bisect_left(plain, line.index),
            verdict=verdicts[line.index],
            before=verdicts[line.index - 1] if line.index else RemovalReason.NAVIGATION,
            below=[verdicts[other.index] for other in after],
            followed=bool(after) and after[0].is_prose,
            content=content[line.index],
            overlap=len(terms & body) / len(terms) if terms else 0.0,
            contained=line.words >= _SHORT
            and together.count(line.lowered) > 1  # seldom, and quick to tell
            and _is_part(line, lowered),
            told=math.fsum(math.log1p(text.count(term)) for term in terms) / len(terms) if terms else 0.0,
            trailed=any(
                len(other.text) > len(line.text) and other.lowered.endswith(line.lowered)
                for other in lines[max(0, line.index - _TRAIL) : line.index]
            ),
            byline_near=RemovalReason.BYLINE in verdicts[line.index + 3 : line.index + _BYLINE],
        )


def _is_part(line: Line, others: list[str]) -> bool:
    """Whether one of the others is not much longer, and holds it."""
    return any(
        len(line.text) < len(other) < _MOST_CONTAINED * len(line.text) and line.lowered in other for other in others
    )


def _has_words(text: str) -> bool:
    """Whether it is made of words: the numbers of pages with arrows between them are not."""
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    return letters >= max(digits, 1) and 2 * (letters + digits) >= len(text.replace(" ", ""))


def _begin(lines: list[Line], verdicts: Verdicts, content: Sequence[bool]) -> int | None:
    """The first line of the text: of running text that much more follows."""
    prose = [line for line in lines if line.is_prose]
    core = [line for line in prose if content[line.index] and verdicts[line.index] is None] or prose
    enough = min(_OPENS_SHARE * sum(len(line.text) for line in core), _OPENS_CHARACTERS)
    for at, line in enumerate(core):
        near = core[at : at + _OPENS]
        if sum(len(other.text) for other in near if other.index < line.index + _OPENS) >= enough:
            return line.index
    return None


def _body(lines: Sequence[Line], content: Sequence[bool]) -> Iterator[str]:
    size = 0
    for line in lines:
        if content[line.index] and line.is_prose:
            yield line.lowered
            size += len(line.text)
            if size > _BODY:
                return


def _terms(lowered: str) -> set[str]:
    """Beginnings of the words that say something; of scripts without spaces, pairs of characters."""
    words = _TERM.findall(lowered)
    pairs: set[str] = set()
    if not lowered.isascii() and UNSPACED.search(lowered):
        unspaced = [word for word in words if UNSPACED.search(word)]
        pairs = {word[at : at + 2] for word in unspaced for at in range(len(word) - 1)}
        words = [word for word in words if not UNSPACED.search(word)]
    return pairs.union([word[:_STEM] for word in words if len(word) >= _LEAST or word.isdecimal()])
