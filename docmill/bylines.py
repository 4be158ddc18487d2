"""Bylines: the labelled parts of a line such as `Source: X | 2023-04-05 | By Y`, and the names in a list of authors."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

import re2

from docmill.rows import rows_with

__all__ = [
    "LABEL",
    "after_author_label",
    "declared_authors",
    "full_names_in",
    "has_role",
    "is_full_name",
    "is_half_labelled",
    "is_host",
    "is_signed",
    "label_of",
    "lead_in",
    "lines_with_labels",
    "names_in",
    "read_fields",
    "starts_thread",
]

_DATA = tomllib.loads((files("docmill") / "bylines.toml").read_text(encoding="utf-8"))
_LABELS: dict[str, list[str]] = _DATA["labels"]
_COLONLESS = frozenset(_DATA["colonless"]["labels"])
_ANY_LABEL = "|".join(f"(?P<{name}>{'|'.join(labels)})" for name, labels in _LABELS.items())
_FIELD = re.compile(
    rf"(?:^|(?<=[\s|,，;；()（）/\u3000·•]))(?:{_ANY_LABEL})(?P<colon>\s*[:：]\s*|\s+)(?=\S)", re.IGNORECASE
)
LABEL = re.compile(rf"\W{{0,3}}(?:{_ANY_LABEL})\s*(?P<colon>[:：]?)\s*", re.IGNORECASE)

_NAMES = _DATA["names"]
_NOBODY = frozenset(_NAMES["nobody"])
_ROLES = frozenset(_NAMES["roles"])
_FIRST_NOT, _LAST_NOT = frozenset(_NAMES["never_first"]), frozenset(_NAMES["never_last"])
_DEGREES = frozenset(_NAMES["degrees"])
_COMPANIES = frozenset(_NAMES["companies"])
_BETWEEN = re.compile(
    r"\s*(?:[,;、，；&/／|·•+]|\s[-–—]\s|(?<=\s)(?:"
    + "|".join(w for w in _NAMES["between"] if w != "و")
    + r")(?=\s)|(?<=\s)و(?=\s?\w))\s*",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"<[^>]{0,200}>|\([^)]{0,100}(?:\)|$)|（[^）]{0,100}(?:）|$)|\[[^\]]{0,100}(?:\]|$)|\S{1,100}@\S{1,100}|@?(?:https?:|www\.)\S{0,200}|(?<!\w)@\w+"
    r"|(?<=\w)/[A-Z]{2,4}(?:-[A-Z]{1,3})?(?!\w)"
)
_LEAD = re.compile(rf"\W{{0,3}}(?:{'|'.join(_LABELS['author'])})(?:\s*[:：]\s*|\s+)", re.IGNORECASE)
# Where labels may stand on a line, or a little more: RE2 finds them in a whole text in a fraction of the time.
_MAYBE_LABELS = re2.compile(
    rf"(?im)(?:^|[^\pL\pN\n])(?:{'|'.join(map('|'.join, _LABELS.values()))})(?:[^\pL\pN\n]|$)".encode()
)
_SURE = re.compile(rf"\W{{0,3}}(?:{'|'.join(_DATA['sure']['labels'])})(?=\W|$)", re.IGNORECASE)
_STARTER = re.compile(rf"\W{{0,3}}(?:{'|'.join(_DATA['starter']['labels'])})(?=\W|$)", re.IGNORECASE)
_INNER_LEAD = re.compile(
    r"[^,;|]{0,30}\b(?:by|(?:geschrieben|verfasst|informationen|material|bericht|reportage|analyse|kommentar) von"
    r"|écrit par|rédigé par|escrito por)\s+",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"^(?:本报|本網|本网)?(?:记者|記者|作者|撰文|通讯员)(?=[\u4e00-\u9fff]{2,4}(?:[^\u4e00-\u9fff]|$))"
)
_REPORTERS = re.compile(
    r"(?:记者|記者|通讯员)[ \u3000]?([\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff][ \u3000][\u4e00-\u9fff])(?:报道|報導|摄|攝)?"
    r"(?=$|[^\u4e00-\u9fff ]| (?:记者|記者|通讯员)| [^\u4e00-\u9fff])"
)
_CUT = re.compile(
    r"\s{3,}|\n|[.;]\s+(?=[^\W\d_]{2,20}\s?[:：])|\s+(?:on|am|le|el|in|at|um|updated|published|posted|publié|veröffentlicht)\s+(?=\S*\d|[^\W\d_]{3,12}\.?\s\d)|\||\t|[。！？]"
    r"|\s(?:發表|发表|發佈|发布|刊登)[在於于]",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){0,9}")  # letters in words one space apart
_NOT_IN_ONE = frozenset({*_NAMES["between"], "by", "von", "par", "por"})  # what parts names, or ends a lead
_INVERTED = re.compile(r"([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ’'-]+(?:[A-Z][a-z]+)?),\s+([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ-]+(?:\s[A-Z]\.?)*)")
_NEWSROOMS = frozenset(_NAMES["newsrooms"])
_SURNAMES = re.compile(r"[^\W\d_]+(?:\s[A-ZÀ-Þ][^\W\d_]+){1,2}\s[yi]\s[A-ZÀ-Þ][a-zß-ÿ]+")  # Ortega y Gasset
_BEFORE = re.compile(rf"(?:{'|'.join(_NAMES['before'])})\s+(?=[^\W\d_a-zß-ÿ]\S+\s+[^\W\d_a-zß-ÿ])")
_AFTER = re.compile(rf"(?:\s+|(?<=[\u4e00-\u9fff])(?=报|報))(?:{'|'.join(_NAMES['after'])})$")
_TITLED = re.compile("|".join(_NAMES["after"]))
_PLACE_AND_REPORT = re.compile(r"[／/][\u4e00-\u9fff]{0,6}(?:報導|報道|报道|电|電)(?=\W|$)")
_CHINESE = re.compile(rf"(?:[{_NAMES['chinese_surnames']}][\u4e00-\u9fff]{{1,2}}(?:\s+|$)){{2,}}")
_PLACE = re.compile(r"\s+(?:in(?=\s[A-Z])|[Ff]or(?=\s[Tt]he\s))\s")
_EDGE = ' \t\n.|·•-–—/,:;()（）[]【】\u3000\xa0"“”«»*_~>'
_NAME_CHARACTERS, _NAME_WORDS, _LABEL_CHARACTERS, _UNCASED_CHARACTERS = 50, 6, 40, 20
_HOST = re.compile(rf"(?:[\w-]+\.)+(?:{'|'.join(_NAMES['domains'])})", re.IGNORECASE)
_NO_LETTER, _NO_WORD = re.compile(r"[\W_]"), re.compile(r"\W")
_NOBLE = frozenset(_NAMES["particles"])
_USER = re.compile(r"(?=.*[^\W\d])[\w.-]{2,30}")  # the name of an account, which may have digits


def read_fields(line: str) -> list[tuple[str, str]]:
    """A byline's labelled parts: pairs of `author`, `source`, `date`, `modified` or `other` and the text of it."""
    marks = [mark for mark in _FIELD.finditer(line) if mark["colon"].strip() or _may_stand_bare(mark)]
    if not marks:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    fields = [(_name(mark), line[mark.end() : end].strip(_EDGE)) for mark, end in zip(marks, ends, strict=True)]
    return [(name, value) for name, value in fields if value]


def _name(mark: re.Match[str]) -> str:
    return next(str(name) for name in _LABELS if mark[name])


def _may_stand_bare(mark: re.Match[str]) -> bool:
    """Whether a label may stand without a colon: `By Jane Doe`."""
    return mark[0].strip().casefold() in _COLONLESS


def label_of(text: str) -> str | None:
    """Which label a text is, if it is nothing but a label: `author`, `source`, `date`, `modified` or `other`."""
    return _label_of(text) if len(text) <= _LABEL_CHARACTERS else None


@lru_cache(maxsize=4096)
def _label_of(text: str) -> str | None:
    mark = LABEL.fullmatch(text)  # asked about the same texts for dates and for authors
    return next((name for name in _LABELS if mark[name]), None) if mark else None


def lead_in(text: str) -> bool:
    """Whether a text starts with a label of authors, as in `By Jane Doe`."""
    return _LEAD.match(text) is not None


def is_signed(text: str) -> bool:
    """Whether a text by itself says who wrote: `By Jane Doe`, or full names beside less than a label, `di Jane Doe`."""
    return lead_in(text) or _ATTACHED.match(text) is not None or is_half_labelled(text)


def is_half_labelled(text: str) -> bool:
    """Whether a text is full names beside less than a label, as in `di Jane Doe`."""
    if len(text) > 2 * _NAME_CHARACTERS or not (_BEFORE.match(text) or (not text.isascii() and _TITLED.search(text))):
        return False
    said = _JUNK.sub(" ", text).strip(_EDGE)
    if not (_BEFORE.match(said) or _AFTER.search(said)):
        return False
    names = names_in(text)
    return bool(names) and all(map(is_full_name, names))


def lines_with_labels(whole: bytes, ends: Sequence[int]) -> Iterator[int]:
    """The numbers of the lines that may hold a label of any kind, of lines given as `rows_with` takes them."""
    return rows_with(_MAYBE_LABELS, whole, ends)


def after_author_label(text: str) -> str | None:
    """What follows a label that names an author wherever it stands (`Written by`); None where a text has none."""
    label = _SURE.match(text)
    return text[label.end() :].strip(_EDGE) if label else None


def starts_thread(text: str) -> bool:
    """Whether a text starts with a label of who began a discussion."""
    return _STARTER.match(text) is not None


def is_full_name(name: str) -> bool:
    """Whether a name looks like a person's: two to five words in capitals, or some characters of a script without."""
    words = [word for word in name.split() if word not in _NOBLE]
    if not any(c.isupper() or c.islower() for c in name):
        return len(name) <= _UNCASED_CHARACTERS
    return 2 <= len(words) <= 5 and all(word[0].isupper() or not word[0].isalpha() for word in words)  # noqa: PLR2004


def is_host(name: str) -> bool:
    """Whether a name is that of a host, as `www.example.com`."""
    return _HOST.fullmatch(name) is not None


def names_in(value: str, *, as_written: bool = False) -> list[str]:
    """The persons' (or bodies') names in a list of authors, without labels, roles, addresses and dates.

    Args:
        value: Its first 500 characters are looked at.
        as_written: Whether it is declared to be a name, so that one in small letters is one as well.
    """
    names = dict.fromkeys(_parted(value))
    found = [n for n in names if _is_name(n, as_written) and _in_capitals(n, strict=not as_written)]
    return [name for name in found if not has_role(name)] or (found if as_written else [])


def declared_authors(value: str) -> tuple[str, ...]:
    """The authors that a file's properties name: persons apart, `Roe, Jane` turned round, nobody's names left out.

    What is not made of full names only is one name, as that of an office.
    """
    found: dict[str, None] = {}
    for part in [tidy for part in value[:500].split(";") if (tidy := " ".join(part.split()))]:
        names = _parted(part)
        several = len(names) > 1 and all(map(is_full_name, names))
        if turned := _turned(part):
            names, several = [turned], True
        found.update(dict.fromkeys(names if several else [part]))
    return tuple(name for name in found if _squeezed(name.replace(" ", ""), _NO_LETTER) not in _NOBODY)


def full_names_in(value: str) -> list[str]:
    """Those of the names that look like persons' full names, which is told sooner than what else is no name."""
    names = [name for name in dict.fromkeys(_parted(value)) if is_full_name(name)]
    return [n for n in names if _is_name(n, as_written=False) and _in_capitals(n, strict=True) and not has_role(n)]


def _parted(value: str) -> list[str]:
    """What may be names: parts of a value without what stands around them."""
    if _is_one(value):
        return [value]
    value = _JUNK.sub(" ", value[:500]).strip(_EDGE)
    if lead := _LEAD.match(value) or _INNER_LEAD.match(value):
        value = value[lead.end() :]
    value = next((part for part in _CUT.split(value) if part.strip(_EDGE)), "")
    if not value.isascii():
        if reporters := _REPORTERS.findall(value):  # a paper, its reporter and a place, as Chinese bylines have them
            return ["".join(name.split()) for name in reporters]
        value = _PLACE_AND_REPORT.sub("", _ATTACHED.sub("", value))
    if (place := _PLACE.search(value)) and is_full_name(value[: place.start()]):
        value = value[: place.start()]
    parts = value.split(";")
    turned = [name for part in parts if (name := _turned(part.strip(_EDGE)))]
    if len(turned) == len(parts):
        return turned
    whole = value.strip(_EDGE)
    if (
        (" y " in whole or " i " in whole)
        and _SURNAMES.fullmatch(whole)
        and whole.split()[-1].casefold() not in _NEWSROOMS
    ):
        return [" ".join(whole.split())]
    return [one for name in _BETWEEN.split(value) for one in _alone(" ".join(name.strip(_EDGE).split()))]


def _alone(name: str) -> list[str]:
    """A name without the words that stand before or after it; Chinese ones side by side apart."""
    name = _BEFORE.sub("", name, count=1) if _BEFORE.match(name) else name
    if name.isascii():
        return [name]
    name = _AFTER.sub("", name)
    return name.split() if _CHINESE.fullmatch(name) else [name]


def _turned(value: str) -> str | None:
    """`Roe, Jane` as `Jane Roe`; None of what is not written so."""
    found = _INVERTED.fullmatch(value)
    return f"{found[2]} {found[1]}" if found and not _is_list(found) else None


def _is_list(words: re.Match[str]) -> bool:
    """Whether what looks like `Doe, Jane` may name no person, or somebody's place."""
    return any(has_role(word) or word.casefold() in _NOBODY | _COMPANIES for word in words.groups())


def _is_one(value: str) -> bool:
    """Whether it is seen at once that nothing is to be parted in a value or taken from it."""
    return (
        value.isascii()
        and _PLAIN.fullmatch(value) is not None
        and _NOT_IN_ONE.isdisjoint(value.lower().split(" "))
        and not _LEAD.match(value)
        and not _BEFORE.match(value)
        and not _PLACE.search(value)
    )


def _is_name(name: str, as_written: bool) -> bool:  # noqa: FBT001
    words = [squeezed for word in name.split() if (squeezed := _squeezed(word, _NO_LETTER))]
    if len(name) > _NAME_CHARACTERS or not 1 <= len(words) <= _NAME_WORDS or len("".join(words)) < 2:  # noqa: PLR2004
        return False
    if "".join(words) in _NOBODY or ":" in name or "：" in name or is_host(name):
        return False
    if any(c.isdigit() for c in name) and not (as_written and len(words) == 1 and _USER.fullmatch(name)):
        return False
    if words[-1] in _LAST_NOT or words[0] in _FIRST_NOT:
        return False
    return not any(word in _COMPANIES for word in (*words[1:], "".join(words[-2:])))


def _squeezed(word: str, without: re.Pattern[str]) -> str:
    return (word if word.isalpha() else without.sub("", word)).casefold()


def has_role(name: str) -> bool:
    """Whether a word of it is a role; a newspaper's staff is one author, and degrees may follow a whole name."""
    words = [_squeezed(word, _NO_WORD) for word in name.split()]
    while len(words) > 2 and words[-1] in _DEGREES:  # noqa: PLR2004
        words.pop()
    return any(word in _ROLES for word in (words[:-1] if len(words) > 1 and words[-1] == "staff" else words))


def _in_capitals(name: str, *, strict: bool) -> bool:
    """Whether it is no part of a sentence, whose words are in small letters, as are only the particles of a name."""
    words = name.split()
    lower = [word for word in words if word[0].islower() and word.casefold() not in _NOBLE]
    return len(lower) <= len(words) / 2 or len(words) <= (1 if strict else 2)
