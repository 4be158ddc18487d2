"""The names that a line of a plain-text dump may give as its authors'."""

import re
from dataclasses import dataclass

from docmill.annotate.lexicon import given_names, is_pinyin_name, raw
from docmill.bylines import after_author_label, is_full_name, label_of, lead_in, names_in, read_fields, starts_thread
from docmill.describe.dump import DAY, Dump

__all__ = ["Signed", "begins_with_given_name", "signed"]

_ABOVE, _BELOW = 8, 12  # lines about the title and the text among which bare names are looked for,
_DATED = 2  # and about a date
_BRIEF = 80  # characters of a line without a label
_PARTS = 3  # of a line with one name and other things
_LABEL = 40  # characters
_EDGE = " \t\n.|·•-–—/,:;()（）[]\u3000\xa0*#@©"
_APART = re.compile(r"\s*(?:[|·•⋅∙,/»]|//|\s[-–—]|[-–—]\s)\s*")
_PARTS_END = re.compile(r"\s*[|｜,，;；·•]\s*")
_LABELS = ("By", "Par", "Por", "Von")
_GLUED_LABEL = re.compile(r"^(By|Par|Por|Von)(?=[A-ZÀ-ÖØ-Þ])")
# `Jane DoePublished`, `Jane DoeMay 4`, `Jane Doe – 3 min`, `Jane Doe. Photo`
_RUN_ON = re.compile(
    r"(?<=[a-zß-öø-ÿ])(?=Published|Updated|Posted|Last |[A-Z][a-z]{2,8}\.? \d)"
    r"|\s*[—–-]?\s*\b\d+\s+min|\s[»›⋅∙]\s|\s[(（]|(?<=\w{4})\.\s"
)
_LOOSE = re.compile(r"(?:\s+(?:On|Updated|Published|Posted|[a-zß-öø-ÿа-я]+))+\s*$")
_ARTICLE = re.compile(r"^(?:ο|η|οι)\s+")
_STARTED = re.compile(r"\s+\(?(?:(?:discussion|thread|topic) starter|original poster|OP)\)?$", re.IGNORECASE)
_STARTERS = ("starter", "poster", " op", "(op")
_DIGIT = re.compile(r"\d")
_USER = re.compile(r"@?[\w.-]{2,25}")
_REPORTER = re.compile(
    r"(?:记者|記者|作者|撰文|通讯员|(?<![\u4e00-\u9fff])文(?=[\s:：/／╱|]))[\s:：/／╱|]{0,3}([\u4e00-\u9fff]{2,3})(?:$|[^\u4e00-\u9fff]|(?=报道|報導|报导|摄))"
)
_SURNAMES = frozenset("".join(raw("zh")["surnames"].split()))


@dataclass(frozen=True, slots=True)
class Signed:
    """Who a line names, and how."""

    names: tuple[str, ...]
    label: str  # "by", "sure", "starter", "above" (it), "within" (it) or ""
    rest: int  # words of the line beside names, label and date


def begins_with_given_name(text: str) -> bool:
    """Whether the first word is a given name known in many languages, or the whole looks like a Chinese name."""
    first, _, rest = text.partition(" ")
    folded = first.casefold()
    return folded in given_names("en") or folded in given_names("ru") or is_pinyin_name(first, rest)


def signed(dump: Dump, at: int) -> Signed | None:
    """What a line says of the authors; None for one that says nothing of them, and for the title."""
    row = dump.rows[at]
    if not row.is_short or row.text == dump.named:
        return None
    line = _GLUED_LABEL.sub(r"\1 ", row.text) if row.text.startswith(_LABELS) else row.text
    near = at - dump.title >= -_ABOVE and at - dump.text <= _BELOW
    near = near or any(dump.dated[max(0, at - _DATED) : at + _DATED + 1])
    if (near or lead_in(line)) and (found := _labelled(line)):
        return found
    if found := _named_otherwise(line, dump.rows[at - 1].text.strip(_EDGE) if at else ""):
        return found
    brief = len(line) <= _BRIEF or dump.dated[at]
    if brief and (near or begins_with_given_name(line) or _is_told_of(dump, at)):
        return _signed(names, "", len(_undated(line).split())) if (names := _bare(line)) else None
    return None


def _named_otherwise(line: str, above: str) -> Signed | None:
    """Who is named by a label that stands within the line, above it or behind the name."""
    if not line.isascii() and (reporter := _REPORTER.search(line)):
        return _signed([reporter[1]] if reporter[1][0] in _SURNAMES else [], "sure", 0)
    if len(above) <= _LABEL and label_of(above) == "author":
        return _signed(_persons(_without_day(line)), "above", len(line.split()))
    if line.rstrip(")").lower().endswith(_STARTERS) and (starter := _STARTED.search(line)):
        return _signed(names_in(line[: starter.start()], as_written=True), "starter", 0)
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


def _is_told_of(dump: Dump, at: int) -> bool:
    """Whether the line below begins with the same word, as a profile below a name does."""
    first = dump.rows[at].text.partition(" ")[0]
    return at + 1 < len(dump.rows) and dump.rows[at + 1].text.startswith(first)


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
    parts = [part.strip(_EDGE) for part in _APART.split(_undated(_RUN_ON.sub("|", line)))]
    able = [part for part in parts if part and not part[0].islower() and (" " in part or not part.isascii())]
    names = [name for part in able for name in names_in(part) if is_full_name(name)]
    if names:
        return names[:1] if len(parts) > _PARTS else names
    return names_in(line, as_written=True) if _USER.fullmatch(line.strip(_EDGE)) else []


def _undated(line: str) -> str:
    return DAY.sub("|", line) if _DIGIT.search(line) else line


def _without_day(author: str) -> str:
    """`Jane Doe on December 2, 2025`, as dumps run them together: the name."""
    author = _ARTICLE.sub("", _RUN_ON.split(author, maxsplit=1)[0])
    day = DAY.search(author)
    return _LOOSE.sub("", author[: day.start()]) if day and day.start() else author
