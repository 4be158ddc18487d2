"""The nodes about a heading, in reading order; the walks are iterative and bounded, and each is made once."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborNode

__all__ = ["Header", "Near"]

_SKIPPED = frozenset({"script", "style", "noscript", "template", "svg", "select", "button", "iframe", "nav"})
_LONGEST = 320  # characters of a text
_HIGHEST = 40  # levels gone up or down at a time


class Near(NamedTuple):  # a frozen dataclass takes three times as long to make
    """A node, and its own text on one line: blank but for text nodes, and cut where it is long."""

    node: LexborNode
    tag: str
    text: str


class Header:
    """What stands about a heading; nodes are looked at as far as anyone asks."""

    def __init__(self, heading: LexborNode) -> None:
        self._after, self._nodes_after = list[Near](), _after(heading)
        self._before, self._nodes_before = list[Near](), _before(heading)

    def after(self, most: int) -> Iterator[Near]:
        """The nodes after the heading's own content, at most so many."""
        return islice(_kept(self._after, self._nodes_after), most)

    def before(self, most: int) -> Iterator[Near]:
        """The innermost nodes before the heading, the nearest first, at most so many."""
        return islice(_kept(self._before, self._nodes_before), most)


def _kept(seen: list[Near], rest: Iterator[LexborNode]) -> Iterator[Near]:
    """Those seen already, then the others, which are added to them."""
    yield from seen
    for node in rest:
        tag = node.tag or ""
        text = " ".join((node.text_content or "")[:_LONGEST].split()) if tag == "-text" else ""
        near = Near(node, tag, text)
        seen.append(near)
        yield near


def _after(start: LexborNode) -> Iterator[LexborNode]:
    node: LexborNode | None = start
    child: LexborNode | None = None
    while node is not None:
        while child is None:
            child = node.next
            if child is None:
                node = node.parent
                if node is None or node.tag == "body":
                    return
        node = child
        yield node
        child = node.child if node.tag not in _SKIPPED else None


def _before(start: LexborNode) -> Iterator[LexborNode]:
    node: LexborNode | None = start
    while node is not None and node.tag != "body":
        previous = node.prev
        if previous is None:
            node = node.parent
            continue
        for _ in range(_HIGHEST):
            if previous.last_child is None or previous.tag in _SKIPPED:
                break
            previous = previous.last_child
        node = previous
        yield node
