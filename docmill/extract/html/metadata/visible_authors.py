"""Authors as readers see them: bylines about the heading, and elements marked as authors."""

import re
from collections.abc import Iterable
from itertools import pairwise, takewhile

from selectolax.lexbor import LexborNode

from docmill.author_names import (
    begins_with_given_name,
    full_names_in,
    half_labelled_names,
    is_labelled,
    names_in,
)
from docmill.bylines import after_author_label, label_of, read_fields, starts_thread
from docmill.dates import MENTION, after_time
from docmill.extract.html.metadata.candidates import Candidates
from docmill.extract.html.metadata.landmarks import Landmarks, is_author_mark
from docmill.extract.html.metadata.surroundings import Surroundings
from docmill.extract.html.metadata.walk import Header, Near
from docmill.persons import is_full_name
from docmill.reporters import is_sentence, reporters_in, signed_reporters

__all__ = ["read_visible_authors"]

_AFTER, _BEFORE = 120, 60  # nodes of the page looked at after and before the heading
_ABOVE = 4.9  # what a name above the day counts: a little less than one that is marked
_FIRST = 40  # nodes after the heading among which a name above the day stands
_PROSE = 120  # characters of a text that is no byline
_MAX_PROSE = 3
_BYLINE = 60  # characters of a line that is nothing else
_SURE = 4  # what a place counts beside which no label far below is looked for
_STARTER = 9  # what a label as the thread's starter counts: more than the markup of other posts
_USER_NAME = 30  # characters
_ACCOUNT = re.compile(r"(?=.*[\d_])[^\W\d_][\w.-]{2,29}")  # which counts where it is declared too
_EDGE = " \t\n.|·•-–—/,:;()（）\u3000\xa0"
_PARTED = re.compile(r"\s*(?:[|·•/,\u3000]|\s[-–—]\s)\s*$")
_SIGNS = re.compile(r"\s*[|·•]\s*")
# Who made a film, a game or a book, in a list of such.
_CREDIT = re.compile(
    r"\W*(?:(?:directed|produced|music|screenplay|cinematography|composed|developed|distributed) by"
    r"|starring|regie|réalisation|dirección|режисс[её]р|监督|导演|監督)\b",
    re.IGNORECASE,
)
_LIST = 8  # texts within which a list has another of its labels
_JOINER = re.compile(r"\W*(?:and|und|et|y|e|и|و|&|,|;|·|\||/)?\W*", re.IGNORECASE)


def read_visible_authors(
    texts: list[str], landmarks: Landmarks, header: Header | None, around: Surroundings, found: Candidates
) -> None:
    """Note the names after a label about the heading, and those in elements marked as authors.

    Where no place names any, the writer of a thread's first post counts, then a name after a label anywhere.
    """
    if header is not None:
        _read_header(header, found)
        _read_above_day([near for near in header.after(_FIRST) if not near.is_time], around, found)
    places: dict[int, list[LexborNode]] = {}
    links = {node.mem_id for node in landmarks.author_links}
    for node in landmarks.author_links + [node for node in landmarks.authors if node.mem_id not in links]:
        even_aside = _is_linked(node) or node.tag == "aside"
        if not around.are_foreign(node, even_aside=even_aside) and not around.are_teaser(node):
            places.setdefault(node.parent.mem_id if node.parent else 0, []).append(node)
    for order, nodes in enumerate(places.values()):
        names = [name for node in nodes for name in _names_within(node) if _is_marked(node) or is_full_name(name)]
        linked = any(map(_is_linked, nodes))
        found.add("author", "; ".join(dict.fromkeys(names)), "byline", 5 + linked - order / 100, as_written=False)
    if not found.of("author"):
        _read_first_post([node for node in landmarks.users if not around.are_foreign(node)], found)
    if not any(c.weight > _SURE and names_in(c.value, as_written=c.as_written) for c in found.of("author")):
        _read_labelled(texts, found)


def _read_first_post(users: list[LexborNode], found: Candidates) -> None:
    """Note who wrote the first post: users have names in any form."""
    shown = (" ".join(node.text(separator=" ")[: _USER_NAME * 2].split()) for node in users)
    name = next((text for text in shown if text), "")
    if len(name) <= _USER_NAME:
        found.add("author", name, "byline", 3)


def _read_labelled(texts: list[str], found: Candidates) -> None:
    """Note a person's name after a label of authors, on a line of its own: under the text, or in a profile."""
    label_before = False
    for at, text in enumerate(texts):
        if len(text) > _BYLINE:
            label_before = False
            continue
        value = after_author_label(text)
        if not value and not label_before and (signed := signed_reporters(text)):
            found.add("author", "; ".join(signed), "byline", 2, as_written=False)
            return
        if value or label_before:
            names = full_names_in(value or text)
            if names and any(map(_CREDIT.match, texts[max(0, at - _LIST) : at + _LIST])):
                names = []  # among those who made a film that the page is about
            if names:
                found.add("author", "; ".join(names), "byline", 2, as_written=False)
                return
        label_before = value == "" or label_of(text) == "author"


def _is_linked(node: LexborNode) -> bool:
    return "author" in (node.attributes.get("rel") or "").split()


def _is_marked(node: LexborNode) -> bool:
    return _is_linked(node) or is_author_mark(node)


def _names_within(node: LexborNode) -> list[str]:
    """The names in a marked element: the first, and those that a comma or an `and` ties to it."""
    text = node.text(separator="\n")[:600]
    if len(text) > 400:  # noqa: PLR2004  a profile, not a byline
        return []
    names: list[str] = []
    tied = True
    for line in (tidy for raw in text.split("\n") if (tidy := " ".join(raw.split()))):
        if _JOINER.fullmatch(line):
            tied = True
        elif label_of(line) == "author":
            continue
        elif tied and (found := names_in(line, as_written=_ACCOUNT.fullmatch(line) is not None)):
            names += found
            tied = line.endswith((",", ";", "&", " and", " und", " et"))
        elif names:
            break
    return names


def _read_header(header: Header, found: Candidates) -> None:
    _read_starter([near.text for near in header.after(_AFTER) if not near.is_time], found)
    after = (near.text for near in header.after(_AFTER) if not near.is_time)
    _read_texts(takewhile(lambda text: not _CREDIT.match(text), after), found, 5.5)
    nearest = [near.text for near in header.before(_BEFORE) if not near.is_time]
    _read_texts(reversed(nearest), found, 4.5)


def _read_starter(texts: list[str], found: Candidates) -> None:
    """Note who began a thread; users have names in any form, and markup may name only those who answered."""
    for label, name in pairwise(texts):
        if len(name) <= _USER_NAME and label_of(label) == "author" and starts_thread(label):
            found.add("author", name, "byline", _STARTER)
            return


def _read_above_day(near: list[Near], around: Surroundings, found: Candidates) -> None:
    """Note a full name that stands alone with the day right below it, or below what it was written for."""
    texts = [one.text for one in near]
    for at, text in enumerate(texts):
        below = texts[at + 1 : at + 3]
        if (
            len(text) < _USER_NAME
            and is_full_name(text)
            and begins_with_given_name(text)
            and names_in(text) == [text]
            and any(map(_is_day, below[:1] if below and len(below[0]) > _USER_NAME else below))
            and not around.are_teaser(near[at].node)
        ):
            found.add("author", text, "byline", _ABOVE, as_written=False)
            return


def _is_day(text: str) -> bool:
    """Whether a text is a day, with hardly a word beside it."""
    day = MENTION.search(text) if len(text) < _BYLINE else None
    return day is not None and len(text) - len(day[0]) < _USER_NAME


def _read_texts(texts: Iterable[str], found: Candidates, weight: float) -> None:
    prose = 0
    names: list[str] = []
    open_label = False
    for text in texts:
        if len(text) > _PROSE or is_sentence(text):
            prose += 1
            open_label = False
            if not names and (reporters := reporters_in(text)):
                names += reporters
                break
            if prose > _MAX_PROSE:
                break
        elif label_of(text) == "author":
            open_label = True
        elif (listed := _signed_names(text, after_label=open_label)) is not None:
            names += listed
            open_label = bool(listed) and text.rstrip().endswith((",", ";", "&", " and", " und", " et", " y"))
        elif names and _JOINER.fullmatch(text):
            open_label = True
        elif names:
            break
    if names:
        found.add("author", "; ".join(dict.fromkeys(names)), "byline", weight, as_written=False)


def _signed_names(text: str, *, after_label: bool) -> list[str] | None:
    """The names of a text that says who wrote, by itself or after a label; None of one that says nothing of it."""
    if reporters := reporters_in(text):
        return reporters
    if not (after_label or is_labelled(text)):
        return half_labelled_names(text) or _names_beside_day(text) or None
    alone = len(text) < _USER_NAME and (after_label or after_author_label(text) is not None)
    named = [value for label, value in read_fields(text) if label == "author"] or [text]
    names = [name for value in named for name in names_in(value)]
    return [name for name in names if is_full_name(name) or (alone and name[0].isupper())]


def _names_beside_day(text: str) -> list[str]:
    """The full names in a text of a day and who wrote: `Published March 4, 2025 by Jane Doe`, `Jane Doe | 4.3.2025`."""
    day = MENTION.search(text)
    if day is None:
        return []
    before, after = text[: day.start()], after_time(text[day.end() :].lstrip("日일")).strip(_EDGE)
    if not before.strip(_EDGE) or label_of(before) in {"date", "modified"}:
        named = [value for label, value in read_fields(after) if label == "author"] or [after] * is_labelled(after)
        found = [name for value in named for name in names_in(value) if is_full_name(name)]
        return found or half_labelled_names(after) or _names_among(after)
    if after or not (parted := _PARTED.search(before)):
        return []
    names = names_in(before[: parted.start()])
    return names if all(is_full_name(name) and begins_with_given_name(name) for name in names) else []


def _names_among(text: str) -> list[str]:
    """The full names among what signs part, as in `3 min · Jane Doe | Suggest changes`."""
    parts = [part.strip(_EDGE) for part in _SIGNS.split(text)]
    return [part for part in parts if is_full_name(part) and begins_with_given_name(part) and names_in(part) == [part]]
