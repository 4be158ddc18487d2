"""Formulas of pages, in MathML."""

from lxml import etree
from selectolax.lexbor import LexborNode

from docmill.extract import formula

__all__ = ["read_formula"]

_SHOWN_BESIDE = ("katex-mathml", "MJX_Assistive_MathML")  # classes of what only screen readers meet


def read_formula(node: LexborNode) -> str:
    """A formula's text as documents' formulas have theirs; empty where the page shows it again beside."""
    parent = node.parent
    words = (parent.attributes.get("class") or "" if parent is not None else "").split()
    if any(word in _SHOWN_BESIDE for word in words):
        return ""
    annotations = ((one.attributes.get("encoding"), one.text()) for one in node.css("annotation"))
    return formula.tex_of(node.attributes.get("alttext"), annotations) or _read(node)


def _read(node: LexborNode) -> str:
    markup = (node.html or "").encode("utf-8", "replace")
    root = etree.fromstring(markup, etree.HTMLParser(encoding="utf-8", huge_tree=False))
    found = None if root is None else root.find(".//math")
    return (formula.read_formula(found) if found is not None else "") or " ".join(node.text().split())
