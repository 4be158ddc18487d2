"""Numbers of spreadsheets as a person writes them: dates in ISO 8601, percentages, others without binary noise."""

import re
from datetime import datetime, timedelta

from docmill.extract.ooxml import number_text

__all__ = ["EPOCH", "EPOCH_1904", "NumberFormats"]

_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])  # ECMA-376, 18.8.30
_LITERAL = re.compile(r'"[^"]*"|[\\_*].|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)  # how many in all, not of the day
_ELAPSED_FORMAT = 46
_PERCENT_FORMATS = {9: 0, 10: 2}
_PERCENT = re.compile(r"[0#](?:\.([0#]+))?%")
EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  a sheet knows no time zone
_LAST_SERIAL = 2_958_465  # 9999-12-31


class NumberFormats:
    """A workbook's formats by number: its own and those of every workbook."""

    def __init__(self) -> None:
        self._dates = {number: number == _ELAPSED_FORMAT for number in _DATE_FORMATS}  # whether time that has passed
        self._percents = dict(_PERCENT_FORMATS)  # decimals

    def note(self, number: int, code: str) -> None:
        """Take a format of the workbook's own, if it is one of dates or of percentages."""
        elapsed = _ELAPSED.search(code) is not None
        plain = _LITERAL.sub("", code)
        if elapsed or re.search(r"[ymdhs]", plain.lower()):
            self._dates[number] = elapsed
        elif share := _PERCENT.search(plain):
            self._percents[number] = len(share[1] or "")

    def text(self, value: str, kind: int | None, epoch: datetime) -> str:
        """A number as it is shown.

        Args:
            value: As the file has it; what is no number stays as it is.
            kind: Number of its format.
            epoch: The day that dates count from.
        """
        try:
            number = float(value)
        except ValueError:
            return value
        if kind in self._dates and 0 <= number <= _LAST_SERIAL:
            return _duration(number) if self._dates[kind] else _date(epoch + timedelta(days=number), number)
        if kind in self._percents:
            return f"{number_text(repr(round(100 * number, self._percents[kind])))}%"
        return number_text(value)


def _date(moment: datetime, number: float) -> str:
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    if number < 1:
        return moment.time().isoformat()
    return moment.date().isoformat() if number.is_integer() else moment.isoformat(sep=" ")


def _duration(days: float) -> str:
    minutes, seconds = divmod(round(days * 86_400), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
