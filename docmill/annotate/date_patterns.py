"""How languages write dates in words: patterns made of CLDR's names of months and days, and of dates.toml."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from docmill.annotate.tokens import Tokens

__all__ = ["LANGUAGES", "YEAR", "Patterns", "patterns"]

_SOURCE = (files("docmill.annotate") / "dates.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
LANGUAGES = frozenset(_DATA)
YEAR = r"(?:19|20)\d\d"
_OLD_YEAR = r"(?:1[5-9]|20)\d\d"  # with a day
_CASED = ("de", "en")  # where a month's capital tells it from a common word (May)
_JOINS = "-|–|—|~|to|through|till?|until|bis|au|al?|по|до|至|到|إلى"
_CHINESE_DAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Patterns:
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
    this: re.Pattern[str]
    dated: re.Pattern[str]  # a date right after a weekday
    days_joined: re.Pattern[str]  # `Monday to Friday`
    joins: re.Pattern[str]  # what stands between the ends of a span
    last_year: re.Pattern[str]  # after a day and month
    hidden: re.Pattern[str]  # what only holds one of the words
    ago_words: frozenset[str]


@cache
def patterns(language: str) -> Patterns:
    """Those of one of `LANGUAGES`."""
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
    year = rf"(?:\s(?:de\s|del\s|عام\s)?(?P<year>{_OLD_YEAR})(?!\d))?"
    relative = "|".join(map(re.escape, data["days"]))
    weekday = _alternatives(weekdays, capital=language in _CASED)
    days = {word.casefold(): shift for word, shift in data["days"].items()}
    return Patterns(
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
            rf"(?<!\w)(?P<month>{named})\.?,?\s(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.]\d|\d|\w)[.,]?{year}"
            rf"|(?:de\s|del\s)?(?P<month_year>{YEAR})(?!\d))",
            flags,
        ),
        re.compile(rf"{edge}({relative}){end}", re.IGNORECASE),
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in data["ago"]),
        re.compile(rf"{edge}({data['weekday']})({weekday}){end}", flags),
        re.compile(data["next"], re.IGNORECASE),
        re.compile(data.get("this", "(?!)"), re.IGNORECASE),
        re.compile(rf"[ ,（(]*(?:(?:the|de[nmr]|le|el)\s)?(?:\d|(?:{named})(?!\w))", flags),
        re.compile(rf"(?:{weekday})\s?(?:{_JOINS})\s?(?:{weekday})", flags),
        re.compile(rf"\s*(?:{_JOINS}|&|and|und|et|y|и|、|和|及)\s*(?:(?:the|le|el|zum|den)\s)?"),
        re.compile(rf"\s(?:{data.get('last_year', '(?!)')})(?!\w)", re.IGNORECASE),
        re.compile(data.get("hidden", "(?!)")),
        frozenset(data["ago_words"].split()),
    )


def _first_words(names: Collection[str]) -> frozenset[str]:
    return frozenset(found[0] for name in names if (found := Tokens(name).folded))


def _alternatives(names: dict[str, int], *, capital: bool) -> str:
    longest = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name[:1].upper() + name[1:] if capital else name) for name in longest) or "(?!)"
