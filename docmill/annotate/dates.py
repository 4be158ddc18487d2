"""Dates a text mentions, as ISO 8601; those without a year or relative to today by the publication date."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta

import re2

from docmill.annotate.date_patterns import LANGUAGES, YEAR, patterns
from docmill.annotate.tokens import Tokens

__all__ = ["find_dates"]

# Whether the text holds anything like the three that follow: one quick look instead of three.
_NUMERIC = re2.compile(r"(?:19|20)\pN\pN.?[-/.年].?\pN|\pN[./-](?:19|20)\pN\pN|\pN月".encode())
_YEAR_FIRST = re.compile(
    rf"(?<![\dA-Za-z.])({YEAR}) ?([-/.年]) ?(\d{{1,2}})"
    r"(?: ?[-/.月] ?(\d{1,2})(?!\d|\.\d|[A-SU-Za-z])(?: ?[日号])?| ?月)"
)
_YEAR_LAST = re.compile(rf"(?<![\d.])(\d{{1,2}})([./-])(\d{{1,2}})\2({YEAR})(?!\d)")
_MONTH_DAY = re.compile(r"(?<!\d)(?<![\d〇零一二三四五六七八九]年)(\d{1,2})月(\d{1,2})[日号]")
_YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}  # before a Chinese month
_CHINESE_SPAN = re.compile(r"\s*(?:[-–—~至到、和及]|起至)\s*")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_JOINED = 4  # characters between the ends of a span
_MONTHS = 12
_DAYS_A_WEEK = 7
_WEEKS = {"上": -1, "本": 0, "下": 1}
# Behind a weekday: hours of every week, as `Mardi et jeudi : 7 h – 13 h`.
_HOURS = re.compile(r"(?:,? (?:et|und|and|y|и) [^\W\d_]{2,12})?\.?\s?[:：]\s?\d")
_LAST_WORD = re.compile(r"([^\W\d_]+)[.,]?\s(?:the |den |dem |der |le |el )?$")
_BEFORE, _AFTER = 30, 60  # characters around a month or day in which the rest of the date stands


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
    read = _Reading(tokens, language if language in LANGUAGES else "en", start)
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
    ends: dict[int, int] = {}  # of full dates, to their years
    for match in _YEAR_FIRST.finditer(text):
        year, mark, month, day = match.groups()
        if day and (iso := _iso(int(year), int(month), int(day))):
            ends[match.end()] = int(year)
            yield match.start(), iso
        elif not day and mark == "年" and 1 <= int(month) <= _MONTHS:
            yield match.start(), f"{int(year)}-{int(month):02}"
    yield from _year_last(text, language)
    for match in _MONTH_DAY.finditer(text):
        if iso := _chinese(text, match, ends, reference):
            yield match.start(), iso


def _year_last(text: str, language: str) -> Iterator[tuple[int, str]]:
    for match in _YEAR_LAST.finditer(text):
        first, mark, second, year = match.groups()
        day, month = int(first), int(second)
        if mark in "/-" and language == "en":
            if max(day, month) <= _MONTHS and day != month:
                continue
            day, month = (month, day) if month > _MONTHS else (day, month)
        if iso := _iso(int(year), month, day):
            yield match.start(), iso


def _chinese(text: str, match: re.Match[str], ends: Mapping[int, int], reference: date | None) -> str | None:
    """A month and day: of the year that a span began in, of last year if it says so, or else near."""
    at, month, day = match.start(), int(match[1]), int(match[2])
    begun = next((end for end in range(at, at - _JOINED, -1) if end in ends), None)
    if begun is not None and _CHINESE_SPAN.fullmatch(text, begun, at):
        return _iso(ends[begun], month, day)
    if reference is None:
        return None
    said = _YEARS.get(text[max(0, at - 2) : at])
    return _nearest(month, day, reference) if said is None else _iso(reference.year + said, month, day)


def _nearest(month: int, day: int, reference: date, weekday: int | None = None) -> str | None:
    """A date without a year is of the year that brings it nearest to the publication, of those its weekday fits."""
    near = [date.fromisoformat(iso) for year in (-1, 0, 1) if (iso := _iso(reference.year + year, month, day))]
    near = [one for one in near if one.weekday() == weekday] or near
    return min(near, key=lambda one: abs(one - reference)).isoformat() if near else None


class _Reading:
    """A text, and where in it a pattern may match by the words it cannot do without."""

    def __init__(self, tokens: Tokens, language: str, start: int) -> None:
        self.text = tokens.text[start:]
        if language == "ar":
            self.text = self.text.translate(_DIGITS)
        self.patterns = patterns(language)
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
    words, found = read.patterns, dict[int, re.Match[str]]()
    for pattern in (words.day_first, words.month_first):
        for match in read.matches(pattern, words.month_words):
            before = found.get(match.start("month"))
            if before is None or (_year(match) and not _year(before)):  # room 5 May 3, 2020
                found[match.start("month")] = match
    following: re.Match[str] | None = None
    for _, match in sorted(found.items(), reverse=True):
        if iso := _resolved(read, match, following, reference):
            yield match.start(), iso
        following = match
    if reference:
        yield from _relative(read, reference)


def _year(match: re.Match[str]) -> int | None:
    year = match["year"] or match.groupdict().get("month_year")
    return int(year) if year else None


def _resolved(
    read: _Reading, match: re.Match[str], following: re.Match[str] | None, reference: date | None
) -> str | None:
    """A date in words; without a year it is of that of a span's end, of last year if it says so, or else near."""
    words = read.patterns
    month, day, year = words.months[match["month"].casefold()], match["day"], _year(match)
    if not day:
        return f"{year}-{month:02}"
    if year:
        return _iso(year, month, int(day))
    if following and (last := _year(following)) and words.joins.fullmatch(read.text, match.end(), following.start()):
        return _iso(last - (month > words.months[following["month"].casefold()]), month, int(day))
    if reference and words.last_year.match(read.text, match.end()):
        return _iso(reference.year - 1, month, int(day))
    return _nearest(month, int(day), reference, _weekday_before(read, match.start())) if reference else None


def _weekday_before(read: _Reading, at: int) -> int | None:
    """The weekday right before a date: `Saturday, May 18`."""
    before = _LAST_WORD.search(read.text, max(0, at - _BEFORE), at)
    return read.patterns.weekdays.get(before[1].casefold()) if before else None


def _relative(read: _Reading, reference: date) -> Iterator[tuple[int, str]]:
    for start, days in _distances(read, reference):
        with suppress(OverflowError):  # programs that know no date write the first or last there is: 0001-01-01
            yield start, (reference + timedelta(days=days)).isoformat()


def _distances(read: _Reading, reference: date) -> Iterator[tuple[int, int]]:
    words = read.patterns
    for match in read.matches(words.relative, words.day_words):
        if not _hidden(read, match) and not _named(read.text, match):
            yield match.start(), words.days[match[1].casefold().replace("ı", "i")]
    for pattern in words.ago:
        for match in read.matches(pattern, words.ago_words):
            yield match.start(), -int(match[1])
    for match in read.matches(words.weekday, words.weekday_words):
        if _hidden(read, match) or words.dated.match(read.text, match.end()) or _in_brackets(read.text, match):
            continue
        if _HOURS.match(read.text, match.end()):
            continue
        if not any(_overlap(match, span) for span in _around(read.text, words.days_joined, match)):
            yield match.start(), _to_weekday(read, match, reference.weekday())


def _in_brackets(text: str, match: re.Match[str]) -> bool:
    """Whether it stands in brackets, as a weekday does after its date."""
    return text[max(0, match.start() - 1) : match.start()] in ("(", "（")


def _around(text: str, pattern: re.Pattern[str], match: re.Match[str]) -> Iterator[re.Match[str]]:
    return pattern.finditer(text, max(0, match.start() - _BEFORE), match.end() + _BEFORE)


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


def _hidden(read: _Reading, match: re.Match[str]) -> bool:
    """Whether the words only stand inside others."""
    return any(_overlap(match, other) for other in _around(read.text, read.patterns.hidden, match))


def _named(text: str, match: re.Match[str]) -> bool:
    """Whether a capital after another word makes a name or noun of it: `am Morgen`, `the Today show`."""
    return match[1][0].isupper() and text[max(0, match.start() - 2) : match.start()].strip(" ").isalnum()


def _to_weekday(read: _Reading, match: re.Match[str], today: int) -> int:
    """Days from the day of publication: of the weeks that Chinese counts, else to the last, next or nearest."""
    words = read.patterns
    wanted = words.weekdays[match[2].casefold()]
    if match[1] in _WEEKS:
        return wanted - today + _DAYS_A_WEEK * _WEEKS[match[1]]
    back = (today - wanted) % _DAYS_A_WEEK
    ahead = words.next.search(match[1]) or (words.this.search(match[1]) and back > _DAYS_A_WEEK // 2)
    return _DAYS_A_WEEK - back if ahead else -back
