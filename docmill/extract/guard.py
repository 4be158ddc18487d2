"""Bound a page's markup before an HTML parser sees it: nesting and attributes, on which parsers grow quadratic.

A linear scan: what honest pages hold passes unchanged, and most pass after a few counts. A short page that seems to
nest deeply, for all the tags it leaves open, is parsed to see: that takes a second at most.
"""

import re

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser, LexborNode

from docmill.extract.markup import RAW, after_comment, after_raw
from docmill.extract.nesting import FLAT, ITEMS, too_deep
from docmill.extract.tags import BLOCK_TAGS

__all__ = ["bounded_html"]

MOST_DEPTH = 512  # levels, as browsers have
MOST_TAG = 1 << 16  # characters of one tag
MOST_ATTRIBUTES = 100_000  # equals signs of a page, from where on its tags are looked at one by one
_UNSEEN = ("script", "style")
_BETWEEN_BLOCKS = "<br><br>"
_MANY_TAGS = 20_000
_NAME = 4  # bytes of a tag's name that tell it from others
_KEY = np.dtype("<u4")  # so many bytes as one number
_FLAT_KEYS = np.unique(
    np.frombuffer(b"".join(name[:_NAME].encode().ljust(_NAME, b"\0") for name in FLAT | ITEMS), _KEY)
)
_ITEM_KEYS = {name: int(np.frombuffer(name.encode().ljust(_NAME, b"\0"), _KEY)[0]) for name in ITEMS}
_LOWER_CASE = np.zeros(256, np.uint8)  # of the characters of names; 0 for all others
for _character in b"abcdefghijklmnopqrstuvwxyz0123456789":
    _LOWER_CASE[[_character, ord(chr(_character).upper())]] = _character
# A whole tag with its quoted values; possessive, so that no beginning is tried twice.
_NAMED, _ATTRIBUTES = r"/?[a-zA-Z][a-zA-Z0-9-]*", r"""(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+)|["'])*+>?"""
_WHOLE_TAG = re.compile(f"<(?P<name>{_NAMED}){_ATTRIBUTES}")
_TAG_OR_COMMENT = re.compile(rf"<!--|{_WHOLE_TAG.pattern}")
# Text and tags, but no comment and no element that holds no tags; so few that they seldom are as long as a long tag.
_PLAIN = re.compile(
    f"(?:[^<]++|<(?!{_NAMED}|!--)|<(?!(?i:{'|'.join(sorted(RAW))})(?![a-zA-Z0-9-])){_NAMED}+{_ATTRIBUTES}){{1,200}}+"
)


def bounded_html(page: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The page with oversized tags bared of their attributes and markup nested too deeply left out; warnings.

    Args:
        page: In UTF-8, without errors, as it is returned: parsers take it so.
    """
    warnings: tuple[str, ...] = ()
    if _has_many_attributes(page) or _may_hold_long_tag(page):
        text, cut = _without_long_tags(page.decode())
        if cut:
            warnings = (f"repaired: {cut} oversized tags lost their attributes",)
            page = text.encode()
    if (
        _may_be_deep(page)
        and (at := too_deep(text := page.decode(), MOST_DEPTH)) is not None
        and (page.count(b"<") > _MANY_TAGS or _is_deep(page))
    ):
        page = (text[:at] + _bared(text[at:])).encode()
        warnings += (f"repaired: markup nested deeper than {MOST_DEPTH} levels was left out",)
    return page, warnings


def _has_many_attributes(page: bytes) -> bool:
    return len(page) > MOST_ATTRIBUTES and int(np.count_nonzero(_octets(page) == ord("="))) > MOST_ATTRIBUTES


def _octets(page: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(page, np.uint8)


def _may_hold_long_tag(page: bytes) -> bool:
    """Whether anywhere the end of a tag is so far from where one may begin; most often that is within a script."""
    at = -1  # the end of a tag
    while at + 1 + MOST_TAG < len(page):
        end = page.rfind(b">", at + 1, at + 2 + MOST_TAG)
        if end < 0:
            end = page.find(b">", at + 2 + MOST_TAG)
            end = len(page) if end < 0 else end
            if page.find(b"<", at + 1, end - MOST_TAG) >= 0:
                return True
        at = end
    return False


def _without_long_tags(text: str) -> tuple[str, int]:
    parts: list[str] = []
    at = kept_to = cut = plain_to = 0
    while True:
        if at >= plain_to and (plain := _PLAIN.match(text, at)):
            plain_to = plain.end()
            if plain_to - at <= MOST_TAG:  # none of the tags in it is longer
                at = plain_to
        if not (tag := _TAG_OR_COMMENT.search(text, at)):
            break
        at = tag.end()
        if (name := tag["name"]) is None:
            at = after_comment(text, at)
            continue
        if at - tag.start() > MOST_TAG:
            parts += [text[kept_to : tag.start()], f"<{name}>"]
            kept_to = at
            cut += 1
        if name.lower() in RAW:
            at = after_raw(text, name.lower(), at) or at
    return "".join([*parts, text[kept_to:]]), cut


def _bared(text: str) -> str:
    """Markup without its elements: their text, in blocks as before, but not that of scripts and styles."""
    parts: list[str] = []
    at = 0
    while tag := _WHOLE_TAG.search(text, at):
        name = tag["name"].lower()
        said, between = text[at : tag.start()], _BETWEEN_BLOCKS if name.lstrip("/") in BLOCK_TAGS else " "
        if said.strip() or parts[-1:] != [between]:
            parts += [said, between]
        at = (after_raw(text, name, tag.end()) if name in _UNSEEN else None) or tag.end()
    return "".join([*parts, text[at:]])


def _may_be_deep(page: bytes) -> bool:
    """Whether more elements may be open at once than the limit, by how many of each name are; most pages pass.

    End tags may close nothing, and items nest in others: where there are so many that it would take a parser long,
    that has to be looked at.
    """
    octets = _octets(page)
    at = np.flatnonzero(octets[: -_NAME - 1] == ord("<"))  # a name that the page ends in opens nothing deep
    if len(at) <= MOST_DEPTH:
        return False
    if len(at) > _MANY_TAGS:
        return True
    closing = octets[at + 1] == ord("/")
    named = np.ndarray((len(page) - _NAME + 1,), _KEY, page, strides=(1,))[at + 1 + closing]
    letters = _LOWER_CASE[named.view(np.uint8)].reshape(-1, _NAME)
    for column in range(1, _NAME):
        letters[:, column] *= letters[:, column - 1] > 0
    keys = letters.view(_KEY).ravel()
    nearest = np.minimum(np.searchsorted(_FLAT_KEYS, keys), len(_FLAT_KEYS) - 1)
    if _items_may_nest(keys[~closing]):
        return True
    counted = (keys > 0) & (_FLAT_KEYS[nearest] != keys)
    keys, step = keys[counted], np.where(closing[counted], -1, 1)
    if np.count_nonzero(step > 0) <= MOST_DEPTH:
        return False
    order = np.argsort(keys, kind="stable")
    keys, step = keys[order], step[order]
    changes = keys[1:] != keys[:-1]
    starts = np.append(0, np.flatnonzero(changes) + 1)  # of the tags of each name
    name = np.append(0, np.cumsum(changes))
    balance = np.cumsum(step)
    balance -= (balance[starts] - step[starts])[name]
    apart = name * (2 * len(step) + 2)  # by so much one name's balances are set below those of the name before
    least = np.minimum.accumulate(balance - apart) + apart
    most = np.maximum.reduceat(balance - np.minimum(least, 0), starts).sum()
    return bool(most > MOST_DEPTH)


def _is_deep(page: bytes) -> bool:
    """Whether a parser nests a page's elements deeper than the limit."""
    node = LexborHTMLParser(page).root
    above: list[LexborNode] = []
    while node is not None and len(above) <= MOST_DEPTH:
        if (child := node.first_child) is not None:
            above.append(node)
            node = child
            continue
        while (following := node.next) is None and above:
            node = above.pop()
        node = following
    return node is not None


def _items_may_nest(opened: NDArray[np.uint32]) -> bool:
    """Whether among the tags' names are many items of lists and many of definitions, which nest in each other."""
    count = {name: int(np.count_nonzero(opened == key)) for name, key in _ITEM_KEYS.items()}
    return min(count["li"], count["dd"] + count["dt"]) > MOST_DEPTH
