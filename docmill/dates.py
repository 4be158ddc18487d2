"""Dates as people write them, to ISO 8601."""

import re
from functools import lru_cache

__all__ = ["MENTION", "find_date"]

_NUMERIC = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)(?!\d)")
_WORDY = re.compile(
    r"(?<!\d)\d{1,2}(?:st|nd|rd|th|er|º|°)?\.?\s(?:de\s)?[^\W\d_]{3,12}\.?,?\s(?:de(?:l)?\s)?(?:19|20)\d\d"
    r"|[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"
)
MENTION = re.compile("|".join(p.pattern for p in (_NUMERIC, _DAY_FIRST, _WORDY)) + r"|\d{1,2}/\d{1,2}/\d{4}")
_LAST_MONTH, _LAST_DAY = 12, 31
_LANGUAGES = ["en", "fr", "ru", "es", "ar", "de", "pt", "it"]


def find_date(text: str) -> str | None:
    """The first calendar date in a short text, as `YYYY-MM-DD`; None if there is none.

    Numeric forms are read by year first or, with dots, by day first; `3/4/2021` is ambiguous and left alone.
    Months in words are read by dateparser.
    """
    if found := _NUMERIC.search(text):
        return _iso(*found.groups())
    if found := _DAY_FIRST.search(text):
        day, month, year = found.groups()
        return _iso(year, month, day)
    if found := _WORDY.search(text):
        return _by_words(found[0])
    return None


def _iso(year: str, month: str, day: str) -> str | None:
    if 1 <= int(month) <= _LAST_MONTH and 1 <= int(day) <= _LAST_DAY:
        return f"{year}-{int(month):02}-{int(day):02}"
    return None


@lru_cache(maxsize=1024)
def _by_words(text: str) -> str | None:
    import dateparser  # 0.2 s to import, and most documents never need it

    parsed = dateparser.parse(text, languages=_LANGUAGES, settings={"REQUIRE_PARTS": ["day", "month", "year"]})
    return parsed.date().isoformat() if parsed else None
