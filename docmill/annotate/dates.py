"""Dates a text mentions, as ISO 8601; those without a year or relative to today by the publication date."""

import re
import tomllib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import re2

from docmill.annotate.tokens import Tokens

__all__ = ["find_dates"]

_SOURCE = (files("docmill.annotate") / "dates.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
_YEAR = r"(?:19|20)\d\d"
# Whether the text holds anything like the three that follow: one quick look instead of three.
_NUMERIC = re2.compile(r"(?:19|20)\pN\pN.?[-/.年].?\pN|\pN[./-](?:19|20)\pN\pN|\pN月".encode())
_YEAR_FIRST = re.compile(
    rf"(?<!\d)({_YEAR})\s?([-/.年])\s?(\d{{1,2}})(?:\s?[-/.月]\s?(\d{{1,2}})(?!\d)(?:\s?[日号])?|\s?月)"
)
_YEAR_LAST = re.compile(rf"(?<![\d.])(\d{{1,2}})([./-])(\d{{1,2}})\2({_YEAR})(?!\d)")
_MONTH_DAY = re.compile(r"(?<![\d年])(\d{1,2})月(\d{1,2})[日号]")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_CASED = ("de", "en")  # where a month's capital tells it from a common word (May)
_CHINESE_DAYS = "一二三四五六日"
_MONTHS = 12
_DAYS_A_WEEK = 7
_BEFORE, _AFTER = 30, 60  # characters around a month or day in which the rest of the date stands


@dataclass(frozen=True, slots=True)
class _Patterns:
    """How a language writes dates in words."""

    months: dict[str, int]
    weekdays: dict[str, int]  # Monday is 0
    days: dict[str, int]  # distance of `yesterday`
    month_words: frozenset[str]  # what their names begin with
    weekday_words: frozenset[str]
    day_words: frozenset[str]
    day_first: re.Pattern[str]
    month_first: re.Pattern[str]  # the day, or the year alone
    relative: re.Pattern[str]
    ago: tuple[re.Pattern[str], ...]
    weekday: re.Pattern[str]
    next: re.Pattern[str]
    ago_words: frozenset[str]


def find_dates(tokens: Tokens, language: str, published: str | None, start: int = 0) -> tuple[str, ...]:
    """The dates in the order of their first mention: `YYYY-MM-DD`, or `YYYY-MM` where no day is given.

    Numeric dates are read year first, or day first; in English `3/4/2021` is ambiguous and left alone.

    Args:
        tokens: Of the text, or of title and text.
        language: As identified; English if docmill knows too little of it.
        published: ISO 8601.
        start: Character at which the text begins.
    """
    reference = _parse(published)
    read = _Reading(tokens, language if language in _DATA else "en", start)
    found = [*_numeric(read.text, language, reference)] if _NUMERIC.search(read.text.encode("utf-8", "replace")) else []
    found += _worded(read, reference)
    return tuple(dict.fromkeys(iso for _, iso in sorted(found)))


def _parse(published: str | None) -> date | None:
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _numeric(text: str, language: str, reference: date | None) -> Iterator[tuple[int, str]]:
    for match in _YEAR_FIRST.finditer(text):
        year, mark, month, day = match.groups()
        if day and (iso := _iso(int(year), int(month), int(day))):
            yield match.start(), iso
        elif not day and mark == "年" and 1 <= int(month) <= _MONTHS:
            yield match.start(), f"{int(year)}-{int(month):02}"
    for match in _YEAR_LAST.finditer(text):
        first, mark, second, year = match.groups()
        day, month = int(first), int(second)
        if mark == "/" and language == "en":
            if max(day, month) <= _MONTHS and day != month:
                continue
            day, month = (month, day) if month > _MONTHS else (day, month)
        if iso := _iso(int(year), month, day):
            yield match.start(), iso
    for match in _MONTH_DAY.finditer(text):
        if reference and (iso := _nearest(int(match[1]), int(match[2]), reference)):
            yield match.start(), iso


def _nearest(month: int, day: int, reference: date) -> str | None:
    """A date without a year is of the year that brings it nearest to the publication."""
    near = [found for year in (-1, 0, 1) if (found := _iso(reference.year + year, month, day))]
    return min(near, key=lambda iso: abs(date.fromisoformat(iso) - reference), default=None)


class _Reading:
    """A text, and where in it a pattern may match by the words it cannot do without."""

    def __init__(self, tokens: Tokens, language: str, start: int) -> None:
        self.text = tokens.text[start:]
        if language == "ar":
            self.text = self.text.translate(_DIGITS)
        self.patterns = _patterns(language)
        self._tokens, self._start = tokens, start
        self._whole = language == "zh"  # has no spaces that would tell its words

    def matches(self, pattern: re.Pattern[str], words: frozenset[str]) -> Iterator[re.Match[str]]:
        """Of a pattern that holds one of the words."""
        if self._whole:
            yield from pattern.finditer(self.text)
            return
        for i in self._tokens.at(words):
            at = self._tokens.starts[i] - self._start
            for match in pattern.finditer(self.text, max(0, at - _BEFORE), max(0, at + _AFTER)):
                if match.start() <= at < match.end():
                    yield match


def _worded(read: _Reading, reference: date | None) -> Iterator[tuple[int, str]]:
    taken: set[int] = set()
    words = read.patterns
    for pattern in (words.day_first, words.month_first):
        for match in read.matches(pattern, words.month_words):
            number = words.months[match["month"].casefold()]
            day, year = match["day"], match["year"] or match.groupdict().get("month_year")
            if match.start("month") in taken:
                continue
            iso: str | None = None
            if year and not day:
                iso = f"{int(year)}-{number:02}"
            elif year:
                iso = _iso(int(year), number, int(day))
            elif reference:
                iso = _nearest(number, int(day), reference)
            if iso:
                taken.add(match.start("month"))
                yield match.start(), iso
    if reference:
        yield from _relative(read, reference)


def _relative(read: _Reading, reference: date) -> Iterator[tuple[int, str]]:
    for start, days in _distances(read, reference):
        with suppress(OverflowError):  # programs that know no date write the first or last there is: 0001-01-01
            yield start, (reference + timedelta(days=days)).isoformat()


def _distances(read: _Reading, reference: date) -> Iterator[tuple[int, int]]:
    words = read.patterns
    for match in read.matches(words.relative, words.day_words):
        yield match.start(), words.days[match[1].casefold().replace("ı", "i")]
    for pattern in words.ago:
        for match in read.matches(pattern, words.ago_words):
            yield match.start(), -int(match[1])
    for match in read.matches(words.weekday, words.weekday_words):
        back = (reference.weekday() - words.weekdays[match[2].casefold()]) % _DAYS_A_WEEK
        yield match.start(), _DAYS_A_WEEK - back if words.next.search(match[1]) else -back


@cache
def _patterns(language: str) -> _Patterns:
    from babel import Locale

    data = _DATA[language]
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for name in data["locales"]:
        locale = Locale.parse(name)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, month in locale.months[context][width].items():
                    months.setdefault(month.casefold().rstrip("."), number)
            if language == "ru":  # в июле
                months |= {month.rstrip("яьай") + "е": number for month, number in list(months.items())}
            for number, day in locale.days[context]["wide"].items():
                weekdays[data.get("accusative", {}).get(day, day).casefold()] = number
    if language == "en":
        months["sept"] = 9
    if language == "zh":
        months = {}
        weekdays |= {f"周{day}": number for number, day in enumerate(_CHINESE_DAYS)}
    flags = re.NOFLAG if language in _CASED else re.IGNORECASE
    named = _alternatives(months, capital=language in _CASED)
    edge, end = ("", "") if language == "zh" else (r"(?<!\w)", r"(?!\w)")
    year = rf"(?:\s(?:de\s|del\s|عام\s)?(?P<year>{_YEAR})(?!\d))?"
    relative = "|".join(map(re.escape, data["days"]))
    weekday = _alternatives(weekdays, capital=language in _CASED)
    days = {word.casefold(): shift for word, shift in data["days"].items()}
    return _Patterns(
        months,
        weekdays,
        days,
        _first_words(months),
        _first_words(weekdays),
        _first_words(days),
        re.compile(
            rf"(?<![\d.,/])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?\s(?:de\s|of\s)?(?P<month>{named})(?!\w)\.?,?{year}",
            flags,
        ),
        re.compile(
            rf"(?<!\w)(?P<month>{named})\.?,?\s(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.]\d|\d|\w),?{year}"
            rf"|(?:de\s|del\s)?(?P<month_year>{_YEAR})(?!\d))",
            flags,
        ),
        re.compile(rf"{edge}({relative}){end}", re.IGNORECASE),
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in data["ago"]),
        re.compile(rf"{edge}({data['weekday']})({weekday}){end}", flags),
        re.compile(data["next"], re.IGNORECASE),
        frozenset(data["ago_words"].split()),
    )


def _first_words(names: Collection[str]) -> frozenset[str]:
    return frozenset(found[0] for name in names if (found := Tokens(name).folded))


def _alternatives(names: dict[str, int], *, capital: bool) -> str:
    longest = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name[:1].upper() + name[1:] if capital else name) for name in longest) or "(?!)"
