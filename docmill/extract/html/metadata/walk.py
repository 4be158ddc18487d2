"""What is said about a heading, in reading order; the walks are iterative and bounded, and each is made once."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborNode

__all__ = ["Header", "Near"]

_SKIPPED = frozenset({"script", "style", "noscript", "template", "svg", "select", "button", "iframe", "nav"})
_LONGEST = 320  # characters of a text
_FURTHEST = 200  # nodes from the heading; what stands further is not about it
_HIGHEST = 40  # levels gone up or down at a time


class Near(NamedTuple):  # a frozen dataclass takes three times as long to make
    """A text or a `time` element."""

    distance: int  # nodes between it and the heading, those that say nothing among them
    node: LexborNode
    is_time: bool
    text: str  # on one line, cut where it is long; blank for an element


class Header:
    """What stands about a heading; nodes are looked at as far as anyone asks."""

    def __init__(self, heading: LexborNode) -> None:
        self._after, self._nodes_after = list[Near](), _telling(islice(_after(heading), _FURTHEST))
        self._before, self._nodes_before = list[Near](), _telling(islice(_before(heading), _FURTHEST))

    def after(self, most: int) -> Iterator[Near]:
        """What stands after the heading's own content, in at most so many nodes."""
        return _kept(self._after, self._nodes_after, most)

    def before(self, most: int) -> Iterator[Near]:
        """What stands in the innermost nodes before the heading, the nearest first, at most so many."""
        return _kept(self._before, self._nodes_before, most)


def _kept(seen: list[Near], rest: Iterator[Near], most: int) -> Iterator[Near]:
    """Those seen already, then the others, which are added to them, up to a distance."""
    for near in seen:
        if near.distance >= most:
            return
        yield near
    for near in rest:
        seen.append(near)
        if near.distance >= most:
            return
        yield near


def _telling(nodes: Iterator[tuple[LexborNode, str | None]]) -> Iterator[Near]:
    for distance, (node, tag) in enumerate(nodes):
        if tag == "-text":
            if text := " ".join((node.text_content or "")[:_LONGEST].split()):
                yield Near(distance, node, is_time=False, text=text)
        elif tag == "time":
            yield Near(distance, node, is_time=True, text="")


def _after(start: LexborNode) -> Iterator[tuple[LexborNode, str | None]]:
    """The nodes after a heading's own content, with their tags."""
    node: LexborNode | None = start
    child: LexborNode | None = None
    while node is not None:
        while child is None:
            child = node.next
            if child is None:
                node = node.parent
                if node is None or node.tag == "body":
                    return
        node, tag = child, child.tag
        yield node, tag
        child = node.first_child if tag not in _SKIPPED else None


def _before(start: LexborNode) -> Iterator[tuple[LexborNode, str | None]]:
    """The innermost nodes before a heading, the nearest first, with their tags."""
    node: LexborNode | None = start
    while node is not None and node.tag != "body":
        previous = node.prev
        if previous is None:
            node = node.parent
            continue
        for _ in range(_HIGHEST):
            last = previous.last_child
            if last is None or previous.tag in _SKIPPED:
                break
            previous = last
        node = previous
        yield node, node.tag
