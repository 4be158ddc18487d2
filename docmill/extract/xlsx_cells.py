"""What a spreadsheet's cells say: shared strings looked up, numbers and dates as a person writes them."""

import re

from docmill.extract.limits import Limits
from docmill.extract.number_formats import EPOCH, EPOCH_1904, NumberFormats
from docmill.extract.package import Package
from docmill.extract.sheet_rows import Repeated
from docmill.extract.unreadable import UnreadableError
from docmill.extract.whole import whole
from docmill.extract.xml_stream import Element, attribute, local, units

__all__ = ["Cells", "column"]

_COLUMN = re.compile(r"[A-Z]{1,3}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


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
        self._formats, self._styles = _number_styles(package, main, limits)
        self._epoch = EPOCH
        for settings in units(package.chunks(main), {"workbookPr"}, limits):
            self._epoch = EPOCH_1904 if settings.get("date1904") in {"1", "true"} else EPOCH
        self._repeated = Repeated()

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
                text = self._formats.text(value, self._styles.get(cell.get("s") or ""), self._epoch)
            case _:
                text = value
        return self._repeated.note(text)

    def _string_at(self, index: str) -> str:
        return self._shared[int(index)] if index.isdecimal() and int(index) < len(self._shared) else ""


def _string(item: Element) -> str:
    """The text of a string's runs; a reading aid (ruby) follows in its place."""
    parts = []
    for child in item.iter():
        if local(child) == "rPh":
            parts.append(" ")
        elif local(child) == "t":
            parts.append(child.text or "")
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), "".join(parts))


def _number_styles(package: Package, main: str, limits: Limits) -> tuple[NumberFormats, dict[str, int]]:
    """The workbook's number formats, and which one each cell style has."""
    formats = NumberFormats()
    styles: dict[str, int] = {}
    try:
        for part in package.related(main, "styles"):
            for element in units(package.chunks(part), {"numFmt", "cellXfs"}, limits):
                if local(element) == "numFmt":
                    if (number := whole(element.get("numFmtId"))) is not None:
                        formats.note(number, attribute(element, "formatCode") or "")
                    continue
                for index, style in enumerate(element.iterchildren()):
                    if (number := whole(style.get("numFmtId"))) is not None:
                        styles[str(index)] = number
    except UnreadableError:
        return formats, {}
    return formats, styles
