"""What is otherwise in documents of Word 6 and 95: settings with codes of a byte, text in a code page."""

from collections.abc import Iterator

from docmill.extract.binary import number
from docmill.extract.doc.sprms import Sprm

__all__ = ["charset_of", "sprms"]

_CODES = {
    2: Sprm.STYLE, 24: Sprm.IN_TABLE, 25: Sprm.ENDS_ROW, 65: Sprm.DELETED, 74: Sprm.SYMBOL, 83: Sprm.PLAIN,
    92: Sprm.HIDDEN, 93: Sprm.FONT, 104: Sprm.RAISED, 190: Sprm.CELLS,
}  # fmt: skip
_SIZES = {
    **dict.fromkeys((*range(4, 12), 13, 14, 24, 25, 29, 37, 44, 50, 51, 65, 66, 67, 71, 75, *range(85, 93), 94, 98), 1),
    **dict.fromkeys((100, 101, 102, 104, 107, 117, 118, 119, 185, 186), 1),
    **dict.fromkeys((2, *range(16, 20), 21, 22, 26, 27, 28, *range(30, 37), *range(38, 44), *range(45, 50)), 2),
    **dict.fromkeys((69, 72, 80, 93, 96, 97, 99, 109, 110, 111, *range(121, 125)), 2),
    **dict.fromkeys((182, 183, 184, 189, 195, 197, 198), 2),
    **dict.fromkeys((73, 95), 3), **dict.fromkeys((20, 70, 192, 194, 196, 200), 4), 193: 5, 199: 5, 187: 12, 83: 0,
}  # fmt: skip
_SAY_THEMSELVES = frozenset(
    {3, 12, 15, 23, 68, 74, 81, 82, 103, 105, 106, 108, 120, 191}
)  # in a byte how long they are
_SAY_IN_TWO = frozenset({188, 190})
_CODE_PAGES = {
    "cp1251": (0x419, 0x422, 0x423, 0x402, 0x42F, 0xC1A), "cp1253": (0x408,), "cp1254": (0x41F,), "cp1255": (0x40D,),
    "cp1250": (0x405, 0x415, 0x40E, 0x418, 0x41A, 0x41B, 0x424, 0x81A), "cp1256": (0x401, 0x429),
    "cp1257": (0x425, 0x426, 0x427), "cp874": (0x41E,),
}  # fmt: skip
_BY_LANGUAGE = {language: page for page, languages in _CODE_PAGES.items() for language in languages}
_USUAL = "cp1252"


def charset_of(language: int) -> str:
    """The code page of a text by the number of the language that the program was in."""
    return _BY_LANGUAGE.get(language, _USUAL)


def sprms(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each setting's value, by the code it has since Word 97; of those that are not read there is none."""
    at = 0
    while at < len(data):
        code = data[at]
        at += 1
        if code in _SAY_IN_TWO:
            size = number(data, at, 2) + 1
        elif code in _SAY_THEMSELVES:
            size = number(data, at, 1) + 1
        elif code in _SIZES:
            size = _SIZES[code]
        else:
            return
        if code in _CODES:
            yield _CODES[code], data[at + 1 : at + size] if _CODES[code] == Sprm.SYMBOL else data[at : at + size]
        at += size
