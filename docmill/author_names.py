"""Author names: the names in a list of authors, and in the line that one signs with."""

import re
import tomllib
from importlib.resources import files

from docmill.annotate.lexicon import given_names, is_pinyin_name
from docmill.bylines import EDGE, after_lead, lead_in
from docmill.persons import has_role, is_full_name, is_host, is_name, is_nobody, names_no_person
from docmill.reporters import reporters_in

__all__ = [
    "begins_with_given_name", "declared_authors", "full_names_in", "half_labelled_names", "is_labelled", "names_in",
]  # fmt: skip

_DATA = tomllib.loads((files("docmill") / "author_names.toml").read_text(encoding="utf-8"))
_BETWEEN = re.compile(
    r"\s*(?:[,;、，；&/／|·•+]|\s[-–—]\s|(?<=\s)(?:"
    + "|".join(w for w in _DATA["between"] if w != "و")
    + r")(?=\s)|(?<=\s)و(?=\s?\w))\s*",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"<[^>]{0,200}>|\([^)]{0,100}(?:\)|$)|（[^）]{0,100}(?:）|$)|\[[^\]]{0,100}(?:\]|$)|\S{1,100}@\S{1,100}|@?(?:https?:|www\.)\S{0,200}|(?<!\w)@\w+"
    r"|(?<=\w)/[A-Z]{2,4}(?:-[A-Z]{1,3})?(?!\w)"
)
_INNER_LEAD = re.compile(
    r"[^,;|]{0,30}\b(?:by|(?:geschrieben|verfasst|informationen|material|bericht|reportage|analyse|kommentar) von"
    r"|écrit par|rédigé par|escrito por)\s+",
    re.IGNORECASE,
)
_EDITED = re.compile(r"[^,;|]{0,30}\bedited by\s", re.IGNORECASE)
_ATTACHED = re.compile(
    r"^(?:本报|本網|本网)?(?:记者|記者|作者|撰文|通讯员)(?=[\u4e00-\u9fff]{2,4}(?:[^\u4e00-\u9fff]|$))"
)
_CUT = re.compile(
    r"\s{3,}|\n|[.;]\s+(?=[^\W\d_]{2,20}\s?[:：])|\s+(?:on|am|le|el|in|at|um|updated|published|posted|publié|veröffentlicht)\s+(?=\S*\d|[^\W\d_]{3,12}\.?\s\d)|\||\t|[。！？]"
    r"|\s(?:發表|发表|發佈|发布|刊登)[在於于]|\s(?:" + "|".join(_DATA["posts"]) + r")(?=\s|$)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){0,9}")  # letters in words one space apart
_NOT_IN_ONE = frozenset({*_DATA["between"], "by", "von", "par", "por"})  # what parts names, or ends a lead
_INVERTED = re.compile(r"([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ’'-]+(?:[A-Z][a-z]+)?),\s+([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ-]+(?:\s[A-Z]\.?)*)")
_BODIES = frozenset(_DATA["bodies"])
_AGENCIES = frozenset(_DATA["agencies"])
_NEWSROOMS = frozenset(_DATA["newsrooms"])
_SURNAMES = re.compile(r"[^\W\d_]+(?:\s[A-ZÀ-Þ][^\W\d_]+){1,2}\s[yi]\s[A-ZÀ-Þ][a-zß-ÿ]+")  # Ortega y Gasset
_BEFORE = re.compile(rf"(?:{'|'.join(_DATA['before'])})\s+(?=[^\W\d_a-zß-ÿ]\S+\s+[^\W\d_a-zß-ÿ])")
_AFTER = re.compile(rf"(?:\s+|(?<=[\u4e00-\u9fff])(?=报|報))(?:{'|'.join(_DATA['after'])})$")
_TITLED = re.compile("|".join(_DATA["after"]))
_PLACE_AND_REPORT = re.compile(r"[／/][\u4e00-\u9fff]{0,6}(?:報導|報道|报道|电|電)(?=\W|$)")
_CHINESE = re.compile(rf"(?:[{_DATA['chinese_surnames']}][\u4e00-\u9fff]{{1,2}}(?:\s+|$)){{2,}}")
_PLACE = re.compile(r"\s+(?:in(?=\s[A-Z])|[Ff]or(?=\s[Tt]he\s))\s")
_SIGNED = 100  # characters


def is_labelled(text: str) -> bool:
    """Whether a text starts with a label of authors, or with one that a Chinese name is written on to."""
    return lead_in(text) or _ATTACHED.match(text) is not None


def half_labelled_names(text: str) -> list[str]:
    """The full names that a text is made of beside less than a label, as in `di Jane Doe`; none of another text."""
    if len(text) > _SIGNED or not (_BEFORE.match(text) or (not text.isascii() and _TITLED.search(text))):
        return []
    said = _JUNK.sub(" ", text).strip(EDGE)
    if not (_BEFORE.match(said) or _AFTER.search(said)):
        return []
    names = names_in(text)
    return names if all(map(is_full_name, names)) else []


def begins_with_given_name(text: str) -> bool:
    """Whether the first word is a given name known in many languages, or the whole looks like a Chinese name."""
    first, _, rest = text.partition(" ")
    folded = first.casefold()
    return folded in given_names("en") or folded in given_names("ru") or is_pinyin_name(first, rest)


def names_in(value: str, *, as_written: bool = False) -> list[str]:
    """The persons' (or bodies') names in a list of authors, without labels, roles, addresses and dates.

    Args:
        value: Its first 500 characters are looked at.
        as_written: Whether it is declared to be a name, so that one in small letters is one as well.
    """
    names = dict.fromkeys(_parted(value))
    found = [name for name in names if is_name(name, as_written=as_written)]
    if any(map(is_host, names)):  # `example.org, Bergen, Norway`
        found = [name for name in found if is_full_name(name)]
    if len(found) > 1:
        found = [name for name in found if not _signs_beside(name)] or found
    return [name for name in found if not has_role(name)] or (found if as_written else [])


def _signs_beside(name: str) -> bool:
    """Whether it is an agency, or its writers, whom persons write for."""
    return name.casefold() in _AGENCIES or name.rpartition(" ")[2].casefold() in _BODIES


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
    return tuple(name for name in found if not is_nobody(name))


def full_names_in(value: str) -> list[str]:
    """Those of the names that look like persons' full names, which is told sooner than what else is no name."""
    names = [name for name in dict.fromkeys(_parted(value)) if is_full_name(name)]
    return [name for name in names if is_name(name, as_written=False) and not has_role(name)]


def _parted(value: str) -> list[str]:
    """What may be names: parts of a value without what stands around them."""
    if _is_one(value):
        return [value]
    value = _without_lead(_JUNK.sub(" ", value[:500]).strip(EDGE))
    value = next((part for part in _CUT.split(value) if part.strip(EDGE)), "")
    if not value.isascii():
        if reporters := reporters_in(value):  # a paper, its reporter and a place, as Chinese bylines have them
            return reporters
        value = _PLACE_AND_REPORT.sub("", _ATTACHED.sub("", value))
    if (place := _PLACE.search(value)) and is_full_name(value[: place.start()]):
        value = value[: place.start()]
    parts = value.split(";")
    turned = [name for part in parts if (name := _turned(part.strip(EDGE)))]
    if len(turned) == len(parts):
        return turned
    whole = value.strip(EDGE)
    if (
        (" y " in whole or " i " in whole)
        and _SURNAMES.fullmatch(whole)
        and whole.split()[-1].casefold() not in _NEWSROOMS
    ):
        return [" ".join(whole.split())]
    return [one for name in _BETWEEN.split(value) for one in _alone(" ".join(name.strip(EDGE).split()))]


def _without_lead(value: str) -> str:
    """A value without what ends in a label of authors: `By`, `A report by`."""
    if _EDITED.match(value):
        return ""  # who edited a book did not write it
    rest = after_lead(value)
    if rest is value and (inner := _INNER_LEAD.match(value)):
        return value[inner.end() :]
    return rest


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
    return any(map(names_no_person, words.groups()))


def _is_one(value: str) -> bool:
    """Whether it is seen at once that nothing is to be parted in a value or taken from it."""
    return (
        value.isascii()
        and _PLAIN.fullmatch(value) is not None
        and _NOT_IN_ONE.isdisjoint(value.lower().split(" "))
        and not lead_in(value)
        and not _BEFORE.match(value)
        and not _PLACE.search(value)
    )
