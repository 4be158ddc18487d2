"""Variations of labelled dumps, so that a model learns what makes a line furniture rather than how one crawl looked."""

import random
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from string import ascii_letters, ascii_lowercase, ascii_uppercase

import numpy as np
from numpy.typing import NDArray

__all__ = ["PLAIN", "STRONG", "Dump", "Pools", "Variations", "dump_of", "vary"]


@dataclass(frozen=True, slots=True)
class Dump:
    """A document's non-blank lines."""

    lines: list[str]
    gaps: list[bool]  # whether a blank line stands before
    labels: NDArray[np.float32]  # 0..1, NaN where unknown

    def content(self) -> NDArray[np.intp]:
        """Where the content's lines are."""
        return np.flatnonzero(np.nan_to_num(self.labels) > 0.5)

    def part(self, rows: Sequence[int] | NDArray[np.intp]) -> "Dump":
        """Some of the lines."""
        return Dump([self.lines[i] for i in rows], [self.gaps[i] for i in rows], self.labels[np.asarray(rows, int)])

    def with_inserted(self, at: int, lines: list[str], gaps: list[bool]) -> "Dump":
        """Lines that are no content put in before line `at`."""
        return Dump(
            self.lines[:at] + lines + self.lines[at:],
            self.gaps[:at] + gaps + self.gaps[at:],
            np.concatenate([self.labels[:at], np.zeros(len(lines), np.float32), self.labels[at:]]),
        )


@dataclass(frozen=True, slots=True)
class Pools:
    """Texts of other pages to make furniture of."""

    teasers: list[tuple[str, str]]  # title, opening
    posts: list[str]


def dump_of(lines: Sequence[str], labels: Sequence[float | None]) -> Dump:
    """A dump from all of a page's lines, blank ones included."""
    kept: list[str] = []
    gaps: list[bool] = []
    values: list[float] = []
    gap = True
    for line, value in zip(lines, labels, strict=True):
        text = line.strip()
        if text:
            kept.append(text)
            gaps.append(gap)
            values.append(np.nan if value is None else value)
        gap = not text
    return Dump(kept, gaps, np.array(values, np.float32))


def _lower(dump: Dump, _pools: Pools, _random: random.Random) -> Dump:
    return replace(dump, lines=[line.lower() for line in dump.lines])


def _without_gaps(dump: Dump, _pools: Pools, _random: random.Random) -> Dump:
    return replace(dump, gaps=[False] * len(dump.gaps))


_SHIFT = str.maketrans(
    ascii_letters, ascii_lowercase[7:] + ascii_lowercase[:7] + ascii_uppercase[7:] + ascii_uppercase[:7]
)
_LETTERS = re.compile(r"[A-Za-z]+")


def _unknown_words(dump: Dump, _pools: Pools, rnd: random.Random) -> Dump:
    """As in a language of whose interface words few are known: lengths, case, signs and repeats of words stay."""
    share = rnd.choice([40, 70, 100])
    salt = str(rnd.random()).encode()

    def change(match: re.Match[str]) -> str:
        hidden = zlib.crc32(salt + match[0].lower().encode()) % 100 < share
        return match[0].translate(_SHIFT) if hidden else match[0]

    return replace(dump, lines=[_LETTERS.sub(change, line) for line in dump.lines])


def _portal(dump: Dump, pools: Pools, rnd: random.Random) -> Dump:
    """A short article among lists of other pages' titles and openings."""
    dump = _short_body(dump, pools, rnd)
    for _ in range(rnd.randint(2, 4)):
        dump = _teased(dump, pools, rnd)
    return dump


def _menued(dump: Dump, pools: Pools, rnd: random.Random) -> Dump:
    """Above the content the menu of a portal, unfolded: of each section its labels, a few openings, and titles."""
    content = dump.content()
    short = [line for line, value in zip(dump.lines, dump.labels, strict=True) if value < 0.5 and len(line) < 32]
    if not len(content) or not pools.teasers or not short:
        return dump
    limit, dots, airy = rnd.randint(70, 280), rnd.random() < 0.7, rnd.random() < 0.7
    openings, lists, most = rnd.randint(0, 3), rnd.randint(0, 2), rnd.randint(2, 14)
    also = rnd.choice(["See also:", "Most commented:", "Most read", "More", "Latest", "Related:"])
    lines: list[str] = []
    gaps: list[bool] = []
    for _ in range(rnd.randint(3, 16)):
        parts = [[rnd.choice(short)], [rnd.choice(short) for _ in range(rnd.randint(0, most))]]
        for title, opening in rnd.sample(pools.teasers, min(len(pools.teasers), openings)):
            parts += [[title], [_cut(opening, limit, dots=dots)]]
        for _ in range(lists):
            titles = rnd.sample(pools.teasers, min(len(pools.teasers), rnd.randint(2, 5)))
            parts += [[also], [_cut(title, 60, dots=True) for title, _ in titles]]
        for part in parts:
            lines += part
            gaps += [airy and index == 0 for index in range(len(part))]
    return dump.with_inserted(rnd.randint(0, int(content[0])), lines, gaps)


def _cropped(dump: Dump, _pools: Pools, rnd: random.Random) -> Dump:
    n = len(dump.lines)
    first = rnd.randrange(n // 2 + 1) if rnd.random() < 0.6 else 0
    last = n - (rnd.randrange(n // 2 + 1) if rnd.random() < 0.6 else 0)
    content = dump.content()
    if len(content) and rnd.random() < 0.6:
        first, last = min(first, int(content[0])), max(last, int(content[-1]) + 1)
    return dump.part(range(first, last)) if last - first > 3 else dump


def _short_body(dump: Dump, _pools: Pools, rnd: random.Random) -> Dump:
    """Only the content's first lines are left, as of a news flash."""
    content = [int(i) for i in dump.content()]
    left = rnd.randint(1, 6)
    if len(content) <= left + 1:
        return dump
    gone = set(content[left:])
    return dump.part([i for i in range(len(dump.lines)) if i not in gone])


def _bare(dump: Dump, _pools: Pools, _random: random.Random) -> Dump:
    """A text that nobody dumped from a page: all of it is content."""
    content = dump.content()
    return dump.part(content) if len(content) else dump


def _teased(dump: Dump, pools: Pools, rnd: random.Random) -> Dump:
    """A list of other pages' titles and openings above or below the content."""
    content = dump.content()
    if not len(content) or not pools.teasers:
        return dump
    parts = rnd.choice(
        [
            ("title",),
            ("text",),
            ("title", "text"),
            ("title", "text"),
            ("date", "title"),
            ("title", "date", "text"),
            ("both",),
            ("title", "text", "more"),
        ]
    )
    limit, dots, airy = rnd.randint(70, 280), rnd.random() < 0.4, rnd.random() < 0.5
    lines: list[str] = []
    gaps: list[bool] = []
    if rnd.random() < 0.4:
        lines.append(
            rnd.choice(
                ["Latest news", "More stories", "Related articles", "Recent posts", "You may also like", "Top stories"]
            )
        )
        gaps.append(True)
    for title, opening in rnd.sample(pools.teasers, min(len(pools.teasers), rnd.randint(3, 24))):
        text = _cut(opening, limit, dots=dots)
        made = {"title": title, "text": text, "both": f"{title} {text}", "more": "Read more", "date": _date(rnd)}
        for index, part in enumerate(parts):
            if made[part]:
                lines.append(made[part])
                gaps.append(airy and index == 0)
    spot = int(content[0]) if rnd.random() < 0.35 else _after(dump, int(content[-1]), rnd)
    return dump.with_inserted(spot, lines, gaps)


def _commented(dump: Dump, pools: Pools, rnd: random.Random) -> Dump:
    """Readers' posts below the content."""
    content = dump.content()
    if not len(content) or not pools.posts:
        return dump
    posts = rnd.sample(pools.posts, min(len(pools.posts), rnd.randint(2, 40)))
    heading = rnd.choice(
        ["{} Comments", "Comments ({})", "{} responses", "Comments", "Leave a Reply", "Reader comments", ""]
    )
    lines = [heading.format(len(posts))] if heading else []
    gaps = [True] * len(lines)
    form = rnd.choice(
        [
            ("name", "date", "text"),
            ("name", "text"),
            ("text", "name"),
            ("says", "text", "reply"),
            ("name", "date", "text", "reply"),
        ]
    )
    airy = rnd.random() < 0.6
    for post in posts:
        words = [word for word in post.split() if word.isalpha()] or ["guest"]
        name = " ".join(rnd.choice(words).capitalize() for _ in range(rnd.randint(1, 2)))
        made = {"name": name, "says": f"{name} says:", "date": _date(rnd), "text": post, "reply": "Reply"}
        for index, part in enumerate(form):
            lines.append(made[part])
            gaps.append(airy and (index == 0 or part == "text"))
    return dump.with_inserted(_after(dump, int(content[-1]), rnd), lines, gaps)


def _after(dump: Dump, last: int, rnd: random.Random) -> int:
    return min(len(dump.lines), last + 1 + (rnd.randint(0, 12) if rnd.random() < 0.5 else 0))


def _cut(text: str, limit: int, *, dots: bool) -> str:
    if len(text) <= limit:
        return text
    at = text.rfind(" ", 0, limit)
    return text[: at if at > 0 else limit] + ("..." if dots else "")


def _date(rnd: random.Random) -> str:
    day, month, year = rnd.randint(1, 28), rnd.randint(1, 12), rnd.randint(2005, 2026)
    return rnd.choice(
        [
            f"{day:02}.{month:02}.{year}",
            f"{year}-{month:02}-{day:02}",
            f"{rnd.randint(0, 23):02}:{rnd.randint(0, 59):02}",
            f"{rnd.randint(1, 11)} hours ago",
            f"{day}/{month}/{year} {rnd.randint(0, 23)}:{rnd.randint(10, 59)}",
        ]
    )


Variations = tuple[tuple[float, Callable[[Dump, Pools, random.Random], Dump]], ...]  # each with its chance

_BARE = 0.08
PLAIN: Variations = (
    (0.2, _short_body),
    (0.2, _teased),
    (0.12, _commented),
    (0.15, _cropped),
    (0.12, _lower),
    (0.15, _without_gaps),
)
STRONG: Variations = (
    (0.15, _portal),
    (0.12, _menued),
    (0.12, _short_body),
    (0.15, _teased),
    (0.12, _commented),
    (0.15, _cropped),
    (0.12, _lower),
    (0.35, _unknown_words),
    (0.15, _without_gaps),
)


def vary(dump: Dump, pools: Pools, rnd: random.Random, variations: Variations = STRONG) -> Dump:
    """One dump with each variation made by chance."""
    if rnd.random() < _BARE:
        return _bare(dump, pools, rnd)
    for chance, variation in variations:
        if rnd.random() < chance:
            dump = variation(dump, pools, rnd)
    return dump
