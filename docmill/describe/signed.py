"""The names that a line of a plain-text dump may give as its authors'."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

from docmill.author_names import full_names_in, half_labelled_names, names_in
from docmill.bylines import after_author_label, label_of, lead_in, read_fields, starts_thread
from docmill.describe.dump import DAY, Dump
from docmill.papers import letter_ends
from docmill.persons import is_full_name
from docmill.reporters import is_sentence, may_name_reporters, reporters_in

__all__ = ["Signed", "signed_lines"]

_ABOVE, _BELOW = 8, 12  # lines about the title and the text among which bare names are looked for,
_DATED = 2  # and about a date
_BRIEF = 80  # characters of a line without a label
_PARTS = 3  # of a line with one name and other things
_EDGE = " \t\n.|·•-–—/,:;()（）[]\u3000\xa0*#@©"
_APART = re.compile(r"\s*(?:[|·•⋅∙,/»]|//|\s[-–—]|[-–—]\s)\s*")
_NOT_PARTED = re.compile(r"[^|·•⋅∙,/»–—-]*")
_PARTS_END = re.compile(r"\s*[|｜,，;；·•]\s*")
_LABELS = ("By", "Par", "Por", "Von")
_GLUED_LABEL = re.compile(r"^(By|Par|Por|Von)(?=[A-ZÀ-ÖØ-Þ])")
# `Jane DoePublished`, `Jane DoeMay 4`, `Jane Doe – 3 min`, `Jane Doe. Photo`
_RUN_ON = re.compile(
    r"(?<=[a-zß-öø-ÿ])(?=Published|Updated|Posted|Last |[A-Z][a-z]{2,8}\.? \d)"
    r"|\s*[—–-]?\s*\b\d+\s+min|\s[»›⋅∙]\s|\s[(（]|(?<=\w{4})\.\s"
)
# What one of those has; most lines have none.
_MAYBE_RUN_ON = re.compile(r"[\d»›⋅∙(（.]|Published|Updated|Posted|Last ")
_LOOSE = re.compile(r"(?:\s+(?:On|Updated|Published|Posted|[a-zß-öø-ÿа-я]+))+\s*$")
_ARTICLE = re.compile(r"^(?:ο|η|οι)\s+")
_STARTED = re.compile(r"\s+\(?(?:(?:discussion|thread|topic) starter|original poster|OP)\)?$", re.IGNORECASE)
_STARTERS = tuple(
    f"{word}{end}"
    for word in ("starter", "Starter", "poster", "Poster", " OP", "(OP", " op", "(op")
    for end in ("", ")")
)
_DIGIT = re.compile(r"\d")
_USER = re.compile(r"@?[\w.-]{2,25}")


@dataclass(frozen=True, slots=True)
class Signed:
    """Who a line names, and how."""

    names: tuple[str, ...]
    label: str  # "by", "sure", "starter", "above" (it), "within" (it) or ""
    rest: int  # words of the line beside names, label and date


def signed_lines(dump: Dump) -> Iterator[tuple[int, Signed]]:
    """The lines that may name the authors, with what they say of them, in order."""
    rows = dump.rows
    near = {at for at in range(dump.title - _ABOVE, dump.text + _BELOW + 1) if 0 <= at < len(rows)}
    for at in compress(range(len(rows)), dump.dated):
        near.update(range(max(0, at - _DATED), min(at + _DATED + 1, len(rows))))
    below = {at + 1 for at in dump.labelled if label_of(rows[at].text.strip(_EDGE)) == "author"}
    if (close := letter_ends([row.text for row in rows])) is not None:
        below.add(close + 1)
    glued = {at for at, row in enumerate(rows) if row.text.startswith(_LABELS)}
    named = {at for at, row in enumerate(rows) if row.text.endswith(_STARTERS)}
    signed: dict[int, list[str]] = {}
    if may_name_reporters(dump.whole):
        signed = {at: names for at, row in enumerate(rows) if row.is_short and (names := reporters_in(row.text))}
    for at in sorted((near | below | glued | named | signed.keys() | dump.led_in) - {len(rows)}):
        row = rows[at]
        if not row.is_short or row.text == dump.named:
            continue
        said = _signed(signed[at], "sure", 0) if at in signed else _signed_line(dump, at, near, below)
        if said:
            yield at, said


def _signed_line(dump: Dump, at: int, near: set[int], below: set[int]) -> Signed | None:
    text = dump.rows[at].text
    if is_sentence(text):
        return None
    line = _GLUED_LABEL.sub(r"\1 ", text) if text.startswith(_LABELS) else text
    labelled = (at in dump.labelled and at in near) or at in dump.led_in or line is not text
    if labelled and (found := _labelled(line)):
        return found
    if at in below:
        return _signed(_persons(_without_day(line)), "above", len(line.split()))
    if starter := line.endswith(_STARTERS) and _STARTED.search(line):
        return _signed(names_in(line[: starter.start()], as_written=True), "starter", 0)
    if at in near and (len(line) <= _BRIEF or dump.dated[at]):
        half_labelled = half_labelled_names(line)
        names = half_labelled or _bare(line)
        return _signed(names, "by" if half_labelled else "", len(DAY.sub("|", line).split()) if names else 0)
    return None


def _labelled(line: str) -> Signed | None:
    fields = read_fields(line)
    label = "within"
    if starts_thread(line.strip(_EDGE)):
        label = "starter"
    elif any(after_author_label(part) for part in _PARTS_END.split(line)):
        label = "sure"
    elif lead_in(line):
        label = "by"
    names = [name for field, value in fields if field == "author" for name in _persons(_without_day(value))]
    if label == "within":  # which may be a word of a sentence
        names = [name for name in names if is_full_name(name)]
    words = sum(len(value.split()) for field, value in fields if field not in ("date", "modified"))
    return _signed(names, label, words)


def _signed(names: list[str], label: str, words: int) -> Signed | None:
    if not names:
        return None
    return Signed(tuple(dict.fromkeys(names)), label, max(0, words - sum(len(name.split()) for name in names)))


def _persons(value: str) -> list[str]:
    """The names in a list; beside a full name, what is none is a title or a place of work."""
    names = names_in(value, as_written=True)
    full = [name for name in names if is_full_name(name)]
    return full or names[: 2 if all(name[0].isupper() for name in names[:2]) else 1]


def _bare(line: str) -> list[str]:
    """Full names among a line's parts, or the user's name that is all of it."""
    parts = [part.strip(_EDGE) for part in _parts(line)]
    able = [part for part in parts if part and not part[0].islower() and (" " in part or not part.isascii())]
    names = [name for part in able for name in full_names_in(part)]
    if names:
        return names[:1] if len(parts) > _PARTS else names
    return names_in(line, as_written=True) if _USER.fullmatch(line.strip(_EDGE)) else []


def _parts(line: str) -> list[str]:
    """What signs and days part a line into; most lines are one."""
    if _MAYBE_RUN_ON.search(line):
        line = _RUN_ON.sub("|", line)
        line = DAY.sub("|", line) if _DIGIT.search(line) else line
    return [line] if _NOT_PARTED.fullmatch(line) else _APART.split(line)


def _without_day(author: str) -> str:
    """`Jane Doe on December 2, 2025`, as dumps run them together: the name."""
    author = _ARTICLE.sub("", _RUN_ON.split(author, maxsplit=1)[0])
    day = DAY.search(author)
    return _LOOSE.sub("", author[: day.start()]) if day and day.start() else author
