"""HTML as Word and Outlook write it: items of lists are paragraphs with a level, their markers elements within."""

import re

from lxml.etree import _Element as Element

__all__ = ["listed", "marked_number"]

_LEVEL = re.compile(r"mso-list:[^;]*?level([1-9])", re.IGNORECASE)
_MARKER = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_NUMBER = re.compile(r"\W{0,2}(\d{1,4})[.)]?\W*")


def listed(element: Element, name: str) -> int | None:
    """The level of a paragraph that is an item of a list."""
    level = _LEVEL.search(element.get("style") or "") if name == "p" else None
    return int(level[1]) if level else None


def marked_number(element: Element, name: str) -> int | None:
    """The number that an item's marker says, 0 of a bullet; None of what is no marker."""
    if name != "span" or not _MARKER.search(element.get("style") or ""):
        return None
    number = _NUMBER.fullmatch(" ".join("".join(element.itertext()).split()))
    return int(number[1]) if number else 0
