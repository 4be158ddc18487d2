"""Bound a page's markup before an HTML parser sees it: nesting and attributes, on which parsers grow quadratic.

A linear scan: what honest pages hold passes unchanged, and most pass after a few counts.
"""

import re
from collections import Counter

import numpy as np

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
_NAME = 4  # bytes of a tag's name that tell it from others
_FLAT_KEYS = frozenset(name[:_NAME].encode() for name in _FLAT)
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
    if text.count("<") > MOST_DEPTH and _may_be_deep(text) and (at := _too_deep(text)) is not None:
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


def _may_be_deep(text: str) -> bool:
    """Whether more elements may be open at once than the limit, by how many of each name are; most pages pass."""
    data = np.frombuffer(text.encode("utf-8", "replace") + b" " * (_NAME + 2), np.uint8)
    at = np.flatnonzero(data[: -_NAME - 2] == ord("<"))
    closing = data[at + 1] == ord("/")
    name = data[(at + 1 + closing)[:, None] + np.arange(_NAME)] | 0x20  # lower case
    inside = np.minimum.accumulate(
        ((name >= ord("a")) & (name <= ord("z"))) | ((name >= ord("0")) & (name <= ord("9"))), 1
    )
    keys = np.where(inside, name, 0).astype(np.uint8).view(f"S{_NAME}").ravel()
    order = np.argsort(keys, kind="stable")
    step = np.where(closing, -1, 1)[order]
    names, starts = np.unique(keys[order], return_index=True)
    most = 0
    for key, steps in zip(names.tolist(), np.split(step, starts[1:]), strict=True):
        if key and key not in _FLAT_KEYS:
            balance = np.cumsum(steps)
            most += int((balance - np.minimum(np.minimum.accumulate(balance), 0)).max())
    return most > MOST_DEPTH


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
