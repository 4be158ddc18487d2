"""Parts of a page that come behind it and that a script puts in their places, as React's servers stream pages.

A place is `<!--$?--><template id="B:1"></template>, what is shown until then, <!--/$-->`; its part, at the body's end,
is `<div hidden id="S:1">`. A place within a part is `<template id="P:2">`.
"""

from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["put_parts_in_place"]

_MOST_PARTS = 1_000
_MOST_LEVELS = 10  # of parts in parts: each is copied as often as it is deep
_MOST_SHOWN = 1_000  # nodes beside a place that are looked at
_ENDS, _BEGINS = "/$", frozenset(("$", "$?", "$!", "$~"))  # comments around what has a place


def put_parts_in_place(parser: LexborHTMLParser) -> None:
    """Move the parts of a streamed page to where a browser shows them, in the place of what stands there until then."""
    parts = {_number(part): part for part in parser.css('body > div[hidden][id^="S:"]')[:_MOST_PARTS]}
    if not parts:
        return
    places = {
        number: place
        for place in parser.css('template[id^="B:"], template[id^="P:"]')
        if (number := _number(place)) in parts
    }
    within = {part.mem_id: number for number, part in parts.items()}
    outer = {number: _around(place, within) for number, place in places.items()}
    for number in _inner_first(outer):
        place, part = places[number], parts[number]
        _clear(place)
        del part.attrs["hidden"]
        place.replace_with(part)  # which puts a copy there
        part.decompose()


def _number(node: LexborNode) -> str:
    return (node.attributes["id"] or "")[2:]


def _around(node: LexborNode, parts: dict[int, str]) -> str | None:
    """The number of the part that a node stands in."""
    above = node.parent
    while above is not None and above.mem_id not in parts:
        above = above.parent
    return parts[above.mem_id] if above is not None else None


def _inner_first(outer: dict[str, str | None]) -> list[str]:
    """The numbers of parts, each before the one its place is in; without those that stand in one another."""
    inside: dict[str | None, list[str]] = {}
    for number, around in outer.items():
        inside.setdefault(around if around in outer else None, []).append(number)
    order: list[str] = []
    level = inside.get(None, [])
    for _ in range(_MOST_LEVELS):
        order += level
        level = [number for around in level for number in inside.get(around, ())]
    return order[::-1]


def _clear(place: LexborNode) -> None:
    """Take away what is shown until the part is there, if it is told where that ends."""
    shown = list(islice(_until_end(place), _MOST_SHOWN))
    if shown and shown[-1].comment_content == _ENDS:
        for node in shown[:-1]:
            node.decompose()


def _until_end(place: LexborNode) -> Iterator[LexborNode]:
    """The nodes behind a place, up to the comment that ends what is shown in it."""
    depth, node = 1, place.next
    while node is not None:
        yield node
        said = node.comment_content if node.tag == "-comment" else None
        depth += (said in _BEGINS) - (said == _ENDS)
        if not depth:
            return
        node = node.next
