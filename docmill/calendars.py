"""Dates in forms of their own, those of other calendars among them, rewritten as `2024-03-12`."""

import re
import tomllib
from datetime import date
from importlib.resources import files

__all__ = ["plain_dates"]

_DATA = tomllib.loads((files("docmill") / "dates.toml").read_text(encoding="utf-8"))
_THAI, _PERSIAN, _NUMBERS = (
    {name: int(number) for number, names in _DATA[table].items() for name in names}
    for table in ("thai", "persian", "vietnamese")
)
_YEHS = str.maketrans("يى", "یی")  # as Arabic keyboards have them
_ERAS: dict[str, int] = _DATA["eras"]  # the year before each one's first
_BUDDHIST, _BUDDHIST_FROM = 543, 2400
# The Persian calendar's leap years, eight in 33, are those of this arithmetic from 1244 to 1472.
_SHIFT, _CYCLE, _LEAPS, _ORIGIN = 1595, 33, 8, -356033
_LONG, _DAYS_OF_LONG = 6, 186  # months of 31 days


def _any(names: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_DAY = r"(?<!\d)(?P<day>\d{1,2})"
_VIETNAMESE = re.compile(
    rf"{_DAY}\s?tháng\s?(?P<month>\d{{1,2}}|{_any(_NUMBERS)})(?:,\snăm|\snăm|,|\s?/)?\s?(?P<year>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
# `Thứ Ba, 12/3/2024`: the language says which is the day.
_VIETNAMESE_NUMBERS = re.compile(
    r"(?:thứ\s[^\W\d_]+|chủ nhật|ngày),?\s(?P<day>\d{1,2})[/-](?P<month>\d{1,2})[/-](?P<year>\d{4})(?!\d)",
    re.IGNORECASE,
)
_OF_THAI = re.compile(rf"{_DAY}\s?(?P<month>{_any(_THAI)})\s?(?:[พค]\.?ศ\.?\s?)?(?P<year>\d{{4}})(?!\d)")
_OF_PERSIAN = re.compile(
    rf"{_DAY}\s(?P<month>{_any(_PERSIAN).replace('ی', '[یيى]')})\s(?:ماه\s)?(?P<year>1[34]\d\d)(?!\d)"
)
_OF_ERA = re.compile(
    rf"(?P<era>{_any(_ERAS)})\s?(?P<year>元|\d{{1,3}})年\s?(?P<month>\d{{1,2}})月\s?(?P<day>\d{{1,2}})日?"
)


def plain_dates(text: str) -> str:
    """The text with such dates as numbers, year first. Its digits are ASCII's."""
    if "háng" in text:
        text = _VIETNAMESE.sub(_with_number, text)
    if "/" in text or "-" in text:
        text = _VIETNAMESE_NUMBERS.sub(_with_number, text)
    if "年" in text:
        text = _OF_ERA.sub(_with_era, text)
    return _OF_PERSIAN.sub(_with_persian, _OF_THAI.sub(_with_thai, text))


def _with_number(found: re.Match[str]) -> str:
    month = found["month"]
    return f"{found['year']}-{month if month.isdecimal() else _NUMBERS[month.casefold()]}-{found['day']}"


def _with_era(found: re.Match[str]) -> str:
    year = 1 if found["year"] == "元" else int(found["year"])
    return f"{_ERAS[found['era']] + year}-{found['month']}-{found['day']}"


def _with_thai(found: re.Match[str]) -> str:
    year = int(found["year"])
    return f"{year - _BUDDHIST if year >= _BUDDHIST_FROM else year}-{_THAI[found['month']]}-{found['day']}"


def _with_persian(found: re.Match[str]) -> str:
    year, month, day = int(found["year"]) + _SHIFT, _PERSIAN[found["month"].translate(_YEHS)], int(found["day"])
    before = (month - 1) * 31 if month <= _LONG else _DAYS_OF_LONG + (month - 1 - _LONG) * 30
    leaps = year // _CYCLE * _LEAPS + (year % _CYCLE + 3) // 4
    return date.fromordinal(365 * year + leaps + before + day + _ORIGIN).isoformat()
