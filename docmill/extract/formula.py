"""Formulas in MathML, or as Word has them (OMML), on one line: as TeX where there is some, else alike."""

import re
from collections.abc import Iterable

from docmill.extract.xml_stream import Element, attribute, local

__all__ = ["read_formula", "tex_of"]

_LONGEST = 10_000  # characters
_STYLED = re.compile(r"\{\\(?:displaystyle|textstyle)\s+(.*)\}", re.DOTALL)
_SAID = frozenset({"t", "mi", "mn", "mo", "mtext", "ms"})
_FRACTIONS = frozenset({"mfrac", "f"})
# What stands before each part after the first.
_SIGNS = {
    **dict.fromkeys(("msup", "sSup", "mover"), "^"), **dict.fromkeys(("msub", "sSub", "munder"), "_"),
    **dict.fromkeys(("msubsup", "sSubSup", "munderover"), "_^"), **dict.fromkeys(_FRACTIONS, "/"),
}  # fmt: skip
_ROOTS = frozenset({"msqrt", "rad"})
_TABLES = frozenset({"mtable", "mtr", "m", "mr"})
_NO_PART = frozenset({"annotation", "annotation-xml", "deg", "sPre"})
_SUM = "\u222b"  # what a large operator is that says nothing of itself


def read_formula(element: Element) -> str:
    """A formula's text; of powers, indexes and fractions `x^2`, `x_1` and `(a+b)/2`."""
    annotations = ((one.get("encoding"), one.text) for one in element.iter("{*}annotation"))
    return tex_of(element.get("alttext"), annotations) or _on_one_line(_linear(element))


def tex_of(alternative: str | None, annotations: Iterable[tuple[str | None, str | None]]) -> str:
    """The TeX that a formula in MathML comes with, by its `alttext` or its annotations' encodings and texts, if any."""
    told = alternative or next((text for encoding, text in annotations if "tex" in (encoding or "").lower()), None)
    tex = _on_one_line(told or "")
    styled = _STYLED.fullmatch(tex)
    return styled[1].strip() if styled else tex


def _on_one_line(text: str) -> str:
    return " ".join(text[:_LONGEST].split())


def _linear(element: Element) -> str:
    name = local(element)
    if name in _SAID:
        return "".join(element.itertext())
    return _put_together(element, name, [_linear(part) for part in element if _is_part(part)])


def _put_together(element: Element, name: str, parts: list[str]) -> str:
    """What the parts of a formula's element say together."""
    base, *others = parts or [""]
    grouped = [_grouped(part) for part in others]
    signs = _SIGNS.get(name)
    if signs and len(others) >= len(signs):
        first = _grouped(base) if name in _FRACTIONS else base
        return first + "".join(f"{sign}{part}" for sign, part in zip(signs, grouped, strict=False))
    if name in _ROOTS:
        return f"\u221a{_grouped(''.join(parts))}"
    if name == "nary":
        return _large(element, parts)
    if name == "d":
        return f"{_setting(element, 'begChr', '(')}{', '.join(parts)}{_setting(element, 'endChr', ')')}"
    return (" " if name in _TABLES else "").join(parts)


def _is_part(element: Element) -> bool:
    name = local(element)
    return bool(name) and not name.endswith("Pr") and name not in _NO_PART


def _large(element: Element, parts: list[str]) -> str:
    """A sum, an integral or the like, with its bounds and what it is of."""
    bounds = [f"{sign}{_grouped(part)}" for sign, part in zip("_^", parts[:-1], strict=False) if part]
    return f"{_setting(element, 'chr', _SUM)}{''.join(bounds)} {parts[-1] if parts else ''}"


def _setting(element: Element, name: str, usual: str) -> str:
    for holder in element:
        for setting in holder if local(holder).endswith("Pr") else ():
            if local(setting) == name:
                return attribute(setting, "val") or ""
    return usual


def _grouped(text: str) -> str:
    text = text.strip()
    return text if text.isalnum() or len(text) < 2 else f"({text})"  # noqa: PLR2004
