"""What a spreadsheet's cells say: shared strings looked up, numbers and dates as a person writes them."""

import re
from datetime import datetime, timedelta

from docmill.extract.limits import Limits
from docmill.extract.ooxml import number_text
from docmill.extract.package import Package
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xml_stream import Element, attribute, local, units
from schemas.document import Reason

__all__ = ["Cells", "column"]

_COLUMN = re.compile(r"[A-Z]{1,3}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])  # ECMA-376, 18.8.30
_LITERAL = re.compile(r'"[^"]*"|[\\_*].|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)  # how many in all, not of the day
_ELAPSED_FORMAT = 46
_PERCENT_FORMATS = {9: 0, 10: 2}
_PERCENT = re.compile(r"[0#](?:\.([0#]+))?%")
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  a sheet knows no time zone
_LAST_SERIAL = 2_958_465  # 9999-12-31
_MOST_CHARACTERS = 100_000_000  # of text all cells of a workbook may repeat


def column(reference: str) -> int | None:
    """The column, from 0, of a cell such as `B2`, or of an area's first; None where none is named."""
    letters = _COLUMN.match(reference)
    if letters is None:
        return None
    number = 0
    for letter in letters[0]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


class Cells:
    """Reads cells by a workbook's shared strings, styles and calendar."""

    def __init__(self, package: Package, main: str, limits: Limits) -> None:
        self._shared: list[str] = []
        for part in package.related(main, "sharedStrings"):
            self._shared += [_string(item) for item in units(package.chunks(part), {"si"}, limits)]
        self._dates, self._percents = _number_styles(package, main, limits)
        self._epoch = _EPOCH
        for settings in units(package.chunks(main), {"workbookPr"}, limits):
            self._epoch = _EPOCH_1904 if settings.get("date1904") in {"1", "true"} else _EPOCH
        self._characters = 0

    def text(self, cell: Element) -> str:
        """A cell's text; empty for an empty one.

        Raises:
            UnreadableError: The cells repeat a long shared string too often.
        """
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            return _string(cell)
        found = next(cell.iterchildren("{*}v"), None)
        value = found.text or "" if found is not None else ""
        match kind:
            case "s":
                text = self._string_at(value)
            case "b":
                text = "TRUE" if value == "1" else "FALSE" if value else ""
            case "n":
                text = self._number(value, cell.get("s") or "")
            case _:
                text = value
        self._characters += len(text)
        if self._characters > _MOST_CHARACTERS:
            raise UnreadableError(Reason.TOO_LARGE, f"The sheets repeat more than {_MOST_CHARACTERS} characters.")
        return text

    def _string_at(self, index: str) -> str:
        return self._shared[int(index)] if index.isdecimal() and int(index) < len(self._shared) else ""

    def _number(self, value: str, style: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if style in self._dates and 0 <= number <= _LAST_SERIAL:
            elapsed = self._dates[style]
            return _duration(number) if elapsed else _date(self._epoch + timedelta(days=number), number)
        if style in self._percents:
            return f"{number_text(repr(round(100 * number, self._percents[style])))}%"
        return number_text(value)


def _string(item: Element) -> str:
    """The text of a string's runs; a reading aid (ruby) follows in its place."""
    parts = []
    for child in item.iter():
        if local(child) == "rPh":
            parts.append(" ")
        elif local(child) == "t":
            parts.append(child.text or "")
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), "".join(parts))


def _date(moment: datetime, number: float) -> str:
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    if number < 1:
        return moment.time().isoformat()
    return moment.date().isoformat() if number.is_integer() else moment.isoformat(sep=" ")


def _duration(days: float) -> str:
    minutes, seconds = divmod(round(days * 86_400), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _number_styles(package: Package, main: str, limits: Limits) -> tuple[dict[str, bool], dict[str, int]]:
    """Indexes of the cell styles that show numbers otherwise.

    Returns:
        Those that show a date or time, and whether it is time that has passed; those that show a percentage, and its
        decimals.
    """
    dates = {number: number == _ELAPSED_FORMAT for number in _DATE_FORMATS}
    percents = dict(_PERCENT_FORMATS)
    dated: dict[str, bool] = {}
    shares: dict[str, int] = {}
    try:
        for part in package.related(main, "styles"):
            for element in units(package.chunks(part), {"numFmt", "cellXfs"}, limits):
                if local(element) == "numFmt":
                    _note_format(element, dates, percents)
                    continue
                for index, style in enumerate(element.iterchildren()):
                    number = style.get("numFmtId") or ""
                    if number.isdecimal() and int(number) in dates:
                        dated[str(index)] = dates[int(number)]
                    elif number.isdecimal() and int(number) in percents:
                        shares[str(index)] = percents[int(number)]
    except UnreadableError:
        return {}, {}
    return dated, shares


def _note_format(element: Element, dates: dict[int, bool], percents: dict[int, int]) -> None:
    """Take a format of the workbook's own, if it is one of dates or of percentages."""
    number, code = element.get("numFmtId") or "", attribute(element, "formatCode") or ""
    if not number.isdecimal():
        return
    elapsed = _ELAPSED.search(code) is not None
    plain = _LITERAL.sub("", code)
    if elapsed or re.search(r"[ymdhs]", plain.lower()):
        dates[int(number)] = elapsed
    elif share := _PERCENT.search(plain):
        percents[int(number)] = len(share[1] or "")
