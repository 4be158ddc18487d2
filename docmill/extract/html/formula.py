"""Formulas in MathML: as TeX where the page has it, else their characters."""

import re

from selectolax.lexbor import LexborNode

__all__ = ["read_formula"]

_STYLED = re.compile(r"\{\\(?:displaystyle|textstyle)\s+(.*)\}", re.DOTALL)
_SHOWN_BESIDE = ("katex-mathml", "MJX_Assistive_MathML")  # classes of what only screen readers meet
_TEX = "annotation[encoding*='tex' i]"
_LONGEST = 10_000  # characters


def read_formula(node: LexborNode) -> str:
    """A formula's text on one line; empty where the page shows it again beside."""
    parent = node.parent
    words = (parent.attributes.get("class") or "" if parent is not None else "").split()
    if any(word in _SHOWN_BESIDE for word in words):
        return ""
    tex = node.attributes.get("alttext")
    if not tex and (annotation := node.css_first(_TEX)) is not None:
        tex = annotation.text()
    text = " ".join((tex or node.text())[:_LONGEST].split())
    styled = _STYLED.fullmatch(text)
    return styled[1].strip() if styled else text
