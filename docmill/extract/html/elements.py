"""What the elements of a page are to the walk over it, and what it keeps of their attributes."""

import re
from collections.abc import Mapping, Sequence

from selectolax.lexbor import LexborNode

__all__ = [
    "BREAK",
    "CELLS",
    "CURRENCIES",
    "DECLARATION",
    "EDIT_LINK",
    "ELEMENT",
    "FALLBACK",
    "HIDING",
    "INSTEAD",
    "LINE",
    "MATH",
    "PARTING",
    "PERMALINKS",
    "PREFORMATTED",
    "RAISED",
    "SKIP",
    "STRUCK",
    "TELLING",
    "TEXT",
    "Attributes",
    "action",
    "is_not_shown",
    "is_note",
    "is_power",
    "is_unseen",
    "lacks_brackets",
    "role",
    "span",
]

Attributes = dict[str, str | None]  # those of a node, by name

_SKIPPED = frozenset((
    "script", "style", "template", "svg", "iframe", "embed", "map", "head", "title", "meta", "link", "base", "datalist",
    "colgroup", "col", "frame", "noframes", "-comment", "-doctype", "-document", "-",
))  # fmt: skip
TELLING = frozenset(("role", "style", "hidden", "aria-hidden", "itemprop", "start"))
HIDING = frozenset(("hidden", "style"))  # attributes that may
_DECLARING = frozenset(("meta", "link", "script", "title"))  # in the body too
PARTING = frozenset(("span", "time", "cite", "a"))
CURRENCIES = frozenset("$€£¥₹₽₩")
STRUCK = frozenset(("del", "s", "strike"))  # what follows it stands in its place
PREFORMATTED = frozenset(("pre", "textarea"))
TEXT, BREAK, ELEMENT, SKIP, DECLARATION, MATH, FALLBACK = range(7)  # what the walk does with a node
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
INSTEAD = frozenset(("object", "canvas", "applet"))  # what they hold is shown where they are not
EDIT_LINK = "mw-editsection"  # class of the link beside each heading of a wiki
PERMALINKS = frozenset("¶#§🔗∞⚓")  # signs beside headings that lead to these; no text
RAISED = re.compile(r"\s*[-+\u2212]?\d")  # what may be a power of the number before it
LINE = re.compile(r"(?:^|[\s_-])line(?!\S)")  # class of a line of code that is an element
CELLS = frozenset(("td", "th"))
_MOST_DIGITS = 4
_LABEL = 120  # characters


def action(tag: str) -> int:
    """What the walk does with a node."""
    if tag == "-text":
        return TEXT
    if tag == "br":
        return BREAK
    if tag == "math":
        return MATH
    if tag in INSTEAD:
        return FALLBACK
    if tag not in _SKIPPED:
        return ELEMENT
    return DECLARATION if tag in _DECLARING else SKIP


def role(attributes: Attributes) -> str:
    """An element's role, a heading's level, whether it is hidden, its property, and the number it starts with."""
    told = attributes.get("role") or ""
    if told == "heading":
        told += f" level-{attributes.get('aria-level') or 2}"
    if attributes.get("aria-hidden") == "true" or is_not_shown(attributes):
        told += " hidden"
    if "itemprop" in attributes:
        told += f" prop-{attributes['itemprop']}"
    if "start" in attributes:
        told += f" start-{attributes['start']}"
    return told


def is_power(before: Sequence[str], text: str) -> bool:
    """Whether raised text is a power of the number that what stands before it ends with."""
    return "".join(before[-2:])[-1:].isdigit() and RAISED.match(text) is not None


def is_unseen(node: LexborNode, attributes: Attributes) -> bool:
    """Whether an inline element is hidden that holds no more than a label; longer text is shown on demand."""
    return is_not_shown(attributes) and len(node.text()) <= _LABEL


def is_not_shown(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element says itself that it is not shown."""
    style = attributes.get("style")
    return "hidden" in attributes or bool(style and "none" in style and _NOT_SHOWN.search(style))


def is_note(raised: LexborNode) -> bool:
    """Whether raised text is a number that leads to a note elsewhere in the page."""
    parent = raised.parent
    link = parent if parent is not None and parent.tag == "a" else raised.css_first("a")
    return link is not None and "#" in (link.attributes.get("href") or "") and raised.text().strip().isdecimal()


def lacks_brackets(reading: LexborNode) -> bool:
    """Whether a reading aid (ruby) would stand in the text as if it were of it."""
    before = reading.prev
    return before is None or before.tag != "rp"


def span(attributes: Attributes, name: str) -> int:
    """How many columns or rows a cell says that it spans."""
    said = (attributes.get(name) or "").strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < _MOST_DIGITS else 1
