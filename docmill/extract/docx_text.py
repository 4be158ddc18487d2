"""The text of Word's runs: what is shown, what is hidden or taken out by a tracked change, and text boxes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from docmill.extract.html.elements import is_power
from docmill.extract.symbols import symbol
from docmill.extract.xml_stream import Element, attribute, local

__all__ = ["Runs", "outermost", "settings_of"]

_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED = frozenset({"pPr", "rPr", "moveFrom", "instrText", "delText", "tblPr", "tcPr", "trPr", "sdtPr"})
_OFF = frozenset({"0", "false", "off"})


@dataclass(slots=True)
class Runs:
    """What an element says, as it is read."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)  # text boxes anchored in it
    unseen: list[str] = field(default_factory=list)  # text that is not shown

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
            if name == "t":
                self.parts.append(child.text or "")
            elif name in _BREAKS:
                self.parts.append(_BREAKS[name])
            elif name == "sym":
                self.parts.append(symbol(attribute(child, "font") or "", attribute(child, "char") or ""))
            elif name == "txbxContent":
                self.boxes.append(child)
            elif name == "sdt" and _is_prompt(child):
                self.unseen.append("".join(one.text or "" for one in child.iter() if local(one) == "t"))
            elif name == "del" or (name == "r" and _is_hidden(child)):
                self.unseen.append("".join(one.text or "" for one in child.iter() if local(one) in {"t", "delText"}))
            elif name not in _SKIPPED and not (name == "Fallback" and "Choice" in choices):
                self._read_within(child, name)

    def _read_within(self, child: Element, name: str) -> None:
        if name == "ruby":  # the reading stands first, over what it is the reading of
            for part in sorted(child, key=local, reverse=True):
                self._read_within(part, local(part))
            return
        if name == "r" and _is_raised(child):
            text = next((one.text or "" for one in child if local(one) == "t"), "")
            if is_power(self.parts, text):
                self.parts.append("^")
        reading = name == "rt"
        self.parts.append("(" if reading else "")
        self._read(child)
        self.parts.append(")" if reading else "\n" if name == "p" else "")


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
