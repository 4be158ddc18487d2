"""Text a page carries only in its JSON-LD (a product's description, posts shown by script), as further blocks."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from docmill.extract.html.metadata.landmarks import Landmarks
from docmill.extract.html.page import Page

__all__ = ["add_structured_text"]

_FIELDS = frozenset(("articleBody", "description", "reviewBody", "text", "recipeInstructions"))
_SHORTEST = 80  # characters; shorter strings are names and labels
_MAX_CHARACTERS = 1_000_000
_MAX_LEVELS = 20
_MARKUP = re.compile(r"<[^>]{0,2000}>")
_PARAGRAPH = re.compile(r"\n|<br\s*/?>|</p>|</li>", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_ASCII_SIGNS = bytes(code for code in range(128) if not _WORD.match(chr(code)))
_TYPE = re.compile(r'"@type"\s*:\s*"(\w{1,60})"')


def add_structured_text(page: Page, landmarks: Landmarks) -> None:
    """Note the types the page declares; append what its JSON-LD says and its visible text does not.

    Such text becomes blocks in elements of the tag `json-ld`.
    """
    declared = next((a for a in landmarks.metas if a.get("property") == "og:type"), None)
    types = {(declared.get("content") or "").lower()} if declared is not None else set()
    scripts = landmarks.scripts
    if sum(map(len, scripts)) <= _MAX_CHARACTERS:
        types.update(kind.lower() for script in scripts for kind in _TYPE.findall(script))
        _add_texts(page, scripts)
    page.types = frozenset(types)


def _add_texts(page: Page, scripts: list[str]) -> None:
    found = list(dict.fromkeys(entry for script in scripts for entry in _texts(script)))
    if not found:
        return
    visible = _squeezed("".join(page.block_text))
    root = 0 if page.element_parent else -1
    numbers = {signature: number for number, signature in enumerate(page.signatures)}
    for kind, field, text in found:
        pieces = [
            piece
            for part in _PARAGRAPH.split(unescape(text))
            if (piece := " ".join(_MARKUP.sub(" ", part).split())) and _squeezed(piece[:120])[:60] not in visible
        ]
        if sum(map(len, pieces)) < _SHORTEST:
            continue
        signature = ("json-ld", field, kind, "")
        if signature not in numbers:
            numbers[signature] = len(page.signatures)
            page.signatures.append(signature)
        page.element_parent.append(root)
        page.element_signature.append(numbers[signature])
        start, element = len(page.block_text), len(page.element_parent) - 1
        for piece in pieces:
            page.block_text.append(piece)
            page.block_leaf.append(element)
            page.block_box.append(element)
            page.block_link_characters.append(0)
        page.element_start.append(start)
        page.element_end.append(len(page.block_text))
        visible += _squeezed("".join(pieces))
    if root == 0:
        page.element_end[0] = len(page.block_text)


def _squeezed(text: str) -> str:
    plain = text.encode("utf-8", "surrogatepass").translate(None, _ASCII_SIGNS).decode("utf-8", "surrogatepass")
    return (plain if plain.isascii() else "".join(_WORD.findall(plain))).casefold()


def _texts(script: str) -> Iterator[tuple[str, str, str]]:
    """Type of the item, field and text, of every long text in a script."""
    try:
        stack: list[tuple[Any, int]] = [(json.loads(script, strict=False), 0)]
    except (ValueError, RecursionError):
        return
    while stack:
        value, level = stack.pop()
        if level > _MAX_LEVELS:
            continue
        if isinstance(value, list):
            stack += [(one, level + 1) for one in reversed(value)]
        elif isinstance(value, dict):
            kind = value.get("@type")
            name = kind[0] if isinstance(kind, list) and kind else kind
            for field, text in value.items():
                if field in _FIELDS and isinstance(text, str) and len(text) >= _SHORTEST:
                    yield str(name or ""), field, text
            stack += [(one, level + 1) for one in reversed(value.values()) if isinstance(one, (dict, list))]
