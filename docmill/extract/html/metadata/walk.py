"""Walks over the nodes about a heading, in reading order; both are iterative and bounded."""

from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

__all__ = ["after", "before"]

_SKIPPED = frozenset({"script", "style", "noscript", "template", "svg", "select", "button", "iframe", "nav"})
_HIGHEST = 40  # levels gone up or down at a time


def after(start: LexborNode, most: int) -> Iterator[LexborNode]:
    """The nodes after a node's own content, at most so many."""
    return islice(_after(start), most)


def before(start: LexborNode, most: int) -> Iterator[LexborNode]:
    """The innermost nodes before a node, the nearest first, at most so many."""
    return islice(_before(start), most)


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
