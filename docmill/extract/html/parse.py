"""HTML to a tree, by lexbor, kept from the few inputs it is quadratic on."""

import re

import numpy as np
from selectolax.lexbor import LexborHTMLParser

__all__ = ["MAX_DEPTH", "parse"]

MAX_DEPTH = 1_000  # elements in one another; pages made by people stay under 100
MAX_TAG_CHARACTERS = 100_000  # of one tag with its attributes; inline images are the longest seen
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>?")
_LONG_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*\s[^<>]{{{MAX_TAG_CHARACTERS},}}>?")
MAX_ATTRIBUTES = 1_000
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr p li td tr th dt dd option".split())


def parse(text: str) -> tuple[LexborHTMLParser, tuple[str, ...]]:
    """The page's tree, and warnings about what had to be left out to read it.

    Lexbor's time grows with the square of the nesting depth and of a tag's attributes, so both are bounded first, by
    scans that are linear in the text.
    """
    warnings: list[str] = []
    if _may_nest_deeply(text):
        text, cut = _flattened(text)
        if cut:
            warnings.append(f"html_depth: {cut} tags nested more than {MAX_DEPTH} deep were ignored; their text is kept.")
    if len(text) > MAX_TAG_CHARACTERS:
        bounded = _LONG_TAG.sub(_without_attributes, text)
        if len(bounded) < len(text):
            text = bounded
            warnings.append(f"html_attributes: tags of more than {MAX_ATTRIBUTES} attributes were read without them.")
    return LexborHTMLParser(text), tuple(warnings)


def _may_nest_deeply(text: str) -> bool:
    """Whether opening tags outnumber closing ones by the limit anywhere. Never false for a page that nests so deep."""
    if text.count("<") <= MAX_DEPTH:
        return False
    data = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
    at = np.flatnonzero(data[:-1] == ord("<"))
    following = data[at + 1] | 0x20
    closing = data[at + 1] == ord("/")
    opening = (following >= ord("a")) & (following <= ord("z"))
    balance = np.cumsum(opening.astype(np.int32) - closing)
    return bool((balance - np.minimum.accumulate(np.minimum(balance, 0))).max(initial=0) > MAX_DEPTH)


def _flattened(text: str) -> tuple[str, int]:
    """The text without the tags beyond the depth limit."""
    depth = cut = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth, cut
        if tag[2].lower() in _VOID:
            return tag[0]
        if tag[1]:
            depth = max(0, depth - 1)
            return tag[0] if depth < MAX_DEPTH else ""
        depth += 1
        if depth <= MAX_DEPTH:
            return tag[0]
        cut += 1
        return " "

    return _TAG.sub(keep, text), cut


def _without_attributes(tag: re.Match[str]) -> str:
    written = tag[0]
    if len(_QUOTED.sub("", written).split()) < MAX_ATTRIBUTES:
        return written  # one long value: an inline image, a page's state
    return written.split(None, 1)[0] + ">"
