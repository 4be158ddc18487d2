"""Tell who wrote a plain-text dump.

A byline may be labelled, or be a bare name beside the date, the title or the writer's profile; menus and teasers look
much the same. Each line that may name the authors gets a score, a weighted sum of what is seen of it and around it.
The weights were fitted to pages whose authors are known (training/bylines.py), as a choice among a page's lines and
none of them (conditional logit, McFadden 1974).
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from docmill.author_names import begins_with_given_name
from docmill.describe.choice import choose, read_weights
from docmill.describe.dump import Dump, Row
from docmill.describe.signed import Signed, signed_lines
from docmill.persons import has_role, is_full_name
from schemas.document import RemovalReason

__all__ = ["FEATURES", "Seen", "find_authors", "looked_at"]

_JUST_BELOW, _BELOW = 3, 10  # lines
_LABEL = 40  # characters
_ROLE = 60
_WORD = re.compile(r"\w{4,}")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_MEMBER = re.compile(
    r"\b(?:member|registered|joined|join date|posts?|user|moderator|reputation|badges?|newbie|level|mitglied|beiträge"
    r"|membre|inscrit|miembro|registrado|сообщени[йя]|регистрация)\b|注册|註冊",
    re.IGNORECASE,
)
_WEIGHTS = read_weights("authors.toml")


@dataclass(frozen=True, slots=True)
class Seen:
    """A line that may name the authors, and what stands around it."""

    at: int  # index among the dump's rows
    said: Signed
    dump: Dump
    earlier: int  # lines before it with a label of authors
    rivals: int  # other names after such labels

    @property
    def name(self) -> str:
        """The first of the names."""
        return self.said.names[0]

    @property
    def reason(self) -> RemovalReason | None:
        """Why cleaning took the line out."""
        return self.dump.rows[self.at].reason

    def near(self, *offsets: int) -> Iterator[Row]:
        """Lines so far from it."""
        rows = self.dump.rows
        return (rows[self.at + offset] for offset in offsets if 0 <= self.at + offset < len(rows))

    def is_dated(self, *offsets: int) -> bool:
        """Whether one of the lines so far from it says little but a day."""
        dated = self.dump.dated
        return any(dated[self.at + offset] for offset in offsets if 0 <= self.at + offset < len(dated))


def _common(seen: Seen) -> float:
    """The share of a name's words that the dump has in small letters elsewhere: of menus' labels, most."""
    words = [word.casefold() for name in seen.said.names for word in _WORD.findall(name)]
    return sum(word.islower() and seen.dump.has_small(word) for word in words) / len(words) if words else 0.0


def _has_profile(seen: Seen) -> bool:
    """Whether running text begins with the name, or near it with the first word of it."""
    first = seen.name.split()[0]
    return f"\n{seen.name} " in seen.dump.running or any(
        row.is_running and row.text.startswith(first) for row in seen.near(1, 2, 3)
    )


def _in_title(seen: Seen) -> bool:
    return seen.name in (seen.dump.named or "")


def _short_around(seen: Seen) -> float:
    """Share of short lines about it, as menus have."""
    rows = seen.near(-3, -2, -1, 1, 2, 3)
    return sum(len(row.text) < 30 and not _DIGIT.search(row.text) for row in rows) / 6  # noqa: PLR2004


def _one_word(seen: Seen) -> bool:
    return " " not in seen.name and _LETTER.search(seen.name) is not None


FEATURES: dict[str, Callable[[Seen], float]] = {
    "by": lambda seen: seen.said.label == "by",
    "by_full": lambda seen: seen.said.label == "by" and is_full_name(seen.name),
    "by_one": lambda seen: seen.said.label == "by" and _one_word(seen),
    "sure": lambda seen: seen.said.label == "sure",
    "starter": lambda seen: seen.said.label == "starter",
    "label_above": lambda seen: seen.said.label == "above",
    "within": lambda seen: seen.said.label == "within",
    "full": lambda seen: is_full_name(seen.name),
    "one_word": _one_word,
    "small": lambda seen: seen.name[0].islower(),
    "given": lambda seen: begins_with_given_name(seen.name),
    "uncased": lambda seen: not seen.said.label and not any(c.isupper() or c.islower() for c in seen.name),
    "several": lambda seen: len(seen.said.names) > 1,
    "common": _common,
    "rest": lambda seen: math.log1p(seen.said.rest),
    "dated": lambda seen: seen.is_dated(0),
    "date_below": lambda seen: seen.is_dated(1, 2),
    "date_above": lambda seen: seen.is_dated(-1, -2),
    "after_title": lambda seen: 0 < seen.at - seen.dump.title <= _JUST_BELOW,
    "below_title": lambda seen: _JUST_BELOW < seen.at - seen.dump.title <= _BELOW,
    "far_above": lambda seen: math.log1p(max(0, seen.dump.title - seen.at)),
    "far_below": lambda seen: math.log1p(max(0, seen.at - seen.dump.title)),
    "within_text": lambda seen: math.log1p(max(0, seen.at - seen.dump.text)),
    "text_below": lambda seen: any(row.is_running for row in seen.near(1)),
    "profile": _has_profile,
    "member": lambda seen: any(_MEMBER.search(row.text) for row in seen.near(1, 2, 3) if len(row.text) < _LABEL),
    "role_below": lambda seen: any(len(row.text) < _ROLE and has_role(row.text) for row in seen.near(1)),
    "in_title": _in_title,
    "owner": lambda seen: seen.name.casefold() in seen.dump.notices,
    "rivals": lambda seen: math.log1p(seen.rivals),
    "rivals_bare": lambda seen: 0 if seen.said.label else math.log1p(seen.rivals),
    "earlier": lambda seen: math.log1p(seen.earlier),
    "short_around": _short_around,
    "item": lambda seen: seen.dump.rows[seen.at].is_item,
    "byline": lambda seen: seen.reason is RemovalReason.BYLINE,
    "byline_bare": lambda seen: not seen.said.label and seen.reason is RemovalReason.BYLINE,
    "again": lambda seen: seen.dump.times[seen.dump.rows[seen.at].text] > 1,
    "again_below_title": lambda seen: (
        0 < seen.at - seen.dump.title <= _JUST_BELOW and seen.dump.times[seen.dump.rows[seen.at].text] > 1
    ),
    "related": lambda seen: seen.reason is RemovalReason.RELATED_LINKS,
    "kept": lambda seen: seen.reason is None,
}


_SLOW = ("text_below", "role_below", "member", "profile", "short_around", "common")


def find_authors(dump: Dump) -> Seen | None:
    """The line that names the authors; None where no line is likely enough to."""
    return choose(FEATURES, _WEIGHTS, looked_at(dump), _SLOW)


def looked_at(dump: Dump) -> Iterator[Seen]:
    """Lines that may name the authors, in order."""
    found = list(signed_lines(dump))
    labelled = {said.names for _, said in found if said.label}
    earlier = 0
    for at, said in found:
        yield Seen(at, said, dump, earlier, len(labelled) - (said.names in labelled))
        earlier += bool(said.label)
