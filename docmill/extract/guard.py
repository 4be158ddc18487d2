"""Bound a page's markup before an HTML parser sees it: nesting and attributes, on which parsers grow quadratic.

A linear scan: what honest pages hold passes unchanged, and most pass after a few counts.
"""

import re
from collections import Counter

__all__ = ["bounded_html"]

MOST_DEPTH = 512  # levels, as browsers have
MOST_TAG = 1 << 16  # characters of one tag
MOST_ATTRIBUTES = 100_000  # equals signs of a page, from where on its tags are looked at one by one
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
# Elements that hold nothing, or that the next of their kind closes.
_FLAT = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
     "p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody")
)  # fmt: skip
# A whole tag with its quoted values; possessive, so that no beginning is tried twice.
_WHOLE_TAG = re.compile(
    r"""<(?P<name>/?[a-zA-Z][a-zA-Z0-9-]*)(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+)|["'])*+>?"""
)
_RAW = re.compile(r"<(script|style)[\s>]", re.IGNORECASE)


def bounded_html(text: str) -> tuple[str, tuple[str, ...]]:
    """The page with oversized tags bared of their attributes and markup nested too deeply left out; warnings."""
    warnings: tuple[str, ...] = ()
    if text.count("=") > MOST_ATTRIBUTES or _longest_gap(text) > MOST_TAG:
        text, cut = _without_long_tags(text)
        if cut:
            warnings = (f"repaired: {cut} oversized tags lost their attributes",)
    if text.count("<") > MOST_DEPTH and (at := _too_deep(text)) is not None:
        text = text[:at] + _WHOLE_TAG.sub(" ", text[at:])
        warnings += (f"repaired: markup nested deeper than {MOST_DEPTH} levels was left out",)
    return text, warnings


def _longest_gap(text: str) -> int:
    """The longest stretch without the end of a tag."""
    return max(map(len, text.split(">")))


def _without_long_tags(text: str) -> tuple[str, int]:
    parts: list[str] = []
    at = cut = 0
    for tag in _WHOLE_TAG.finditer(text):
        if tag.start() < at or tag.end() - tag.start() <= MOST_TAG:
            continue
        inside = _RAW.search(text, max(at, text.rfind("<", at, tag.start())), tag.start())
        if inside is not None:
            continue  # a comparison in a script
        parts += [text[at : tag.start()], f"<{tag['name']}>"]
        at = tag.end()
        cut += 1
    return "".join([*parts, text[at:]]), cut


def _too_deep(text: str) -> int | None:
    """Where markup first nests too deeply."""
    depth = 0
    still_open: Counter[str] = Counter()
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name in _FLAT:
            continue
        if not tag[1]:
            still_open[name] += 1
            depth += 1
            if depth > MOST_DEPTH:
                return tag.start()
        elif still_open[name]:
            still_open[name] -= 1
            depth -= 1
    return None
