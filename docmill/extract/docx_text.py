"""The text of Word's runs: what is shown, what is hidden or taken out by a tracked change, and text boxes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from docmill.extract.formula import read_formula
from docmill.extract.html.elements import is_power
from docmill.extract.symbols import symbol
from docmill.extract.xml_stream import Element, attribute, local

__all__ = ["Runs", "outermost", "settings_of"]

_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED = frozenset({"pPr", "rPr", "moveFrom", "instrText", "delText", "tblPr", "tcPr", "trPr", "sdtPr"})
_HYPERLINK = re.compile(r'\s*HYPERLINK\s+"([^"\s]+)"', re.IGNORECASE)  # a field's code
_OFF = frozenset({"0", "false", "off"})


@dataclass(slots=True)
class Runs:
    """What an element says, as it is read."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)  # text boxes anchored in it
    unseen: list[str] = field(default_factory=list)  # text that is not shown
    links: list[tuple[str, str]] = field(default_factory=list)  # address, or id of the relation to it, and text
    _fields: list["_Field"] = field(default_factory=list)  # that are open

    @classmethod
    def of(cls, element: Element) -> "Runs":
        """Those of a paragraph, a cell or a box."""
        runs = cls()
        runs._read(element)
        return runs

    @property
    def text(self) -> str:
        """What is shown."""
        return "".join(self.parts)

    def _read(self, element: Element) -> None:
        """Take an element's content; the fallbacks for old programs are passed over."""
        choices = {local(child) for child in element} if local(element) == "AlternateContent" else set()
        for child in element:
            name = local(child)
            if (text := _said(child, name)) is not None:
                self.parts.append(text)
            elif name == "oMath":
                self.parts.append(read_formula(child))
            elif name in {"instrText", "fldChar"}:
                self._note_field(child, name)
            elif name == "txbxContent":
                self.boxes.append(child)
            elif name == "sdt" and _is_prompt(child):
                self.unseen.append("".join(one.text or "" for one in child.iter() if local(one) == "t"))
            elif name == "del" or (name == "r" and _is_hidden(child)):
                self.unseen.append("".join(one.text or "" for one in child.iter() if local(one) in {"t", "delText"}))
            elif name not in _SKIPPED and not (name == "Fallback" and "Choice" in choices):
                self._read_within(child, name)

    def _note_field(self, mark: Element, name: str) -> None:
        """Look at a piece of a field's code, or where it begins, its code ends, or its result does."""
        to = attribute(mark, "fldCharType")
        if name == "instrText" and self._fields:
            self._fields[-1].code += mark.text or ""
        elif to == "begin":
            self._fields.append(_Field())
        elif to == "separate" and self._fields:
            self._fields[-1].begins = len(self.parts)
        elif to == "end" and self._fields:
            ended = self._fields.pop()
            if code := _HYPERLINK.match(ended.code):
                self.links.append((code[1], "".join(self.parts[ended.begins :])))

    def _read_within(self, child: Element, name: str) -> None:
        if name == "ruby":  # the reading stands first, over what it is the reading of
            for part in sorted(child, key=local, reverse=True):
                self._read_within(part, local(part))
            return
        if name in {"hyperlink", "fldSimple"}:
            code = _HYPERLINK.match(attribute(child, "instr") or "")
            begins, target = len(self.parts), code[1] if code else attribute(child, "id")
            self._read(child)
            if target:
                self.links.append((target, "".join(self.parts[begins:])))
            return
        if name == "r" and _is_raised(child):
            text = next((one.text or "" for one in child if local(one) == "t"), "")
            if is_power(self.parts, text):
                self.parts.append("^")
        reading = name == "rt"
        self.parts.append("(" if reading else "")
        self._read(child)
        self.parts.append(")" if reading else "\n" if name == "p" else "")


@dataclass(slots=True)
class _Field:
    """A field whose result is computed by its code."""

    code: str = ""
    begins: int = 0  # the first part of its result


def _said(piece: Element, name: str) -> str | None:
    """What a piece of a run says: text, a break or a symbol; None of others."""
    if name == "t":
        return piece.text or ""
    if name == "sym":
        return symbol(attribute(piece, "font") or "", attribute(piece, "char") or "")
    return _BREAKS.get(name)


def _is_hidden(run: Element) -> bool:
    return any((attribute(setting, "val") or "1") not in _OFF for setting in settings_of(run, "rPr", "vanish"))


def _is_raised(run: Element) -> bool:
    return any(attribute(setting, "val") == "superscript" for setting in settings_of(run, "rPr", "vertAlign"))


def _is_prompt(control: Element) -> bool:
    """Whether a form's field still shows what asks for text."""
    return any(True for _ in settings_of(control, "sdtPr", "showingPlcHdr"))


def settings_of(element: Element, holder: str, name: str) -> Iterator[Element]:
    """An element's settings of some name; Word keeps them in a child of it."""
    return (setting for part in element if local(part) == holder for setting in part if local(setting) == name)


def outermost(element: Element, names: frozenset[str]) -> list[Element]:
    """The elements of some names within one that are in no other of these."""
    found = []
    for child in element:
        found += [child] if local(child) in names else outermost(child, names)
    return found
