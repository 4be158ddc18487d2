"""Markdown (CommonMark with tables), by markdown-it-py, whose tokens know their source lines."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import takewhile

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docmill.dates import read_timestamp
from docmill.extract.cells import as_row
from docmill.extract.embedded import html_blocks
from docmill.stage import Extracted, Link, Metadata
from schemas.document import Block, BlockKind

__all__ = ["read_markdown"]

_FRONT_MATTER = re.compile(r"\A(?:---\s*\n(.*?)\n(?:---|\.\.\.)|\+\+\+\s*\n(.*?)\n\+\+\+)\s*(?:\n|\Z)", re.DOTALL)
_FOOTNOTE = re.compile(r"^( {0,3})(?=\[\^[^\]\n]{1,100}\]:)", re.MULTILINE)
_ABSOLUTE = re.compile(r"(?:https?://|mailto:|doi:)", re.IGNORECASE)
_MOST_SHOWN = 100  # pieces of what a link is shown as
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MOST_FRONT_MATTER = 65_536  # characters
_KINDS = {
    "heading_open": BlockKind.HEADING,
    "list_item_open": BlockKind.LIST_ITEM,
    "blockquote_open": BlockKind.QUOTE,
    "tr_open": BlockKind.TABLE,
}
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_markdown(text: str) -> Extracted:
    """Paragraphs, headings, list items, table rows, quotes and code, with the lines they stand on."""
    metadata, offset = Metadata(), 0
    if front := _FRONT_MATTER.match(text):
        metadata, offset = _front_matter(front), front[0].count("\n")
        text = text[front.end() :]
    text = _FOOTNOTE.sub(r"\1\\", text)  # CommonMark knows none, and would take it for a link's definition
    tokens = _PARSER.parse(text)
    return Extracted(blocks=tuple(_blocks(tokens, offset)), metadata=metadata, links=tuple(_links(tokens)))


def _links(tokens: list[Token]) -> Iterator[Link]:
    """The absolute addresses that links lead to, each once, with what they are shown as."""
    seen: set[str] = set()
    inline = [token for outer in tokens for token in outer.children or []]
    for at, token in enumerate(inline):
        address = str(token.attrGet("href") or "") if token.type == "link_open" else ""
        if address not in seen and _ABSOLUTE.match(address):
            seen.add(address)
            shown = takewhile(lambda within: within.type != "link_close", inline[at + 1 : at + 1 + _MOST_SHOWN])
            yield Link(address, " ".join("".join(one.content for one in shown).split()))


def _front_matter(front: re.Match[str]) -> Metadata:
    fields = _yaml(front[1]) if front[1] is not None else _toml(front[2])
    if not isinstance(fields, dict):
        return Metadata()
    named = {name.lower(): value for name, value in fields.items() if isinstance(name, str) and value}
    authors = named.get("authors") or named.get("author") or []
    listed = authors.split(",") if isinstance(authors, str) else authors if isinstance(authors, list) else [authors]
    found = Metadata(
        title=_line(named.get("title")),
        authors=tuple(name for author in listed if (name := _line(_named(author)))),
        published=read_timestamp(_line(named.get("date")) or ""),
        modified=read_timestamp(_line(named.get("lastmod") or named.get("updated") or named.get("modified")) or ""),
        url=_line(named.get("url")),
        licence=_line(named.get("license")),
    )
    filled = [name for name in ("title", "authors", "published", "modified", "url", "licence") if getattr(found, name)]
    return replace(found, origins=dict.fromkeys(filled, "front_matter"))


def _yaml(text: str) -> object:
    try:
        # All scalars as strings: no types, so no dates out of range, and no aliases that blow up when written out.
        return yaml.load(text[:_MOST_FRONT_MATTER], yaml.BaseLoader)  # noqa: S506  safer than safe
    except (yaml.YAMLError, RecursionError):
        return None


def _toml(text: str) -> object:
    try:
        fields = tomllib.loads(text[:_MOST_FRONT_MATTER])
    except (ValueError, RecursionError):
        return None
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}


def _named(author: object) -> object:
    """An author's name, who may have an address and a picture too."""
    return author.get("name") if isinstance(author, dict) else author


def _line(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


class _Items:
    """Keeps count of lists and their items."""

    def __init__(self) -> None:
        self._next: list[int | None] = []  # number of each open list's next item; None of bullets
        self._opened: tuple[int, int | None] | None = None

    def note(self, token: Token) -> None:
        """Look at a token that may begin or end a list or an item."""
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            ordered = token.type == "ordered_list_open"
            self._next.append(int(token.attrGet("start") or 1) if ordered else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self._next.pop()
        elif token.type == "list_item_open":
            number = self._next[-1]
            self._opened = (len(self._next), number)
            if number is not None:
                self._next[-1] = number + 1

    def begun(self) -> tuple[int, int | None] | None:
        """Nesting and number of the item that a text is the first of; None for a further one."""
        begun, self._opened = self._opened, None
        return begun


def _blocks(tokens: list[Token], offset: int) -> list[Block]:
    blocks: list[Block] = []
    opened: list[Token] = []  # those that say of what kind a text is
    items = _Items()
    row: list[str] = []
    row_lines: tuple[int, ...] | None = None
    rows = 0  # of the table
    for token in tokens:
        items.note(token)
        lines = tuple(n + offset for n in token.map) if token.map else None
        if token.type == "table_open":
            rows = 0
        if token.type in _KINDS:
            opened.append(token)
            row = []
        elif opened and token.type == opened[-1].type.replace("_open", "_close"):
            if opened.pop().type == "tr_open" and row:
                rows += 1
                blocks.append(_block(BlockKind.TABLE, as_row(row), row_lines, number=rows))
        elif token.type in {"fence", "code_block"}:
            blocks.append(_block(BlockKind.CODE, token.content.rstrip("\n"), lines))
        elif token.type == "html_block":
            blocks += [
                _block(block.kind, block.text, lines, block.level, block.number) for block in html_blocks(token.content)
            ]
        elif token.type == "inline" and opened and opened[-1].type == "tr_open":
            row.append(_plain(token).replace("\n", " "))
            row_lines = lines
        elif token.type == "inline":
            blocks.append(_text(_plain(token), lines, opened[-1] if opened else None, items))
    return [block for block in blocks if block.text]


def _text(text: str, lines: tuple[int, ...] | None, within: Token | None, items: _Items) -> Block:
    """A text in its heading, item or quote."""
    kind = _KINDS[within.type] if within else BlockKind.PARAGRAPH
    if within and kind is BlockKind.HEADING:
        return _block(kind, text, lines, int(within.tag[1:]))
    if kind is not BlockKind.LIST_ITEM:
        return _block(kind, text, lines)
    begun = items.begun()
    return _block(kind, text, lines, *begun) if begun else _block(BlockKind.PARAGRAPH, text, lines)


def _block(
    kind: BlockKind, text: str, lines: tuple[int, ...] | None, level: int | None = None, number: int | None = None
) -> Block:
    start, end = (lines[0] + 1, max(lines[1], lines[0] + 1)) if lines else (None, None)
    return Block(kind=kind, text=text.strip(), start_line=start, end_line=end, level=level, number=number)


def _plain(inline: Token) -> str:
    """An inline token's text without markup; images leave their alternative text."""
    parts = []
    for token in inline.children or []:
        if token.type in {"softbreak", "hardbreak"} or (token.type == "html_inline" and _BREAK.match(token.content)):
            parts.append("\n")
        elif token.type in {"text", "code_inline", "image"}:
            parts.append(token.content)
    return "".join(parts)
