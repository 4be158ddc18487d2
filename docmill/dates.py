"""Dates as people and machines write them, to ISO 8601."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from importlib.resources import files

from docmill.accents import without_accents
from docmill.calendars import plain_dates

__all__ = ["DAY_FIRST_HOSTS", "MENTION", "MIDNIGHTS", "after_time", "find_date", "find_dates", "read_timestamp"]

_DATA = tomllib.loads((files("docmill") / "dates.toml").read_text(encoding="utf-8"))
DAY_FIRST_HOSTS = frozenset(_DATA["day_first"]["hosts"])
MIDNIGHTS: dict[str, tuple[int, int]] = _DATA["midnights"]  # hours in UTC, in winter and in summer
_ZONES: dict[str, str] = _DATA["zones"]
_YEAR = r"(?:19|20)\d\d"
_WORD = r"[^\W\d_]{3,12}"
_NUMERIC = re.compile(rf"(?<!\d)({_YEAR})\s?[-/.年년]\s?(\d{{1,2}})\s?[-/.月월]\s?(\d{{1,2}})(?!\d)")
_DAY_FIRST = re.compile(rf"(?<![\d.])(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?({_YEAR})(?!\d)")
_WORDY = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|º|°)?\.?\s(?:de\s)?{_WORD}\.?,?\s(?:de(?:l)?\s)?{_YEAR}"
    rf"|{_WORD}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}"
)
MENTION = re.compile("|".join(p.pattern for p in (_NUMERIC, _DAY_FIRST, _WORDY)) + r"|\d{1,2}/\d{1,2}/\d{4}")

_ARABIC_MONTH = (
    r"(?:(?:كانون|تشرين)\s)?[^\W\d_]{2,10}(?:\s?/\s?[^\W\d_]{3,10}(?:\s(?:الأول|الثاني))?|\s(?:الأول|الثاني))?"
)
# Words of Indian scripts have signs that are no letters, and a month of two characters.
_INDIAN = r"[\u0904-\u0939\u0958-\u0961\u0985-\u09b9][\u0900-\u0963\u0981-\u09e3]{1,12}"
_MONTH = rf"(?:ב?{_ARABIC_MONTH}|{_WORD}|{_INDIAN})"
_ANY = re.compile(
    rf"(?<![\d.])(?:"
    rf"(?P<y1>{_YEAR})\s?[-/.年년]\s?(?P<m1>\d{{1,2}})\s?[-/.月월]\s?(?P<d1>\d{{1,2}})(?!\d)[日일]?"
    rf"|(?P<d2>\d{{1,2}})(?P<sep>[-/.])\s?(?P<m2>\d{{1,2}})(?P=sep)\s?(?P<y2>{_YEAR}|\d\d(?=\D|$))(?!\d)"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er|ère|º|°|ª)?[.,]?[\s-]{{0,2}}(?:(?:de|of)\s)?(?P<m3>{_MONTH})[.,]?[\s-]{{0,2}}(?:del?\s)?"
    rf"(?P<y3>{_YEAR})(?!\d)"
    rf"|(?P<y5>{_YEAR})[\s,.-]{{1,2}}(?:m\.\s)?(?P<m5>{_WORD})\.?[\s-](?P<d5>\d{{1,2}})(?!\d)"
    rf")|(?<![^\W_])(?P<m4>{_WORD})\.?[\s\xa0]{{0,2}}(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?[.,]{{0,2}}\s{{0,2}}(?:del?\s)?(?P<y4>{_YEAR})(?!\d)",
    re.IGNORECASE,
)
_EARLY, _LATE = ("|".join(_DATA["halves"][half]) for half in ("am", "pm"))
_TIME = re.compile(
    r"(?:[\sT]|&nbsp;|[,|·•@–—:-]|\.(?=\s\d\d?:\d)|г\.|року|at\b|um\b|às?\b|a las\b|alle\b|ore\b|[вvw]\b|o?\s?godz\."
    r"|klo?\.?|lúc\b|pukul\b|saat\b|στις\b|الساعة"
    r"|\([^\W\d_]\)|(?:pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar)\b){0,6}"
    rf"(?:(?:{_EARLY})\s?|(?P<late>{_LATE})\s?)?"
    r"(?<![\d:])(?P<hour>[01]?\d|2[0-3])(?:(?:[:：.]|[时時点點]|시\s?)(?P<minute>[0-5]\d)|\s?[hH]\s?(?P<french>[0-5]\d))(?![\d])(?::(?P<second>[0-5]\d))?(?:\.\d+)?"
    r"\s{0,2}(?P<half>[ap]\.?m\b\.?|[صم](?!\w))?(?:\s?Uhr\b)?"
    r"\s{0,2}\(?(?:(?:UTC|GMT)?(?P<offset>[+-](?:0\d|1[0-4]):?(?:[0-5]\d)?)(?!\d)|(?:UTC|GMT)\s?(?P<hours>[+\u2212-]\d)(?![\d:])|(?P<zone>[A-Za-zмск]{1,4})\b)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(rf"({_YEAR})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z|[+-]\d\d:?\d\d)?)?$")
_CLOCK_BEFORE_YEAR = re.compile(
    rf"[a-z]{{3}},?\s([a-z]{{3}}\s{{1,2}}\d{{1,2}})\s([\d:]{{5,8}}(?:\s[a-z]{{3,4}})?)\s({_YEAR})", re.IGNORECASE
)
_EPOCH = re.compile(r"(\d{9,10})(\d{3})?$")
_NOON, _PIVOT, _LAST_MONTH = 12, 70, 12
_LONGEST = 400  # characters of a text looked at


def find_date(text: str) -> str | None:
    """The first calendar date in a short text, as `YYYY-MM-DD`; None if there is none.

    Numeric forms are read by year first or, with dots, by day first; `3/4/2021` is ambiguous and left alone.
    """
    found = next(find_dates(text), None)
    return found[:10] if found else None


def find_dates(text: str, *, day_first: bool | None = None) -> Iterator[str]:
    """The calendar dates in a text, with the time and its zone where they follow, in ISO 8601.

    Args:
        text: Only its first 400 characters are looked at.
        day_first: How to read `3/4/2021`; None leaves it alone unless one number is above 12.
    """
    text = _plain(text[:_LONGEST])
    position = 0
    while match := _ANY.search(text, position):
        day = _calendar_day(match, day_first)
        if day is None:
            position = match.start() + 1
            continue
        clock = _TIME.match(text, match.end())
        yield _with_time(day, clock)
        position = match.end()


def after_time(text: str) -> str:
    """What follows the time of day, and its zone, that a text begins with; the text where it begins with none."""
    clock = _TIME.match(text)
    if clock is None:
        return text
    zone = clock["zone"]
    end = clock.start("zone") if zone and zone.casefold() not in _ZONES else clock.end()
    return text[end:].removeprefix("分").removeprefix("분")


def read_timestamp(value: str, *, day_first: bool | None = None) -> str | None:
    """A date as machines write them (ISO 8601, RFC 2822, compact, seconds of the epoch) or people do, in ISO 8601."""
    value = _CLOCK_BEFORE_YEAR.sub(r"\1 \3 \2", value.strip())  # Tue Mar 12 10:30:00 UTC 2024
    if compact := _COMPACT.match(value):
        year, month, day, hour, minute, second, zone = compact.groups()
        if made := _day(year, month, day):
            clock = _TIME.match(f"T{hour}:{minute}{f':{second}' if second else ''}{zone or ''}") if hour else None
            return _with_time(made, clock)
    if epoch := _EPOCH.match(value):
        return datetime.fromtimestamp(int(epoch[1]), UTC).isoformat()
    return next(find_dates(value, day_first=day_first), None)


def _plain(text: str) -> str:
    """Digits of other scripts as ASCII, no bidirectional marks, and dates of other calendars in ours."""
    if text.isascii():
        return text
    text = re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
    text = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() and c.isdecimal() else c for c in text)
    return plain_dates(text)


def _calendar_day(match: re.Match[str], day_first: bool | None) -> date | None:  # noqa: FBT001
    if match["y1"]:
        return _day(match["y1"], match["m1"], match["d1"])
    if match["y2"]:
        return _numeric_day(match["d2"], match["m2"], match["y2"], match["sep"], day_first)
    for n in "345":
        if match[f"y{n}"] and (month := _month(match[f"m{n}"])):
            return _day(match[f"y{n}"], month, match[f"d{n}"])
    return None


def _numeric_day(first: str, second: str, year: str, separator: str, day_first: bool | None) -> date | None:  # noqa: FBT001
    if len(year) == 2:  # noqa: PLR2004
        if separator != "." or len(first) + len(second) < 4:  # noqa: PLR2004  1.2.10 is a version number
            return None
        year = str(int(year) + (1900 if int(year) >= _PIVOT else 2000))
    if separator == "/":
        if int(first) > _LAST_MONTH:
            day_first = True
        elif int(second) > _LAST_MONTH:
            day_first = False
        if day_first is None:
            return None
    elif separator == "-" and int(second) > _LAST_MONTH:
        day_first = False
    if day_first is False and separator != ".":
        first, second = second, first
    return _day(year, second, first)


def _day(year: str, month: str | int, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _with_time(day: date, clock: re.Match[str] | None) -> str:
    if clock is None:
        return day.isoformat()
    hour, minute = int(clock["hour"]), int(clock["minute"] or clock["french"])
    if clock["half"]:
        hour = hour % _NOON + (_NOON if clock["half"][0] in "pPم" else 0)
    elif clock["late"] and hour < _NOON:
        hour += _NOON
    stamp = datetime.combine(day, time(hour, minute, int(clock["second"] or 0)))
    precision = "seconds" if clock["second"] else "minutes"
    return stamp.isoformat(timespec=precision) + _offset(clock["offset"] or clock["hours"], clock["zone"])


def _offset(offset: str | None, zone: str | None) -> str:
    if offset:
        digits = offset[1:].replace(":", "")
        digits = (digits if len(digits) > 1 else f"0{digits}").ljust(4, "0")
        return f"{'+' if offset[0] == '+' else '-'}{digits[:2]}:{digits[2:]}"
    return _ZONES.get((zone or "").casefold(), "")


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word.strip(" ./")).casefold().replace("ی", "ي")  # two keyboards' yeh


def _month_table() -> dict[str, int]:
    """Every name, its form without accents, and its prefixes of three letters and more, where they are unambiguous."""
    table: dict[str, int] = {}
    clashes: set[str] = set()
    named = [(_fold(name), int(number)) for number, names in _DATA["months"].items() for name in names]
    for name, number in named:
        for form in {name, without_accents(name)}:
            for end in range(3, len(form)):
                clashes.update({form[:end]} if table.setdefault(form[:end], number) != number else ())
    table = {name: number for name, number in table.items() if name not in clashes}
    return (
        table
        | {form: number for name, number in named for form in (name, without_accents(name))}
        | {_fold(name): int(number) for number, names in _DATA["whole"].items() for name in names}
    )


_MONTHS = _month_table()


def _month(word: str) -> int | None:
    """The number of a month's name; of two names (`آذار/مارس`) either."""
    folded = _fold(word)
    folded = folded.removeprefix("ב")  # Hebrew for `in`
    return _MONTHS.get(folded) or next((n for part in folded.split("/") if (n := _MONTHS.get(part.strip()))), None)
