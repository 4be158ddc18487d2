"""Dates a text mentions, as ISO 8601; those without a year or relative to today by the publication date."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

__all__ = ["find_dates"]

_SOURCE = (files("docmill.annotate") / "dates.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
_YEAR = r"(?:19|20)\d\d"
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


@dataclass(frozen=True, slots=True)
class _Patterns:
    """How a language writes dates in words."""

    months: dict[str, int]
    weekdays: dict[str, int]  # Monday is 0
    day_first: re.Pattern[str]
    month_first: re.Pattern[str]  # the day, or the year alone
    relative: re.Pattern[str]
    ago: tuple[re.Pattern[str], ...]
    weekday: re.Pattern[str]
    next: re.Pattern[str]


def find_dates(text: str, language: str, published: str | None) -> tuple[str, ...]:
    """The dates in the order of their first mention: `YYYY-MM-DD`, or `YYYY-MM` where no day is given.

    Numeric dates are read year first, or day first; in English `3/4/2021` is ambiguous and left alone.
    """
    reference = _parse(published)
    if language == "ar":
        text = text.translate(_DIGITS)
    found = [*_numeric(text, language, reference)]
    found += _worded(text, _patterns(language if language in _DATA else "en"), reference)
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


def _worded(text: str, words: _Patterns, reference: date | None) -> Iterator[tuple[int, str]]:
    taken: set[int] = set()
    for pattern in (words.day_first, words.month_first):
        for match in pattern.finditer(text):
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
        yield from _relative(text, words, reference)


def _relative(text: str, words: _Patterns, reference: date) -> Iterator[tuple[int, str]]:
    days = {word.casefold(): shift for data in _DATA.values() for word, shift in data["days"].items()}
    for match in words.relative.finditer(text):
        yield match.start(), (reference + timedelta(days=days[match[1].casefold()])).isoformat()
    for pattern in words.ago:
        for match in pattern.finditer(text):
            yield match.start(), (reference - timedelta(days=int(match[1]))).isoformat()
    for match in words.weekday.finditer(text):
        back = (reference.weekday() - words.weekdays[match[2].casefold()]) % _DAYS_A_WEEK
        shift = _DAYS_A_WEEK - back if words.next.search(match[1]) else -back
        yield match.start(), (reference + timedelta(days=shift)).isoformat()


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
    return _Patterns(
        months,
        weekdays,
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
    )


def _alternatives(names: dict[str, int], *, capital: bool) -> str:
    longest = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name[:1].upper() + name[1:] if capital else name) for name in longest) or "(?!)"
