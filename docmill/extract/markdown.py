"""Markdown (CommonMark with tables), by markdown-it-py, whose tokens know their source lines."""

import re
from dataclasses import replace

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docmill.dates import read_timestamp
from docmill.extract.embedded import html_blocks
from docmill.stage import Extracted, Metadata
from schemas.document import Block, BlockKind

__all__ = ["read_markdown"]

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.DOTALL)
_FOOTNOTE = re.compile(r"^( {0,3})(?=\[\^[^\]\n]{1,100}\]:)", re.MULTILINE)
_MOST_FRONT_MATTER = 65_536  # characters
_KINDS = {
    "heading_open": BlockKind.HEADING,
    "list_item_open": BlockKind.LIST_ITEM,
    "blockquote_open": BlockKind.QUOTE,
    "tr_open": BlockKind.TABLE,
}
_PARSER = MarkdownIt("commonmark").enable("table")


def read_markdown(text: str) -> Extracted:
    """Paragraphs, headings, list items, table rows, quotes and code, with the lines they stand on."""
    metadata, offset = Metadata(), 0
    if front := _FRONT_MATTER.match(text):
        metadata, offset = _front_matter(front[1]), front[0].count("\n")
        text = text[front.end() :]
    text = _FOOTNOTE.sub(r"\1\\", text)  # CommonMark knows none, and would take it for a link's definition
    return Extracted(blocks=tuple(_blocks(_PARSER.parse(text), offset)), metadata=metadata)


def _front_matter(text: str) -> Metadata:
    try:
        # All scalars as strings: no types, so no dates out of range, and no aliases that blow up when written out.
        fields = yaml.load(text[:_MOST_FRONT_MATTER], yaml.BaseLoader)  # noqa: S506  safer than safe
    except (yaml.YAMLError, RecursionError):
        return Metadata()
    if not isinstance(fields, dict):
        return Metadata()
    named = {name.lower(): value for name, value in fields.items() if isinstance(name, str) and value}
    authors = named.get("authors") or named.get("author") or []
    listed = authors if isinstance(authors, list) else (_line(authors) or "").split(",")
    found = Metadata(
        title=_line(named.get("title")),
        authors=tuple(name for author in listed if (name := _line(author))),
        published=read_timestamp(_line(named.get("date")) or ""),
        modified=read_timestamp(_line(named.get("lastmod") or named.get("updated") or named.get("modified")) or ""),
        url=_line(named.get("url")),
        licence=_line(named.get("license")),
    )
    filled = [name for name in ("title", "authors", "published", "modified", "url", "licence") if getattr(found, name)]
    return replace(found, origins=dict.fromkeys(filled, "front_matter"))


def _line(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _blocks(tokens: list[Token], offset: int) -> list[Block]:
    blocks: list[Block] = []
    open_kinds: list[tuple[str, BlockKind]] = []
    row: list[str] = []
    row_lines: tuple[int, ...] | None = None
    for token in tokens:
        lines = tuple(n + offset for n in token.map) if token.map else None
        if token.type in _KINDS:
            open_kinds.append((token.type, _KINDS[token.type]))
            row = []
        elif open_kinds and token.type == open_kinds[-1][0].replace("_open", "_close"):
            kind = open_kinds.pop()[1]
            if kind is BlockKind.TABLE and row:
                blocks.append(_block(kind, " | ".join(row), row_lines))
        elif token.type in {"fence", "code_block"}:
            blocks.append(_block(BlockKind.CODE, token.content.rstrip("\n"), lines))
        elif token.type == "html_block":
            blocks += [_block(block.kind, block.text, lines) for block in html_blocks(token.content)]
        elif token.type == "inline":
            kind = open_kinds[-1][1] if open_kinds else BlockKind.PARAGRAPH
            if kind is BlockKind.TABLE:
                row.append(_plain(token))
                row_lines = lines
            else:
                blocks.append(_block(kind, _plain(token), lines))
    return [block for block in blocks if block.text]


def _block(kind: BlockKind, text: str, lines: tuple[int, ...] | None) -> Block:
    start, end = (lines[0] + 1, max(lines[1], lines[0] + 1)) if lines else (None, None)
    return Block(kind=kind, text=text.strip(), start_line=start, end_line=end)


def _plain(inline: Token) -> str:
    """An inline token's text without markup; images leave their alternative text."""
    parts = []
    for token in inline.children or []:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type in {"text", "code_inline", "image"}:
            parts.append(token.content)
    return "".join(parts)
