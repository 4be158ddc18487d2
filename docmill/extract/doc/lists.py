"""The lists of a Word document (DOC): their kinds, and where they begin ([MS-DOC] 2.9.131, 2.9.150)."""

from docmill.extract.binary import number, signed, wide_text
from docmill.extract.doc.fib import Fib, Part
from docmill.extract.numbering import ListKind, Numbering

__all__ = ["numbering"]

_KIND, _LEVEL, _LIST, _OVERRIDE = 28, 28, 16, 8  # bytes
_LEVELS = 9
_FORMS = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 22: "decimalZero",
}  # fmt: skip
_BULLETS = frozenset({23, 255})
_STARTS, _IS_FORMATTED = 0x10, 0x20


def numbering(fib: Fib, table: bytes) -> Numbering:
    """The document's lists, by their numbers from 1."""
    found = Numbering()
    kinds = _kinds(fib, table)
    said = table[fib.place(Part.LIST_OVERRIDES)[0] :] if fib.place(Part.LIST_OVERRIDES)[1] else b""
    count = min(number(said, 0, 4), len(said) // _LIST)
    at = 4 + count * _LIST
    for index in range(count):
        one = said[4 + index * _LIST : 4 + (index + 1) * _LIST]
        begins: dict[int, int] = {}
        at += 4
        for _ in range(number(one, 12, 1)):
            flags = number(said, at + 4, 4)
            if flags & _STARTS:
                begins[flags & 0xF] = number(said, at, 4)
            at += _OVERRIDE
            if flags & _IS_FORMATTED:
                at = _read_level(said, at, ListKind(), 0)
        if (kind := kinds.get(number(one, 0, 4))) is not None:
            found.lists[str(index + 1)] = (kind, begins)
    return found


def _kinds(fib: Fib, table: bytes) -> dict[int, ListKind]:
    """Kinds of lists, by their ids; the levels of all stand behind them."""
    begins, size = fib.place(Part.LISTS)
    count = min(number(table, begins, 2), size // _KIND) if size else 0
    at = begins + 2 + count * _KIND
    found: dict[int, ListKind] = {}
    for index in range(count):
        one = begins + 2 + index * _KIND
        kind = found[number(table, one, 4)] = ListKind()
        for level in range(1 if number(table, one + 26, 1) & 1 else _LEVELS):
            at = _read_level(table, at, kind, level)
    return found


def _read_level(data: bytes, at: int, kind: ListKind, level: int) -> int:
    """Take a level of a list; where the next one is."""
    form = number(data, at + 4, 1)
    after = at + _LEVEL + number(data, at + 24, 1) + number(data, at + 25, 1)
    characters = number(data, after, 2)
    label = wide_text(data[after + 2 : after + 2 + 2 * characters])
    kind.first[level] = None if form in _BULLETS else signed(data, at, 4)
    kind.forms[level] = _FORMS.get(form, "")
    # A character below the number of levels stands for that level's number.
    kind.labels[level] = "".join(f"%{ord(one) + 1}" if ord(one) < _LEVELS else one for one in label)
    return after + 2 + 2 * characters
